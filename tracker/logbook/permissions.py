"""Who may do what with entries and claims. Needs: the claim's enrolment with its people."""

from datetime import date

from tracker.accounts.models import Person
from tracker.enrolments.models import Enrolment
from tracker.enrolments.permissions import is_trainee, leads, signs_alone, supervises
from tracker.logbook.models import Claim, ClaimStatus, LogEntry


def can_log(viewer: Person, enrolment: Enrolment) -> bool:
    """Only the trainee writes in the logbook, and only the trainee claims."""
    return is_trainee(viewer, enrolment)


def can_change(viewer: Person, entry: LogEntry) -> bool:
    """An entry is its trainee's to change."""
    return entry.trainee_id == viewer.id


def can_withdraw(viewer: Person, claim: Claim) -> bool:
    """A claim is its trainee's to withdraw."""
    return claim.trainee_id == viewer.id


def can_sign_off(viewer: Person, claim: Claim, on: date) -> bool:
    """A supervisor of the enrolment, and never its trainee, signs off or returns."""
    return supervises(viewer, claim.enrolment, on)


def can_countersign(viewer: Person, claim: Claim, on: date) -> bool:
    """An approved supervisor or the training lead; never the trainee, and never whoever signed first."""
    another = viewer.id not in {claim.trainee_id, claim.signed_off_by_id}
    return another and (signs_alone(viewer, claim.enrolment, on) or leads(viewer, claim.enrolment, on))


def can_recheck(viewer: Person, claim: Claim, on: date) -> bool:
    """An approved supervisor of the enrolment, whoever signed at first."""
    return signs_alone(viewer, claim.enrolment, on)


def can_return(viewer: Person, claim: Claim, on: date) -> bool:
    """Whoever may sign may return, and whoever signed first may think again until the second signature."""
    first = claim.status is not ClaimStatus.AWAITING_COUNTERSIGN or claim.signed_off_by_id == viewer.id
    return can_sign_off(viewer, claim, on) if first else can_countersign(viewer, claim, on)


def can_revoke(viewer: Person, claim: Claim, on: date) -> bool:
    """Those who signed, and the training lead; rules.why_not_revoke says until when those who signed."""
    return claim.trainee_id != viewer.id and (signed(viewer, claim) or leads(viewer, claim.enrolment, on))


def signed(viewer: Person, claim: Claim) -> bool:
    """Whether one of the claim's signatures is the person's."""
    return viewer.id in {claim.signed_off_by_id, claim.countersigned_by_id}
