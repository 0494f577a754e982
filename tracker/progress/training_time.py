"""Time in training: part-time working stretches it, and a break does not count. Pure."""

from dataclasses import dataclass
from datetime import date, timedelta
from decimal import ROUND_CEILING, Decimal

from tracker.curricula.conditions import MONTHS_IN_YEAR, DayOfYear

DECEMBER = 12
ONE_DAY = timedelta(days=1)


@dataclass(frozen=True, order=True)
class Break:
    """A time away from the training; both days are in it."""

    starts_on: date
    ends_on: date


@dataclass(frozen=True)
class TrainingTime:
    """How the months and years of one training lie in the calendar."""

    starts_on: date
    working_fraction: Decimal
    breaks: tuple[Break, ...] = ()

    def month(self, on: date) -> int:
        """The month of training on a day, from 1: whole months since the start, as far as part-time working carries."""
        day = on - timedelta(days=sum(self._days_away(each, on) for each in self._apart()))
        months = (day.year - self.starts_on.year) * MONTHS_IN_YEAR + day.month - self.starts_on.month
        months -= day.day < self.starts_on.day
        return max(0, int(months * self.working_fraction)) + 1

    def end_of_month(self, month: int) -> date:
        """The last day of a month of training."""
        return self._moved(self._first_day_after(month) - ONE_DAY)

    def date_in_year(self, day: DayOfYear, year: int) -> date:
        """A date in a year of training: the last such date where part-time working makes the year longer.

        A break before it moves it on by as many days.
        """
        return self._moved(self._unmoved(day, year))

    def window(self, first: DayOfYear, last: DayOfYear, year: int) -> tuple[date, date]:
        """From when to when in a year of training. A break moves only the end: it gives time and takes none away."""
        ends_on = self._unmoved(last, year)
        starts_on = date(ends_on.year, first.month_of_year, first.day)
        if starts_on > ends_on:
            starts_on = starts_on.replace(year=ends_on.year - 1)
        return starts_on, self._moved(ends_on)

    def _unmoved(self, day: DayOfYear, year: int) -> date:
        after = self._first_day_after(year * MONTHS_IN_YEAR)
        found = date(after.year, day.month_of_year, day.day)
        return found if found < after else found.replace(year=after.year - 1)

    def _first_day_after(self, months: int) -> date:
        """The first day on which so many months of training are over, were there no breaks."""
        whole = int((months / self.working_fraction).to_integral_value(ROUND_CEILING))
        years, month = divmod(self.starts_on.month - 1 + whole, MONTHS_IN_YEAR)
        first = date(self.starts_on.year + years, month + 1, 1)
        return min(first + timedelta(days=self.starts_on.day - 1), _next_month(first))

    def _moved(self, day: date) -> date:
        for each in self._apart():
            if each.starts_on <= day:
                day += each.ends_on - each.starts_on + ONE_DAY
        return day

    def _days_away(self, each: Break, on: date) -> int:
        """The days of a break before that day."""
        return max(0, (min(each.ends_on + ONE_DAY, on) - each.starts_on).days)

    def _apart(self) -> list[Break]:
        """The breaks without what lies before the training or in another break. Order: by start."""
        apart: list[Break] = []
        free_from = self.starts_on
        for each in sorted(self.breaks):
            if each.ends_on >= free_from:
                apart.append(Break(max(each.starts_on, free_from), each.ends_on))
                free_from = each.ends_on + ONE_DAY
        return apart


def _next_month(first: date) -> date:
    if first.month == DECEMBER:
        return date(first.year + 1, 1, 1)
    return first.replace(month=first.month + 1)
