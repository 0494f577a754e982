"""Looking through plain data of any shape, so that everything that is wrong with it can be said at once. Pure."""

from collections.abc import Iterator, Mapping
from typing import Any

from tracker.curricula.document import Path
from tracker.curricula.schema import Flaw

Found = tuple[Path, Mapping[str, Any]]


def groups(holder: Mapping[str, Any], field: str, path: Path = ()) -> list[Found]:
    """The groups of fields that a field lists, each with its path."""
    items = holder.get(field)
    if not isinstance(items, list):
        return []
    return [((*path, field, index), item) for index, item in enumerate(items) if isinstance(item, dict)]


def sections_in(holder: Mapping[str, Any], path: Path = ()) -> Iterator[Found]:
    """Each section of the tree. Order: as in the data, a section before its parts."""
    for inner_path, section in groups(holder, "sections", path):
        yield inner_path, section
        yield from sections_in(section, inner_path)


def values(found: list[Found], field: str) -> frozenset[Any]:
    """What the groups have in a field, where it is a text or a number."""
    return frozenset(item[field] for _, item in found if isinstance(item.get(field), str | int))


def whole(item: Mapping[str, Any], field: str) -> int | None:
    """The whole number in a field, or None."""
    number = item.get(field)
    return number if type(number) is int else None


def repeated(found: list[Found], field: str) -> Iterator[Flaw]:
    """A flaw for each value of a field that came before."""
    seen = set()
    for path, item in found:
        value = item.get(field)
        if not isinstance(value, str | int):
            continue
        if value in seen:
            yield Flaw((*path, field), f"The {field} {value} is used a second time.", f"Give it a {field} of its own.")
        seen.add(value)


def unknown(found: Found, field: str, known: frozenset[Any], where: str) -> Iterator[Flaw]:
    """Names in a field's list that the curriculum does not have in the list `where`."""
    path, item = found
    names = item.get(field)
    for index, name in enumerate(names if isinstance(names, list) else ()):
        yield from unknown_name((*path, field, index), name, known, where)


def unknown_name(path: Path, name: Any, known: frozenset[Any], where: str) -> Iterator[Flaw]:
    """A flaw where the name is not one of the curriculum's `where`."""
    if isinstance(name, str) and name not in known:
        yield Flaw(
            path, f"{name} is not one of the curriculum's {where}.", f"Add it under {where}, or use one of those."
        )
