"""Final assessments as they may be seen, and the trainings that a scheme's lead has examined."""

import json
from collections.abc import Sequence
from datetime import date, timedelta
from typing import Any
from uuid import UUID

import sqlalchemy as sa
from sqlalchemy.orm import joinedload

from tracker.accounts.models import Grant, Person, Role
from tracker.core.clock import today
from tracker.core.db import db
from tracker.core.errors import Forbidden, NotFound
from tracker.curricula.models import Version
from tracker.enrolments.models import Centre, Enrolment
from tracker.enrolments.queries import in_force, lock_enrolment, may_see, with_people
from tracker.moderation.models import FinalAssessment
from tracker.moderation.permissions import can_assign, can_read_final
from tracker.record.models import Event

WITH_PEOPLE = (
    joinedload(FinalAssessment.examiner, innerjoin=True),
    joinedload(FinalAssessment.enrolment, innerjoin=True).options(
        joinedload(Enrolment.trainee, innerjoin=True),
        joinedload(Enrolment.version, innerjoin=True).joinedload(Version.curriculum, innerjoin=True),
        joinedload(Enrolment.centre, innerjoin=True),
    ),
)
MUTABLE = [column.key for column in FinalAssessment.__table__.columns if column.key != "id"]


def get_final(viewer: Person, final_id: UUID) -> FinalAssessment:
    """The final assessment, if the viewer may see it. Loads: examiner, enrolment with its people. Raises NotFound."""
    found = db.session.scalar(sa.select(FinalAssessment).options(*WITH_PEOPLE).where(FinalAssessment.id == final_id))
    if found is None or not can_read_final(viewer, found, today()):
        raise NotFound
    return found


def get_candidate(viewer: Person, enrolment_id: UUID) -> Enrolment:
    """The training that a scheme's lead assigns an examiner to. Loads: as with_people.

    Raises NotFound, or Forbidden for somebody else who may see it.
    """
    found = db.session.scalars(with_people().where(Enrolment.id == enrolment_id)).unique().one_or_none()
    if found is not None and can_assign(viewer, found, today()):
        return found
    raise Forbidden if may_see(viewer, enrolment_id) else NotFound


def get_with_people(enrolment_id: UUID) -> Enrolment:
    """The training that is examined. Loads: as with_people."""
    return db.session.scalars(with_people().where(Enrolment.id == enrolment_id)).unique().one()


def latest_of(enrolment_id: UUID) -> FinalAssessment | None:
    """The latest attempt at a training's final assessment. Loads: examiner."""
    chosen = sa.select(FinalAssessment).options(joinedload(FinalAssessment.examiner, innerjoin=True))
    attempts = chosen.where(FinalAssessment.enrolment_id == enrolment_id).order_by(FinalAssessment.attempt.desc())
    return db.session.scalar(attempts.limit(1))


def lock_final(final: FinalAssessment) -> None:
    """Hold a training until the end of the transaction, with its final assessment as it is now."""
    lock_enrolment(final.enrolment_id)
    db.session.refresh(final, MUTABLE)


def list_finals(viewer: Person) -> list[FinalAssessment]:
    """The final assessments that the viewer may see. Loads: as get_final. Order: the latest days first."""
    chosen = sa.select(FinalAssessment).options(*WITH_PEOPLE).where(_reaches(viewer))
    rows = db.session.scalars(chosen.order_by(FinalAssessment.opens_on.desc(), FinalAssessment.id))
    return [final for final in rows if can_read_final(viewer, final, today())]


def _reaches(viewer: Person) -> sa.ColumnElement[bool]:
    """Those of which the viewer is part or whose scheme they lead; what is asked of each again decides."""
    led = sa.select(Enrolment.id).where(Enrolment.version_id.in_(_led_versions(viewer, today())))
    return sa.or_(
        FinalAssessment.examiner_id == viewer.id,
        FinalAssessment.trainee_id == viewer.id,
        FinalAssessment.enrolment_id.in_(led),
    )


def _led_versions(viewer: Person, on: date) -> sa.Select[UUID]:
    leading = sa.select(Grant.curriculum_id).where(
        Grant.person_id == viewer.id, Grant.role == Role.SCHEME_LEAD, in_force(Grant, on)
    )
    return sa.select(Version.id).where(Version.curriculum_id.in_(leading))


def list_candidates(viewer: Person, on: date, search: str, limit: int = 50) -> Sequence[Any]:
    """The trainings of the schemes that the viewer leads, by a part of the trainee's name. Order: by name.

    Columns: id, given_name, family_name, centre, curriculum.
    """
    like = f"%{search.lower()}%"
    name = sa.func.lower(Person.given_name + " " + Person.family_name)
    chosen = (
        sa.select(Enrolment.id, Person.given_name, Person.family_name, Centre.name.label("centre"), Version.title)
        .join(Person, Person.id == Enrolment.trainee_id)
        .join(Centre, Centre.id == Enrolment.centre_id)
        .join(Version, Version.id == Enrolment.version_id)
        .where(Enrolment.version_id.in_(_led_versions(viewer, on)), Enrolment.trainee_id != viewer.id)
        .where(name.like(like))
        .order_by(Person.family_name, Person.given_name, Enrolment.id)
    )
    return db.session.execute(chosen.limit(limit)).all()


def get_recorded(event: Event) -> FinalAssessment:
    """The final assessment that an event assigned."""
    return db.session.get_one(FinalAssessment, UUID(json.loads(event.body)["facts"]["final"]))


def waiting_finals(examiner: Person, on: date) -> Sequence[FinalAssessment]:
    """The final assessments that the examiner is to make, their days not over. Loads: as get_final."""
    own = sa.and_(FinalAssessment.examiner_id == examiner.id, FinalAssessment.recorded_at.is_(None))
    chosen = sa.select(FinalAssessment).options(*WITH_PEOPLE).where(own, FinalAssessment.closes_on >= on)
    return db.session.scalars(chosen.order_by(FinalAssessment.closes_on, FinalAssessment.id)).all()


def end_sight(final: FinalAssessment, on: date) -> None:
    """End what an earlier examiner was given for this attempt: from that day on they see nothing of it."""
    given = sa.select(Grant).where(
        Grant.person_id == final.examiner_id,
        Grant.role == Role.EXAMINER,
        Grant.enrolment_id == final.enrolment_id,
        sa.or_(Grant.ends_on.is_(None), Grant.ends_on >= on),
    )
    for grant in db.session.scalars(given):
        if grant.starts_on < on:
            grant.ends_on = on - timedelta(days=1)
        else:
            db.session.delete(grant)  # it gave sight on no day; the assignment stays on record
