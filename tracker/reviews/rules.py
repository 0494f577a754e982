"""When a review can be put on record and a section signed: None means yes, otherwise the sentence a person reads."""

from collections.abc import Collection
from datetime import date, datetime, timedelta

from tracker.progress.parts import Part
from tracker.reviews.models import Signature

SIGNER_MAY_REVOKE_FOR = timedelta(hours=24)

NONE_OF_THEM = ""
LONGEST_NOTE = 20_000  # characters


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


def why_not_sign(lacks: Collection[Part] | None) -> str | None:
    """`lacks`: what is not met but for the signature itself; None where nothing waits for it.

    Source: the curriculum's levels of signature, and its rule for when a section is complete.
    """
    if lacks is None:
        return "This is signed already, and the signature holds. There is nothing to sign."
    if lacks:
        return "This cannot be signed yet. " + " ".join(part.sentence for part in lacks)
    return None


def why_not_revoke_signature(signature: Signature, by_lead: bool, at: datetime) -> str | None:
    """Source: the signer corrects a slip within 24 hours; afterwards the training lead decides."""
    if signature.revoked_at is not None:
        return "This signature was revoked already."
    if not by_lead and at - signature.signed_at > SIGNER_MAY_REVOKE_FOR:
        return "You signed this more than 24 hours ago. Ask the training lead, who can revoke it."
    return None
