"""A document as plain data, as our own file format tracker-curriculum/1 writes it, and back."""

import hashlib
from collections.abc import Mapping
from dataclasses import fields, is_dataclass
from decimal import Decimal
from enum import StrEnum
from typing import Any

from tracker.curricula.conditions import SectionRule
from tracker.curricula.document import (
    Competency,
    Component,
    Document,
    Kind,
    Level,
    Link,
    Module,
    Origin,
    Path,
    Scale,
    Section,
    Setting,
    Source,
    Use,
)
from tracker.curricula.models import SectionKind
from tracker.curricula.plain_parts import (
    form_from_data,
    grade_from_data,
    line,
    milestone_from_data,
    outcome_from_data,
    paragraphs,
    review_from_data,
    rule_from_data,
    signatures_from_data,
)
from tracker.curricula.rules import EvidenceRule, Mix
from tracker.record.canonical import canonical, normal

FORMAT = "tracker-curriculum/1"


def digest(document: Document) -> str:
    """What tells two documents apart: SHA-256 of the canonical bytes."""
    return hashlib.sha256(canonical(without_decimals(to_data(document)))).hexdigest()


def without_decimals(value: Any) -> Any:
    """Plain data in which each decimal number is its text, so that it has one way to be written."""
    if isinstance(value, dict):
        return {key: without_decimals(inner) for key, inner in value.items()}
    if isinstance(value, list):
        return [without_decimals(inner) for inner in value]
    return str(value) if isinstance(value, Decimal) else value


def resolve(data: Any, values: Mapping[str, int], path: Path = ()) -> tuple[Any, tuple[Use, ...]]:
    """The data with each known setting's number in its place, and the places. An unknown setting stays as it is."""
    if isinstance(data, dict):
        named = data.get("setting")
        if len(data) == 1 and isinstance(named, str) and named in values:
            return values[named], (Use(path, named),)
        pairs = {key: resolve(inner, values, (*path, key)) for key, inner in data.items()}
        return {key: value for key, (value, _) in pairs.items()}, tuple(
            use for _, uses in pairs.values() for use in uses
        )
    if isinstance(data, list):
        found = [resolve(inner, values, (*path, index)) for index, inner in enumerate(data)]
        return [value for value, _ in found], tuple(use for _, uses in found for use in uses)
    return data, ()


def from_data(data: Mapping[str, Any]) -> Document:
    """The document that checked plain data holds. Shape: docs/curriculum.schema.json."""
    settings = tuple(Setting(each["code"], each["value"], line(each["title"])) for each in data.get("settings", ()))
    plain, uses = resolve(dict(data), {setting.code: setting.value for setting in settings})
    return Document(
        code=plain["code"],
        title=line(plain["title"]),
        length_months=plain["length_months"],
        sections=tuple(map(_section, plain["sections"])),
        language=plain.get("language", "en-GB"),
        owner=line(plain.get("owner", "")),
        settings=settings,
        sources=tuple(
            Source(each["code"], line(each["title"]), each.get("address", "")) for each in plain.get("sources", ())
        ),
        scale=scale_from_data(plain["scale"]) if "scale" in plain else None,
        assessments=tuple(map(form_from_data, plain.get("assessments", ()))),
        kinds=tuple(map(kind_from_data, plain.get("kinds", ()))),
        signatures=signatures_from_data(plain.get("signatures", {})),
        entry_requirements=tuple(map(line, plain.get("entry_requirements", ()))),
        outcomes=tuple(map(outcome_from_data, plain.get("outcomes", ()))),
        reviews=tuple(map(review_from_data, plain.get("reviews", ()))),
        milestones=tuple(map(milestone_from_data, plain.get("milestones", ()))),
        grades=tuple(map(grade_from_data, plain.get("grades", ()))),
        origin=_origin(plain),
        links=tuple(Link(**_foreign(each)) for each in plain.get("links", ())),
        uses=tuple(sorted(uses)),
    )


def _origin(data: Mapping[str, Any]) -> Origin | None:
    return Origin(**_foreign(data["origin"])) if "origin" in data else None


def _foreign(data: Mapping[str, str]) -> dict[str, str]:
    return {name: normal(text).strip() for name, text in data.items()}


def _evidence(data: Mapping[str, Any]) -> EvidenceRule:
    values = dict(data)
    values["assessments"] = tuple(map(_mix, data.get("assessments", ())))
    values["part"] = _mix(data["part"]) if "part" in data else None
    values["scaled"] = tuple(data.get("scaled", ()))
    return EvidenceRule(**values)


def _mix(data: Mapping[str, Any]) -> Mix:
    return Mix(data["count"], tuple(data["any_of"]))


def scale_from_data(data: Mapping[str, Any]) -> Scale:
    """The scale that checked plain data holds."""
    levels = (Level(each["value"], line(each["title"]), paragraphs(each.get("meaning", ""))) for each in data["levels"])
    return Scale(line(data["title"]), tuple(levels))


def kind_from_data(data: Mapping[str, Any]) -> Kind:
    """The kind of competency that checked plain data holds."""
    evidence = _evidence(data["evidence"])
    meaning = paragraphs(data.get("meaning", ""))
    return Kind(
        code=data["code"],
        title=line(data["title"]),
        meaning=meaning,
        level=data["level"],
        evidence=evidence,
        validity_months=data.get("validity_months"),
    )


def _section(data: Mapping[str, Any]) -> Section:
    return Section(
        code=data["code"],
        title=line(data["title"]),
        kind=SectionKind(data["kind"]),
        rule=rule_from_data(data.get("rule", "all")),
        sources=tuple(data.get("sources", ())),
        competencies=tuple(map(_competency, data.get("competencies", ()))),
        modules=tuple(map(_module, data.get("modules", ()))),
        sections=tuple(map(_section, data.get("sections", ()))),
        origin=_origin(data),
    )


def _competency(data: Mapping[str, Any]) -> Competency:
    return Competency(
        code=data["code"],
        statement=line(data["statement"]),
        kind=data["kind"],
        guidance=paragraphs(data.get("guidance", "")),
        level=data.get("level"),
        expected_month=data.get("expected_month"),
        points=data.get("points", 1),
        weight=data.get("weight", 1),
        register_scopes=tuple(map(line, data.get("register_scopes", ()))),
        sources=tuple(data.get("sources", ())),
        origin=_origin(data),
    )


def _module(data: Mapping[str, Any]) -> Module:
    return Module(
        code=data["code"],
        title=line(data["title"]),
        credits=data["credits"],
        pass_mark_percent=percent(data["pass_mark_percent"]),
        components=tuple(map(_component, data["components"])),
        about=paragraphs(data.get("about", "")),
        provider=line(data.get("provider", "")),
        study_level=data.get("study_level"),
        attempts_allowed=data.get("attempts_allowed"),
        expected_month=data.get("expected_month"),
        points=data.get("points", 1),
        weight=data.get("weight", 1),
        sources=tuple(data.get("sources", ())),
        origin=_origin(data),
    )


def _component(data: Mapping[str, Any]) -> Component:
    own = data.get("pass_mark_percent")
    return Component(
        code=data["code"],
        title=line(data["title"]),
        weight_percent=percent(data["weight_percent"]),
        pass_mark_percent=None if own is None else percent(own),
        must_pass=data.get("must_pass", False),
    )


def percent(number: int | Decimal) -> Decimal:
    """A share of a hundred, written in one way: 40, 37.5."""
    exact = Decimal(number)
    return exact.quantize(Decimal(1)) if exact == exact.to_integral_value() else exact.normalize()


def to_data(document: Document) -> dict[str, Any]:
    """The document as plain data: lists, texts, whole numbers, decimals. What is as usual is left out."""
    data: dict[str, Any] = {"format": FORMAT} | as_data(document)
    for use in document.uses:
        inner: Any = data
        for step in use.path[:-1]:
            inner = inner[step]
        inner[use.path[-1]] = {"setting": use.setting}
    return data


def head_of(document: Document) -> dict[str, Any]:
    """What of a document is not in its sections: plain data with every number in place, and the uses."""
    data: dict[str, Any] = as_data(document)
    uses = [[list(use.path), use.setting] for use in document.uses]
    return {name: value for name, value in data.items() if name not in {"code", "title", "sections"}} | {"uses": uses}


def uses_of(head: Mapping[str, Any]) -> tuple[Use, ...]:
    """The places where settings are named, from the head of a document."""
    return tuple(Use(tuple(path), setting) for path, setting in head.get("uses", ()))


def rule_to_data(rule: SectionRule) -> Any:
    """The rule of a section as plain data: the word all, or a group of fields."""
    return as_data(rule) or "all"


def shares_to_data(requirement: Competency | Module) -> dict[str, int]:
    """What a competency or module counts for, where it is not as usual."""
    shares = {"points": requirement.points, "weight": requirement.weight}
    return {name: number for name, number in shares.items() if number != 1}


def origin_to_data(part: Section | Competency | Module) -> dict[str, Any]:
    """Where a part came from, if that was a file of another format."""
    return {} if part.origin is None else {"origin": as_data(part.origin)}


def as_data(value: Any) -> Any:
    """Plain data of a dataclass of a document, or of what is in one. What is as usual is left out."""
    if is_dataclass(value):
        return {
            field.name.rstrip("_"): as_data(inner)
            for field in fields(value)
            if field.name != "uses" and not _as_usual(inner := getattr(value, field.name), field.default)
        }
    if isinstance(value, tuple):
        return [as_data(inner) for inner in value]
    if isinstance(value, Decimal):
        return int(value) if value == value.to_integral_value() else value
    return value.value if isinstance(value, StrEnum) else value


def _as_usual(value: Any, default: Any) -> bool:
    return type(value) is type(default) and value == default
