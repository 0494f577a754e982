"""How long a sign-off holds, and what is said when it is due for a recheck. Pure."""

from calendar import monthrange
from datetime import date, timedelta

from tracker.curricula.conditions import MONTHS_IN_YEAR
from tracker.progress.models import LapseCause
from tracker.progress.words import in_words, on_day

WARNED_FOR = timedelta(weeks=8)  # long enough to find a supervisor's time, short enough to still hold
ONE_DAY = timedelta(days=1)
DAYS_IN_WEEK = 7


def first_day_after(since: date, months: int) -> date:
    """The first day on which a sign-off is not valid any more.

    It is valid until the same day of the month, or the month's last where it has none.
    """
    years, month = divmod(since.month - 1 + months, MONTHS_IN_YEAR)
    year = since.year + years
    return date(year, month + 1, min(since.day, monthrange(year, month + 1)[1])) + ONE_DAY


def ends_soon(lapses_on: date | None, today: date) -> bool:
    """Whether a sign-off is so near its end that it can be rechecked already."""
    return lapses_on is not None and lapses_on - today <= WARNED_FOR


def validity_said(lapses_on: date | None, who_signs: str, today: date) -> str:
    """Until when a sign-off is valid, and what to do when that is soon; nothing where it holds for good."""
    if lapses_on is None:
        return ""
    said = f" Valid until {on_day(lapses_on - ONE_DAY)}."
    return f"{said} {_warning((lapses_on - today).days, who_signs)}" if ends_soon(lapses_on, today) else said


def _warning(days: int, who_signs: str) -> str:
    weeks = days // DAYS_IN_WEEK
    time = "now" if days <= 0 else "this week" if weeks == 0 else f"in {in_words(weeks)} week{'s' if weeks > 1 else ''}"
    return f"It is due for a recheck {time}: ask {who_signs}."


def recheck_said(cause: LapseCause | None, level: int | None, since: date | None, who_signs: str) -> str:
    """That a sign-off is due for a recheck, why, and the step: it is not void, its level and its signer stay."""
    why = "what it was signed on has changed" if cause is LapseCause.CHANGE else "its validity has ended"
    due = f"Recheck due{f' since {on_day(since)}' if since else ''}: {why}."
    return f"{due} It is not void: level {level} and its signer stay on record. Ask {who_signs} for a recheck."
