"""Which events, and which texts of theirs, a trainee may take away: what their own pages show them. Pure."""

from collections.abc import Collection, Sequence
from typing import Any

Body = dict[str, Any]
# Their facts are ids, codes and digests; their texts are on the trainee's pages. Every other kind is kept back.
SHOWN = frozenset(
    {
        "module_result_confirmed",
        "entry_retyped",
        "supervisor_approved",
        "supervisor_not_approved",
        "cover_arranged",
        "cover_ended",
        "review_held",
        "section_signed",
        "training_signed",
        "signature_revoked",
        "enrolment_moved",
        "enrolment_move_undone",
        "assessment_done",
        "assessment_declined",
        "assessment_answered",
        "assessment_accepted",
        "assessment_not_accepted",
        "feedback_opened",
        "feedback_collated",
        "feedback_released",
    }
)
OF_CLAIMS = "claim_"
DECIDED = ("assessment_accepted", "assessment_not_accepted")
OF_FEEDBACK = ("feedback_collated", "feedback_released")
OF_FINALS = ("examiner_assigned", "final_assessment_recorded", "final_assessment_released")


def list_kept_back(bodies: Sequence[Body]) -> list[int]:
    """The numbers of the events that the trainee does not take away. Order: as they happened.

    Source: a final assessment is the trainee's to read once it is released; kinds that nobody thought of are kept back.
    """
    released = {body["facts"]["final"] for body in bodies if body["kind"] == "final_assessment_released"}
    return [body["seq"] for body in bodies if not _is_shown(body, released)]


def _is_shown(body: Body, released: set[str]) -> bool:
    if body["kind"] in OF_FINALS:
        return body["facts"].get("final") in released
    return body["kind"] in SHOWN or body["kind"].startswith(OF_CLAIMS)


def list_with_texts(bodies: Sequence[Body], unrated: Collection[str] = ()) -> list[int]:
    """The numbers of those of the shown events whose texts the trainee may read as well. Order: as they happened.

    Source: the trainee reads an answer once somebody has decided about it, and what colleagues said of them in a round
    of feedback once they have rated themselves: `unrated` are the rounds in which they did not.
    """
    decided = {body["facts"]["assessment"] for body in bodies if body["kind"] in DECIDED}
    return [body["seq"] for body in bodies if not _is_unread(body, decided, unrated)]


def _is_unread(body: Body, decided: Collection[str], unrated: Collection[str]) -> bool:
    if body["kind"] in OF_FEEDBACK:
        return body["facts"]["round"] in unrated
    return body["kind"] == "assessment_answered" and body["facts"]["assessment"] not in decided
