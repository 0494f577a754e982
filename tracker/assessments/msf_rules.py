"""When multi-source feedback can be asked for, given, collated and released: None means yes, otherwise a sentence."""

from collections.abc import Sequence
from datetime import date, datetime, timedelta

from tracker.assessments.msf_models import ColleagueStatus, FeedbackRound, RoundStatus
from tracker.assessments.rules import why_not_this_address
from tracker.curricula.document import Form

FEWEST = 5  # where the curriculum's form gives no number
LEAST_ASKED, MOST_ASKED = 8, 12
USUAL_LENGTH = timedelta(days=28)
LONGEST = timedelta(days=90)
REMIND_AFTER = timedelta(days=2)
CODE = "MSF"


def is_for_many(form: Form) -> bool:
    """Whether the form is one that several colleagues answer. Source: the curriculum, or what such a form is called."""
    return form.fewest_answers is not None or form.code == CODE


def fewest_of(form: Form) -> int:
    """How many must answer before anybody sees a sum."""
    return form.fewest_answers or FEWEST


def why_not_open(one_is_open: bool) -> str | None:
    """Source: two rounds at once would ask the same colleagues twice."""
    return "A round of feedback is open already. It has to end before another begins." if one_is_open else None


def why_not_addresses(addresses: Sequence[str], own: str, asked_already: int) -> str | None:
    """Source: eight to twelve colleagues, so that no answer stands alone and no trainee chooses only friends."""
    for address in addresses:
        if why_not := why_not_this_address(address, own):
            return f"{address[:80]}: {why_not}"
    all_asked = len(addresses) + asked_already
    if not LEAST_ASKED <= all_asked <= MOST_ASKED:
        return f"Name {LEAST_ASKED} to {MOST_ASKED} colleagues. With these there are {all_asked}."
    return None


def why_not_day(closes_on: date, today: date) -> str | None:
    """Source: colleagues need a few days, and a round that never ends helps nobody."""
    if closes_on <= today:
        return "Enter a day that is still to come."
    if closes_on > today + LONGEST:
        return f"Enter a day in the next {LONGEST.days} days."
    return None


def why_not_go_on(asked: FeedbackRound) -> str | None:
    """Why no more colleagues can be asked. Source: what was collated and shown stays as it was."""
    if asked.status is RoundStatus.COLLATED:
        return "The answers were put together already. Open another round if you need more."
    return None


def why_not_remind(asked: FeedbackRound, at: datetime) -> str | None:
    """Source: a reminder helps, a daily one annoys."""
    if asked.status is not RoundStatus.OPEN:
        return "The round is over. There is nobody to remind."
    if at - (asked.reminded_at or asked.opened_at) < REMIND_AFTER:
        return f"They were asked less than {REMIND_AFTER.days} days ago. Wait a little, or talk to them."
    return None


def why_not_answer(asked: FeedbackRound, status: ColleagueStatus, today: date) -> str | None:
    """What a link says that leads nowhere: what happened, and nothing about anybody."""
    if status is ColleagueStatus.ANSWERED:
        return "The form behind this link was sent already. Thank you: there is nothing left for you to do."
    if status is ColleagueStatus.DECLINED:
        return "You said no to this. There is nothing left for you to do."
    if asked.status is not RoundStatus.OPEN or asked.closes_on < today:
        return "The time for this is over, and the answers were put together. There is nothing left for you to do."
    return None


def why_not_rate_self(asked: FeedbackRound) -> str | None:
    """Source: a rating of oneself is compared with the others', so it is not changed after they were seen."""
    return "You have rated yourself already." if asked.self_answers is not None else None


def why_not_close(asked: FeedbackRound) -> str | None:
    """Source: with few answers the sums would tell who said what."""
    if asked.status is not RoundStatus.OPEN:
        return "The round is over already."
    if asked.answered < asked.fewest:
        return f"{asked.answered} have answered. {asked.fewest} must, so that nobody can tell who said what."
    return None


def is_due(asked: FeedbackRound, waiting: int, today: date) -> bool:
    """Whether a round ends by itself: its last day is over, or everybody has answered and that is enough."""
    over = asked.closes_on < today
    return asked.status is RoundStatus.OPEN and (over or (waiting == 0 and asked.answered >= asked.fewest))


def why_not_release(asked: FeedbackRound, waiting: int) -> str | None:
    """Source: comments are read once the round is over, and each once."""
    if asked.status is not RoundStatus.COLLATED:
        return "The comments can be read when the round is over and enough have answered."
    if not waiting:
        return "Every comment was read already."
    return None
