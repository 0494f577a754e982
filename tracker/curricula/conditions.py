"""What a section or a milestone asks for, as data, and how that is said. Pure."""

import calendar
from collections.abc import Mapping
from dataclasses import dataclass, field
from enum import StrEnum

MONTHS_IN_YEAR = 12


class Signer(StrEnum):
    """Who signs something."""

    ASSESSOR = "assessor"
    SUPERVISOR = "supervisor"
    TRAINING_LEAD = "training_lead"


@dataclass(frozen=True, kw_only=True)
class Signatures:
    """Who signs a competency, a whole section and the whole training. Empty: the curriculum does not say."""

    item: Signer | None = None
    section: Signer | None = None
    whole: Signer | None = None
    countersign: bool = False  # a competency is signed by two: the second is another person than the first


UNSAID = Signatures()


@dataclass(frozen=True, kw_only=True)
class SectionRule:
    """When a section is complete: all of it, at least so many of its parts, or so many points of what is in it.

    A section's parts are its own competencies and modules, and each section directly in it as one.
    """

    at_least: int = 0
    points: int = 0
    compulsory: tuple[str, ...] = ()  # with points: codes of competencies and modules that must be among them

    @property
    def asks_for_all(self) -> bool:
        """Whether every part must be complete."""
        return not self.at_least and not self.points


ALL = SectionRule()


@dataclass(frozen=True)
class DayOfYear:
    """A day that comes every year."""

    day: int
    month_of_year: int

    def __str__(self) -> str:
        return f"{self.day} {calendar.month_name[self.month_of_year]}"


@dataclass(frozen=True, kw_only=True)
class Due:
    """When a milestone is due: at the end of a month of training, or on a date in a year of training."""

    month: int | None = None
    day: int | None = None
    month_of_year: int | None = None
    year: int | None = None

    @property
    def date(self) -> DayOfYear | None:
        """The date, where there is one."""
        return DayOfYear(self.day, self.month_of_year) if self.day and self.month_of_year else None


@dataclass(frozen=True)
class AllOf:
    """Every part must be met."""

    all: tuple["Condition", ...]


@dataclass(frozen=True)
class AnyOf:
    """One part is enough."""

    any: tuple["Condition", ...]


@dataclass(frozen=True)
class SectionDone:
    """A section is complete by its rule, or so many percent of it are done."""

    section: str
    percent: int | None = None


@dataclass(frozen=True)
class RequirementDone:
    """A competency is signed off, or a module passed and confirmed."""

    requirement: str


@dataclass(frozen=True)
class ReviewHeld:
    """A review was held: between two dates in a year of training, or at any time."""

    review: str
    from_: DayOfYear | None = None
    to: DayOfYear | None = None
    year: int | None = None


@dataclass(frozen=True)
class CreditsConfirmed:
    """So many credits of modules are confirmed."""

    credits: int


@dataclass(frozen=True)
class OverallDone:
    """So many percent of everything are done."""

    overall: int


Condition = AllOf | AnyOf | SectionDone | RequirementDone | ReviewHeld | CreditsConfirmed | OverallDone


def rule_sentence(rule: SectionRule) -> str:
    """When a section is complete, such as "Complete with at least 3 of its parts."; empty where all of it is asked."""
    if rule.at_least:
        return f"Complete with at least {rule.at_least} of its parts."
    if rule.points:
        among = f", {', '.join(rule.compulsory)} among them" if rule.compulsory else ""
        return f"Complete with {rule.points} points{among}."
    return ""


def due_phrase(due: Due) -> str:
    """When a milestone is due: "by the end of month 12", "by 30 September of year 2"."""
    return f"by {due.date} of year {due.year}" if due.date else f"by the end of month {due.month}"


@dataclass(frozen=True)
class Titles:
    """What sections and reviews are called, by their codes. One that is missing is called by its code."""

    sections: Mapping[str, str] = field(default_factory=dict)
    reviews: Mapping[str, str] = field(default_factory=dict)


def condition_phrase(condition: Condition, titles: Titles) -> str:  # noqa: PLR0911 - one for each sort of condition
    """What a condition asks for, with its alternatives in brackets."""
    match condition:
        case AllOf(parts):
            return "; and ".join(_within(part, titles) for part in parts)
        case AnyOf(parts):
            return "; or ".join(_within(part, titles) for part in parts)
        case SectionDone(section, percent):
            title = titles.sections.get(section, section)
            return f"{title} complete" if percent is None else f"{percent} % of {title}"
        case RequirementDone(code):
            return f"{code} done"
        case ReviewHeld(code, from_, to, year):
            window = f" between {from_} and {to} of year {year}" if from_ else ""
            return f"{titles.reviews.get(code, code)} held{window}"
        case CreditsConfirmed(credits):
            return f"{credits} credits confirmed"
        case OverallDone(percent):
            return f"{percent} % of everything"


def _within(condition: Condition, titles: Titles) -> str:
    phrase = condition_phrase(condition, titles)
    return f"({phrase})" if isinstance(condition, AllOf | AnyOf) else phrase
