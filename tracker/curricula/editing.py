"""Changes to a draft, as functions from one document to the next. Pure; a number that is a setting stays one."""

from collections.abc import Callable, Iterator, Mapping
from typing import Any, NamedTuple

from tracker.core.errors import NotFound, Refused
from tracker.curricula.document import Document
from tracker.curricula.document import Path as Path  # noqa: PLC0414 - of what place_of is asked for
from tracker.curricula.plain_data import from_data, to_data
from tracker.curricula.references import rename, users_of

Plain = dict[str, Any]
IN_SECTIONS = ("sections", "competencies", "modules")
IN_HEAD = ("kinds", "assessments", "settings", "sources")
LEVELS = "levels"
LISTS = (*IN_SECTIONS, *IN_HEAD, LEVELS)
UP, DOWN = -1, 1


class Place(NamedTuple):
    """A part of a document: the list that it is in, and its code there (of a level, its value)."""

    name: str
    code: str


def find(document: Document, place: Place) -> Plain:
    """The part as plain data. Raises NotFound."""
    found, index = _find(to_data(document), place)
    part: Plain = found[index]
    return part


def codes(document: Document, name: str) -> tuple[str, ...]:
    """The codes that a new part of this list may not have. Competencies and modules share theirs. Order: document's."""
    data = to_data(document)
    names = ("competencies", "modules") if name in {"competencies", "modules"} else (name,)
    return tuple(_code(each, part) for each in names for parts in _lists(data, each) for part in parts)


def holder(document: Document, place: Place) -> str:
    """The code of the section that a section, competency or module is in; empty at the top. Raises NotFound."""
    data = to_data(document)
    found, _ = _find(data, place)
    return next((each["code"] for each in _sections(data) if each.get(place.name) is found), "")


def tops(document: Document, section: str = "") -> tuple[str, ...]:
    """The codes of the sections that a part may be moved into: all but `section` and what is in it."""
    data = to_data(document)
    inside = set()
    if section:
        found, index = _find(data, Place("sections", section))
        inside = {each["code"] for each in _sections({"sections": [found[index]]})}
    return tuple(each["code"] for each in _sections(data) if each["code"] not in inside)


def describe(document: Document, values: Mapping[str, Any]) -> Document:
    """The document with other values of its own: title, length, owner. None takes a field away."""
    return _edited(document, lambda data: _update(data, values))


def name_scale(document: Document, title: str) -> Document:
    """The document with another title of its scale, if it has a scale."""
    return _edited(document, lambda data: data["scale"].update(title=title) if "scale" in data else None)


def add(document: Document, name: str, part: Mapping[str, Any], section: str = "") -> Document:
    """The document with one more part, the last of its list; in that section, for what is in one.

    Raises Refused when its code is taken, NotFound when there is no such section.
    """
    _refuse_taken(document, name, _code(name, part))
    return _edited(document, lambda data: _list_for(data, name, section).append(_update({}, part)))


def change(document: Document, place: Place, part: Mapping[str, Any]) -> Document:
    """The document with other fields of a part; None takes a field away, and what is not named stays.

    What refers to the part follows its new code. Raises Refused when that is taken, NotFound.
    """
    code = _code(place.name, {"code": place.code, "value": place.code} | dict(part))

    def edit(data: Plain) -> None:
        found, index = _find(data, place)
        if code != place.code:
            rename(data, place.name, found[index], code)
        _update(found[index], part)

    if code != place.code:
        _refuse_taken(document, place.name, code)
    return _edited(document, edit)


def remove(document: Document, place: Place) -> Document:
    """The document without a part. Raises NotFound, and Refused for what holds parts or cannot be missed."""
    if why_not := why_not_remove(document, place):
        raise Refused(why_not)

    def edit(data: Plain) -> None:
        found, index = _find(data, place)
        del found[index]
        if not data.get("scale", {}).get("levels", True):
            del data["scale"]

    return _edited(document, edit)


def why_not_remove(document: Document, place: Place) -> str | None:
    """Source: a draft is always one that its own page can show, so nothing in it names what is gone."""
    part = find(document, place)
    held = sum(len(part.get(name, ())) for name in IN_SECTIONS)
    if held:
        return f"{place.code} still has something in it. Move or remove that first."
    users = list(users_of(to_data(document), place.name, part)) if place.name in {"kinds", "settings"} else []
    if users:
        what = "kind" if place.name == "kinds" else "setting"
        first = ", ".join(users[:3]) + (" and others" if len(users) > 3 else "")  # noqa: PLR2004 - enough to see what is meant
        return f"The {what} {place.code} is used by {first}. Change that first."
    return None


def move(document: Document, place: Place, step: int) -> Document:
    """The document with a part one place further up or down in its list; at the end of it, as it was."""

    def edit(data: Plain) -> None:
        found, index = _find(data, place)
        if 0 <= index + step < len(found):
            found[index], found[index + step] = found[index + step], found[index]

    return _edited(document, edit)


def move_into(document: Document, place: Place, section: str) -> Document:
    """The document with a part as the last in another section, or at the top where `section` is empty.

    Raises Refused for a section into itself, NotFound.
    """
    if holder(document, place) == section:
        return document
    if place.name == "sections" and section and section not in tops(document, place.code):
        raise Refused(f"The section {place.code} cannot be moved into itself.")

    def edit(data: Plain) -> None:
        found, index = _find(data, place)
        part = found.pop(index)
        _list_for(data, place.name, section).append(part)

    return _edited(document, edit)


def place_of(document: Document, path: Path) -> Place | None:
    """The smallest part that can be edited and that holds the value at this path, or None."""
    value: Any = to_data(document)
    name, place = "", None
    for step in path:
        if isinstance(step, str):
            name = step
        elif name in LISTS and isinstance(value, list) and step < len(value):
            place = Place(name, _code(name, value[step]))
        try:
            value = value[step]
        except (KeyError, IndexError, TypeError):
            break
    return place


def _edited(document: Document, edit: Callable[[Plain], object]) -> Document:
    data = to_data(document)
    edit(data)
    return from_data(data)


def _update(part: Plain, values: Mapping[str, Any]) -> Plain:
    part |= values
    for name in [name for name, value in values.items() if value is None]:
        del part[name]
    return part


def _code(name: str, part: Mapping[str, Any]) -> str:
    return str(part["value" if name == LEVELS else "code"])


def _sections(data: Mapping[str, Any]) -> Iterator[Plain]:
    for section in data.get("sections", ()):
        yield section
        yield from _sections(section)


def _lists(data: Plain, name: str) -> Iterator[list[Plain]]:
    """Each list of that name in the document."""
    holders = [data.get("scale", {})] if name == LEVELS else [data, *(_sections(data) if name in IN_SECTIONS else ())]
    yield from (each[name] for each in holders if name in each)


def _find(data: Plain, place: Place) -> tuple[list[Plain], int]:
    """The list that a part is in, and where it is there. Raises NotFound."""
    for parts in _lists(data, place.name):
        for index, part in enumerate(parts):
            if _code(place.name, part) == place.code:
                return parts, index
    raise NotFound


def _list_for(data: Plain, name: str, section: str) -> list[Plain]:
    """The list that a new part goes into. Raises NotFound."""
    place: Plain = data
    if name == LEVELS:
        place = data.setdefault("scale", {"title": "Levels", LEVELS: []})
    elif section:
        found, index = _find(data, Place("sections", section))
        place = found[index]
    elif name in {"competencies", "modules"}:
        raise NotFound
    parts: list[Plain] = place.setdefault(name, [])
    return parts


def _refuse_taken(document: Document, name: str, code: str) -> None:
    if code in codes(document, name):
        raise Refused(f"{code} is in the draft already. Choose another.")
