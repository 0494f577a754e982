"""Entries and claims, as a viewer may see them."""

from collections.abc import Sequence
from functools import cache
from typing import Any
from uuid import UUID

import sqlalchemy as sa
from sqlalchemy.orm import aliased, defer, joinedload, selectinload
from sqlalchemy.orm.util import identity_key

from tracker.accounts.models import Person
from tracker.core.clock import today
from tracker.core.db import db
from tracker.core.errors import NotFound, Stale
from tracker.curricula.models import Competency, Version
from tracker.curricula.queries import get_outline
from tracker.enrolments import queries as enrolments
from tracker.enrolments.models import Carried, CarriedRequirement, Enrolment, Supervision
from tracker.enrolments.placing import WITH_EVIDENCE, WITH_SIGN_OFF, earlier_ids, present_ids
from tracker.equipment.models import Revision
from tracker.logbook.models import (
    Claim,
    ClaimEvidence,
    ClaimStatus,
    ClaimStep,
    EntryCompetency,
    EntryStatus,
    LogEntry,
    SharedEntry,
    StepKind,
)
from tracker.logbook.rules import ASSESSMENTS

WITH_SIGNERS = (
    joinedload(Claim.competency, innerjoin=True),
    joinedload(Claim.enrolment, innerjoin=True).options(
        joinedload(Enrolment.version, innerjoin=True).options(
            joinedload(Version.curriculum, innerjoin=True), defer(Version.head)
        ),
        selectinload(Enrolment.supervisions).joinedload(Supervision.supervisor, innerjoin=True),
    ),
)
WITH_PEOPLE = (
    *WITH_SIGNERS,
    joinedload(Claim.trainee, innerjoin=True),
    joinedload(Claim.signed_off_by),
    joinedload(Claim.enrolment, innerjoin=True).options(
        joinedload(Enrolment.trainee, innerjoin=True),
        joinedload(Enrolment.centre, innerjoin=True),
        selectinload(Enrolment.areas),
    ),
)
DIGESTS = sa.select(ClaimEvidence.entry_id, ClaimEvidence.digest).where(
    ClaimEvidence.claim_id == sa.bindparam("claim_id", type_=sa.Uuid()),
    ClaimEvidence.attempt == sa.bindparam("attempt", type_=sa.Integer()),
)
CLAIM_COLUMNS = [column.key for column in Claim.__table__.columns]
SIGNATURES = (StepKind.SIGNED_OFF, StepKind.SIGNED, StepKind.COUNTERSIGNED)
WITH_CONTENT = (
    selectinload(LogEntry.competencies),
    selectinload(LogEntry.files),
    selectinload(LogEntry.used).joinedload(Revision.equipment, innerjoin=True),
)


def visible_claims(viewer: Person) -> sa.Select[Claim]:
    """An open claim is its trainee's alone; what a supervisor signed stays visible to them. Loads: everybody in it."""
    own = Claim.trainee_id == viewer.id
    shared = sa.and_(Claim.status != ClaimStatus.OPEN, Claim.enrolment_id.in_(enrolments.visible_ids(viewer, today())))
    signed = sa.or_(Claim.signed_off_by_id == viewer.id, Claim.countersigned_by_id == viewer.id)
    return sa.select(Claim).options(*WITH_PEOPLE).where(sa.or_(own, shared, signed))


def get_claim(viewer: Person, claim_id: UUID) -> Claim:
    """The claim, if the viewer may see it. Loads: as visible_claims. Raises NotFound."""
    claim = db.session.scalar(visible_claims(viewer).where(Claim.id == claim_id))
    if claim is None:
        raise NotFound
    return claim


def get_competency(enrolment: Enrolment, competency_id: UUID) -> Competency:
    """A competency that the enrolment asks for, or what one of an earlier version is now. Needs: areas loaded.

    Raises NotFound, also for one of another area.
    """
    asked = get_outline(enrolment.version_id).chosen(enrolments.area_ids(enrolment))
    present = present_ids(enrolment, [competency_id])
    wanted = next((requirement.id for requirement in asked if requirement.id in present), None)
    found = db.session.get(Competency, wanted) if wanted else None
    if found is None:  # of another area, or a module
        raise NotFound
    return found


def find_claim(enrolment_id: UUID, competency_id: UUID) -> Claim | None:
    """The claim to this competency, if there is one. Loads: everybody in it."""
    chosen = sa.select(Claim).options(*WITH_PEOPLE)
    return db.session.scalar(chosen.where(Claim.enrolment_id == enrolment_id, Claim.competency_id == competency_id))


def lock_claim(claim_id: UUID) -> Claim:
    """The claim as it is now, locked until the end of the transaction. Loads: who may sign it, and in what words.

    Not against rows that refer to it: who draws a visit's samples with the record's head in hand would wait for a
    claim whose holder waits for the head.
    """
    known = db.session.identity_map.get(identity_key(Claim, claim_id))
    if known is not None and "enrolment" not in sa.inspect(known).unloaded:
        db.session.refresh(known, CLAIM_COLUMNS, with_for_update={"key_share": True})
        return known
    claim = db.session.scalar(_locked(), {"claim_id": claim_id})
    if claim is None:
        raise NotFound
    return claim


@cache
def _locked() -> sa.Select[Claim]:
    chosen = sa.select(Claim).options(*WITH_SIGNERS).where(Claim.id == sa.bindparam("claim_id", type_=sa.Uuid()))
    return chosen.with_for_update(of=Claim, key_share=True)


def check_fresh(claim: Claim, version: int) -> None:
    """Raises Stale, with who did what, when the claim moved on since that version was shown."""
    if claim.version == version:
        return
    step = history_of(claim)[-1]
    raise Stale(
        f"{step.actor_name} changed this claim after you opened it ({step.kind.value.replace('_', ' ')}). "
        "Nothing of yours was lost: look at it as it is now, then decide."
    )


def evidence_of(claim: Claim) -> Sequence[LogEntry]:
    """The entries that the claim's present attempt rests on. Loads: competencies, files. Order: by day."""
    chosen = (
        sa.select(LogEntry)
        .join(ClaimEvidence, ClaimEvidence.entry_id == LogEntry.id)
        .where(ClaimEvidence.claim_id == claim.id, ClaimEvidence.attempt == claim.attempt)
    )
    return with_content(chosen)


def evidence_digests_of(claim: Claim) -> dict[UUID, str]:
    """The entries that the claim's present attempt rests on, as they were when it was submitted."""
    asked = {"claim_id": claim.id, "attempt": claim.attempt}
    return {row.entry_id: row.digest for row in db.session.connection().execute(DIGESTS, asked)}


def claims_for(enrolment_id: UUID, competency_id: UUID) -> Sequence[tuple[Claim, Carried | None]]:
    """The claim to a competency, and those of earlier versions that stand for it, with how much of them does.

    Order: by when they last moved.
    """
    same = sa.and_(
        CarriedRequirement.enrolment_id == Claim.enrolment_id,
        CarriedRequirement.from_requirement_id == Claim.competency_id,
        CarriedRequirement.to_requirement_id == competency_id,
    )
    chosen = sa.select(Claim, CarriedRequirement.carried).outerjoin(CarriedRequirement, same)
    counts = sa.or_(Claim.competency_id == competency_id, CarriedRequirement.carried.in_(WITH_SIGN_OFF))
    rows = db.session.execute(chosen.where(Claim.enrolment_id == enrolment_id, counts).order_by(Claim.moved_at))
    return [(claim, carried) for claim, carried in rows]


def entries_for(enrolment_id: UUID, competency_id: UUID) -> Sequence[LogEntry]:
    """The logged entries that count towards a competency. Loads: competencies, files. Order: by day."""
    return with_content(_counting(enrolment_id, competency_id))


def hold_entries(enrolment_id: UUID, competency_id: UUID) -> Sequence[LogEntry]:
    """The same, locked until the end of the transaction, so that what is submitted is what is recorded."""
    held = _counting(enrolment_id, competency_id).with_only_columns(LogEntry.id).order_by(LogEntry.id)
    db.session.execute(held.with_for_update())
    return entries_for(enrolment_id, competency_id)


def list_counted(enrolment_id: UUID, competency_id: UUID) -> Sequence[Any]:
    """The same entries, to be counted and not shown: whether there is a text, and not the text. Order: none."""
    counted = _counting(enrolment_id, competency_id).with_only_columns(
        LogEntry.id,
        LogEntry.performed_on,
        LogEntry.kind,
        LogEntry.times,
        sa.type_coerce(sa.func.coalesce(LogEntry.counts_as_part, LogEntry.part), LogEntry.part.type).label("part"),
        sa.func.coalesce(LogEntry.counts_as_form, LogEntry.assessment).label("assessment"),
        LogEntry.assessor,
        (LogEntry.reflection != "").label("reflection"),
        (LogEntry.action_plan != "").label("action_plan"),
    )
    return db.session.execute(counted).all()


def _counting(enrolment_id: UUID, competency_id: UUID) -> sa.Select[LogEntry]:
    """Those linked to the competency, as what they were or under what stands for it now."""
    link = EntryCompetency.competency_id
    whole = link.in_(earlier_ids(enrolment_id, competency_id, WITH_EVIDENCE))
    part = sa.and_(
        link.in_(earlier_ids(enrolment_id, competency_id, [Carried.PART])), LogEntry.kind.not_in(ASSESSMENTS)
    )
    return sa.select(LogEntry).where(
        LogEntry.id.in_(ids_in(enrolment_id)),
        LogEntry.status == EntryStatus.LOGGED,
        sa.exists().where(EntryCompetency.entry_id == LogEntry.id, sa.or_(link == competency_id, whole, part)),
    )


def ids_in(enrolment_id: UUID) -> sa.CompoundSelect[UUID]:
    """The entries of an enrolment, and those of another one that count here too."""
    own = aliased(LogEntry)
    shared = sa.select(SharedEntry.entry_id).where(SharedEntry.enrolment_id == enrolment_id)
    return sa.union_all(sa.select(own.id).where(own.enrolment_id == enrolment_id), shared)


def version_of(claim: Claim) -> Version:
    """The version in whose words the claim was made, whatever the enrolment follows now. Loads: curriculum."""
    if claim.competency.version_id == claim.enrolment.version_id:
        return claim.enrolment.version
    chosen = sa.select(Version).options(joinedload(Version.curriculum, innerjoin=True))
    return db.session.scalars(chosen.where(Version.id == claim.competency.version_id)).one()


def with_content(chosen: sa.Select[LogEntry]) -> Sequence[LogEntry]:
    """The entries in the order of their days. Loads: competencies, files."""
    ordered = chosen.options(*WITH_CONTENT).order_by(LogEntry.performed_on, LogEntry.written_at, LogEntry.id)
    return db.session.scalars(ordered.execution_options(populate_existing=True)).all()


def history_of(claim: Claim) -> Sequence[ClaimStep]:
    """Everything that happened to the claim. Loads: actor, covers_for. Order: as it happened."""
    people = (joinedload(ClaimStep.actor), joinedload(ClaimStep.covers_for))
    chosen = sa.select(ClaimStep).options(*people)
    return db.session.scalars(chosen.where(ClaimStep.claim_id == claim.id).order_by(ClaimStep.event_seq)).all()


def visible_entries(viewer: Person) -> sa.Select[LogEntry]:
    """A draft is its trainee's alone; a former supervisor keeps what they signed. Loads: competencies, files."""
    own = LogEntry.trainee_id == viewer.id
    visible = enrolments.visible_ids(viewer, today())
    counting = sa.select(SharedEntry.entry_id).where(SharedEntry.enrolment_id.in_(visible))
    shared = sa.or_(LogEntry.enrolment_id.in_(visible), LogEntry.id.in_(counting))
    signed = LogEntry.id.in_(
        sa.select(ClaimEvidence.entry_id)
        .join(
            ClaimStep,
            sa.and_(ClaimStep.claim_id == ClaimEvidence.claim_id, ClaimStep.attempt == ClaimEvidence.attempt),
        )
        .where(ClaimStep.kind.in_(SIGNATURES), ClaimStep.actor_id == viewer.id)
    )
    logged = sa.and_(LogEntry.status == EntryStatus.LOGGED, sa.or_(shared, signed))
    return sa.select(LogEntry).options(*WITH_CONTENT).where(sa.or_(own, logged))


def get_entry(viewer: Person, entry_id: UUID) -> LogEntry:
    """The entry, if the viewer may see it. Loads: competencies, files. Raises NotFound."""
    entry = db.session.scalar(visible_entries(viewer).where(LogEntry.id == entry_id))
    if entry is None:
        raise NotFound
    return entry


def find_entry(entry_id: UUID) -> LogEntry | None:
    """The entry, locked, for a second press of the same button. Loads: competencies, files."""
    chosen = sa.select(LogEntry).options(*WITH_CONTENT).where(LogEntry.id == entry_id).with_for_update()
    return db.session.scalar(chosen.execution_options(populate_existing=True))


def list_entries(viewer: Person, enrolment_id: UUID, page: int, size: int = 50) -> tuple[Sequence[LogEntry], bool]:
    """A page of an enrolment's entries, and whether there are more. Loads: competencies, files. Order: latest first."""
    chosen = visible_entries(viewer).where(LogEntry.id.in_(ids_in(enrolment_id)))
    ordered = chosen.order_by(LogEntry.performed_on.desc().nulls_first(), LogEntry.written_at.desc(), LogEntry.id)
    rows = db.session.scalars(ordered.limit(size + 1).offset((page - 1) * size)).all()
    return rows[:size], len(rows) > size


def shared_with(entry_id: UUID) -> set[UUID]:
    """The other enrolments of its trainee in which an entry counts too."""
    return set(db.session.scalars(sa.select(SharedEntry.enrolment_id).where(SharedEntry.entry_id == entry_id)))
