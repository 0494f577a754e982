"""What the logbook hands on to progress about one competency."""

from collections.abc import Sequence
from uuid import UUID

from tracker.core.clock import zone
from tracker.enrolments.models import Enrolment
from tracker.logbook import queries
from tracker.logbook.content import Entry
from tracker.logbook.models import Claim, ClaimStatus
from tracker.logbook.rules import ASSESSMENTS
from tracker.progress.facts import EntryFact, Facts
from tracker.progress.models import Stage

STAGES = {
    ClaimStatus.SUBMITTED: Stage.SUBMITTED,
    ClaimStatus.SIGNED_OFF: Stage.DONE,
    ClaimStatus.RETURNED: Stage.RETURNED,
    ClaimStatus.REVOKED: Stage.REVOKED,
    ClaimStatus.LAPSED: Stage.LAPSED,
}


def facts_of(enrolment: Enrolment, competency_id: UUID) -> Facts:
    """The logged entries and the claim of one competency, in the words of progress."""
    return facts_from(queries.find_claim(enrolment.id, competency_id), queries.entries_for(enrolment.id, competency_id))


def facts_from(claim: Claim | None, logged: Sequence[Entry]) -> Facts:
    """The claim and the logged entries that count for its competency, in the words of progress."""
    entries = [entry_fact(entry) for entry in logged]
    if claim is None or claim.status is ClaimStatus.OPEN:
        return Facts(Stage.IN_PROGRESS if entries else Stage.NOT_STARTED, entries=entries)
    since = claim.moved_at.astimezone(zone()).date()
    return Facts(STAGES[claim.status], since, claim.level_signed or claim.level_claimed, entries)


def entry_fact(entry: Entry) -> EntryFact:
    """A logged entry as an evidence rule counts it."""
    if entry.performed_on is None:
        raise ValueError(f"Entry {entry.id} is logged and has no date.")
    return EntryFact(
        performed_on=entry.performed_on,
        times=entry.times,
        part=entry.part.value if entry.part else "",
        assessment=entry.assessment,
        unnamed_assessment=entry.kind in ASSESSMENTS and not entry.assessment,
        assessor=entry.assessor,
        reflection=bool(entry.reflection),
        action_plan=bool(entry.action_plan),
    )
