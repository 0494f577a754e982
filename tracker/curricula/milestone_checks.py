"""Whether section rules, milestones and reviews make sense: what they name is there and can be met. Pure."""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from datetime import date
from typing import Any

from tracker.curricula.conditions import MONTHS_IN_YEAR
from tracker.curricula.document import Path
from tracker.curricula.finding import Found, groups, repeated, sections_in, unknown, unknown_name, values, whole
from tracker.curricula.schema import Flaw

LEADING = ("all", "any", "section", "requirement", "review", "credits", "overall")
WINDOW = ("from", "to", "year")
DATE = ("day", "month_of_year", "year")
COMMON_YEAR = 2025


@dataclass(frozen=True)
class _Known:
    """What the curriculum has, for its milestones to refer to."""

    sections: frozenset[Any]
    requirements: frozenset[Any]
    reviews: frozenset[Any]
    milestones: frozenset[Any]
    outcomes: frozenset[Any]
    credits: int
    length_months: int | None


def milestone_flaws(data: Mapping[str, Any]) -> Iterator[Flaw]:
    """Everything that is wrong with section rules, outcomes, reviews, milestones and grades."""
    heads = {field: groups(data, field) for field in ("outcomes", "reviews", "milestones")}
    known = _known(data, heads)
    for found in heads.values():
        yield from repeated(found, "code")
    yield from repeated(groups(data, "grades"), "title")
    for path, section in sections_in(data):
        yield from _rule_flaws(path, section)
    for path, review in heads["reviews"]:
        yield from _review_flaws(path, review, known)
    for path, milestone in heads["milestones"]:
        yield from _due_flaws((*path, "due"), milestone.get("due"), known)
        yield from _condition_flaws((*path, "condition"), milestone.get("condition"), known)


def _known(data: Mapping[str, Any], heads: Mapping[str, list[Found]]) -> _Known:
    sections = list(sections_in(data))
    modules = [module for _, section in sections for _, module in groups(section, "modules")]
    return _Known(
        sections=values(sections, "code"),
        requirements=frozenset(code for _, section in sections for code in _codes_in(section)),
        reviews=values(heads["reviews"], "code"),
        milestones=values(heads["milestones"], "code"),
        outcomes=values(heads["outcomes"], "code"),
        credits=sum(whole(module, "credits") or 0 for module in modules),
        length_months=whole(data, "length_months"),
    )


def _codes_in(section: Mapping[str, Any]) -> set[Any]:
    """The codes of the competencies and modules in a section, its parts included."""
    return {item["code"] for item in _requirements_in(section) if isinstance(item.get("code"), str)}


def _requirements_in(section: Mapping[str, Any]) -> list[Mapping[str, Any]]:
    holders = [section, *(inner for _, inner in sections_in(section))]
    return [item for holder in holders for field in ("competencies", "modules") for _, item in groups(holder, field)]


def _rule_flaws(path: Path, section: Mapping[str, Any]) -> Iterator[Flaw]:
    rule, path = section.get("rule"), (*path, "rule")
    if not isinstance(rule, dict):
        return
    if "at_least" in rule and len(rule) > 1:
        yield Flaw(path, "The rule asks for at_least and for something else.", "Keep at_least, or points, not both.")
    elif "compulsory" in rule and "points" not in rule:
        what = "The rule names what is compulsory and asks for no points."
        yield Flaw(path, what, "Add points; without them, take the rule out: then all is compulsory.")
    parts = sum(len(groups(section, field)) for field in ("competencies", "modules", "sections"))
    yield from _too_much((*path, "at_least"), whole(rule, "at_least"), parts, "parts in the section")
    there = sum(whole(item, "points") or 1 for item in _requirements_in(section))
    yield from _too_much((*path, "points"), whole(rule, "points"), there, "points in the section")
    yield from unknown((path, rule), "compulsory", frozenset(_codes_in(section)), f"section {section.get('code')}")


def _too_much(path: Path, asked: int | None, there: int, what: str) -> Iterator[Flaw]:
    if asked is not None and asked > there:
        yield Flaw(path, f"It asks for {asked}, and the number of {what} is {there}.", f"Ask for {there} at most.")


def _review_flaws(path: Path, review: Mapping[str, Any], known: _Known) -> Iterator[Flaw]:
    yield from unknown((path, review), "outcomes", known.outcomes, "outcomes")
    yield from unknown_name((*path, "milestone"), review.get("milestone"), known.milestones, "milestones")
    yield from _month_flaws((*path, "expected_month"), whole(review, "expected_month"), known)


def _month_flaws(path: Path, month: int | None, known: _Known) -> Iterator[Flaw]:
    last = known.length_months
    if month is not None and last is not None and month > last:
        what = f"Month {month} is after the end: the curriculum has {last} months."
        yield Flaw(path, what, f"Use a month from 1 to {last}.")


def _year_flaws(path: Path, year: int | None, known: _Known) -> Iterator[Flaw]:
    if year is None or known.length_months is None:
        return
    last = -(-known.length_months // MONTHS_IN_YEAR)
    if year > last:
        what = f"Year {year} is after the end: the curriculum has {known.length_months} months."
        yield Flaw(path, what, f"Use a year from 1 to {last}.")


def _due_flaws(path: Path, due: Any, known: _Known) -> Iterator[Flaw]:
    if not isinstance(due, dict):
        return
    by_date = [field for field in DATE if field in due]
    if ("month" in due) == bool(by_date) or len(by_date) not in {0, len(DATE)}:
        yield Flaw(path, "It is not clear when this is due.", "Write month; or day, month_of_year and year.")
    yield from _month_flaws((*path, "month"), whole(due, "month"), known)
    yield from _year_flaws((*path, "year"), whole(due, "year"), known)
    yield from _day_flaws(path, due)


def _day_flaws(path: Path, day_of_year: Any) -> Iterator[Flaw]:
    """A flaw for a date that does not come every year."""
    if not isinstance(day_of_year, dict):
        return
    day, month = whole(day_of_year, "day"), whole(day_of_year, "month_of_year")
    if day is None or month is None or not 1 <= month <= MONTHS_IN_YEAR:
        return
    last = (
        date(COMMON_YEAR + month // MONTHS_IN_YEAR, month % MONTHS_IN_YEAR + 1, 1) - date(COMMON_YEAR, month, 1)
    ).days
    if day > last:
        yield Flaw((*path, "day"), f"The {day}. of month {month} does not come every year.", f"Use a day up to {last}.")


def _condition_flaws(path: Path, condition: Any, known: _Known) -> Iterator[Flaw]:
    if not isinstance(condition, dict):
        return
    yield from _shape_flaws(path, condition)
    for field in ("all", "any"):
        for inner_path, inner in groups(condition, field, path):
            yield from _condition_flaws(inner_path, inner, known)
    yield from unknown_name((*path, "section"), condition.get("section"), known.sections, "sections")
    where = "competencies and modules"
    yield from unknown_name((*path, "requirement"), condition.get("requirement"), known.requirements, where)
    yield from unknown_name((*path, "review"), condition.get("review"), known.reviews, "reviews")
    what = "credits in the curriculum's modules"
    yield from _too_much((*path, "credits"), whole(condition, "credits"), known.credits, what)
    yield from _year_flaws((*path, "year"), whole(condition, "year"), known)
    for field in ("from", "to"):
        yield from _day_flaws((*path, field), condition.get(field))


def _shape_flaws(path: Path, condition: Mapping[str, Any]) -> Iterator[Flaw]:
    """Exactly one thing is asked for, and what is beside it belongs to it."""
    asked = [field for field in LEADING if field in condition]
    if len(asked) != 1:
        what = f"It asks for {' and '.join(asked)} in one." if asked else "It does not say what is asked for."
        yield Flaw(path, what, f"Write one of {', '.join(LEADING)}; use all or any for several.")
    if "percent" in condition and "section" not in condition:
        yield Flaw((*path, "percent"), "It does not say of what.", "Add section; for everything, write overall.")
    window = [field for field in WINDOW if field in condition]
    if window and "review" not in condition:
        yield Flaw((*path, window[0]), "Only a review is held between two dates.", "Add review, or take it out.")
    elif window and len(window) != len(WINDOW):
        yield Flaw(path, "The dates of the review are not complete.", "Write from, to and year, or none of them.")
