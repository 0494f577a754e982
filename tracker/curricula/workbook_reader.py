"""Reading the spreadsheet that a training lead filled in."""

import json
from typing import Any

from tracker.curricula.document import Path
from tracker.curricula.foreign import Reading, exact_numbers, in_themselves
from tracker.curricula.plain_data import FORMAT
from tracker.curricula.workbook import (
    COMPETENCIES,
    COMPONENTS,
    CURRICULUM,
    LISTS,
    MODULES,
    OTHER_SHEET,
    SCALE,
    SECTIONS,
    SHEETS,
)
from tracker.curricula.workbook_cells import (
    OTHER_TABLE,
    Book,
    Line,
    find_pages,
    open_workbook,
    read_columns,
    read_lines,
    refuse_bomb,
    setting_codes,
)


def read_workbook(file: str, raw: bytes) -> Reading:
    """The curriculum in a workbook. Raises BadInput where there is none to read."""
    refuse_bomb(file, raw)
    book = Book(Reading(file))
    pages = find_pages(book, open_workbook(file, raw))
    book.settings = {code for code in setting_codes(pages) if code}
    there = [sheet for sheet in (*SHEETS, OTHER_TABLE) if sheet.title in pages]
    columns = {sheet.title: read_columns(book, sheet, pages[sheet.title]) for sheet in there}
    book.reading.stop_at_problems()
    for sheet in there:
        book.lines[sheet.title] = list(read_lines(book, sheet, pages[sheet.title], columns[sheet.title]))
    if not book.lines[CURRICULUM.title]:
        book.report(CURRICULUM.title, 0, "The sheet is empty.", "Fill in its row: code, title, length in months.")
        book.reading.stop_at_problems()
    _take_all(book)
    return book.reading


def _take_all(book: Book) -> None:
    reading = book.reading
    head, *more = book.lines[CURRICULUM.title]
    for line in more:
        book.report(CURRICULUM.title, line.row, "This is a second curriculum.", "Give one curriculum in a file.")
    reading.data = {"format": FORMAT}
    _note(book, (), head)
    scale = head.values.pop("scale", {})
    reading.data |= head.values
    for name, sheet in LISTS.items():
        _take_list(book, reading.data, name, book.lines[sheet.title], (name,))
    levels = book.lines[SCALE.title]
    if levels or scale:
        reading.data["scale"] = {"title": "Scale"} | scale
        _take_list(book, reading.data["scale"], "levels", levels, ("scale", "levels"))
        reading.data["scale"].setdefault("levels", [])
    for kind in reading.data.get("kinds", ()):
        kind.setdefault("evidence", {})
    _take_other(book)
    _take_tree(book)


def _note(book: Book, path: Path, line: Line) -> None:
    """Remember where a line stands, and that a cell which could not be read was reported."""
    book.reading.places[path] = f"{book.reading.file}, sheet {line.sheet}", line.row
    for name in line.broken:
        book.reading.broken |= {(*path, *name.split(".")[:length]) for length in range(1, name.count(".") + 2)}
    book.reading.broken |= {path} if line.broken else set()


def _take_list(book: Book, holder: dict[str, Any], name: str, lines: list[Line], path: Path) -> None:
    for line in lines:
        items = holder.setdefault(name, [])
        _note(book, (*path, len(items)), line)
        items.append(line.values)


def _take_other(book: Book) -> None:
    """What has no sheet, from the rows that an export wrote."""
    lists = {"milestones", "reviews", "outcomes", "grades", "entry_requirements", "links"}
    for line in book.lines[OTHER_SHEET]:
        name, text = str(line.values.get("field", "")), str(line.values.get("value", ""))
        try:
            value = exact_numbers(json.loads(text))
        except (ValueError, RecursionError):
            book.report(OTHER_SHEET, line.row, "The value cannot be read.", "Take the row out, or export it again.")
            continue
        if name in lists:
            items = book.reading.data.setdefault(name, [])
            _note(book, (name, len(items)), line)
            items.append(value)
        elif name not in book.reading.data:
            _note(book, (name,), line)
            book.reading.data[name] = value


def _take_tree(book: Book) -> None:
    """Hang competencies, modules and sections where their rows say, and components on their modules."""
    lines = {sheet: book.lines[sheet.title] for sheet in (SECTIONS, COMPETENCIES, MODULES, COMPONENTS)}
    sections, modules = _by_code(lines[SECTIONS]), _by_code(lines[MODULES])
    where = {id(line.values): line for each in lines.values() for line in each}
    _hang(book, lines[COMPONENTS], "module", modules, "components")
    _hang(book, lines[COMPETENCIES], "section", sections, "competencies")
    _hang(book, lines[MODULES], "section", sections, "modules")
    _report_cycles(book, sections)
    top = [line.values for line in lines[SECTIONS] if "inside" not in line.values]
    _hang(book, [line for line in lines[SECTIONS] if "inside" in line.values], "inside", sections, "sections")
    book.reading.data["sections"] = top
    _note_tree(book, {"sections": top}, (), where)


def _by_code(lines: list[Line]) -> dict[str, Line]:
    """The lines by their codes: of those with the same, the first."""
    return {str(line.values.get("code", "")): line for line in reversed(lines)}


def _hang(book: Book, lines: list[Line], field_name: str, owners: dict[str, Line], name: str) -> None:
    """Put lines where they belong, in their order."""
    for line in lines:
        code = line.values.pop(field_name, None)
        owner = owners.get(str(code))
        if owner is not None:
            owner.values.setdefault(name, []).append(line.values)
        elif field_name not in line.broken:
            what = f"There is no {field_name} {code}." if code else f"The row does not say its {field_name}."
            mend = "Write the code of a row in the sheet " + ("Modules." if field_name == "module" else "Sections.")
            book.report(line.sheet, line.row, what.replace("inside", "section"), mend)


def _report_cycles(book: Book, sections: dict[str, Line]) -> None:
    for each in in_themselves({code: str(line.values.get("inside", "")) for code, line in sections.items()}):
        row, mend = sections[each].row, "Write another code under Inside, or none."
        book.report(SECTIONS.title, row, f"The section {each} is in itself.", mend)


def _note_tree(book: Book, holder: dict[str, Any], path: Path, where: dict[int, Line]) -> None:
    """Remember where each part of the tree stands."""
    for name in ("sections", "competencies", "modules", "components"):
        for index, values in enumerate(holder.get(name, ())):
            place = (*path, name, index)
            if id(values) in where:
                _note(book, place, where[id(values)])
                _note_tree(book, values, place, where)
