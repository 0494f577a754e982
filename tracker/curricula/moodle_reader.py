"""Reading Moodle competency frameworks.

Source: Moodle, "Import competency framework" (tool_lpimportcsv), 14 columns of CSV.
"""

from typing import Any

from tracker.curricula.document import Path
from tracker.curricula.foreign import (
    DEEPEST,
    HOLDER,
    SCALE,
    Reading,
    add_defaults,
    cut,
    decoded,
    keep,
    one_line,
    refuse,
    short_code,
)
from tracker.curricula.moodle_rows import (
    COMMA,
    HEADINGS,
    MARKED_UP,
    PLAIN,
    RELATED,
    TAXONOMIES,
    USUAL,
    Row,
    levels_to_cells,
    read_levels,
    row_of,
    words_of,
)
from tracker.curricula.moodle_table import LONGEST_SHOWN, Framework, find_cycles, find_parents, read_rows, take_rows
from tracker.curricula.plain_data import FORMAT


def read_moodle(file: str, raw: bytes) -> Reading:
    """The curriculum in a framework. Raises BadInput where there is no tree to read."""
    reading = Reading(file)
    framework = Framework(reading)
    take_rows(framework, list(read_rows(file, decoded(file, raw))))
    find_parents(framework)
    reading.stop_at_problems()
    find_cycles(framework)
    reading.stop_at_problems()
    _take_head(framework)
    _take_tree(framework)
    _take_links(framework)
    reading.stop_at_problems()
    return reading


def _take_head(framework: Framework) -> None:
    reading, head = framework.reading, framework.head
    titles, enough = _levels(framework, int(head["row"]), head)
    levels = [{"value": number, "title": title} for number, title in enumerate(titles, 1)]
    scale = {"title": SCALE["title"], "levels": levels} if levels else SCALE
    framework.titles, framework.level = titles, enough or len(scale["levels"])
    if titles and enough is None:
        reading.assume([titles[-1]], "No level is marked as proficient, so the highest is needed")
    data = {"code": short_code(head["id"]) or "FRAMEWORK"} | words_of("section", head)
    held = _beside("section", data, head)
    if head["taxonomy"] not in {"", TAXONOMIES}:
        held["taxonomy"] = head["taxonomy"]
    held |= _cells(framework, head, enough=enough, is_needed=True)
    origin = {"format": "moodle"} | _origin(head["id"], data["code"], held)
    reading.data = {"format": FORMAT, **data, "scale": scale, "origin": origin}


def _levels(framework: Framework, number: int, row: Row) -> tuple[list[str], int | None]:
    try:
        return read_levels(row)
    except (ValueError, RecursionError):
        what = f"The {HEADINGS['scale_configuration']} does not fit the {HEADINGS['scale']}."
        framework.reading.report("", number, what, "Export the framework again, or empty both cells.")
        return [], None


def _origin(identifier: str, code: str, held: Row) -> dict[str, str]:
    told = {"identifier": identifier if identifier != code else "", "kept": keep(dict(held))}
    return {name: value for name, value in told.items() if value}


def _beside(part: str, data: dict[str, Any], row: Row) -> Row:
    """What a row says beside what we would write of it ourselves."""
    own = row_of(part, data)
    names = ("name", "description", "rule_type", "rule_outcome", "rule_config", "exported_id")
    held = {name: row[name] for name in names if row[name] not in {"", own[name], USUAL.get(name, "")}}
    form = row["description_format"].strip()
    return held | ({"description_format": form} if form not in {"", PLAIN} else {})


def _take_tree(framework: Framework) -> None:
    reading, top = framework.reading, framework.children[""]
    held = [each for each in top if not framework.children.get(each)]
    sections = [_holder(framework, held)] if held else []
    for each in top:
        if framework.children.get(each):
            sections.append(_section(framework, each, ("sections", len(sections)), 1))
    reading.data["sections"] = sections
    if not sections:
        reading.report("", 0, "The framework has no competencies.", "Add a row for each.")
    reading.assume([each["code"] for each in sections], "Sections at the top are for everybody (generic)")
    reading.assume(framework.codes.changed, "Codes were made, or made to fit")
    reading.assume(framework.shortened, "Names that are too long are shortened; the whole is kept")
    reading.assume(framework.formatted, "Descriptions are kept as plain text, without their formatting")
    reading.assume(framework.mixed, "Competencies come before the sections that were among them")
    reading.assume(framework.scales, "A curriculum has one scale, so these are signed off at the framework's level")
    add_defaults(reading, "Moodle", framework.competencies, framework.level)


def _holder(framework: Framework, held: list[str]) -> dict[str, Any]:
    """A section for competencies that stand directly in the framework."""
    section: dict[str, Any] = {"code": framework.codes.take("", "TOP"), "title": framework.reading.data["title"]}
    section |= {"kind": "generic", "origin": {"kept": keep({HOLDER: True})}}
    place = ("sections", 0, "competencies")
    section["competencies"] = [_competency(framework, each, (*place, index)) for index, each in enumerate(held)]
    return section


def _part(framework: Framework, identifier: str, part: str, path: Path) -> dict[str, Any]:
    """What sections and competencies have in common."""
    number, row = framework.rows[identifier]
    framework.reading.places[path] = framework.reading.file, number
    data = {"code": framework.codes.take(identifier, str(number))} | words_of(part, row)
    marked_up = "<" in row["description"] and row["description_format"].strip() in MARKED_UP
    framework.formatted += [data["code"]] if marked_up else []
    name = data["title" if part == "section" else "statement"]
    framework.shortened += [data["code"]] if name.endswith("...") and not row["name"].strip().endswith("...") else []
    return data


def _section(framework: Framework, identifier: str, path: Path, depth: int) -> dict[str, Any]:
    number, row = framework.rows[identifier]
    if depth > DEEPEST:
        what = f"This is nested more than {DEEPEST} deep."
        raise refuse(framework.reading.file, number, what, "Make the tree flatter.")
    section = _part(framework, identifier, "section", path) | {"kind": "theme" if depth > 1 else "generic"}
    met_section = False
    for child in framework.children[identifier]:
        is_section = bool(framework.children.get(child))
        met_section = met_section or is_section
        inner = section.setdefault("sections" if is_section else "competencies", [])
        if is_section:
            inner.append(_section(framework, child, (*path, "sections", len(inner)), depth + 1))
        else:
            framework.mixed += [section["code"]] if met_section else []
            inner.append(_competency(framework, child, (*path, "competencies", len(inner))))
    held = _beside("section", section, row) | _own_scale(framework, identifier)
    return section | _with_origin(_origin(identifier, section["code"], held))


def _with_origin(origin: dict[str, str]) -> dict[str, Any]:
    return {"origin": origin} if origin else {}


def _competency(framework: Framework, identifier: str, path: Path) -> dict[str, Any]:
    number, row = framework.rows[identifier]
    competency = _part(framework, identifier, "competency", path)
    framework.competencies.append(competency)
    titles, enough = _levels(framework, number, row)
    if titles and titles == framework.titles and enough and enough != framework.level:
        competency["level"] = enough
    elif titles and titles != framework.titles:
        framework.scales.append(competency["code"])
    held = _beside("competency", competency, row) | _own_scale(framework, identifier, enough)
    competency |= _with_origin(_origin(identifier, competency["code"], held))
    return competency


def _own_scale(framework: Framework, identifier: str, enough: int | None = None) -> Row:
    return _cells(framework, framework.rows[identifier][1], is_needed=enough != framework.level, enough=enough)


def _cells(framework: Framework, row: Row, *, enough: int | None, is_needed: bool) -> Row:
    """The cells of a scale, unless we would write just the same."""
    told = {name: row[name] for name in ("scale", "scale_configuration") if row[name].strip()}
    same = is_needed and enough is not None and told == levels_to_cells(framework.titles, enough)
    return {} if same else told


def _take_links(framework: Framework) -> None:
    """Cross-references, by ID numbers."""
    links, unknown = [], []
    for identifier, (_, row) in framework.rows.items():
        for other in filter(None, map(one_line, row["related"].split(","))):
            end = other.replace(COMMA, ",")
            links.append({"kind": RELATED, "start": identifier, "end": end})
            unknown += [] if end in framework.rows else [cut(end, LONGEST_SHOWN)]
    if links:
        framework.reading.data["links"] = links
    framework.reading.assume(unknown, "Cross-references to what is not in the file are kept")
