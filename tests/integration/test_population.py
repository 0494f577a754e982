"""A made-up population is the same each time, and the tracker takes it for real."""

import json
from datetime import date
from typing import Any

import pytest
import sqlalchemy as sa
from flask import Flask

from tracker.core.clock import today
from tracker.core.db import Model, db
from tracker.core.errors import Refused
from tracker.curricula.models import Section
from tracker.enrolments.models import Enrolment, Supervision
from tracker.logbook import facts as logbook
from tracker.logbook import queries
from tracker.logbook.content import claim_digest, entry_digest
from tracker.logbook.models import Claim, ClaimEvidence, ClaimStatus, LogEntry
from tracker.notifications.models import Notice
from tracker.operations.library import AWARD, SCHEME, import_library
from tracker.operations.population.populate import Plan, populate, published, refuse_if_inhabited
from tracker.progress.actions import restate
from tracker.progress.models import SectionSum, Stage, Standing
from tracker.record.models import Event
from tracker.record.verify import faults

TRAINEES = 12


def make_plan(seed: int = 7, **more: Any) -> Plan:
    """A dozen trainees on the library's curricula."""
    import_library()
    values: dict[str, Any] = {"trainees": TRAINEES, "seed": seed, "as_of": today(), "trainees_per_centre": 5}
    return Plan(**(values | {"scheme": published(SCHEME), "award": published(AWARD)} | more))


def everything() -> dict[str, set[str]]:
    """Every row of every table."""
    tables = [table for table in Model.metadata.sorted_tables if table.name not in {"curriculum", "curriculum_version"}]
    return {table.name: {repr(tuple(row)) for row in db.session.execute(sa.select(table))} for table in tables}


def test_the_same_seed_gives_the_same_rows(app: Flask) -> None:
    plan = make_plan()
    undone = db.session.begin_nested()
    populate(plan)
    first = everything()
    undone.rollback()

    populate(plan)

    second = everything()
    assert {name for name in first if first[name] != second[name]} == set()
    assert len(second["enrolment"]) >= TRAINEES


def test_another_seed_gives_other_people(app: Flask) -> None:
    plan = make_plan()
    undone = db.session.begin_nested()
    populate(plan)
    first = everything()
    undone.rollback()

    populate(make_plan(seed=8))

    assert first["person"].isdisjoint(everything()["person"])


def test_its_record_verifies(app: Flask) -> None:
    populate(make_plan())

    assert list(faults()) == []
    assert (db.session.scalar(sa.select(sa.func.count()).select_from(Event)) or 0) > TRAINEES


def test_its_projection_is_what_restating_gives(app: Flask) -> None:
    populate(make_plan())
    standings = sa.select(Standing.__table__).order_by(Standing.enrolment_id, Standing.requirement_id)
    sums = sa.select(SectionSum.__table__).order_by(SectionSum.enrolment_id, SectionSum.section_id)
    before = db.session.execute(standings).all(), db.session.execute(sums).all()

    claims = {(claim.enrolment_id, claim.competency_id) for claim in db.session.scalars(sa.select(Claim))}
    for enrolment_id, competency_id in sorted(claims)[::3]:
        enrolment = db.session.get_one(Enrolment, enrolment_id)
        restate(enrolment, competency_id, logbook.facts_of(enrolment, competency_id))
    db.session.flush()

    assert claims
    assert (db.session.execute(standings).all(), db.session.execute(sums).all()) == before


def test_the_sums_are_those_of_the_standings(app: Flask) -> None:
    populate(make_plan())
    stages = db.session.scalars(sa.select(Standing.stage)).all()
    top = sa.select(Section.id).where(Section.parent_id.is_(None))
    tops = sa.select(sa.func.sum(SectionSum.done), sa.func.sum(SectionSum.waiting)).where(
        SectionSum.section_id.in_(top)
    )

    done, waiting = db.session.execute(tops).one()

    assert (done, waiting) == (stages.count(Stage.DONE), stages.count(Stage.SUBMITTED))


def test_what_was_signed_is_what_is_there(app: Flask) -> None:
    populate(make_plan())

    for entry_id, digest in db.session.execute(sa.select(ClaimEvidence.entry_id, ClaimEvidence.digest)).all()[::5]:
        found = sa.select(LogEntry).options(*queries.WITH_CONTENT).where(LogEntry.id == entry_id)
        assert entry_digest(db.session.scalars(found).one()) == digest
    signed = sa.select(Claim.id).where(Claim.status == ClaimStatus.SIGNED_OFF)
    for claim_id in db.session.scalars(signed).all()[::9]:
        claim = queries.lock_claim(claim_id)
        event = db.session.get_one(Event, queries.history_of(claim)[-1].event_seq)
        shown = claim_digest(claim, queries.evidence_of(claim), claim.enrolment.version.digest)
        assert json.loads(event.body)["facts"]["content"] == shown


def test_everybody_who_signed_supervised_on_that_day(app: Flask) -> None:
    populate(make_plan())
    claims = db.session.scalars(sa.select(Claim).where(Claim.signed_off_by_id.is_not(None))).all()

    for claim in claims:
        day = claim.signed_off_at.date() if claim.signed_off_at else date.max
        supervisions = sa.select(Supervision).where(
            Supervision.enrolment_id == claim.enrolment_id, Supervision.supervisor_id == claim.signed_off_by_id
        )
        assert any(each.starts_on <= day <= (each.ends_on or date.max) for each in db.session.scalars(supervisions))
    assert claims


def test_nothing_lies_in_the_future_and_no_notice_is_still_to_be_mailed(app: Flask) -> None:
    populate(make_plan())

    latest = db.session.scalar(sa.select(sa.func.max(Event.recorded_at)))
    assert latest is not None
    assert latest.date() < today()
    assert db.session.scalar(sa.select(sa.func.count()).where(Notice.mailed_at.is_(None))) == 0


def test_a_database_with_people_is_refused(app: Flask) -> None:
    refuse_if_inhabited()
    populate(make_plan(trainees=1, award=None))

    with pytest.raises(Refused, match="people in this database"):
        refuse_if_inhabited()
