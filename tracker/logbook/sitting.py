"""Several claims at once, for one sitting: a few statements for all of them."""

from collections.abc import Collection, Sequence
from uuid import UUID

import sqlalchemy as sa

from tracker.accounts.models import Person
from tracker.core.clock import today
from tracker.core.db import db
from tracker.logbook.models import Claim, ClaimEvidence, ClaimStatus, LogEntry
from tracker.logbook.permissions import can_sign_off
from tracker.logbook.queries import visible_claims, with_content


def evidence_of_all(claims: Sequence[Claim]) -> dict[UUID, list[LogEntry]]:
    """The entries that the present attempts of these claims rest on, by claim. Loads, Order: as evidence_of."""
    present = sa.tuple_(ClaimEvidence.claim_id, ClaimEvidence.attempt).in_([(each.id, each.attempt) for each in claims])
    links = db.session.execute(sa.select(ClaimEvidence.claim_id, ClaimEvidence.entry_id).where(present)).all()
    entries = with_content(sa.select(LogEntry).where(LogEntry.id.in_({link.entry_id for link in links})))
    of = {(link.claim_id, link.entry_id) for link in links}
    return {claim.id: [entry for entry in entries if (claim.id, entry.id) in of] for claim in claims}


def list_chosen(viewer: Person, claim_ids: Collection[UUID]) -> Sequence[Claim]:
    """Those of these claims that the viewer may see. Loads: as visible_claims. Order: as in a queue, oldest first."""
    chosen = visible_claims(viewer).where(Claim.id.in_(claim_ids)).order_by(Claim.submitted_at, Claim.id)
    return db.session.scalars(chosen.execution_options(populate_existing=True)).unique().all()


def list_to_sign(viewer: Person, claim_ids: Collection[UUID]) -> list[Claim]:
    """Those of these claims that wait for a first signature which the viewer may give. Loads, Order: as list_chosen."""
    found = list_chosen(viewer, claim_ids)
    return [each for each in found if each.status is ClaimStatus.SUBMITTED and can_sign_off(viewer, each, today())]
