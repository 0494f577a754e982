"""A centre with two trainees and people from outside, for tests of visits and final assessments."""

from dataclasses import dataclass
from datetime import date
from uuid import UUID

import sqlalchemy as sa
from sqlalchemy.orm import selectinload

from tests.make import make_centre, make_enrolment, make_grant, make_person, make_supervision
from tests.world import STARTS, World
from tracker.accounts.models import Person, Role
from tracker.core.db import db
from tracker.curricula.models import Competency
from tracker.enrolments.models import ChosenArea
from tracker.enrolments.queries import get_enrolment


@dataclass(frozen=True)
class Outside:
    """A moderator, an examiner and a scheme's lead; another trainee at the centre with the same supervisor."""

    moderator: Person
    examiner: Person
    scheme_lead: Person
    other: World


def outside(world: World) -> Outside:
    """People who hold their roles elsewhere, so that only a visit or an assignment lets them see anything."""
    names = ("moderator", "examiner", "schemelead", "other")
    people = [make_person(f"{name}@elsewhere.example", name.title(), "Lund") for name in names]
    moderator, examiner, scheme_lead, trainee = people
    york = make_centre("York")
    db.session.add_all([*people, york])
    db.session.flush()
    enrolment = make_enrolment(trainee.id, world.enrolment.version_id, world.enrolment.centre_id, starts_on=STARTS)
    db.session.add(enrolment)
    db.session.flush()
    area_id = db.session.scalars(
        sa.select(ChosenArea.section_id).where(ChosenArea.enrolment_id == world.enrolment.id)
    ).one()
    db.session.add_all(
        [
            ChosenArea(enrolment_id=enrolment.id, section_id=area_id),
            make_supervision(enrolment, world.supervisor.id),
            make_grant(moderator.id, Role.MODERATOR, centre_id=york.id),
            make_grant(examiner.id, Role.EXAMINER, centre_id=york.id),
            make_grant(scheme_lead.id, Role.SCHEME_LEAD, curriculum_id=world.enrolment.version.curriculum_id),
        ]
    )
    db.session.commit()
    found = db.session.scalars(sa.select(Competency).where(Competency.version_id == world.enrolment.version_id))
    other = World(
        known(trainee.id),
        world.supervisor,
        world.lead,
        world.stranger,
        get_enrolment(trainee, enrolment.id),
        {competency.code: competency for competency in found},
    )
    return Outside(known(moderator.id), known(examiner.id), known(scheme_lead.id), other)


def known(person_id: UUID) -> Person:
    """Somebody with their grants."""
    chosen = sa.select(Person).where(Person.id == person_id).options(selectinload(Person.grants))
    return db.session.scalars(chosen.execution_options(populate_existing=True)).one()


def in_days(opens_on: date, closes_on: date) -> dict[str, str]:
    """Two days as a form sends them."""
    named = {"opens_on": opens_on, "closes_on": closes_on}
    parts = ("day", "month", "year")
    return {f"{name}-{part}": str(getattr(day, part)) for name, day in named.items() for part in parts}
