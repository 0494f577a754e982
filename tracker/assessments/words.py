"""What became of an assessment, and what to do next, in words."""

from tracker.assessments.models import Assessment, AssessmentStatus

LABELS = {
    AssessmentStatus.ASKED: "Asked for",
    AssessmentStatus.DECLINED: "Declined",
    AssessmentStatus.WITHDRAWN: "Withdrawn",
    AssessmentStatus.EXPIRED: "Not answered in time",
    AssessmentStatus.ANSWERED: "Waits to be accepted",
    AssessmentStatus.DONE: "Given",
    AssessmentStatus.NOT_ACCEPTED: "Not accepted",
}
COLOURS = {
    AssessmentStatus.ASKED: "blue",
    AssessmentStatus.DECLINED: "orange",
    AssessmentStatus.WITHDRAWN: "grey",
    AssessmentStatus.EXPIRED: "orange",
    AssessmentStatus.ANSWERED: "blue",
    AssessmentStatus.DONE: "green",
    AssessmentStatus.NOT_ACCEPTED: "orange",
}
NEXT = {
    AssessmentStatus.ASKED: (
        "You are told as soon as it is answered. Meanwhile you can remind, show a code, or withdraw it."
    ),
    AssessmentStatus.DECLINED: "It counts for nothing and against nobody. Ask somebody else: what you wrote is kept.",
    AssessmentStatus.WITHDRAWN: "You took it back. You can ask anew: what you wrote is kept.",
    AssessmentStatus.EXPIRED: (
        "Nobody answered in time. Talk to the person, or ask somebody else: what you wrote is kept."
    ),
    AssessmentStatus.ANSWERED: (
        "It came from somebody without an account, so a supervisor reads it first. There is nothing to do."
    ),
    AssessmentStatus.DONE: "It counts towards the competency, and is in your log.",
    AssessmentStatus.NOT_ACCEPTED: "It does not count. Read the reason, then ask somebody else.",
}
WITHOUT_ACCOUNT = "Given through a mailed link by somebody without an account, who stated who they are."
ASK_AGAIN = frozenset(
    {
        AssessmentStatus.DECLINED,
        AssessmentStatus.WITHDRAWN,
        AssessmentStatus.EXPIRED,
        AssessmentStatus.NOT_ACCEPTED,
    }
)


def stated(assessment: Assessment) -> str:
    """Who the assessor says that they are, in one line."""
    register = " ".join(filter(None, [assessment.register_body, assessment.register_number]))
    return ", ".join(filter(None, [assessment.assessor_name, assessment.assessor_role, register]))
