"""What has waited long is offered to somebody else who can decide it, once."""

from collections.abc import Sequence
from datetime import timedelta
from uuid import UUID

import sqlalchemy as sa

from tracker.core.clock import now, today
from tracker.core.db import begin_write, db
from tracker.enrolments.permissions import current_supervisors
from tracker.enrolments.queries import list_leads
from tracker.logbook import queries
from tracker.logbook.claim_actions import about
from tracker.logbook.models import Claim, ClaimStatus
from tracker.notifications.actions import tell
from tracker.notifications.models import NoticeKind


def offer_waiting(after_days: int, limit: int = 100) -> int:
    """Offer every claim that has waited so many days, each in a transaction of its own. Gives how many."""
    due = _list_due(after_days, limit)
    for claim_id in due:
        begin_write()
        claim = queries.lock_claim(claim_id)
        if claim.status is ClaimStatus.SUBMITTED:
            _offer(claim)
        db.session.commit()
    return len(due)


def _list_due(after_days: int, limit: int) -> Sequence[UUID]:
    """Claims that waited so long and were not offered since they were submitted. Order: oldest first."""
    due = sa.select(Claim.id).where(
        Claim.status == ClaimStatus.SUBMITTED,
        Claim.submitted_at <= now() - timedelta(days=after_days),
        sa.or_(Claim.offered_at.is_(None), Claim.offered_at < Claim.submitted_at),
    )
    return db.session.scalars(due.order_by(Claim.submitted_at, Claim.id).limit(limit)).all()


def _offer(claim: Claim) -> None:
    """Tell those who stand in for whom it waits for; where there is nobody, the training lead, who can find one."""
    claim.offered_at = now()
    able = [person.id for person in current_supervisors(claim.enrolment, today())]
    first = claim.asked_of_id if claim.asked_of_id in able else next(iter(able), None)
    deputies = {person_id for person_id in able if person_id != first}
    kind = NoticeKind.DECISION_OFFERED if deputies else NoticeKind.DECISION_STUCK
    for person_id in deputies or {lead.id for lead in list_leads(claim.enrolment, today())}:
        tell(person_id, kind, None, about(claim))
