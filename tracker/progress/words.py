"""Small turns of phrase for numbers, choices and days."""

from calendar import month_name
from collections.abc import Sequence
from datetime import date

MONTHS = tuple(month_name)  # looked up once: asking for a name writes it anew each time


def counted(number: int, what: str) -> str:
    """A number and its thing, with the verb: "1 entry is", "2 entries are"."""
    if number == 1:
        return f"1 {what} is"
    plural = f"{what[:-1]}ies" if what.endswith("y") else f"{what}s"
    return f"{number} {plural} are"


def in_words(number: int) -> str:
    """A small number in words, a larger one in figures."""
    small = ("none", "one", "two", "three", "four", "five")
    return small[number] if 0 <= number < len(small) else str(number)


def inline(sentences: str) -> str:
    """Sentences of ours as they stand inside another one: without capitals and full stops."""
    return "; ".join(each[:1].lower() + each[1:] for each in sentences.removesuffix(".").split(". "))


def either(choices: Sequence[str]) -> str:
    """A choice: "DOPS", "DOPS or OCE", "DOPS, OCE or CBD"."""
    *most, last = choices
    return f"{', '.join(most)} or {last}" if most else last


def on_day(day: date) -> str:
    """A day as people write it: 3 March 2026."""
    return f"{day.day} {MONTHS[day.month]} {day.year}"
