"""Writing Moodle competency frameworks.

Source: Moodle, "Import competency framework" (tool_lpimportcsv), 14 columns of CSV.
"""

import csv
import io
from collections import Counter, defaultdict
from collections.abc import Iterator
from dataclasses import dataclass, field
from typing import Any

from tracker.curricula.document import Document
from tracker.curricula.foreign import HOLDER, SCALE, Codes, kept
from tracker.curricula.moodle_rows import (
    COMMA,
    HEADINGS,
    RELATED,
    TAXONOMIES,
    Row,
    levels_to_cells,
    read_levels,
    row_with,
)
from tracker.curricula.plain_data import to_data


@dataclass
class _Framework:
    """A framework as it is written."""

    from_moodle: bool
    levels: list[dict[str, Any]]
    kinds: dict[str, int]  # the level of each
    usual: int = 0  # the number, from 1, of the level that most competencies need
    rows: list[Row] = field(default_factory=list)
    names: dict[str, str] = field(default_factory=dict)  # ID numbers, by identifiers and codes
    related: dict[str, list[str]] = field(default_factory=lambda: defaultdict(list))


def write_moodle(document: Document) -> str:
    """The document as a competency framework."""
    data = to_data(document)
    origin, scale = data.get("origin", {}), data.get("scale", SCALE)
    kinds = {kind.code: kind.level for kind in document.kinds}
    framework = _Framework(origin.get("format") == "moodle", sorted(scale["levels"], key=_value), kinds)
    parts = list(_parts(data["sections"], 0))
    framework.usual = _usual(framework, [each for part, each, _ in parts if part != "section"])
    _name_parts(framework, [(part, each) for part, each, _ in parts])
    for link in data.get("links", ()):
        ends = framework.names.get(link["start"]), framework.names.get(link["end"], link["end"])
        if link["kind"] == RELATED and ends[0]:
            framework.related[ends[0]].append(ends[1].replace(",", COMMA))
    framework.rows.append(_head(framework, data, origin if framework.from_moodle else {}))
    above: list[str] = [""]
    for part, each, depth in parts:
        del above[depth + 1 :]
        above.append(_add(framework, part, each, above[depth]))
    return _csv(framework.rows)


def _value(level: dict[str, Any]) -> int:
    value: int = level["value"]
    return value


def _parts(sections: list[dict[str, Any]], depth: int) -> Iterator[tuple[str, dict[str, Any], int]]:
    """Every part with its depth in the tree. Order: a section before what is in it."""
    for section in sections:
        holds = bool(kept(section.get("origin")).get(HOLDER))
        if not holds:
            yield "section", section, depth
        inner = depth if holds else depth + 1
        for name in ("competencies", "modules"):
            yield from (("competency", each, inner) for each in section.get(name, ()))
        yield from _parts(section.get("sections", []), inner)


def _usual(framework: _Framework, competencies: list[dict[str, Any]]) -> int:
    counted = Counter(_enough(framework, each) for each in competencies)
    return counted.most_common(1)[0][0] if counted else len(framework.levels)


def _enough(framework: _Framework, data: dict[str, Any]) -> int:
    """The number, from 1, of the lowest level that is enough for a competency; a module has none of its own."""
    level = data.get("level") if "statement" in data else None
    level = framework.kinds.get(data.get("kind", ""), level) if level is None else level
    numbers = [number for number, each in enumerate(framework.levels, 1) if each["value"] == level]
    return numbers[0] if numbers else len(framework.levels)


def _name_parts(framework: _Framework, parts: list[tuple[str, dict[str, Any]]]) -> None:
    """Give each part its ID number: in Moodle, a section has none that a competency has."""
    codes = Codes()
    for _, each in sorted(parts, key=lambda pair: pair[0] == "section"):
        identifier = each.get("origin", {}).get("identifier", "")
        own = identifier if framework.from_moodle and identifier else codes.take(each["code"], each["code"])
        each["id"] = own
        for name in filter(None, (identifier, each["code"], own)):
            framework.names.setdefault(name, own)


def _head(framework: _Framework, data: dict[str, Any], origin: dict[str, str]) -> Row:
    held = _texts(origin)
    row = row_with("section", data, held)
    row |= {"id": origin.get("identifier") or data["code"], "is_framework": "1", "taxonomy": TAXONOMIES}
    row |= {"rule_outcome": "", "rule_config": ""} | {name: held[name] for name in ("taxonomy",) if name in held}
    return row | _scale(framework, framework.usual, held)


def _texts(origin: dict[str, str] | None) -> Row:
    return {name: text for name, text in kept(origin).items() if isinstance(text, str)}


def _scale(framework: _Framework, enough: int, held: Row) -> Row:
    """The cells of the scale: as they once were, where they still say the same."""
    cells = levels_to_cells([level["title"] for level in framework.levels], enough)
    once = {"scale": cells["scale"], "scale_configuration": held.get("scale_configuration", "")}
    try:
        return once if read_levels(once)[1] == enough else cells
    except ValueError:
        return cells


def _add(framework: _Framework, part: str, data: dict[str, Any], parent: str) -> str:
    """Write the row of a part, and give its ID number."""
    held = _texts(data.get("origin")) if framework.from_moodle else {}
    row = row_with(part, data, held) | {"parent": parent, "id": data["id"]}
    row["related"] = ",".join(framework.related.get(data["id"], ()))
    enough = _enough(framework, data)
    if part != "section" and enough != framework.usual and "statement" in data:
        row |= _scale(framework, enough, held)
    elif held.get("scale"):
        row |= {name: held.get(name, "") for name in ("scale", "scale_configuration")}
    framework.rows.append(row)
    identifier: str = data["id"]
    return identifier


def _csv(rows: list[Row]) -> str:
    text = io.StringIO(newline="")
    writer = csv.writer(text, lineterminator="\n")
    writer.writerow(HEADINGS.values())
    writer.writerows([row[name] for name in HEADINGS] for row in rows)
    return text.getvalue()
