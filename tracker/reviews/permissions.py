"""Who may hold a review and sign above the items. Needs: as enrolments.permissions."""

from datetime import date

from tracker.accounts.models import Person
from tracker.curricula.conditions import Signer
from tracker.enrolments.models import Enrolment
from tracker.enrolments.permissions import current_supervisions, is_trainee, leads, supervises
from tracker.reviews.models import Signature


def can_hold(viewer: Person, enrolment: Enrolment, on: date) -> bool:
    """A supervisor of the enrolment, or a training lead; never its trainee."""
    return supervises(viewer, enrolment, on) or leads(viewer, enrolment, on)


def can_sign_above(viewer: Person, enrolment: Enrolment, signer: Signer, on: date) -> bool:
    """Whoever the curriculum names for a section or the whole, in that relation to the enrolment; never its trainee."""
    if signer is Signer.TRAINING_LEAD:
        return leads(viewer, enrolment, on)
    if signer is Signer.SUPERVISOR:
        return supervises(viewer, enrolment, on)
    running = current_supervisions(enrolment, on)
    return not is_trainee(viewer, enrolment) and any(each.supervisor_id == viewer.id for each in running)


def can_revoke_signature(viewer: Person, signature: Signature, enrolment: Enrolment, on: date) -> bool:
    """The signer, and the training lead; rules.why_not_revoke_signature says until when the signer."""
    return signature.trainee_id != viewer.id and (signature.signed_by_id == viewer.id or leads(viewer, enrolment, on))
