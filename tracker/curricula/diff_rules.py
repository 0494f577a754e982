"""How the rule of a requirement changed, in sentences. Pure."""

from collections.abc import Iterator, Sequence

from tracker.curricula.document import Competency, Component, Form, Kind, Module
from tracker.curricula.rules import evidence_sentence, joined


def rule_changes(old: Competency, old_kind: Kind | None, new: Competency, new_kind: Kind | None) -> list[str]:
    """What of a competency's kind, level and evidence changed."""
    if old_kind is None or new_kind is None:
        return [] if old_kind is new_kind else ["Its kind is known in one of the two versions only."]
    return [
        *_kind_change(old_kind, new_kind),
        *_number("level", _level(old, old_kind), _level(new, new_kind)),
        *_evidence_change(old_kind, new_kind),
        *_number("validity in months", old_kind.validity_months, new_kind.validity_months),
    ]


def _kind_change(old: Kind, new: Kind) -> Iterator[str]:
    if old.code != new.code:
        yield f"It was of the kind “{old.title}” and is now of the kind “{new.title}”."


def _level(competency: Competency, kind: Kind) -> int:
    return kind.level if competency.level is None else competency.level


def _evidence_change(old: Kind, new: Kind) -> Iterator[str]:
    if old.evidence == new.evidence:
        return
    asked, asks = evidence_sentence(old.evidence), evidence_sentence(new.evidence)
    yield f"It asked for: {asked} It now asks for: {asks}" if asked != asks else "Its evidence rule changed."


def module_changes(old: Module, new: Module) -> list[str]:
    """What of a module's credits, pass mark, attempts and components changed."""
    return [
        *_number("credits", old.credits, new.credits),
        *_number("pass mark", old.pass_mark_percent, new.pass_mark_percent, " %"),
        *_number("attempts", old.attempts_allowed, new.attempts_allowed),
        *_number("study level", old.study_level, new.study_level),
        *_component_changes(old, new),
    ]


def _component_changes(old: Module, new: Module) -> Iterator[str]:
    before, after = ({part.code: part for part in module.components} for module in (old, new))
    for code, part in after.items():
        if code not in before:
            yield f"The component {part.title} is new: {_worth(part)}."
        elif _worth(part) != _worth(before[code]):
            yield f"The component {part.title} was {_worth(before[code])} and is now {_worth(part)}."
    for code, part in before.items():
        if code not in after:
            yield f"The component {part.title} is no longer part of it."


def _worth(part: Component) -> str:
    own = "no pass mark of its own" if part.pass_mark_percent is None else f"passed at {part.pass_mark_percent} %"
    return f"{part.weight_percent} %, {own}{', must be passed' if part.must_pass else ''}"


def form_changes(old: Sequence[Form], new: Sequence[Form]) -> Iterator[str]:
    """What of the assessment forms changed."""
    before, after = ({form.code: form for form in forms} for forms in (old, new))
    for code, form in after.items():
        if code not in before:
            yield f"The assessment form {code} ({form.title}) is new."
        elif changed := list(_form_change(before[code], form)):
            yield f"The assessment form {code} changed: {joined(changed, 'and')}."
    for code in before:
        if code not in after:
            yield f"The assessment form {code} is no longer there."


def _form_change(old: Form, new: Form) -> Iterator[str]:
    names = {
        "title": "its title",
        "meaning": "what it is for",
        "needs_registration": "whether it needs somebody on a register",
        "fewest_answers": "how many must answer",
    }
    yield from (what for name, what in names.items() if getattr(old, name) != getattr(new, name))
    before, after = ({field.code: field for field in form.asked} for form in (old, new))
    for words, codes in (
        ("it asks", after.keys() - before.keys()),
        ("it no longer asks", before.keys() - after.keys()),
        ("it asks in another way", {code for code in before.keys() & after.keys() if before[code] != after[code]}),
    ):
        labels = [f"“{field.label}”" for code, field in (before | after).items() if code in codes]
        if labels:
            yield f"{words} {joined(labels, 'and')}"
    if before.keys() == after.keys() and list(before) != list(after):
        yield "its questions stand in another order"


def plan_changes(old: Competency | Module, new: Competency | Module) -> list[str]:
    """What changed of its place in the plan: when it is expected, and how much it counts in its section."""
    names = {"expected_month": "expected month", "points": "number of points", "weight": "weight"}
    return [line for name, what in names.items() for line in _number(what, getattr(old, name), getattr(new, name))]


def _number(what: str, old: object, new: object, unit: str = "") -> Iterator[str]:
    if old != new:
        said = ["none" if number is None else f"{number}{unit}" for number in (old, new)]
        yield f"The {what} was {said[0]} and is now {said[1]}."
