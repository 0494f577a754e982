"""A date in three parts, as the NHS asks for it."""

from calendar import monthrange
from datetime import date
from typing import Any

from wtforms import Field
from wtforms.utils import unset_value

PARTS = ("day", "month", "year")
MONTHS = (
    "January", "February", "March", "April", "May", "June",
    "July", "August", "September", "October", "November", "December",
)  # fmt: skip
EARLIEST_YEAR = 1900
LATEST_YEAR = 2199
SHORTEST_MONTH_NAME = 3


class DayField(Field):
    """A date, typed as day, month and year in `name-day`, `name-month`, `name-year`. `data` is a date or None."""

    data: date | None

    def __init__(self, label: str = "", validators: list[Any] | None = None, **more: Any) -> None:
        super().__init__(label, validators, **more)
        self.typed = ("", "", "")
        self.wrong: tuple[str, ...] = PARTS

    @property
    def first_id(self) -> str:
        """The id of the input that needs mending first."""
        return f"{self.id}-{self.wrong[0]}"

    def process(self, formdata: Any, data: Any = unset_value, extra_filters: Any = None) -> None:
        names = [f"{self.name}-{part}" for part in PARTS]
        if formdata is None:
            super().process(None, data, extra_filters)
            self.typed = _parts(self.data)
            return
        super().process(None, None, extra_filters)
        self.typed = (formdata.get(names[0], ""), formdata.get(names[1], ""), formdata.get(names[2], ""))
        self.raw_data = [" ".join(part.strip() for part in self.typed).strip()]
        self._read()

    def _read(self) -> None:
        if not self.raw_data or not self.raw_data[0]:
            return
        try:
            self.data = self._date()
        except ValueError as wrong:
            self.process_errors = [*self.process_errors, str(wrong)]

    def _date(self) -> date:
        typed = dict(zip(PARTS, (part.strip() for part in self.typed), strict=True))
        if missing := tuple(part for part in PARTS if not typed[part]):
            raise self._problem(missing, f"{self.label.text} must include a {' and a '.join(missing)}.")
        numbers = {"day": _whole(typed["day"]), "month": _month(typed["month"]), "year": _whole(typed["year"])}
        if wrong := tuple(part for part in PARTS if numbers[part] is None):
            raise self._problem(wrong, f"{self.label.text} must be in numbers, such as 27 3 2026.")
        return self._real(numbers["day"] or 0, numbers["month"] or 0, numbers["year"] or 0)

    def _real(self, day: int, month: int, year: int) -> date:
        """The date, if there is such a day."""
        if not EARLIEST_YEAR <= year <= LATEST_YEAR:
            raise self._problem(("year",), f"The year of {self.label.text} must have 4 digits, such as 2026.")
        if not 1 <= month <= len(MONTHS):
            raise self._problem(("month",), f"The month of {self.label.text} must be from 1 to 12.")
        days = monthrange(year, month)[1]
        if not 1 <= day <= days:
            name = MONTHS[month - 1]
            raise self._problem(("day",), f"{day} {name} {year} is not a date: {name} {year} has {days} days.")
        return date(year, month, day)

    def _problem(self, parts: tuple[str, ...], sentence: str) -> ValueError:
        self.wrong = parts
        return ValueError(sentence)


def _parts(value: date | None) -> tuple[str, str, str]:
    return ("", "", "") if value is None else (str(value.day), str(value.month), str(value.year))


def _whole(text: str) -> int | None:
    return int(text) if text.isascii() and text.isdecimal() and len(text) <= len("2026") else None


def _month(text: str) -> int | None:
    """A month as a number, or as a name or its beginning."""
    if len(text) >= SHORTEST_MONTH_NAME and not text.isdecimal():
        matches = (number for number, name in enumerate(MONTHS, 1) if name.lower().startswith(text.lower()))
        return next(matches, None)
    return _whole(text)
