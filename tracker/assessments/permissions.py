"""Who may do what with assessments. Needs: the enrolment's supervisions, and the viewer's grants, loaded."""

from datetime import date

from tracker.accounts.models import Person
from tracker.assessments.models import Assessment, AssessmentStatus
from tracker.enrolments.models import Enrolment
from tracker.enrolments.permissions import is_trainee, supervises

TOLD = frozenset({AssessmentStatus.DONE, AssessmentStatus.NOT_ACCEPTED})


def can_ask(viewer: Person, enrolment: Enrolment) -> bool:
    """Only the trainee asks for assessments."""
    return is_trainee(viewer, enrolment)


def can_manage(viewer: Person, assessment: Assessment) -> bool:
    """A request is its trainee's to withdraw, to remind of and to show a code for."""
    return assessment.trainee_id == viewer.id


def can_assess(viewer: Person, assessment: Assessment) -> bool:
    """Whoever was asked answers, declines or passes on; never the trainee."""
    return assessment.assessor_id == viewer.id and assessment.trainee_id != viewer.id


def can_accept(viewer: Person, assessment: Assessment, on: date) -> bool:
    """A supervisor of the enrolment says whether an answer without an account counts."""
    return supervises(viewer, assessment.enrolment, on)


def can_read_answers(viewer: Person, assessment: Assessment) -> bool:
    """The trainee reads an answer once somebody has decided about it."""
    return assessment.trainee_id != viewer.id or assessment.status in TOLD
