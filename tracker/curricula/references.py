"""Where the plain data of a document names one of its own parts, so that a new code is followed. Pure."""

from collections.abc import Iterator, Mapping
from typing import Any, NamedTuple

from tracker.curricula.finding import sections_in

Plain = dict[str, Any]


class Reference(NamedTuple):
    """A value that is a code: what holds it, under which name or number, and what the holder is called."""

    holder: Any
    key: str | int
    user: str


def rename(data: Plain, name: str, part: Mapping[str, Any], code: str) -> None:
    """Give what refers to a part its new code; the part itself stays as it is."""
    for found in list(_references(data, name, part)):
        found.holder[found.key] = int(code) if name == "levels" else code


def users_of(data: Plain, name: str, part: Mapping[str, Any]) -> Iterator[str]:
    """What refers to a part, by its code or field, each once. Order: as in the document."""
    yield from dict.fromkeys(found.user for found in _references(data, name, part))


def _references(data: Plain, name: str, part: Mapping[str, Any]) -> Iterator[Reference]:
    old = part["value" if name == "levels" else "code"]
    for found in _named(data, name):
        if found.holder[found.key] == old:
            yield found
    if name in {"sections", "competencies", "modules"} and "identifier" not in part.get("origin", {}):
        for link in data.get("links", ()):
            yield from (Reference(link, end, "a link") for end in ("start", "end") if link[end] == old)


def _named(data: Plain, name: str) -> Iterator[Reference]:
    """Every place where a code of this list stands."""
    sections: list[Any] = [section for _, section in sections_in(data)]
    requirements = [
        each for section in sections for field in ("competencies", "modules") for each in section.get(field, ())
    ]
    match name:
        case "kinds":
            yield from _fields([each for each in requirements if "statement" in each], "kind")
        case "levels":
            yield from _fields([*data.get("kinds", ()), *requirements], "level")
        case "settings":
            yield from _settings(data, "the curriculum")
        case "sources":
            yield from _items([*sections, *requirements], "sources")
        case "assessments":
            for kind in data.get("kinds", ()):
                for mix in kind["evidence"].get("assessments", ()):
                    yield from (Reference(mix["any_of"], index, kind["code"]) for index in range(len(mix["any_of"])))
        case "sections":
            yield from _conditions(data, "section")
        case _:
            yield from _conditions(data, "requirement")
            rules = [
                section["rule"] | {"code": section["code"]}
                for section in sections
                if isinstance(section.get("rule"), dict)
            ]
            yield from _items(rules, "compulsory")


def _fields(parts: list[Plain], field: str) -> Iterator[Reference]:
    yield from (Reference(part, field, part["code"]) for part in parts if field in part)


def _items(parts: list[Plain], field: str) -> Iterator[Reference]:
    """The codes that are listed in a field of each of the parts."""
    for part in parts:
        listed = part.get(field, [])
        yield from (Reference(listed, index, part["code"]) for index in range(len(listed)))


def _settings(value: Any, user: str) -> Iterator[Reference]:
    if isinstance(value, dict):
        if set(value) == {"setting"}:
            yield Reference(value, "setting", user)
        else:
            user = value.get("code", user) if "format" not in value else user
            for inner in value.values():
                yield from _settings(inner, user)
    elif isinstance(value, list):
        for inner in value:
            yield from _settings(inner, user)


def _conditions(data: Plain, field: str) -> Iterator[Reference]:
    """The conditions of milestones that name a section or a requirement."""
    for milestone in data.get("milestones", ()):
        waiting = [milestone["condition"]]
        while waiting:
            condition = waiting.pop()
            waiting += [*condition.get("all", ()), *condition.get("any", ())]
            if field in condition:
                yield Reference(condition, field, milestone["code"])
