"""When people work: days of the week, leave, and the hours at which things are written down."""

from dataclasses import dataclass
from datetime import UTC, date, datetime, time, timedelta
from decimal import Decimal
from random import Random
from uuid import UUID

DAY = timedelta(days=1)
DAYS_IN_MONTH = 30.44
MONTHS_IN_YEAR = 12
WORKING_DAYS = 5
WEEKS_OF_LEAVE = 5
STARTS = {9: 6, 1: 2, 4: 1}  # the months in which training starts, and how often
YEARS_BACK = 3


@dataclass(frozen=True)
class Calendar:
    """The days on which one person works."""

    weekdays: frozenset[int]
    leave: frozenset[int]  # weeks of the year

    def on_or_after(self, day: date) -> date:
        """The first day from this one on that is worked."""
        while day.weekday() not in self.weekdays or day.isocalendar().week in self.leave:
            day += DAY
        return day


def make_calendar(rng: Random, working_fraction: Decimal) -> Calendar:
    """Full time is Monday to Friday; part time, some of these days. Everybody has leave, and Christmas."""
    number = max(1, round(float(working_fraction) * WORKING_DAYS))
    leave = {52, 53, 1, *rng.sample(range(2, 52), WEEKS_OF_LEAVE)}
    return Calendar(frozenset(rng.sample(range(WORKING_DAYS), number)), frozenset(leave))


def at_work(rng: Random, day: date) -> datetime:
    """A moment of the working day."""
    seconds = rng.randrange(8 * 3600, 16 * 3600)
    return datetime.combine(day, time(), UTC) + timedelta(seconds=seconds, microseconds=rng.randrange(10**6))


def add_months(day: date, months: int) -> date:
    """The first of the month that many months on; training ends at the end of a month."""
    years, month = divmod(day.month - 1 + months, MONTHS_IN_YEAR)
    return date(day.year + years, month + 1, 1)


def make_start(rng: Random, as_of: date) -> date:
    """A first Monday of a month in which training starts, within the last three years."""
    starts = [
        (_first_monday(date(as_of.year - back, month, 1)), weight)
        for back in range(YEARS_BACK + 1)
        for month, weight in STARTS.items()
    ]
    earliest = as_of - timedelta(days=365 * YEARS_BACK)
    possible = [(day, weight) for day, weight in starts if earliest <= day < as_of - 14 * DAY]
    return rng.choices([day for day, _ in possible], [weight for _, weight in possible])[0]


def _first_monday(day: date) -> date:
    return day + (-day.weekday() % 7) * DAY


def seeded(*parts: object) -> Random:
    """Chance that comes from these parts alone: the same parts, the same chance."""
    return Random("/".join(map(str, parts)))  # noqa: S311 - made-up rows must come out the same, and keep no secret


def make_id(rng: Random) -> UUID:
    """An id that comes from the seed."""
    return UUID(int=rng.getrandbits(128), version=4)
