"""When a review can be put on record: None means yes, otherwise the sentence a person reads."""

from collections.abc import Collection
from datetime import date

NONE_OF_THEM = ""


def why_not_record(held_on: date, starts_on: date, today: date) -> str | None:
    """Source: what is put on record has happened, and within the training that it is about."""
    if held_on > today:
        return "The review is still to come. Put it on record when it has been held."
    if held_on < starts_on:
        return "The review was held before the training began. Check the day."
    return None


def why_not_review(code: str, known: Collection[str]) -> str | None:
    """Source: the curriculum's reviews."""
    if code != NONE_OF_THEM and code not in known:
        return "The curriculum has no such review. Open the page again and choose one that is offered."
    return None


def why_not_outcome(outcome: str, allowed: Collection[str]) -> str | None:
    """Source: the outcomes that the curriculum gives the review."""
    if allowed and outcome not in allowed:
        return "This review cannot have that outcome. Choose one that the curriculum gives it."
    return None
