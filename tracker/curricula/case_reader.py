"""Reading packages of 1EdTech CASE 1.0 and 1.1: the tree is in the associations.

Source: 1EdTech Competencies and Academic Standards Exchange 1.0 and 1.1, CFPackage.
"""

import json
import math
import re
from collections import defaultdict
from dataclasses import dataclass, field
from typing import Any

from tracker.curricula.case_items import (
    CHILD,
    LISTS,
    NAME,
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
    LONGEST_LINE,
    MOST_ITEMS,
    Codes,
    Reading,
    add_defaults,
    cut,
    decoded,
    exact_numbers,
    keep,
    one_line,
    refuse,
    short_code,
    text_of,
)
from tracker.curricula.plain_data import FORMAT

LANGUAGE = re.compile(r"[a-z]{2,3}(-[A-Za-z0-9]{2,8})*\Z")
ITEMS, LINKS, DOCUMENT = "CFItems", "CFAssociations", "CFDocument"
_DIGITS = re.compile(r"([0-9]{1,15})")
_SKIPPED = {"identifier", "uri", "CFDocumentURI", "CFPackageURI", "caseVersion", "originNodeURI", "destinationNodeURI"}


@dataclass
class _Package:
    """A package on its way to the tree."""

    reading: Reading
    code: str = ""
    identifier: str = ""  # of the framework
    items: dict[str, Values] = field(default_factory=dict)  # by identifier
    rows: dict[str, int] = field(default_factory=dict)
    names: dict[str, str] = field(default_factory=dict)  # identifiers by what else points there
    parents: dict[str, Values] = field(default_factory=dict)  # the association that puts an item in its place
    links: list[Values] = field(default_factory=list)
    children: dict[str, list[str]] = field(default_factory=lambda: defaultdict(list))
    sections: Codes = field(default_factory=Codes)
    requirements: Codes = field(default_factory=Codes)
    ours: dict[str, str] = field(default_factory=dict)  # codes of the parts that have no name but ours
    unlabelled: list[Values] = field(default_factory=list)
    shortened: list[str] = field(default_factory=list)
    mixed: list[str] = field(default_factory=list)
    is_foreign: bool = False  # something in it has a name that is not ours, or says more than we would


def parse_json(file: str, raw: bytes) -> Any:
    """The value in a file of JSON. Raises BadInput."""
    try:
        return json.loads(decoded(file, raw), parse_float=_finite, parse_constant=_finite)
    except json.JSONDecodeError as error:
        what = f"This is not JSON: {error.msg} (column {error.colno})."
        raise refuse(file, error.lineno, what, "Export the file again.") from error
    except ValueError as error:
        raise refuse(file, 0, "A number in the file is too large to be read.", "Export the file again.") from error


def _finite(text: str) -> float:
    number = float(text)
    if not math.isfinite(number):
        raise ValueError(text)
    return number


def read_case(file: str, value: Any) -> Reading:
    """The curriculum in a package. Raises BadInput where there is no tree to read."""
    reading = Reading(file)
    package = _Package(reading)
    outer = value.get("CFPackage", value)
    document = outer.get(DOCUMENT) if isinstance(outer, dict) else None
    if not isinstance(document, dict):
        raise refuse(file, 0, "The package has no CFDocument.", "Export the framework as a CASE package again.")
    _take_document(package, document)
    _take_items(package, outer.get(ITEMS))
    _take_associations(package, outer.get(LINKS))
    reading.stop_at_problems()
    _find_cycles(package)
    reading.stop_at_problems()
    _take_tree(package)
    _take_links(package)
    _take_rest(package, document, outer)
    return reading


def _take_document(package: _Package, document: Values) -> None:
    reading, own = package.reading, exact_numbers(extension_of(document)) or {}
    title = document.get("title")
    if not isinstance(title, str) or not title.strip():
        reading.report(DOCUMENT, 0, "The framework has no title.", "Give it one.")
        title = "?"
    uri = text_of(document.get("uri"))
    package.identifier = text_of(document.get("identifier"))
    wanted = uri.removeprefix(NAME) if uri.startswith(NAME) else text_of(own.get("code"))
    package.code = short_code(wanted) or short_code(one_line(title)) or "FRAMEWORK"
    package.names |= {each: package.identifier for each in (uri, package.identifier) if each}
    reading.data = {"format": FORMAT, "code": package.code, "title": cut(one_line(title), LONGEST_LINE)}
    reading.data |= {name: value for name, value in own.items() if name not in {"code", "title", "sections"}}
    creator = one_line(text_of(document.get("creator")))
    if creator and creator != NOBODY:
        reading.data["owner"] = cut(creator, LONGEST_LINE)
    language = document.get("language")
    if isinstance(language, str) and LANGUAGE.match(language):
        reading.data["language"] = language


def _take_items(package: _Package, items: Any) -> None:
    report = package.reading.report
    if not isinstance(items, list) or not items:
        report(ITEMS, 0, "The package has no items.", "Export the framework with its items.")
        return
    if len(items) > MOST_ITEMS:
        report(ITEMS, 0, f"There are {len(items):,} items; at most {MOST_ITEMS:,} are read.", "Split the framework.")
        return
    for row, item in enumerate(items, 1):
        if isinstance(item, dict) and _is_item(package, item, row):
            _take_item(package, item, row)


def _is_item(package: _Package, item: Values, row: int) -> bool:
    report = package.reading.report
    for name in ("identifier", "fullStatement"):
        if not isinstance(item.get(name), str) or not item[name].strip():
            report(ITEMS, row, f"The item has no {name}.", f"Give it its {name}.")
            return False
    if item["identifier"] in package.items or item["identifier"] == package.identifier:
        what = f"The identifier {item['identifier'][:LONGEST_LINE]} is used a second time."
        report(ITEMS, row, what, "Keep one of the two.")
        return False
    return True


def _take_item(package: _Package, item: Values, row: int) -> None:
    identifier = item["identifier"]
    if "educationalLevel" in item:
        item.setdefault("educationLevel", item.pop("educationalLevel"))
    if isinstance(item.get("educationLevel"), str):
        item["educationLevel"] = [item["educationLevel"]]
    package.items[identifier], package.rows[identifier] = item, row
    for each in (item.get("uri"), identifier):
        if isinstance(each, str):
            package.names[each] = identifier


def _take_associations(package: _Package, associations: Any) -> None:
    orphaned: dict[str, tuple[int, str]] = {}
    for row, association in enumerate(associations if isinstance(associations, list) else (), 1):
        if not isinstance(association, dict):
            continue
        kind, start, end = _ends(package, association)
        if not (kind and start and end):
            what = "The association has no associationType, originNodeURI or destinationNodeURI."
            package.reading.report(LINKS, row, what, "Add it, or take the association out.")
        elif kind != CHILD or start not in package.items or start in package.parents:
            package.links.append(association)
        elif end in package.items or end == package.identifier:
            package.parents[start] = association
            package.children[end].append(start)
        else:
            orphaned[start] = row, end
            package.links.append(association)
    _report_orphans(package, orphaned)


def _report_orphans(package: _Package, orphaned: dict[str, tuple[int, str]]) -> None:
    for start, (row, end) in orphaned.items():
        if start not in package.parents:
            what = f"The parent {end[:LONGEST_LINE]} of {_label(package, start)} is not in the package."
            package.reading.report(LINKS, row, what, "Add the parent, or hang the item elsewhere.")
    free = [each for each in package.items if each not in package.parents and each not in orphaned]
    package.children[package.identifier] += free
    package.reading.assume([_label(package, each) for each in free], "Items without a parent stand at the top")


def _label(package: _Package, identifier: str) -> str:
    item = package.items[identifier]
    return one_line(_coding(item) or cut(item["fullStatement"], 40))


def _ends(package: _Package, association: Values) -> tuple[str, str, str]:
    """The kind of an association, and the identifiers at its two ends; empty where it has none."""
    kind = association.get("associationType")
    ends = (_node(package, association.get(name)) for name in ("originNodeURI", "destinationNodeURI"))
    return (kind if isinstance(kind, str) else "", *ends)  # type: ignore[return-value] # the generator gives two


def _node(package: _Package, node: Any) -> str:
    """The identifier that a node has, written as an object or as an address."""
    if isinstance(node, dict):
        told = [each for each in (node.get("identifier"), node.get("uri")) if isinstance(each, str) and each]
        known = [package.names[each] for each in told if each in package.names]
        return next(iter([*known, *told]), "")
    if not isinstance(node, str):
        return ""
    last = node.rstrip("/").rsplit("/", 1)[-1]
    return package.names.get(node) or package.names.get(last) or node


def _find_cycles(package: _Package) -> None:
    """Report every item that is, through its parents, in itself."""
    settled = {package.identifier}
    for start in package.items:
        way: dict[str, int] = {}
        at = start
        while at not in settled and at not in way and at in package.parents:
            way[at] = len(way)
            at = _ends(package, package.parents[at])[2]
        if at in way:
            for each in list(way)[way[at] :]:
                what = f"{_label(package, each)} is in itself: its parents lead back to it."
                package.reading.report(ITEMS, package.rows[each], what, "Hang one of them elsewhere.")
        settled |= way.keys()


def _take_tree(package: _Package) -> None:
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


def _part(package: _Package, identifier: str) -> str:
    """What our own extension says that an item is, where its place in the tree agrees."""
    own = extension_of(package.items[identifier])
    part = own.get("part") if own else None
    if package.children.get(identifier):
        return "section"
    return part if isinstance(part, str) and part in LISTS else "competency"


def _holder(package: _Package, held: list[str]) -> Values:
    """A section for competencies that stand directly in the framework."""
    section: Values = {"code": package.sections.take("", "TOP"), "title": package.reading.data["title"]}
    section |= {"kind": "generic", "origin": {"kept": keep({HOLDER: True})}}
    path: Path = ("sections", 0)
    for each in held:
        _add_requirement(package, section, each, path)
    return section


def _in_order(package: _Package, identifier: str) -> list[str]:
    """The children of an item. Order: by sequence number, then list enumeration, then as in the file."""
    return sorted(package.children.get(identifier, ()), key=lambda child: _rank(package, child))


def _rank(package: _Package, identifier: str) -> tuple[bool, float, list[tuple[int, str]], int]:
    number = package.parents.get(identifier, {}).get("sequenceNumber")
    known = isinstance(number, int | float)
    words = text_of(package.items[identifier].get("listEnumeration"))
    parts = [(int(each), "") if _DIGITS.fullmatch(each) else (-1, each) for each in _DIGITS.split(words)]
    return not known, number if known else 0, parts, package.rows[identifier]  # type: ignore[return-value] # is a number


def _section(package: _Package, identifier: str, path: Path, depth: int) -> Values:
    reading, item = package.reading, package.items[identifier]
    _place(package, identifier, path)
    if depth > DEEPEST:
        what = f"This is nested more than {DEEPEST} deep."
        raise refuse(f"{reading.file}, {ITEMS}", package.rows[identifier], what, "Make the tree flatter.")
    code = package.sections.take(_coding(item), str(path[-1]))
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


def _coding(item: Values) -> str:
    return text_of(item.get("humanCodingScheme"))


def _note_shortened(package: _Package, item: Values, words: str, code: str) -> None:
    if words != one_line(item["fullStatement"]):
        package.shortened.append(code)


def _place(package: _Package, identifier: str, path: Path) -> None:
    package.reading.places[path] = f"{package.reading.file}, {ITEMS}", package.rows[identifier]


def _add_requirement(package: _Package, section: Values, identifier: str, path: Path) -> None:
    part, item = _part(package, identifier), package.items[identifier]
    inner = section.setdefault(LISTS[part], [])
    _place(package, identifier, (*path, LISTS[part], len(inner)))
    code = package.requirements.take(_coding(item), f"{section['code']}.{len(inner) + 1}")
    requirement = {"code": code, **words_of(part, item), **_own(package, identifier, part)}
    if part == "competency" and "kind" not in requirement:
        package.unlabelled.append(requirement)
    _note_shortened(package, item, requirement["statement" if part == "competency" else "title"], code)
    inner.append(requirement)
    _name(package, identifier, part, requirement)


def _own(package: _Package, identifier: str, part: str) -> Values:
    """Our own fields of a part, from the extension of its item."""
    own = extension_of(package.items[identifier])
    if own is None or own.get("part") != part:
        return {}
    kept_out = {"part", "origin", "code", "statement", "title", "guidance", "about", "competencies", "sections"}
    return {name: exact_numbers(value) for name, value in own.items() if name not in kept_out}


def _name(package: _Package, identifier: str, part: str, data: Values) -> None:
    """Keep what the file calls a part, and what else it says of it, unless that is what we would say."""
    item = package.items[identifier]
    own = name_of_part(package.code, part, data["code"])
    is_ours = identifier == own[0]
    held = _beside(item, item_of(part, data), is_ours)
    parent = package.parents.get(identifier)
    if parent is not None:
        kind, start, end = _ends(package, parent)
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


def _take_links(package: _Package) -> None:
    """Associations that are not the tree. Their ends are named as the parts are."""
    links = []
    for association in package.links:
        kind, start, end = _ends(package, association)
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


def _take_rest(package: _Package, document: Values, outer: Values) -> None:
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
