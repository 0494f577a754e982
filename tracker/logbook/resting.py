"""What claims rest on: which entries are held fast by them, which were not accepted, and what was seen before."""

from collections.abc import Collection, Sequence
from typing import Any
from uuid import UUID

import sqlalchemy as sa
from sqlalchemy.orm import aliased

from tracker.core.db import db
from tracker.curricula.models import Requirement
from tracker.logbook.models import Claim, ClaimEvidence, ClaimStatus, ClaimStep, Mark, StepKind
from tracker.logbook.rules import WAITS, Hold

SIGN_OFFS = (StepKind.SIGNED_OFF, StepKind.COUNTERSIGNED)


def reject(claim: Claim, rejected: Collection[UUID]) -> None:
    """Note which entries of the present attempt are not accepted."""
    if rejected:
        chosen = (ClaimEvidence.claim_id == claim.id, ClaimEvidence.attempt == claim.attempt)
        these = sa.update(ClaimEvidence).where(*chosen, ClaimEvidence.entry_id.in_(rejected))
        db.session.execute(these.values(rejected=True), execution_options={"synchronize_session": False})


def locked_by(entry_id: UUID) -> Sequence[Hold]:
    """The claims that hold an entry fast: that wait with it, were ever signed off with it, or returned another part.

    Order: by position.
    """
    signed, other = aliased(ClaimStep), aliased(ClaimEvidence)
    present = Claim.attempt == ClaimEvidence.attempt
    was_signed = sa.exists().where(
        signed.claim_id == Claim.id, signed.attempt == ClaimEvidence.attempt, signed.kind.in_(SIGN_OFFS)
    )
    in_part = sa.exists().where(other.claim_id == Claim.id, other.attempt == ClaimEvidence.attempt, other.rejected)
    accepted = sa.and_(Claim.status == ClaimStatus.RETURNED, present, ~ClaimEvidence.rejected, in_part)
    waits = sa.and_(Claim.status.in_(WAITS), present)
    held = sa.or_(waits, was_signed)
    chosen: Any = (
        sa.select(Requirement.code, held.label("held"), waits.label("waits"), Requirement.position)
        .join(Claim, Claim.competency_id == Requirement.id)
        .join(ClaimEvidence, ClaimEvidence.claim_id == Claim.id)
        .where(ClaimEvidence.entry_id == entry_id, sa.or_(held, accepted))
    )
    return [
        Hold(row.code, bool(row.held), bool(row.waits))
        for row in db.session.execute(chosen.order_by(Requirement.position).distinct())
    ]


def marks_of(claim: Claim) -> dict[UUID, Mark]:
    """What to know of each entry of the claim's present attempt."""
    return marks_of_all([claim])[claim.id]


def marks_of_all(claims: Sequence[Claim]) -> dict[UUID, dict[UUID, Mark]]:
    """The same of several claims, by claim."""
    columns = (ClaimEvidence.attempt, ClaimEvidence.entry_id, ClaimEvidence.digest, ClaimEvidence.rejected)
    these = ClaimEvidence.claim_id.in_([claim.id for claim in claims])
    chosen = sa.select(ClaimEvidence.claim_id, *columns).where(these).order_by(ClaimEvidence.attempt)
    rows: dict[UUID, list[Any]] = {claim.id: [] for claim in claims}
    for row in db.session.execute(chosen):
        rows[row.claim_id].append(row)
    return {claim.id: _marks(claim, rows[claim.id]) for claim in claims}


def _marks(claim: Claim, rows: Sequence[Any]) -> dict[UUID, Mark]:
    present = [row for row in rows if row.attempt == claim.attempt]
    if claim.status is ClaimStatus.RETURNED:
        in_part = any(row.rejected for row in present)
        said = {True: Mark.NOT_ACCEPTED, False: Mark.ACCEPTED}
        return {row.entry_id: said[row.rejected] for row in present if in_part}
    before = {row.entry_id: row for row in rows if row.attempt < claim.attempt}
    return {row.entry_id: _since(before[row.entry_id], row) for row in present if row.entry_id in before}


def _since(before: Any, row: Any) -> Mark:
    if before.digest != row.digest:
        return Mark.CHANGED
    return Mark.STILL_NOT_ACCEPTED if before.rejected else Mark.SEEN
