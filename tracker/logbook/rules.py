"""When an entry may be changed and a claim may move: None means yes, otherwise the sentence a person reads."""

from collections.abc import Sequence
from datetime import datetime, timedelta

from tracker.logbook.models import Claim, ClaimStatus, EntryKind, EntryStatus, LogEntry

ASSESSMENTS = frozenset({EntryKind.OBSERVED_ASSESSMENT, EntryKind.CASE_DISCUSSION})
SIGNER_MAY_REVOKE_FOR = timedelta(hours=24)
CAN_SUBMIT = frozenset({ClaimStatus.OPEN, ClaimStatus.RETURNED, ClaimStatus.REVOKED, ClaimStatus.LAPSED})
NOT_SUBMITTED = {
    ClaimStatus.OPEN: "it was not submitted, or the trainee withdrew it",
    ClaimStatus.SIGNED_OFF: "it is signed off already",
    ClaimStatus.RETURNED: "it was returned and not submitted again",
    ClaimStatus.REVOKED: "its sign-off was revoked and it was not submitted again",
    ClaimStatus.LAPSED: "its sign-off lapsed and it was not submitted again",
}


def why_not_change(locked_by: Sequence[str]) -> str | None:
    """`locked_by`: the codes of the claims that rest on the entry, waiting or signed off.

    Source: the tracker's promise that what is signed is what was shown.
    """
    if not locked_by:
        return None
    return (
        f"This entry is evidence for {', '.join(locked_by)}, which is waiting for sign-off or signed off. "
        "Withdraw the claim first, or write a new entry that corrects this one."
    )


def why_not_delete(entry: LogEntry, locked_by: Sequence[str]) -> str | None:
    """Source: history is kept, so only what nobody else has seen can go."""
    if entry.status is not EntryStatus.DRAFT:
        return "Only a draft can be deleted. Change the entry, or write a new one that corrects it."
    return why_not_change(locked_by)


def why_not_competencies(kind: EntryKind, number: int) -> str | None:
    """Source: National School's standards for work-based assessment 2.2: one observation counts for one assessment."""
    if kind in ASSESSMENTS and number > 1:
        return "An observed assessment or a case discussion counts for one competency: choose the one it was about."
    return None


def why_not_submit(claim: Claim | None, entries: int, unmet: Sequence[str], supervised: bool) -> str | None:
    """`unmet`: the sentences of the evidence rule's parts that are not met. Source: the curriculum's evidence rule."""
    if claim is not None and claim.status is ClaimStatus.SUBMITTED:
        return "This is submitted already and waits for your supervisor."
    if claim is not None and claim.status not in CAN_SUBMIT:
        return "This is signed off: there is nothing to submit."
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


def why_not_return(claim: Claim) -> str | None:
    """Source: as for a sign-off."""
    if claim.status is not ClaimStatus.SUBMITTED:
        return f"Only a submitted claim can be returned: {NOT_SUBMITTED[claim.status]}."
    return None


def why_not_revoke(claim: Claim, by_signer: bool, by_lead: bool, at: datetime) -> str | None:
    """Source: the signer corrects a slip within 24 hours; afterwards the training lead decides."""
    if claim.status is not ClaimStatus.SIGNED_OFF or claim.signed_off_at is None:
        return "Only a sign-off can be revoked, and this is not signed off."
    if by_signer and not by_lead and at - claim.signed_off_at > SIGNER_MAY_REVOKE_FOR:
        return "You signed this more than 24 hours ago. Ask the training lead, who can revoke it."
    return None
