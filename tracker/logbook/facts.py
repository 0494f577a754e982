"""What the logbook hands on to progress about one competency."""

from collections.abc import Sequence
from dataclasses import replace
from uuid import UUID

from tracker.core.clock import zone
from tracker.enrolments.models import Carried, Enrolment
from tracker.logbook import queries
from tracker.logbook.content import Entry
from tracker.logbook.models import Claim, ClaimStatus, EntryKind
from tracker.logbook.rules import ASSESSMENTS
from tracker.progress.facts import EntryFact, Facts
from tracker.progress.models import Stage

STAGES = {
    ClaimStatus.SUBMITTED: Stage.SUBMITTED,
    ClaimStatus.AWAITING_COUNTERSIGN: Stage.SIGNED,
    ClaimStatus.SIGNED_OFF: Stage.DONE,
    ClaimStatus.RETURNED: Stage.RETURNED,
    ClaimStatus.REVOKED: Stage.REVOKED,
    ClaimStatus.LAPSED: Stage.LAPSED,
}


def facts_of(enrolment: Enrolment, competency_id: UUID) -> Facts:
    """The logged entries and the claim of one competency, in the words of progress."""
    claim, to_confirm = deciding(queries.claims_for(enrolment.id, competency_id))
    facts = facts_from(claim, queries.list_counted(enrolment.id, competency_id))
    return replace(facts, stage=Stage.CONFIRM) if to_confirm else facts


def deciding(claims: Sequence[tuple[Claim, Carried | None]]) -> tuple[Claim | None, bool]:
    """The claim that says where a competency stands, and whether a supervisor has to confirm what it says.

    Its own claim decides, once submitted; then what an earlier version's claim says where its rule was the same; then
    the sign-offs under other rules, all of which must stand.
    """
    made = [(claim, carried) for claim, carried in claims if claim.status is not ClaimStatus.OPEN]
    for wanted in (None, Carried.WHOLE):
        found = [claim for claim, carried in made if carried is wanted]
        if found:
            return next((claim for claim in found if claim.status is ClaimStatus.SIGNED_OFF), found[-1]), False
    for claim, _ in made:
        if claim.status is not ClaimStatus.SIGNED_OFF:
            return claim, False
    return (made[-1][0], True) if made else (None, False)


def facts_from(claim: Claim | None, logged: Sequence[Entry]) -> Facts:
    """The claim and the logged entries that count for its competency, in the words of progress."""
    entries = [entry_fact(entry) for entry in logged]
    if claim is None or claim.status is ClaimStatus.OPEN:
        return Facts(Stage.IN_PROGRESS if entries else Stage.NOT_STARTED, entries=entries)
    moved_on = claim.moved_at.astimezone(zone()).date()
    signed_at = claim.complete_at if claim.status is ClaimStatus.SIGNED_OFF else None
    since = signed_at.astimezone(zone()).date() if signed_at else moved_on
    cause = claim.lapse_cause if claim.status is ClaimStatus.LAPSED else None
    named = {ClaimStatus.SUBMITTED: claim.asked_of_id, ClaimStatus.AWAITING_COUNTERSIGN: claim.signed_off_by_id}
    level = claim.level_signed or claim.level_claimed
    return Facts(STAGES[claim.status], since, level, entries, {}, named.get(claim.status), moved_on, cause)


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
        document=entry.kind is EntryKind.DOCUMENT,
    )
