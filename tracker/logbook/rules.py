"""When an entry may be changed and a claim may move: None means yes, otherwise the sentence a person reads."""

from collections.abc import Collection, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from uuid import UUID

from tracker.logbook.models import Claim, ClaimStatus, EntryKind, EntryStatus, LogEntry

ASSESSMENTS = frozenset({EntryKind.OBSERVED_ASSESSMENT, EntryKind.CASE_DISCUSSION})
SIGNER_MAY_REVOKE_FOR = timedelta(hours=24)
WAITS = frozenset({ClaimStatus.SUBMITTED, ClaimStatus.AWAITING_COUNTERSIGN})
CAN_SUBMIT = frozenset({ClaimStatus.OPEN, ClaimStatus.RETURNED, ClaimStatus.REVOKED, ClaimStatus.LAPSED})
SUBMITTED_ALREADY = {
    ClaimStatus.SUBMITTED: "This is submitted already and waits for your supervisor.",
    ClaimStatus.AWAITING_COUNTERSIGN: "This is signed once and waits for its second signature.",
    ClaimStatus.SIGNED_OFF: "This is signed off: there is nothing to submit.",
}
NOT_SUBMITTED = {
    ClaimStatus.OPEN: "it was not submitted, or the trainee withdrew it",
    ClaimStatus.AWAITING_COUNTERSIGN: "it has its first signature and waits for the second",
    ClaimStatus.SIGNED_OFF: "it is signed off already",
    ClaimStatus.RETURNED: "it was returned and not submitted again",
    ClaimStatus.REVOKED: "its sign-off was revoked and it was not submitted again",
    ClaimStatus.LAPSED: "its sign-off lapsed and it was not submitted again",
}


@dataclass(frozen=True)
class Hold:
    """A claim, by its code, that holds an entry fast: it waits or was signed, or else another part was returned."""

    code: str
    waits_or_signed: bool = True
    waits: bool = False


def why_not_change(locked_by: Sequence[Hold], *, fixed: bool = False) -> str | None:
    """`locked_by`: the claims that rest on the entry. `fixed`: an assessor's.

    Source: the tracker's promise that what is signed is what was shown; a return of a part reopens that part only.
    """
    if fixed:
        return "This is what an assessor said, so nobody changes it. Write an entry of your own to add to it."
    if not locked_by:
        return None
    if codes := ", ".join(hold.code for hold in locked_by if hold.waits_or_signed):
        return (
            f"This entry is evidence for {codes}, which is waiting for sign-off or signed off. "
            "Withdraw the claim first, or write a new entry that corrects this one."
        )
    return (
        f"This entry was accepted for {locked_by[0].code} and is kept as it is: the return named other entries. "
        "Change those, or write a new entry, then submit again."
    )


def why_not_delete(entry: LogEntry, locked_by: Sequence[Hold]) -> str | None:
    """Source: history is kept, so only what nobody else has seen can go."""
    if entry.status is not EntryStatus.DRAFT:
        return "Only a draft can be deleted. Change the entry, or write a new one that corrects it."
    return why_not_change(locked_by, fixed=entry.fixed)


def why_not_competencies(kind: EntryKind, number: int) -> str | None:
    """Source: National School's standards for work-based assessment 2.2: one observation counts for one assessment."""
    if kind in ASSESSMENTS and number > 1:
        return "An observed assessment or a case discussion counts for one competency: choose the one it was about."
    return None


def why_not_submit(claim: Claim | None, entries: int, unmet: Sequence[str], supervised: bool) -> str | None:
    """`unmet`: the sentences of the evidence rule's parts that are not met. Source: the curriculum's evidence rule."""
    if claim is not None and claim.status not in CAN_SUBMIT:
        return SUBMITTED_ALREADY[claim.status]
    if entries == 0:
        return "There is no evidence yet: log what you did, then submit."
    if unmet:
        return "This cannot be submitted yet. " + " ".join(unmet)
    if not supervised:
        return "Nobody supervises you yet, so nobody could sign this: ask your training lead."
    return None


def why_not_withdraw(claim: Claim) -> str | None:
    """Source: a trainee may withdraw before anyone acted."""
    if claim.status is not ClaimStatus.SUBMITTED:
        return f"There is nothing to withdraw: {NOT_SUBMITTED[claim.status]}."
    return None


def why_not_sign_off(claim: Claim) -> str | None:
    """Source: training scheme handbook, "Assessment of competence"."""
    if claim.status is not ClaimStatus.SUBMITTED:
        return f"Only a submitted claim can be signed off: {NOT_SUBMITTED[claim.status]}."
    return None


def why_not_level(level: int, needed: int | None) -> str | None:
    """Source: the level that the curriculum asks for."""
    if needed is not None and level < needed:
        return f"This competency needs level {needed}. Sign it at level {needed} or above, or return it with a reason."
    return None


def why_not_countersign(claim: Claim, by: UUID) -> str | None:
    """Source: the second of two signatures is another person's, so that two have looked."""
    if claim.status is not ClaimStatus.AWAITING_COUNTERSIGN:
        return "Only a claim with one of two signatures can be countersigned, and this does not wait for one."
    if by in {claim.signed_off_by_id, claim.trainee_id}:
        return "The second signature is another person's than the first, and never the trainee's."
    return None


def why_not_return(claim: Claim, rejected: Collection[UUID] = (), evidence: Collection[UUID] = ()) -> str | None:
    """`rejected`: the entries that are not accepted, of the `evidence`; none means all. Source: as for a sign-off."""
    if claim.status not in WAITS:
        return f"Only a submitted claim can be returned: {NOT_SUBMITTED[claim.status]}."
    if not set(rejected) <= set(evidence):
        return "One of the entries that you ticked is no evidence of this claim. Open the claim again, then decide."
    return None


def why_not_pass_on(claim: Claim, by: UUID, to: UUID, supervisors: Collection[UUID]) -> str | None:
    """`supervisors`: who can sign today. Source: only somebody who can sign is asked to."""
    if claim.status is not ClaimStatus.SUBMITTED:
        return f"Only a submitted claim can be passed on: {NOT_SUBMITTED[claim.status]}."
    if to == by:
        return "You have it already: pass it on to somebody else, or decide."
    if to not in supervisors:
        return "That person does not supervise this training today. Choose somebody who does."
    return None


def why_not_decline(claim: Claim) -> str | None:
    """Source: as for a sign-off."""
    if claim.status is not ClaimStatus.SUBMITTED:
        return f"Only a submitted claim can be declined: {NOT_SUBMITTED[claim.status]}."
    return None


def why_not_recheck(claim: Claim, ends_soon: bool) -> str | None:
    """`ends_soon`: its validity is near its end. Source: a sign-off is rechecked when it is due, or shortly before."""
    if claim.status is ClaimStatus.LAPSED or (claim.status is ClaimStatus.SIGNED_OFF and ends_soon):
        return None
    return "There is nothing to recheck now: this is not due for a recheck."


def why_not_revoke(claim: Claim, by_signer: bool, by_lead: bool, at: datetime) -> str | None:
    """Source: those who signed correct a slip within 24 hours; afterwards the training lead decides, lapsed or not."""
    if claim.status not in {ClaimStatus.SIGNED_OFF, ClaimStatus.LAPSED} or claim.complete_at is None:
        return "Only a sign-off can be revoked, and this is not signed off."
    if by_signer and not by_lead and at - claim.complete_at > SIGNER_MAY_REVOKE_FOR:
        return "You signed this more than 24 hours ago. Ask the training lead, who can revoke it."
    return None
