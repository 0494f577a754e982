"""The items and associations of a CASE package, before they are a tree."""

import json
import math
import re
from collections import defaultdict
from dataclasses import dataclass, field
from typing import Any

from tracker.curricula.case_items import (
    CHILD,
    NAME,
    NOBODY,
    Values,
    extension_of,
)
from tracker.curricula.foreign import (
    LONGEST_LINE,
    MOST_ITEMS,
    Codes,
    Reading,
    cut,
    decoded,
    exact_numbers,
    in_themselves,
    one_line,
    refuse,
    short_code,
    text_of,
)
from tracker.curricula.plain_data import FORMAT

LANGUAGE = re.compile(r"[a-z]{2,3}(-[A-Za-z0-9]{2,8})*\Z")
ITEMS, LINKS, DOCUMENT = "CFItems", "CFAssociations", "CFDocument"


@dataclass
class Package:
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


def take_document(package: Package, document: Values) -> None:
    """Begin the curriculum with what the package says of the framework, and what our own extension says."""
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


def take_items(package: Package, items: Any) -> None:
    """Note every item that can be used, and report the others."""
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


def _is_item(package: Package, item: Values, row: int) -> bool:
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


def _take_item(package: Package, item: Values, row: int) -> None:
    identifier = item["identifier"]
    if "educationalLevel" in item:
        item.setdefault("educationLevel", item.pop("educationalLevel"))
    if isinstance(item.get("educationLevel"), str):
        item["educationLevel"] = [item["educationLevel"]]
    package.items[identifier], package.rows[identifier] = item, row
    for each in (item.get("uri"), identifier):
        if isinstance(each, str):
            package.names[each] = identifier


def take_associations(package: Package, associations: Any) -> None:
    """Find each item's place in the tree, and keep what is not the tree as links."""
    orphaned: dict[str, tuple[int, str]] = {}
    for row, association in enumerate(associations if isinstance(associations, list) else (), 1):
        if not isinstance(association, dict):
            continue
        kind, start, end = ends_of(package, association)
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


def _report_orphans(package: Package, orphaned: dict[str, tuple[int, str]]) -> None:
    for start, (row, end) in orphaned.items():
        if start not in package.parents:
            what = f"The parent {end[:LONGEST_LINE]} of {label(package, start)} is not in the package."
            package.reading.report(LINKS, row, what, "Add the parent, or hang the item elsewhere.")
    free = [each for each in package.items if each not in package.parents and each not in orphaned]
    package.children[package.identifier] += free
    package.reading.assume([label(package, each) for each in free], "Items without a parent stand at the top")


def label(package: Package, identifier: str) -> str:
    """What an item is called in a problem."""
    item = package.items[identifier]
    return one_line(coding_of(item) or cut(item["fullStatement"], 40))


def ends_of(package: Package, association: Values) -> tuple[str, str, str]:
    """The kind of an association, and the identifiers at its two ends; empty where it has none."""
    kind = association.get("associationType")
    ends = (_node(package, association.get(name)) for name in ("originNodeURI", "destinationNodeURI"))
    return (kind if isinstance(kind, str) else "", *ends)  # type: ignore[return-value] # the generator gives two


def _node(package: Package, node: Any) -> str:
    """The identifier that a node has, written as an object or as an address."""
    if isinstance(node, dict):
        told = [each for each in (node.get("identifier"), node.get("uri")) if isinstance(each, str) and each]
        known = [package.names[each] for each in told if each in package.names]
        return next(iter([*known, *told]), "")
    if not isinstance(node, str):
        return ""
    last = node.rstrip("/").rsplit("/", 1)[-1]
    return package.names.get(node) or package.names.get(last) or node


def find_cycles(package: Package) -> None:
    """Report every item that is, through its parents, in itself."""
    parents = {start: ends_of(package, parent)[2] for start, parent in package.parents.items()}
    for each in in_themselves(parents):
        what = f"{label(package, each)} is in itself: its parents lead back to it."
        package.reading.report(ITEMS, package.rows[each], what, "Hang one of them elsewhere.")


def coding_of(item: Values) -> str:
    """The code that the package has for an item, or nothing."""
    return text_of(item.get("humanCodingScheme"))
