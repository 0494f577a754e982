"""Reading the spreadsheet that a training lead filled in."""

import io
import json
import re
import warnings
import zipfile
from collections import defaultdict
from collections.abc import Iterator
from dataclasses import dataclass, field
from datetime import date, time, timedelta
from decimal import Decimal
from difflib import get_close_matches
from typing import TYPE_CHECKING, Any

from tracker.curricula.document import Path
from tracker.curricula.foreign import LARGEST_BYTES, Reading, cut, exact_numbers, refuse
from tracker.curricula.formats import plain_heading
from tracker.curricula.plain_data import FORMAT
from tracker.curricula.workbook import (
    COMPETENCIES,
    COMPONENTS,
    CURRICULUM,
    LEFT_OUT,
    LISTS,
    MODULES,
    MOST_ROWS,
    NOTE,
    OTHER,
    OTHER_SHEET,
    SCALE,
    SECTIONS,
    SETTINGS,
    SHEETS,
    Column,
    Holds,
    Sheet,
    from_cell,
)

if TYPE_CHECKING:
    from openpyxl.cell import Cell
    from openpyxl.worksheet.worksheet import Worksheet

LARGEST_UNPACKED, MOST_FILES = 40 * 1024 * 1024, 500
MOST_COLUMNS = 40
LONGEST_SHOWN = 40
_ESCAPED = re.compile(r"_x([0-9A-Fa-f]{4})_")
OTHER_TABLE = Sheet(
    OTHER_SHEET,
    (Column("Field", "field", Holds.TEXT, "", ""), Column("Value", "value", Holds.TEXT, "", "")),
)


@dataclass
class _Line:
    """A row of a sheet: what it says, and where."""

    sheet: str
    row: int
    values: dict[str, Any] = field(default_factory=dict)
    broken: set[str] = field(default_factory=set)  # fields that could not be read


@dataclass
class _Book:
    """A workbook on its way to the tree."""

    reading: Reading
    settings: set[str] = field(default_factory=set)
    lines: dict[str, list[_Line]] = field(default_factory=lambda: defaultdict(list))

    def report(self, sheet: str, row: int, what: str, mend: str) -> None:
        """Note a problem in a sheet."""
        self.reading.report(f"sheet {sheet}" if sheet else "", row, what, mend)


def read_workbook(file: str, raw: bytes) -> Reading:
    """The curriculum in a workbook. Raises BadInput where there is none to read."""
    _refuse_bomb(file, raw)
    book = _Book(Reading(file))
    pages = _pages(book, _open(file, raw))
    book.settings = {code for code in _setting_codes(pages) if code}
    there = [sheet for sheet in (*SHEETS, OTHER_TABLE) if sheet.title in pages]
    columns = {sheet.title: _columns(book, sheet, pages[sheet.title]) for sheet in there}
    book.reading.stop_at_problems()
    for sheet in there:
        book.lines[sheet.title] = list(_lines(book, sheet, pages[sheet.title], columns[sheet.title]))
    if not book.lines[CURRICULUM.title]:
        book.report(CURRICULUM.title, 0, "The sheet is empty.", "Fill in its row: code, title, length in months.")
        book.reading.stop_at_problems()
    _take_all(book)
    return book.reading


def _refuse_bomb(file: str, raw: bytes) -> None:
    """Refuse what would fill the memory once it is unpacked."""
    if len(raw) > LARGEST_BYTES:
        what = f"The file has {len(raw):,} bytes; at most {LARGEST_BYTES:,} are read."
        raise refuse(file, 0, what, "Take pictures and other sheets out.")
    try:
        with zipfile.ZipFile(io.BytesIO(raw)) as archive:
            files = archive.infolist()
    except (zipfile.BadZipFile, ValueError, OSError, NotImplementedError) as error:
        raise refuse(file, 0, "The file is damaged.", "Save it again.") from error
    unpacked = sum(each.file_size for each in files)
    if unpacked > LARGEST_UNPACKED or len(files) > MOST_FILES:
        what = (
            f"Unpacked, the file has {unpacked:,} bytes in {len(files)} parts; at most {LARGEST_UNPACKED:,} are read."
        )
        raise refuse(file, 0, what, "Take pictures, other sheets and empty rows out.")


def _open(file: str, raw: bytes) -> Any:
    from openpyxl import load_workbook  # noqa: PLC0415 - a third of a second that only an import needs

    try:
        with warnings.catch_warnings():
            warnings.simplefilter("ignore")  # of parts that it does not keep, such as charts
            return load_workbook(io.BytesIO(raw), keep_links=False)
    except Exception as error:  # the library raises whatever it runs into in a damaged file
        what = f"The spreadsheet cannot be opened: {cut(str(error) or type(error).__name__, 80)}"
        raise refuse(file, 0, what.rstrip(".") + ".", "Save it again as .xlsx.") from error


def _pages(book: _Book, workbook: Any) -> "dict[str, Worksheet]":
    """The sheets that we know, by our titles for them."""
    titles = {plain_heading(sheet.title): sheet.title for sheet in (*SHEETS, OTHER_TABLE)}
    pages: dict[str, Worksheet] = {}
    ignored = []
    for page in workbook.worksheets:
        title = titles.get(plain_heading(page.title))
        if title is None:
            ignored.append(cut(page.title, LONGEST_SHOWN))
        else:
            pages.setdefault(title, page)
    for sheet in SHEETS:
        if sheet.is_needed and sheet.title not in pages:
            near = get_close_matches(sheet.title, ignored, n=1)
            mend = f"Rename the sheet {near[0]}." if near else "Begin with: tracker curriculum template -o FILE.xlsx."
            book.report("", 0, f"There is no sheet {sheet.title}.", mend)
    book.reading.assume(ignored, "Sheets with other names are not read")
    book.reading.stop_at_problems()
    return pages


def _setting_codes(pages: "dict[str, Worksheet]") -> Iterator[str]:
    if SETTINGS.title in pages:
        for cells in _rows(pages[SETTINGS.title]):
            yield from (str(cell.value).strip() for cell in cells if cell.value is not None)


def _rows(page: "Worksheet") -> "Iterator[tuple[Any, ...]]":
    return page.iter_rows(max_row=min(page.max_row, MOST_ROWS), max_col=MOST_COLUMNS)


def _lines(book: _Book, sheet: Sheet, page: "Worksheet", columns: dict[int, Column]) -> Iterator[_Line]:
    if page.max_row > MOST_ROWS:
        what = f"The sheet goes down to row {page.max_row:,}; at most {MOST_ROWS:,} rows are read."
        book.report(sheet.title, page.max_row, what, "Delete the empty rows below the last one.")
        return
    _report_merged(book, sheet, page)
    for number, cells in enumerate(_rows(page), 1):
        note = str(cells[0].value or "").strip().lower() if 0 not in columns else ""
        if number == 1 or note in LEFT_OUT:
            continue
        line = _Line(sheet.title, number)
        for index, column in columns.items():
            _take_cell(book, line, column, cells[index])
        if line.values or line.broken:
            yield line


def _report_merged(book: _Book, sheet: Sheet, page: "Worksheet") -> None:
    for merged in page.merged_cells.ranges:
        what = f"The cells {merged.coord} are merged."
        book.report(sheet.title, merged.min_row, what, "Unmerge them, and write into each cell what belongs there.")


def _columns(book: _Book, sheet: Sheet, page: "Worksheet") -> dict[int, Column]:
    """The columns of a sheet, by their place. A heading that is not known is a problem."""
    cells = next(page.iter_rows(max_row=1, max_col=MOST_COLUMNS), ())
    other = Column(OTHER, "*", Holds.TEXT, "", "")
    known = {plain_heading(column.heading): column for column in (*sheet.columns, other)}
    columns: dict[int, Column] = {}
    for index, cell in enumerate(cells):
        heading = cut(str(cell.value or "").strip(), LONGEST_SHOWN)
        column = known.get(plain_heading(heading))
        if column is not None and column not in columns.values():
            columns[index] = column
        elif heading and plain_heading(heading) != plain_heading(NOTE):
            near = get_close_matches(heading, [each.heading for each in sheet.columns], n=1)
            mend = f"Did you mean {near[0]}?" if near else f"Move it to a column with the heading {NOTE}."
            what = f"The heading {heading} is {'there twice' if column else 'not known'}."
            book.report(sheet.title, 1, what, mend)
    for column in sheet.columns:
        if column not in columns.values() and column.field in {"code", "section", "module", "statement"}:
            book.report(sheet.title, 1, f"There is no column {column.heading}.", "Add it.")
    return columns


def _take_cell(book: _Book, line: _Line, column: Column, cell: "Cell") -> None:
    """Read a cell into its line, or report why that cannot be done."""
    value = getattr(cell, "value", None)
    if value is None or value == "":
        return
    odd = _odd(cell, value, column)
    try:
        read = None if odd else _read(value, column, book.settings)
    except ValueError as error:
        odd = f"holds {cut(str(value), LONGEST_SHOWN)!r}", str(error)
    if odd:
        line.broken.add(column.field)
        book.report(line.sheet, line.row, f"{column.heading} (cell {cell.coordinate}) {odd[0]}.", odd[1])
    elif read not in ("", []):
        _put(line.values, column.field, read)


def _odd(cell: "Cell", value: Any, column: Column) -> tuple[str, str] | None:
    """What is wrong with the sort of value in a cell, and how to mend it."""
    if cell.data_type == "f":
        return "holds a formula", "Copy it and paste it as a value."
    if cell.data_type == "e":
        return f"holds the error {value}", "Write what belongs there."
    if isinstance(value, date | time | timedelta):
        return f"holds a date or time ({value})", "Format the column as text, and write it again."
    if column.holds in {Holds.NUMBER, Holds.PERCENT} and isinstance(value, bool):
        return "holds yes or no", "Write a number."
    return None


def _read(value: Any, column: Column, settings: set[str]) -> Any:
    if isinstance(value, bool):
        return from_cell("yes" if value else "no", column.holds, settings)
    if isinstance(value, int | float):
        number = exact_numbers(value)
        is_number = column.holds in {Holds.NUMBER, Holds.PERCENT} and isinstance(number, int | Decimal)
        return number if is_number else from_cell(str(number), column.holds, settings)
    text = _ESCAPED.sub(lambda found: chr(int(found[1], 16)), str(value))
    if column.field == "*":
        return _json(text)
    return from_cell(text.strip(), column.holds, settings)


def _json(text: str) -> dict[str, Any]:
    try:
        value = exact_numbers(json.loads(text))
    except (ValueError, RecursionError):
        value = None
    if isinstance(value, dict):
        return value
    raise ValueError("Leave this column as it was exported, or empty it.")


def _put(values: dict[str, Any], field_name: str, value: Any) -> None:
    *above, last = field_name.split(".")
    for name in above:
        values = values.setdefault(name, {})
    if last == "*":
        values |= {name: inner for name, inner in value.items() if name not in values}
    else:
        values[last] = value


def _take_all(book: _Book) -> None:
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


def _note(book: _Book, path: Path, line: _Line) -> None:
    """Remember where a line stands, and that a cell which could not be read was reported."""
    book.reading.places[path] = f"{book.reading.file}, sheet {line.sheet}", line.row
    for name in line.broken:
        book.reading.broken |= {(*path, *name.split(".")[:length]) for length in range(1, name.count(".") + 2)}
    book.reading.broken |= {path} if line.broken else set()


def _take_list(book: _Book, holder: dict[str, Any], name: str, lines: list[_Line], path: Path) -> None:
    for line in lines:
        items = holder.setdefault(name, [])
        _note(book, (*path, len(items)), line)
        items.append(line.values)


def _take_other(book: _Book) -> None:
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


def _take_tree(book: _Book) -> None:
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


def _by_code(lines: list[_Line]) -> dict[str, _Line]:
    """The lines by their codes: of those with the same, the first."""
    return {str(line.values.get("code", "")): line for line in reversed(lines)}


def _hang(book: _Book, lines: list[_Line], field_name: str, owners: dict[str, _Line], name: str) -> None:
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


def _report_cycles(book: _Book, sections: dict[str, _Line]) -> None:
    """Report every section that is, through those around it, in itself."""
    settled: set[str] = set()
    for start in sections:
        way: dict[str, int] = {}
        at = start
        while at in sections and at not in settled and at not in way:
            way[at] = len(way)
            at = str(sections[at].values.get("inside", ""))
        for each in list(way)[way[at] :] if at in way else ():
            what = f"The section {each} is in itself."
            book.report(SECTIONS.title, sections[each].row, what, "Write another code under Inside, or none.")
        settled |= way.keys()


def _note_tree(book: _Book, holder: dict[str, Any], path: Path, where: dict[int, _Line]) -> None:
    """Remember where each part of the tree stands."""
    for name in ("sections", "competencies", "modules", "components"):
        for index, values in enumerate(holder.get(name, ())):
            place = (*path, name, index)
            if id(values) in where:
                _note(book, place, where[id(values)])
                _note_tree(book, values, place, where)
