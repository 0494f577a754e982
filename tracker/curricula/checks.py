"""Whether plain data makes sense as a curriculum. Pure; works on data of any shape, so that all flaws come at once."""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from decimal import Decimal
from typing import Any

from tracker.curricula.document import Path
from tracker.curricula.finding import Found, groups, repeated, sections_in, unknown, values
from tracker.curricula.form_checks import form_flaws
from tracker.curricula.milestone_checks import milestone_flaws
from tracker.curricula.models import SectionKind
from tracker.curricula.plain_data import resolve
from tracker.curricula.schema import Flaw, shape_flaws

WHOLE_PERCENT = 100


@dataclass(frozen=True)
class _Known:
    """What the head of the data names, for its sections to refer to."""

    length_months: Any
    levels: frozenset[Any]
    kinds: frozenset[Any]
    assessments: frozenset[Any]
    sources: frozenset[Any]


def flaws_of(data: Any) -> list[Flaw]:
    """Everything that is wrong with the data of a curriculum. None: plain_data.from_data can read it."""
    if not isinstance(data, dict):
        return list(shape_flaws(data))
    resolved, _ = resolve(data, _settings(data))
    return [*shape_flaws(resolved), *_sense_flaws(resolved)]


def _settings(data: Mapping[str, Any]) -> dict[str, int]:
    pairs = ((each.get("code"), each.get("value")) for _, each in groups(data, "settings"))
    return {code: value for code, value in pairs if isinstance(code, str) and type(value) is int}


def _sense_flaws(data: Mapping[str, Any]) -> Iterator[Flaw]:
    levels = _levels(data)
    heads = {field: groups(data, field) for field in ("settings", "sources", "assessments", "kinds")}
    sections = list(sections_in(data))
    known = _Known(
        data.get("length_months"),
        values(levels, "value"),
        values(heads["kinds"], "code"),
        values(heads["assessments"], "code"),
        values(heads["sources"], "code"),
    )
    yield from _unknown_settings(data, ())
    for found in heads.values():
        yield from repeated(found, "code")
    yield from repeated(levels, "value")
    for path, form in heads["assessments"]:
        yield from form_flaws(path, form, known.levels)
    for path, kind in heads["kinds"]:
        yield from _level_flaws(path, kind, known)
        yield from _evidence_flaws((*path, "evidence"), kind.get("evidence"), known)
    yield from _section_flaws(sections, known)
    yield from milestone_flaws(data)


def _levels(data: Mapping[str, Any]) -> list[Found]:
    scale = data.get("scale")
    return groups(scale, "levels", ("scale",)) if isinstance(scale, dict) else []


def _unknown_settings(data: Any, path: Path) -> Iterator[Flaw]:
    """Settings that are still named after every known one was resolved."""
    if isinstance(data, dict):
        named = data.get("setting")
        if len(data) == 1 and isinstance(named, str):
            yield Flaw(
                path, f"There is no setting {named}.", "Add it under settings, with a code, a value and a title."
            )
        inner = data.items()
    elif isinstance(data, list):
        inner = dict(enumerate(data)).items()
    else:
        return
    for key, value in inner:
        yield from _unknown_settings(value, (*path, key))


def _level_flaws(path: Path, item: Mapping[str, Any], known: _Known) -> Iterator[Flaw]:
    level = item.get("level")
    if type(level) is int and level not in known.levels:
        there = ", ".join(map(str, sorted(known.levels, key=str))) or "none: the curriculum has no scale"
        yield Flaw((*path, "level"), f"The level {level} is not on the scale.", f"Use a level of the scale ({there}).")


def _evidence_flaws(path: Path, rule: Any, known: _Known) -> Iterator[Flaw]:
    if not isinstance(rule, dict):
        return
    for mix in groups(rule, "assessments", path):
        yield from unknown(mix, "any_of", known.assessments, "assessments")
    scaled = rule.get("scaled")
    for index, name in enumerate(scaled if isinstance(scaled, list) else ()):
        if isinstance(name, str) and name not in rule:
            yield Flaw((*path, "scaled", index), f"It scales {name}, which the rule does not ask for.", "Take it out.")
    if _more(rule, "days", "entries"):
        yield Flaw(
            (*path, "days"), "It asks for more days than entries.", "Ask for as many entries, or for fewer days."
        )
    if _more(rule, "span_days", "max_age_days"):
        what = "The evidence must be spread over more days than it may be old."
        yield Flaw((*path, "span_days"), what, "Make span_days smaller or max_age_days larger.")


def _more(rule: Mapping[str, Any], larger: str, smaller: str) -> bool:
    high, low = rule.get(larger), rule.get(smaller)
    return isinstance(high, int) and isinstance(low, int) and high > low


def _section_flaws(sections: list[Found], known: _Known) -> Iterator[Flaw]:
    competencies = [found for path, section in sections for found in groups(section, "competencies", path)]
    modules = [found for path, section in sections for found in groups(section, "modules", path)]
    yield from repeated(sections, "code")
    yield from repeated(sorted([*competencies, *modules], key=lambda found: _order(found[0])), "code")
    for path, section in sections:
        yield from _nesting_flaws(path, section)
        yield from unknown((path, section), "sources", known.sources, "sources")
    for path, item in [*competencies, *modules]:
        yield from _month_flaws(path, item, known)
        yield from unknown((path, item), "sources", known.sources, "sources")
    for path, competency in competencies:
        yield from _level_flaws(path, competency, known)
        yield from _kind_flaws(path, competency, known)
    for path, module in modules:
        yield from _component_flaws(path, module)


def _order(path: Path) -> list[tuple[int, str]]:
    """Where a value stands in the document, as far as its path tells."""
    return [(step, "") if isinstance(step, int) else (0, step) for step in path]


def _nesting_flaws(path: Path, section: Mapping[str, Any]) -> Iterator[Flaw]:
    at_top = len(path) == len(("sections", 0))
    kind = section.get("kind")
    if kind == SectionKind.THEME and at_top:
        what = "A theme stands at the top, where nothing says whether everybody takes it."
        yield Flaw((*path, "kind"), what, "Make it generic or an area, or put it inside one.")
    if kind in {SectionKind.GENERIC, SectionKind.AREA} and not at_top:
        yield Flaw((*path, "kind"), f"A section of kind {kind} stands inside another section.", "Make it a theme.")
    if not any(section.get(field) for field in ("competencies", "modules", "sections")):
        yield Flaw(path, f"The section {section.get('code')} is empty.", "Add competencies, modules or sections to it.")


def _month_flaws(path: Path, item: Mapping[str, Any], known: _Known) -> Iterator[Flaw]:
    month, last = item.get("expected_month"), known.length_months
    if isinstance(month, int) and isinstance(last, int) and month > last:
        what = f"Month {month} is after the end: the curriculum has {last} months."
        yield Flaw((*path, "expected_month"), what, f"Use a month from 1 to {last}.")


def _kind_flaws(path: Path, competency: Mapping[str, Any], known: _Known) -> Iterator[Flaw]:
    kind = competency.get("kind")
    if isinstance(kind, str) and kind not in known.kinds:
        there = ", ".join(sorted(map(str, known.kinds))) or "none yet"
        yield Flaw(
            (*path, "kind"), f"There is no kind {kind}.", f"Use one of the kinds ({there}), or add it under kinds."
        )


def _component_flaws(path: Path, module: Mapping[str, Any]) -> Iterator[Flaw]:
    components = groups(module, "components", path)
    yield from repeated(components, "code")
    weights: list[Any] = [component.get("weight_percent") for _, component in components]
    numbers = [Decimal(weight) for weight in weights if type(weight) in {int, Decimal}]
    if weights and len(numbers) == len(weights) and sum(numbers) != WHOLE_PERCENT:
        what = f"The weights of {module.get('code')} add up to {sum(numbers)}, not {WHOLE_PERCENT}."
        yield Flaw((*path, "components"), what, "Change weight_percent so that they add up to 100.")
