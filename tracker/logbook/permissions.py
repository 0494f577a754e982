"""Who may do what with entries and claims. Needs: the claim's enrolment with its people."""

from datetime import date

from tracker.accounts.models import Person
from tracker.enrolments.models import Enrolment
from tracker.enrolments.permissions import is_trainee, leads, supervises
from tracker.logbook.models import Claim, LogEntry


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


def can_revoke(viewer: Person, claim: Claim, on: date) -> bool:
    """The signer, and the training lead; rules.why_not_revoke says until when the signer."""
    return claim.trainee_id != viewer.id and (claim.signed_off_by_id == viewer.id or leads(viewer, claim.enrolment, on))
