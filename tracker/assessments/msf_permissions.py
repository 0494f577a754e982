"""Who may do what with multi-source feedback. Needs: the enrolment's supervisions, and the viewer's grants, loaded."""

from datetime import date

from tracker.accounts.models import Person
from tracker.assessments.msf_models import FeedbackRound, RoundStatus
from tracker.enrolments.models import Enrolment
from tracker.enrolments.permissions import is_trainee, supervises


def can_open(viewer: Person, enrolment: Enrolment, on: date) -> bool:
    """The trainee, or a supervisor, asks colleagues, asks more of them and reminds them."""
    return is_trainee(viewer, enrolment) or supervises(viewer, enrolment, on)


def can_rate_self(viewer: Person, asked: FeedbackRound) -> bool:
    """The trainee answers the same questions."""
    return asked.trainee_id == viewer.id


def can_close(viewer: Person, asked: FeedbackRound, on: date) -> bool:
    """A supervisor ends a round before its day; only supervisors know how many have answered."""
    return supervises(viewer, asked.enrolment, on)


def can_read_comments(viewer: Person, asked: FeedbackRound, on: date) -> bool:
    """A supervisor reads the comments and says which of them the trainee sees."""
    return supervises(viewer, asked.enrolment, on)


def can_read_sums(viewer: Person, asked: FeedbackRound) -> bool:
    """Sums of enough answers are for those who see the round; the trainee rates themselves first."""
    if asked.status is not RoundStatus.COLLATED:
        return False
    return asked.trainee_id != viewer.id or asked.self_answers is not None
