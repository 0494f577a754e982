"""Writing packages of 1EdTech CASE 1.0 and 1.1.

Source: 1EdTech Competencies and Academic Standards Exchange 1.0 and 1.1, CFPackage.
"""

import json
from collections.abc import Iterator
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any

from tracker.curricula.case_items import (
    CHILD,
    LISTS,
    NOBODY,
    Name,
    Values,
    item_with,
    name_of,
    name_of_link,
    name_of_part,
    own_fields,
)
from tracker.curricula.document import Document
from tracker.curricula.foreign import HOLDER, kept
from tracker.curricula.plain_data import FORMAT, to_data

NEW_ON_ITEMS = ("subject", "subjectURI", "extensions")  # in CASE 1.1
NEW_ON_LINKS = ("notes", "extensions")
NEW_ON_DOCUMENT = ("frameworkType", "extensions")


@dataclass
class _Package:
    """A package as it is written."""

    code: str
    from_case: bool
    extended: bool  # CASE 1.1, with extensions
    changed_at: str
    document: Values = field(default_factory=dict)  # as a node
    items: list[Values] = field(default_factory=list)
    associations: list[Values] = field(default_factory=list)
    nodes: dict[str, Values] = field(default_factory=dict)  # by identifier and by code


def write_case(document: Document, changed_at: datetime, extended: bool = True) -> str:
    """The document as a package of CASE 1.1 with our own fields in extensions, or else of CASE 1.0 without them."""
    data = to_data(document)
    origin = data.get("origin", {})
    from_case = origin.get("format") == "case"
    package = _Package(document.code, from_case, extended, changed_at.isoformat(timespec="seconds"))
    held = kept(origin) if from_case else {}
    framework = _document(package, data, origin if from_case else {}, _group(held, "CFDocument"))
    _add_parts(package, _at_top(data["sections"]), package.document)
    package.associations += [_association(package, link) for link in data.get("links", ())]
    whole: Values = {"CFDocument": framework, "CFItems": package.items, "CFAssociations": package.associations}
    whole["CFDefinitions"] = _group(held, "CFDefinitions")
    whole |= {name: held[name] for name in ("CFRubrics",) if name in held}
    if extended and "extensions" in held:
        whole["extensions"] = held["extensions"]
    return json.dumps(whole, ensure_ascii=False, indent=1, default=float) + "\n"


def _group(held: Values, name: str) -> Values:
    value = held.get(name)
    return value if isinstance(value, dict) else {}


def _name(own: Name, origin: Values, from_case: bool) -> Name:
    """What CASE calls a part: as the package did that it came from, or else as we do."""
    identifier = origin.get("identifier", "") if from_case else ""
    if not identifier:
        return own[0], origin.get("uri") or own[1] if from_case else own[1]
    return identifier, origin.get("uri") or f"urn:uuid:{identifier}"


def _document(package: _Package, data: Values, origin: Values, held: Values) -> Values:
    identifier, uri = _name(name_of(package.code), origin, package.from_case)
    package.document = _node(data["title"], (identifier, uri))
    framework: Values = {"identifier": identifier, "uri": uri, "creator": data.get("owner", NOBODY)}
    framework |= {"title": data["title"], "lastChangeDateTime": package.changed_at}
    framework |= {"language": data.get("language", "en-GB")} | _since(held, ("title", "creator"), framework)
    if not package.extended:
        about = _node(data["title"], (identifier, uri.replace("/CFDocuments/", "/CFPackages/")))
        return _without(framework, NEW_ON_DOCUMENT) | {"CFPackageURI": about}
    left_out = {"format", "title", "sections", "origin", "links", "owner", "language"}
    own = {name: value for name, value in data.items() if name not in left_out}
    return framework | {"caseVersion": "1.1"} | _extended(framework, own)


def _since(held: Values, words: tuple[str, ...], now: Values) -> Values:
    """What the framework once said, but for words that were changed since: they were not ours if they are longer."""
    return {
        name: value
        for name, value in held.items()
        if name not in words or str(now[name]).removesuffix("...") in " ".join(str(value).split())
    }


def _without(values: Values, names: tuple[str, ...]) -> Values:
    return {name: value for name, value in values.items() if name not in names}


def _extended(values: Values, own: Values) -> Values:
    others = values.get("extensions")
    return {"extensions": (others if isinstance(others, dict) else {}) | {FORMAT: own}}


def _node(title: str, name: Name) -> Values:
    return {"title": title, "identifier": name[0], "uri": name[1]}


def _add_parts(package: _Package, parts: Iterator[tuple[str, Values]], parent: Values) -> None:
    for number, (part, data) in enumerate(parts, 1):
        node = _add_item(package, part, data, parent, number)
        if part == "section":
            _add_parts(package, _within(data), node)


def _at_top(sections: list[Values]) -> Iterator[tuple[str, Values]]:
    for section in sections:
        if kept(section.get("origin")).get(HOLDER):
            yield from _within(section)
        else:
            yield "section", section


def _within(section: Values) -> Iterator[tuple[str, Values]]:
    for part in ("competency", "module", "section"):
        for each in section.get(LISTS[part], ()):
            yield part, each


def _add_item(package: _Package, part: str, data: Values, parent: Values, number: int) -> Values:
    """Write a part and its place in the tree; give it as a node."""
    origin = data.get("origin", {})
    held = kept(origin) if package.from_case else {}
    place = held.pop(CHILD, {})
    own = name_of_part(package.code, part, data["code"])
    name = _name(own, origin, package.from_case)
    item = {"identifier": name[0], "uri": name[1], "lastChangeDateTime": package.changed_at}
    item |= item_with(part, data, held)
    if package.extended:
        item |= _extended(item, own_fields(part, data))
    else:
        item = _without(item, NEW_ON_ITEMS) | {"CFDocumentURI": package.document}
    package.items.append(item)
    node = _node(data["code"], name)
    package.nodes[name[0]] = node
    if part != "section" or data["code"] not in package.nodes:
        package.nodes[data["code"]] = node
    link = {"associationType": CHILD, "originNodeURI": node, "destinationNodeURI": parent, "sequenceNumber": number}
    package.associations.append(_linked(package, link, place if isinstance(place, dict) else {}))
    return node


def _linked(package: _Package, link: Values, held: Values) -> Values:
    ends = (link["associationType"], link["originNodeURI"]["identifier"], link["destinationNodeURI"]["identifier"])
    identifier, uri = name_of_link(*ends)
    named = {"identifier": identifier, "uri": uri, "lastChangeDateTime": package.changed_at} | link | held
    if package.extended:
        return named
    return _without(named, NEW_ON_LINKS) | {"CFDocumentURI": package.document}


def _association(package: _Package, link: Values) -> Values:
    held = kept(link) if package.from_case else {}
    ends = {"originNodeURI": link["start"], "destinationNodeURI": link["end"]}
    nodes: Values = {}
    for name, at in ends.items():
        told = held.pop(name, None)
        nodes[name] = package.nodes.get(at) or (_node(at, (at, at)) if told is None else _told(told, at))
    return _linked(package, {"associationType": link["kind"]} | nodes, held)


def _told(node: Any, at: str) -> Values:
    """A node outside, as an object with its three fields."""
    values = node if isinstance(node, dict) else {"uri": node}
    return {"title": at, "identifier": at, "uri": at} | values
