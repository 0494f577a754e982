"""Sign-offs and what they rest on: what a change touches, and what is in use now."""

from collections.abc import Iterable, Sequence
from datetime import date
from typing import Any
from uuid import UUID

import sqlalchemy as sa
from sqlalchemy.orm import joinedload, selectinload

from tracker.accounts.models import Person
from tracker.core.clock import today
from tracker.core.db import db
from tracker.curricula.models import Requirement
from tracker.enrolments.models import Enrolment
from tracker.enrolments.queries import visible_ids
from tracker.equipment.models import Equipment, Revision
from tracker.equipment.rules import in_use_on
from tracker.logbook.models import Claim, ClaimEvidence, ClaimStatus, EntryEquipment
from tracker.progress.models import Standing

WITH_EQUIPMENT = joinedload(Revision.equipment, innerjoin=True)


def resting_on(equipment: Equipment) -> sa.Select[UUID]:
    """The sign-offs in its centre whose evidence names any revision of it."""
    named = (
        sa.select(ClaimEvidence.claim_id)
        .join(EntryEquipment, EntryEquipment.entry_id == ClaimEvidence.entry_id)
        .join(Revision, Revision.id == EntryEquipment.revision_id)
        .where(
            Revision.equipment_id == equipment.id,
            ClaimEvidence.claim_id == Claim.id,
            ClaimEvidence.attempt == Claim.attempt,
        )
        .correlate(Claim)
    )
    return (
        sa.select(Claim.id)
        .join(Enrolment, Enrolment.id == Claim.enrolment_id)
        .where(Claim.status == ClaimStatus.SIGNED_OFF, Enrolment.centre_id == equipment.centre_id, sa.exists(named))
    )


def list_touched(viewer: Person, equipment: Equipment, limit: int = 100) -> tuple[Sequence[Any], int]:
    """The sign-offs that rest on something: those that the viewer may see, and how many there are in all.

    Columns: given_name, family_name, code, title, level_signed, signed_off_at. Order: by trainee and code.
    """
    touched = resting_on(equipment)
    columns = (Person.given_name, Person.family_name, Requirement.code, Requirement.title)
    shown = (
        sa.select(*columns, Claim.level_signed, Claim.signed_off_at)
        .join(Person, Person.id == Claim.trainee_id)
        .join(Requirement, Requirement.id == Claim.competency_id)
        .where(Claim.id.in_(touched), Claim.enrolment_id.in_(visible_ids(viewer, today())))
        .order_by(Person.family_name, Person.given_name, Requirement.position)
        .limit(limit)
    )
    number = db.session.scalar(sa.select(sa.func.count()).select_from(touched.subquery()))
    return db.session.execute(shown).all(), number or 0


def next_change() -> Revision | None:
    """The oldest change whose sign-offs are still to be put down for a recheck. Loads: equipment."""
    due = sa.select(Revision).where(Revision.needs_recheck, Revision.asked_at.is_(None)).options(WITH_EQUIPMENT)
    return db.session.scalars(due.order_by(Revision.registered_at, Revision.id).limit(1)).first()


def touched_by(change: Revision, limit: int) -> Sequence[UUID]:
    """The sign-offs that a change touches and that were not looked at since it was registered. Order: by id."""
    before = resting_on(change.equipment).where(Claim.moved_at <= change.registered_at)
    return db.session.scalars(before.order_by(Claim.id).limit(limit)).all()


def list_named(claim: Claim) -> Sequence[tuple[Equipment, Revision]]:
    """What the evidence of a claim names, and the latest revision of each that it names. Order: by name."""
    chosen = (
        sa.select(Revision)
        .join(EntryEquipment, EntryEquipment.revision_id == Revision.id)
        .join(ClaimEvidence, ClaimEvidence.entry_id == EntryEquipment.entry_id)
        .where(ClaimEvidence.claim_id == claim.id, ClaimEvidence.attempt == claim.attempt)
        .options(joinedload(Revision.equipment, innerjoin=True).options(selectinload(Equipment.revisions)))
        .order_by(Revision.since_on, Revision.registered_at)
    )
    latest = {revision.equipment: revision for revision in db.session.scalars(chosen)}
    return sorted(latest.items(), key=lambda pair: pair[0].name)


def in_use(named: Iterable[tuple[Equipment, Revision]], on: date) -> list[Revision]:
    """What is in use of the same things on a day."""
    return [in_use_on(equipment.revisions, on) for equipment, _ in named]


def lapses_on(claim: Claim) -> date | None:
    """The first day on which a sign-off is not valid any more, if there is one."""
    said = sa.select(sa.func.min(Standing.lapses_on)).where(Standing.enrolment_id == claim.enrolment_id)
    return db.session.scalar(said.where(Standing.requirement_id == claim.competency_id))
