"""Whose record a viewer may see, and enrolments as they may be seen."""

from collections.abc import Collection, Sequence
from datetime import date
from functools import cache
from typing import Any
from uuid import UUID

import sqlalchemy as sa
from sqlalchemy.orm import aliased, contains_eager, joinedload

from tracker.accounts.models import Grant, Person, Role
from tracker.core.clock import today
from tracker.core.db import db
from tracker.core.errors import NotFound, Stale
from tracker.curricula.models import Version
from tracker.enrolments.models import Centre, Enrolment, EnrolmentBreak, Supervision, SupervisionRole

VIEWER = sa.bindparam("viewer_id", type_=sa.Uuid())
ON = sa.bindparam("viewed_on", type_=sa.Date())
SEES_RECORDS = (Role.TRAINING_LEAD, Role.MODERATOR, Role.EXAMINER)


def visible_ids(viewer: Person, on: date) -> sa.Select[UUID]:
    """The ids of the enrolments whose record the viewer may see on that day: default deny.

    Their own; those they supervise or assess; those in the scope of a grant as training lead, moderator or examiner. An
    examiner does not see a candidate whom they have ever supervised. Every table in it is an alias of its own, so that
    no statement around it changes what it means. It is put together once: that costs more than the rest of a page.
    """
    return _visible_ids().params(**seen_by(viewer, on))


def seen_by(viewer: Person, on: date) -> dict[str, Any]:
    """The values of VIEWER and ON, for a statement that was put together once."""
    return {VIEWER.key: viewer.id, ON.key: on}


@cache
def _visible_ids() -> sa.Select[UUID]:
    seen = aliased(Enrolment)
    return sa.select(seen.id).where(sa.or_(seen.trainee_id == VIEWER, seen.id.in_(_supervised()), _granted(seen)))


@cache
def _supervised() -> sa.Select[UUID]:
    supervision = aliased(Supervision)
    supervised = sa.select(supervision.enrolment_id).where(supervision.supervisor_id == VIEWER)
    return supervised.where(in_force(supervision, ON))


def overseen_ids(viewer: Person, on: date, roles: Collection[Role]) -> sa.Select[UUID]:
    """The ids of the enrolments that a grant of one of these roles reaches, the viewer's own left out."""
    seen = aliased(Enrolment)
    chosen = sa.select(seen.id).where(_granted(seen, roles), seen.trainee_id != VIEWER)
    return chosen.params(**seen_by(viewer, on))


def _granted(seen: type[Enrolment], roles: Collection[Role] = SEES_RECORDS) -> sa.ColumnElement[bool]:
    """That a grant of the viewer's reaches the enrolment."""
    grant, version, supervision = aliased(Grant), aliased(Version), aliased(Supervision)
    trained = sa.select(supervision.enrolment_id).where(supervision.supervisor_id == VIEWER)
    reached = sa.select(version.id).where(version.curriculum_id == grant.curriculum_id).correlate(grant)
    return sa.exists(
        sa.select(grant.id)
        .correlate(seen)
        .where(
            grant.person_id == VIEWER,
            grant.role.in_(roles),
            in_force(grant, ON),
            sa.or_(grant.centre_id.is_(None), grant.centre_id == seen.centre_id),
            sa.or_(grant.curriculum_id.is_(None), seen.version_id.in_(reached)),
            sa.or_(grant.enrolment_id.is_(None), grant.enrolment_id == seen.id),
            sa.or_(grant.role != Role.EXAMINER, seen.id.not_in(trained)),
        )
    )


@cache
def supervised_ids(*, approved: bool = False) -> sa.Select[UUID]:
    """The ids of the enrolments that VIEWER supervises on ON, or of those where they sign alone."""
    own = (
        Supervision.supervisor_id == VIEWER,
        Supervision.role == SupervisionRole.SUPERVISOR,
        in_force(Supervision, ON),
    )
    return sa.select(Supervision.enrolment_id).where(*own, *([Supervision.approved] if approved else []))


def supervised_by(viewer: Person, on: date) -> sa.Select[UUID]:
    """The same with the viewer and the day filled in, for a statement that is not put together once."""
    return supervised_ids().params(**seen_by(viewer, on))


def in_force(dated: type[Grant] | type[Supervision], on: date | sa.BindParameter[date]) -> sa.ColumnElement[bool]:
    """That a grant or supervision runs on that day; its last day counts."""
    return sa.and_(dated.starts_on <= on, sa.or_(dated.ends_on.is_(None), dated.ends_on >= on))


def may_see(person: Person, enrolment_id: UUID) -> bool:
    """Whether the person may see the enrolment today."""
    seen = sa.select(Enrolment.id).where(Enrolment.id == enrolment_id, Enrolment.id.in_(visible_ids(person, today())))
    return db.session.scalar(seen) is not None


@cache
def with_people() -> sa.Select[Enrolment]:
    """Enrolments in one statement. Loads: trainee, centre, version, curriculum, supervisions, supervisors, breaks."""
    supervisor = aliased(Person)
    return (
        sa.select(Enrolment)
        .join(Enrolment.version)
        .join(Version.curriculum)
        .outerjoin(Enrolment.supervisions)
        .outerjoin(supervisor, Supervision.supervisor_id == supervisor.id)
        .outerjoin(Enrolment.breaks)
        .options(
            joinedload(Enrolment.trainee, innerjoin=True),
            joinedload(Enrolment.centre, innerjoin=True),
            contains_eager(Enrolment.version).contains_eager(Version.curriculum),
            contains_eager(Enrolment.supervisions).contains_eager(Supervision.supervisor.of_type(supervisor)),
            contains_eager(Enrolment.breaks),
            joinedload(Enrolment.areas),
        )
        .order_by(Enrolment.starts_on, Enrolment.id, Supervision.starts_on, Supervision.id, EnrolmentBreak.starts_on)
    )


def get_enrolment(viewer: Person, enrolment_id: UUID) -> Enrolment:
    """The enrolment, if the viewer may see it. Loads: as with_people. Raises NotFound."""
    asked = {"enrolment_id": enrolment_id} | seen_by(viewer, today())
    enrolment = db.session.scalars(_visible_one(), asked).unique().one_or_none()
    if enrolment is None:
        raise NotFound
    return enrolment


@cache
def _visible_one() -> sa.Select[Enrolment]:
    chosen = Enrolment.id == sa.bindparam("enrolment_id", type_=sa.Uuid())
    return with_people().where(chosen, Enrolment.id.in_(_visible_ids()))


def lock_enrolment(enrolment_id: UUID, version_id: UUID | None = None) -> None:
    """Hold the enrolment until the end of the transaction: what is counted for it is counted by one at a time.

    Rows that refer to it can still be written meanwhile. Raises Stale when it moved on from that version.
    """
    chosen = sa.select(Enrolment.version_id).where(Enrolment.id == enrolment_id)
    present = db.session.scalar(chosen.with_for_update(key_share=True))
    if version_id is not None and present != version_id:
        raise Stale("The training moved to another version of its curriculum a moment ago. Open the page again.")


def list_own_enrolments(viewer: Person) -> Sequence[Enrolment]:
    """The viewer's own enrolments. Loads: as with_people. Order: by start."""
    return db.session.scalars(with_people().where(Enrolment.trainee_id == viewer.id)).unique().all()


def list_led_centres(viewer: Person, on: date) -> Sequence[Centre]:
    """The centres where the viewer is a training lead on that day. Order: by name."""
    led = sa.select(Grant.centre_id).where(
        Grant.person_id == viewer.id, Grant.role == Role.TRAINING_LEAD, in_force(Grant, on)
    )
    return db.session.scalars(sa.select(Centre).where(Centre.id.in_(led)).order_by(Centre.name)).all()


def list_leads(enrolment: Enrolment, on: date) -> Sequence[Person]:
    """The training leads of an enrolment on that day, its trainee left out. Needs: version loaded. Order: by name."""
    leading = sa.and_(
        Grant.role == Role.TRAINING_LEAD,
        Grant.centre_id == enrolment.centre_id,
        sa.or_(Grant.curriculum_id.is_(None), Grant.curriculum_id == enrolment.version.curriculum_id),
        sa.or_(Grant.enrolment_id.is_(None), Grant.enrolment_id == enrolment.id),
        in_force(Grant, on),
    )
    others = sa.and_(Person.id.in_(sa.select(Grant.person_id).where(leading)), Person.id != enrolment.trainee_id)
    return db.session.scalars(sa.select(Person).where(others).order_by(Person.family_name, Person.id)).all()


def area_ids(enrolment: Enrolment) -> frozenset[UUID]:
    """The areas that an enrolment takes. Needs: areas loaded."""
    return frozenset(area.section_id for area in enrolment.areas)
