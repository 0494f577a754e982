"""When a visit and a final assessment can be opened, judged and closed: None means yes, otherwise the sentence."""

from collections.abc import Collection
from datetime import date
from enum import StrEnum
from uuid import UUID

from tracker.moderation.models import FinalAssessment, Sample, Verdict, Visit

LONGEST_NOTE = 20_000  # characters
LONGEST_WINDOW_DAYS = 92  # about three months


class Part(StrEnum):
    """What part somebody had in a training."""

    IS_TRAINEE = "is the trainee"
    SUPERVISED = "has supervised the trainee, or was named as an assessor"
    ASSESSED = "has assessed the trainee's work"
    DECIDED = "has decided on the trainee's claims"
    CONFIRMED = "has confirmed the trainee's module results"
    REVIEWED = "has held the trainee's reviews"
    SIGNED = "has signed for the trainee's sections or training"
    LED = "leads or has led training where the trainee works"


def why_not_window(opens_on: date, closes_on: date, today: date) -> str | None:
    """Source: sight of a record is for set days only."""
    if closes_on < opens_on:
        return "The last day is before the first. Check both days."
    if closes_on < today:
        return "These days are over. Choose days that are still to come."
    if (closes_on - opens_on).days > LONGEST_WINDOW_DAYS:
        return f"These are more than {LONGEST_WINDOW_DAYS} days. Choose fewer, and open another time for more."
    return None


def why_not_moderate(moderator: str, leads_here: bool) -> str | None:
    """Source: the scheme's moderators come from outside the training centre."""
    if leads_here:
        return f"{moderator} leads training at this centre, and a moderator comes from outside. Choose somebody else."
    return None


def why_not_draw(drawn: int) -> str | None:
    """Source: a visit looks at decisions."""
    if drawn:
        return None
    return (
        "There is nothing to sample: nobody of this curriculum at this centre has a decision yet in which the "
        "moderator had no part."
    )


def why_not_judge(visit: Visit, today: date) -> str | None:
    """Source: a moderator has sight in the days of the visit, and an outcome on record stands."""
    if visit.held_at is not None:
        return "The outcome of this visit is on record already. Nothing of it changes any more."
    if today < visit.opens_on:
        return f"This visit begins on {said(visit.opens_on)}. Come back then."
    if today > visit.closes_on:
        return f"This visit ended on {said(visit.closes_on)}. Ask whoever opened it to open another."
    return None


def why_not_hold(samples: Collection[Sample]) -> str | None:
    """Source: a visit's outcome rests on all of its samples."""
    open_ones = sum(sample.verdict is None for sample in samples)
    if open_ones:
        what = "sample has" if open_ones == 1 else "samples have"
        return f"{open_ones} {what} no verdict yet. Look at each of them first."
    return None


def why_not_verdict(verdict: Verdict, note: str) -> str | None:
    """Source: advice and disagreement are of use only with their reason."""
    if verdict is not Verdict.AGREES and not note.strip():
        return "Say what you advise, or why you do not agree."
    return None


def why_not_examine(examiner: str, parts: Collection[Part]) -> str | None:
    """Source: examiners had no part in training or managing the candidate."""
    if not parts:
        return None
    first = next(part for part in Part if part in parts)
    return (
        f"{examiner} {first.value}. An examiner had no part in training or managing the candidate: ask somebody else."
    )


def why_not_choose(examiner_id: UUID, by: UUID) -> str | None:
    """Source: whoever asks for an assessment and releases its outcome is not whoever gives it."""
    if examiner_id == by:
        return "Nobody asks themselves to examine. Choose somebody else, or ask another lead of the scheme to assign."
    return None


def why_not_assign(latest: FinalAssessment | None) -> str | None:
    """Source: one attempt at a time, and one that is on record is shown before another begins."""
    if latest is not None and latest.recorded_at is not None and latest.released_at is None:
        return "The outcome of the last attempt is on record and not released. Release it first."
    return None


def why_not_record(final: FinalAssessment, today: date, *, signed: bool) -> str | None:
    """`signed`: whether the whole training is signed, or need not be.

    Source: the curriculum's levels of signature; an outcome is given once for each attempt.
    """
    if final.recorded_at is not None:
        return "The outcome of this attempt is on record already. Another attempt is a new one."
    if today < final.opens_on:
        return f"This assessment begins on {said(final.opens_on)}. Come back then."
    if today > final.closes_on:
        return f"This assessment ended on {said(final.closes_on)}. Ask the scheme's lead for other days."
    if not signed:
        return (
            "The training lead has not signed the whole training yet, or the signature is void. "
            "The curriculum asks for it before the final assessment."
        )
    return None


def why_not_outcome(code: str, allowed: Collection[str]) -> str | None:
    """Source: the outcomes of the curriculum, or those that are usual."""
    if code not in allowed:
        return "The final assessment cannot have that outcome. Open the page again and choose one that is offered."
    return None


def why_not_release(final: FinalAssessment) -> str | None:
    """Source: what is released is an outcome on record."""
    if final.recorded_at is None:
        return "There is no outcome yet. Release it when the examiner has put it on record."
    if final.released_at is not None:
        return "The outcome is released already."
    return None


def said(day: date) -> str:
    """A day in words."""
    return f"{day.day} {day:%B %Y}"
