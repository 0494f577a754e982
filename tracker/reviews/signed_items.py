"""What a signature above the items rests on: each decision by its event, and all of them as one digest."""

import hashlib
import json
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from uuid import UUID

import sqlalchemy as sa
from sqlalchemy import and_

from tracker.accounts.models import Person
from tracker.core.clock import zone
from tracker.core.db import db
from tracker.curricula.outline import Outline
from tracker.enrolments.models import Carried, CarriedRequirement, Enrolment
from tracker.learning.models import Registration
from tracker.learning.models import RegistrationStatus as Status
from tracker.logbook.models import Claim, ClaimStatus, ClaimStep, StepKind
from tracker.record.canonical import canonical
from tracker.record.models import Event
from tracker.reviews.models import Signature


@dataclass(frozen=True)
class Item:
    """One decision that a signature rests on, as the signer is shown it."""

    event_seq: int
    code: str
    title: str
    by: str
    on: date
    level: int | None = None  # of a competency
    section_id: UUID | None = None  # that it is in, or that was signed


def decided_items(outline: Outline, enrolment: Enrolment) -> list[Item]:
    """Every sign-off and confirmed result of the version that an enrolment follows. Order: as in the curriculum."""
    found = _signed_off(enrolment.id) | _confirmed(enrolment.id)
    return [
        Item(seq, each.code, each.title, by, _day(at), level, each.section_id)
        for each in outline.requirements
        if each.id in found
        for seq, by, at, level in [found[each.id]]
    ]


def section_items(outline: Outline, latest: Iterable[Signature]) -> list[Item]:
    """The signatures of sections, as items of the whole. Needs: signed_by loaded. Order: as in the curriculum."""
    signed = {each.section_id: each for each in latest}
    return [
        Item(row.event_seq, section.code, section.title, row.signed_by.name, _day(row.signed_at), None, section.id)
        for section in outline.sections
        if (row := signed.get(section.id)) is not None
    ]


def items_digest(enrolment: Enrolment, section_id: UUID | None, items: Sequence[Item]) -> str:
    """The digest of what a signer is shown: the curriculum's words, what is signed, and each decision by its event."""
    shown = {
        "enrolment": str(enrolment.id),
        "section": str(section_id) if section_id else None,
        "curriculum": enrolment.version.digest,
        "events": sorted(item.event_seq for item in items),
    }
    return hashlib.sha256(canonical(shown)).hexdigest()


Found = dict[UUID, tuple[int, str, datetime, int | None]]  # event, by whom, when, level


def _signed_off(enrolment_id: UUID) -> Found:
    """By competency of the present version: what signed each claim off that is. A recheck that holds adds nothing."""
    its_own = (ClaimStep.claim_id == Claim.id, ClaimStep.kind.in_([StepKind.SIGNED_OFF, StepKind.COUNTERSIGNED]))
    last = sa.select(sa.func.max(ClaimStep.event_seq)).where(*its_own).scalar_subquery()
    carried = and_(
        CarriedRequirement.enrolment_id == Claim.enrolment_id,
        CarriedRequirement.from_requirement_id == Claim.competency_id,
        CarriedRequirement.carried == Carried.WHOLE,
    )
    rows = db.session.execute(
        sa.select(
            sa.func.coalesce(CarriedRequirement.to_requirement_id, Claim.competency_id).label("competency_id"),
            last.label("event_seq"),
            Person.given_name,
            Person.family_name,
            Claim.signed_off_at,
            Claim.level_signed,
        )
        .select_from(Claim)
        .join(Person, Person.id == Claim.signed_off_by_id)
        .outerjoin(CarriedRequirement, carried)
        .where(Claim.enrolment_id == enrolment_id, Claim.status == ClaimStatus.SIGNED_OFF)
        .order_by(Claim.signed_off_at)
    )
    return {
        row.competency_id: (row.event_seq, f"{row.given_name} {row.family_name}", row.signed_off_at, row.level_signed)
        for row in rows
    }


def _confirmed(enrolment_id: UUID) -> Found:
    """By module: the event that confirmed its result, which is not undone."""
    rows = db.session.execute(
        sa.select(Registration.id, Registration.module_id, Person, Registration.confirmed_at)
        .join(Person, Person.id == Registration.confirmed_by_id)
        .where(Registration.enrolment_id == enrolment_id, Registration.status == Status.CONFIRMED)
    ).all()
    if not rows:
        return {}
    kind = and_(Event.enrolment_id == enrolment_id, Event.kind == "module_result_confirmed")
    bodies = db.session.execute(sa.select(Event.seq, Event.body).where(kind).order_by(Event.seq))
    events = {json.loads(row.body)["facts"]["registration"]: row.seq for row in bodies}
    return {
        row.module_id: (events[str(row.id)], row.Person.name, row.confirmed_at, None)
        for row in rows
        if str(row.id) in events
    }


def _day(at: datetime) -> date:
    return at.astimezone(zone()).date()
