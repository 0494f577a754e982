"""Reading packages of 1EdTech CASE 1.0 and 1.1: the tree is in the associations.

Source: 1EdTech Competencies and Academic Standards Exchange 1.0 and 1.1, CFPackage.
"""

import re
from typing import Any

from tracker.curricula.case_graph import (
    DOCUMENT,
    ITEMS,
    LINKS,
    Package,
    coding_of,
    ends_of,
    find_cycles,
    take_associations,
    take_document,
    take_items,
)
from tracker.curricula.case_items import (
    CHILD,
    LISTS,
    NOBODY,
    TYPES,
    UNIQUE,
    Name,
    Values,
    extension_of,
    item_of,
    name_of,
    name_of_link,
    name_of_part,
    words_of,
)
from tracker.curricula.document import Path
from tracker.curricula.foreign import (
    DEEPEST,
    HOLDER,
    Reading,
    add_defaults,
    exact_numbers,
    keep,
    one_line,
    refuse,
    text_of,
)
from tracker.curricula.plain_data import FORMAT

_DIGITS = re.compile(r"([0-9]{1,15})")
_SKIPPED = {"identifier", "uri", "CFDocumentURI", "CFPackageURI", "caseVersion", "originNodeURI", "destinationNodeURI"}


def read_case(file: str, value: Any) -> Reading:
    """The curriculum in a package. Raises BadInput where there is no tree to read."""
    reading = Reading(file)
    package = Package(reading)
    outer = value.get("CFPackage", value)
    document = outer.get(DOCUMENT) if isinstance(outer, dict) else None
    if not isinstance(document, dict):
        raise refuse(file, 0, "The package has no CFDocument.", "Export the framework as a CASE package again.")
    take_document(package, document)
    take_items(package, outer.get(ITEMS))
    take_associations(package, outer.get(LINKS))
    reading.stop_at_problems()
    find_cycles(package)
    reading.stop_at_problems()
    _take_tree(package)
    _take_links(package)
    _take_rest(package, document, outer)
    return reading


def _take_tree(package: Package) -> None:
    top = _in_order(package, package.identifier)
    held = [each for each in top if _part(package, each) != "section"]
    reading = package.reading
    sections = [_holder(package, held)] if held else []
    for each in top:
        if _part(package, each) == "section":
            sections.append(_section(package, each, ("sections", len(sections)), 1))
    reading.data["sections"] = sections
    free = [section["code"] for section in sections if section.pop("assumed", False)]
    reading.assume(free, "Sections at the top are for everybody (generic)")
    reading.assume(package.shortened, "Statements that are too long are shortened; the whole is kept")
    reading.assume(package.mixed, "Competencies come before the sections that were among them")
    changed = package.sections.changed + package.requirements.changed
    reading.assume(changed, "Codes were made, or made to fit")
    add_defaults(reading, "CASE", package.unlabelled)


def _part(package: Package, identifier: str) -> str:
    """What our own extension says that an item is, where its place in the tree agrees."""
    own = extension_of(package.items[identifier])
    part = own.get("part") if own else None
    if package.children.get(identifier):
        return "section"
    return part if isinstance(part, str) and part in LISTS else "competency"


def _holder(package: Package, held: list[str]) -> Values:
    """A section for competencies that stand directly in the framework."""
    section: Values = {"code": package.sections.take("", "TOP"), "title": package.reading.data["title"]}
    section |= {"kind": "generic", "origin": {"kept": keep({HOLDER: True})}}
    path: Path = ("sections", 0)
    for each in held:
        _add_requirement(package, section, each, path)
    return section


def _in_order(package: Package, identifier: str) -> list[str]:
    """The children of an item. Order: by sequence number, then list enumeration, then as in the file."""
    return sorted(package.children.get(identifier, ()), key=lambda child: _rank(package, child))


def _rank(package: Package, identifier: str) -> tuple[bool, float, list[tuple[int, str]], int]:
    number = package.parents.get(identifier, {}).get("sequenceNumber")
    known = isinstance(number, int | float)
    words = text_of(package.items[identifier].get("listEnumeration"))
    parts = [(int(each), "") if _DIGITS.fullmatch(each) else (-1, each) for each in _DIGITS.split(words)]
    return not known, number if known else 0, parts, package.rows[identifier]  # type: ignore[return-value] # is a number


def _section(package: Package, identifier: str, path: Path, depth: int) -> Values:
    reading, item = package.reading, package.items[identifier]
    _place(package, identifier, path)
    if depth > DEEPEST:
        what = f"This is nested more than {DEEPEST} deep."
        raise refuse(f"{reading.file}, {ITEMS}", package.rows[identifier], what, "Make the tree flatter.")
    code = package.sections.take(coding_of(item), str(path[-1]))
    section: Values = {"code": code, **words_of("section", item), "kind": "theme" if depth > 1 else "generic"}
    kind = next((kind for kind, title in TYPES.items() if title == item.get("CFItemType")), "")
    if kind and (kind == "theme") == (depth > 1):
        section["kind"] = kind
    elif depth == 1:
        section["assumed"] = True
    section |= _own(package, identifier, "section")
    children, met_section = _in_order(package, identifier), False
    for child in children:
        if _part(package, child) == "section":
            met_section = True
            inner = section.setdefault("sections", [])
            inner.append(_section(package, child, (*path, "sections", len(inner)), depth + 1))
        else:
            _add_requirement(package, section, child, path)
            package.mixed += [code] if met_section else []
    _note_shortened(package, item, section["title"], code)
    _name(package, identifier, "section", section)
    return section


def _note_shortened(package: Package, item: Values, words: str, code: str) -> None:
    if words != one_line(item["fullStatement"]):
        package.shortened.append(code)


def _place(package: Package, identifier: str, path: Path) -> None:
    package.reading.places[path] = f"{package.reading.file}, {ITEMS}", package.rows[identifier]


def _add_requirement(package: Package, section: Values, identifier: str, path: Path) -> None:
    part, item = _part(package, identifier), package.items[identifier]
    inner = section.setdefault(LISTS[part], [])
    _place(package, identifier, (*path, LISTS[part], len(inner)))
    code = package.requirements.take(coding_of(item), f"{section['code']}.{len(inner) + 1}")
    requirement = {"code": code, **words_of(part, item), **_own(package, identifier, part)}
    if part == "competency" and "kind" not in requirement:
        package.unlabelled.append(requirement)
    _note_shortened(package, item, requirement["statement" if part == "competency" else "title"], code)
    inner.append(requirement)
    _name(package, identifier, part, requirement)


def _own(package: Package, identifier: str, part: str) -> Values:
    """Our own fields of a part, from the extension of its item."""
    own = extension_of(package.items[identifier])
    if own is None or own.get("part") != part:
        return {}
    kept_out = {"part", "origin", "code", "statement", "title", "guidance", "about", "competencies", "sections"}
    return {name: exact_numbers(value) for name, value in own.items() if name not in kept_out}


def _name(package: Package, identifier: str, part: str, data: Values) -> None:
    """Keep what the file calls a part, and what else it says of it, unless that is what we would say."""
    item = package.items[identifier]
    own = name_of_part(package.code, part, data["code"])
    is_ours = identifier == own[0]
    held = _beside(item, item_of(part, data), is_ours)
    parent = package.parents.get(identifier)
    if parent is not None:
        kind, start, end = ends_of(package, parent)
        base = {"associationType": CHILD, "sequenceNumber": parent.get("sequenceNumber")}
        held |= _with(CHILD, _link_beside(parent, base, (kind, start, end)))
    origin = _origin((identifier, text_of(item.get("uri"))), own, held)
    if origin:
        data["origin"] = origin
        package.is_foreign = True
    elif is_ours:
        package.ours[identifier] = data["code"]


def _origin(name: Name, own: Name, held: Values) -> Values:
    told = {"identifier": name[0], "uri": name[1], "kept": keep(held)}
    ours = {"identifier": own[0]}
    ours["uri"] = own[1] if name[0] == own[0] else UNIQUE + name[0]
    return {field: value for field, value in told.items() if value and ours.get(field) != value}


def _with(name: str, values: Values) -> Values:
    return {name: values} if values else {}


def _beside(values: Values, base: Values, is_ours: bool) -> Values:
    """What a thing in a package says beside what we would write of it ourselves."""
    held = {name: value for name, value in values.items() if name not in _SKIPPED and base.get(name) != value}
    if is_ours:
        held.pop("lastChangeDateTime", None)
    if isinstance(held.get("extensions"), dict):
        held["extensions"] = {name: value for name, value in held["extensions"].items() if name != FORMAT}
    return {name: value for name, value in held.items() if value not in ({}, [], "", None)}


def _link_beside(association: Values, base: Values, ends: tuple[str, str, str]) -> Values:
    """What an association says beside its kind, its ends and its order."""
    own = name_of_link(*ends)
    is_ours = association.get("identifier") == own[0]
    names = {name: association[name] for name in ("identifier", "uri") if not is_ours and association.get(name)}
    return names | _beside(association, base, is_ours)


def _take_links(package: Package) -> None:
    """Associations that are not the tree. Their ends are named as the parts are."""
    links = []
    for association in package.links:
        kind, start, end = ends_of(package, association)
        held = _link_beside(association, {"associationType": kind}, (kind, start, end))
        for name, at in (("originNodeURI", start), ("destinationNodeURI", end)):
            if at not in package.items and association[name] != {"identifier": at, "title": at, "uri": at}:
                held[name] = association[name]
        ends = {"start": package.ours.get(start, start), "end": package.ours.get(end, end)}
        links.append({"kind": kind, **ends, **_with("kept", keep(held))})  # type: ignore[arg-type] # a text is kept
    if links:
        package.reading.data["links"] = links
    several = [link["start"] for link in links if link["kind"] == CHILD and link["start"] in package.items]
    package.reading.assume(several, "Items with several parents stand under the first, the others are kept as links")


def _take_rest(package: Package, document: Values, outer: Values) -> None:
    data, own = package.reading.data, name_of(package.code)
    base = {"title": data["title"], "creator": data.get("owner", NOBODY), "language": data.get("language", "en-GB")}
    held = _with(DOCUMENT, _beside(document, base, package.identifier == own[0]))
    for name in ("CFDefinitions", "CFRubrics", "extensions"):
        value = outer.get(name)
        if any(value.values() if isinstance(value, dict) else value if isinstance(value, list) else ()):
            held[name] = value
    origin = _origin((package.identifier, text_of(document.get("uri"))), own, held)
    if origin or package.is_foreign or "links" in data:
        data["origin"] = {"format": "case"} | origin
