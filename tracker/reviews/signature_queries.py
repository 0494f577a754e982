"""Signatures above the items: what was signed, and whether it still holds."""

from collections.abc import Sequence
from typing import Any
from uuid import UUID

import sqlalchemy as sa
from sqlalchemy.orm import aliased, joinedload

from tracker.accounts.models import Person
from tracker.core.clock import today, zone
from tracker.core.db import db
from tracker.core.errors import NotFound
from tracker.curricula.models import Requirement, Section
from tracker.enrolments.models import Enrolment
from tracker.enrolments.queries import visible_ids
from tracker.logbook.models import Claim, ClaimStep, StepKind
from tracker.progress.signatures import Signed
from tracker.reviews.models import Signature, SignatureItem

WHY_VOID = {
    "revoked": "the sign-off of {code} was revoked",
    "lapsed": "the sign-off of {code} lapsed",
    "signature": "the signature of {code} was revoked",
    "itself": "it was revoked",
}
MOVED_ON = "{code} was decided on again"


def signed_above(enrolment: Enrolment) -> dict[UUID | None, Signed]:
    """The latest signature of each section and of the whole (None), of the version that the enrolment follows."""
    return signed_in(sa.select(Enrolment.id).where(Enrolment.id == enrolment.id)).get(enrolment.id, {})


def signed_in(enrolment_ids: sa.Select[UUID]) -> dict[UUID, dict[UUID | None, Signed]]:
    """The same for several enrolments, in one statement."""
    found: dict[UUID, dict[UUID | None, Signed]] = {}
    for row in db.session.execute(_with_what_undid_it(enrolment_ids)):
        latest = found.setdefault(row.enrolment_id, {})
        latest[row.section_id] = _signed(row)
    return found


def _signed(row: Any) -> Signed:
    signed_on = row.signed_at.astimezone(zone()).date()
    signed = Signed(f"{row.given_name} {row.family_name}", signed_on)
    if row.revoked_at:
        return Signed(signed.by, signed_on, row.revoked_at.astimezone(zone()).date(), WHY_VOID["itself"])
    if row.undone_at:
        because = WHY_VOID.get(row.undone_kind, MOVED_ON).format(code=row.undone_code)
        return Signed(signed.by, signed_on, row.undone_at.astimezone(zone()).date(), because)
    return signed


def _with_what_undid_it(enrolment_ids: sa.Select[UUID]) -> sa.Select[*tuple[Any, ...]]:
    """Signatures, each with every later step that undoes a decision it rests on. Order: what decides comes last."""
    undone = _undone()
    return (
        sa.select(
            Signature.enrolment_id,
            Signature.section_id,
            Signature.signed_at,
            Signature.revoked_at,
            Person.given_name,
            Person.family_name,
            undone.c.at.label("undone_at"),
            undone.c.kind.label("undone_kind"),
            undone.c.code.label("undone_code"),
        )
        .join(Enrolment, sa.and_(Enrolment.id == Signature.enrolment_id, Enrolment.version_id == Signature.version_id))
        .join(Person, Person.id == Signature.signed_by_id)
        .outerjoin(undone, undone.c.signature_id == Signature.id)
        .where(Signature.enrolment_id.in_(enrolment_ids))
        .order_by(Signature.event_seq, undone.c.seq.desc())
    )


def _undone() -> sa.Subquery:
    """What came after a signature to a decision that it rests on: a step of its claim, or its own revocation.

    Not a recheck that holds: the sign-off is as it was.
    """
    given, later, inner, outer = aliased(ClaimStep), aliased(ClaimStep), aliased(Signature), aliased(Signature)
    after = sa.and_(later.event_seq > outer.event_seq, later.kind != StepKind.RECHECKED)
    steps = (
        sa.select(
            SignatureItem.signature_id,
            later.event_seq.label("seq"),
            later.at.label("at"),
            sa.cast(later.kind, sa.String).label("kind"),
            Requirement.code.label("code"),
        )
        .join(given, given.event_seq == SignatureItem.event_seq)
        .join(outer, outer.id == SignatureItem.signature_id)
        .join(later, sa.and_(later.claim_id == given.claim_id, after))
        .join(Claim, Claim.id == given.claim_id)
        .join(Requirement, Requirement.id == Claim.competency_id)
    )
    signatures = (
        sa.select(
            SignatureItem.signature_id, inner.revoked_seq, inner.revoked_at, sa.literal("signature"), Section.code
        )
        .join(inner, inner.event_seq == SignatureItem.event_seq)
        .join(Section, Section.id == inner.section_id)
        .where(inner.revoked_seq.is_not(None))
    )
    return sa.union_all(steps, signatures).subquery("undone")


def list_signatures(viewer: Person, enrolment_id: UUID) -> Sequence[Signature]:
    """Every signature above the items of an enrolment. Loads: signed_by. Order: the latest first."""
    seen = Signature.enrolment_id.in_(visible_ids(viewer, today()))
    chosen = sa.select(Signature).options(joinedload(Signature.signed_by, innerjoin=True)).where(seen)
    return db.session.scalars(
        chosen.where(Signature.enrolment_id == enrolment_id).order_by(Signature.event_seq.desc())
    ).all()


def latest_of(enrolment: Enrolment) -> dict[UUID | None, Signature]:
    """The latest signature of each section and of the whole (None), held or not. Loads: signed_by."""
    chosen = sa.select(Signature).options(joinedload(Signature.signed_by, innerjoin=True))
    own = chosen.where(Signature.enrolment_id == enrolment.id, Signature.version_id == enrolment.version_id)
    rows = db.session.scalars(own.order_by(Signature.event_seq))
    return {row.section_id: row for row in rows}


def get_signature(viewer: Person, signature_id: UUID) -> Signature:
    """The signature, if the viewer may see the enrolment. Loads: signed_by. Raises NotFound."""
    seen = Signature.enrolment_id.in_(visible_ids(viewer, today()))
    chosen = sa.select(Signature).options(joinedload(Signature.signed_by, innerjoin=True))
    found = db.session.scalar(chosen.where(Signature.id == signature_id, seen))
    if found is None:
        raise NotFound
    return found


def lock_signature(signature_id: UUID) -> Signature:
    """The signature as it is now, locked. Raises NotFound."""
    found = db.session.get(Signature, signature_id, with_for_update=True, populate_existing=True)
    if found is None:
        raise NotFound
    return found


def get_recorded_signature(event_seq: int) -> Signature:
    """The signature that an event put on record."""
    return db.session.scalars(sa.select(Signature).where(Signature.event_seq == event_seq)).one()
