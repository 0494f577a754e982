"""Who may do what with module registrations. Needs: as enrolments.permissions."""

from datetime import date

from tracker.accounts.models import Person
from tracker.enrolments.models import Enrolment
from tracker.enrolments.permissions import is_trainee, leads, supervises


def can_record(viewer: Person, enrolment: Enrolment, on: date) -> bool:
    """Register, withdraw and record marks: the trainee, a supervisor or a training lead."""
    return is_trainee(viewer, enrolment) or can_confirm(viewer, enrolment, on)


def can_confirm(viewer: Person, enrolment: Enrolment, on: date) -> bool:
    """Confirm a ratified result: a supervisor during the supervision, or a training lead; never the trainee."""
    return supervises(viewer, enrolment, on) or leads(viewer, enrolment, on)
