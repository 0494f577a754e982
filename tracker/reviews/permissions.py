"""Who may hold a review. Needs: as enrolments.permissions."""

from datetime import date

from tracker.accounts.models import Person
from tracker.enrolments.models import Enrolment
from tracker.enrolments.permissions import leads, supervises


def can_hold(viewer: Person, enrolment: Enrolment, on: date) -> bool:
    """A supervisor of the enrolment, or a training lead; never its trainee."""
    return supervises(viewer, enrolment, on) or leads(viewer, enrolment, on)
