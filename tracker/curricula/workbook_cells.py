"""The cells of a spreadsheet that was filled in, before they are a curriculum."""

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

from tracker.curricula.foreign import LARGEST_BYTES, Reading, cut, exact_numbers, refuse
from tracker.curricula.formats import plain_heading
from tracker.curricula.workbook import (
    LEFT_OUT,
    MOST_ROWS,
    NOTE,
    OTHER,
    OTHER_SHEET,
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
class Line:
    """A row of a sheet: what it says, and where."""

    sheet: str
    row: int
    values: dict[str, Any] = field(default_factory=dict)
    broken: set[str] = field(default_factory=set)  # fields that could not be read


@dataclass
class Book:
    """A workbook on its way to the tree."""

    reading: Reading
    settings: set[str] = field(default_factory=set)
    lines: dict[str, list[Line]] = field(default_factory=lambda: defaultdict(list))

    def report(self, sheet: str, row: int, what: str, mend: str) -> None:
        """Note a problem in a sheet."""
        self.reading.report(f"sheet {sheet}" if sheet else "", row, what, mend)


def refuse_bomb(file: str, raw: bytes) -> None:
    """Refuse what would fill the memory once it is unpacked."""
    if len(raw) > LARGEST_BYTES:
        what = f"The file has {len(raw):,} bytes; at most {LARGEST_BYTES:,} are read."
        raise refuse(file, 0, what, "Take pictures and other sheets out.")
    try:
        with zipfile.ZipFile(io.BytesIO(raw)) as archive:
            files = archive.infolist()
    except (zipfile.BadZipFile, ValueError, OSError, NotImplementedError) as error:  # The last: a newer zip.
        raise refuse(file, 0, "The file is damaged.", "Save it again.") from error
    unpacked = sum(each.file_size for each in files)
    if unpacked > LARGEST_UNPACKED or len(files) > MOST_FILES:
        what = (
            f"Unpacked, the file has {unpacked:,} bytes in {len(files)} parts; at most {LARGEST_UNPACKED:,} are read."
        )
        raise refuse(file, 0, what, "Take pictures, other sheets and empty rows out.")


def open_workbook(file: str, raw: bytes) -> Any:
    """The workbook, with its formulas as formulas. Raises BadInput."""
    from openpyxl import load_workbook  # noqa: PLC0415 - a third of a second that only an import needs

    try:
        with warnings.catch_warnings():
            warnings.simplefilter("ignore")  # of parts that it does not keep, such as charts
            return load_workbook(io.BytesIO(raw), keep_links=False)
    except Exception as error:  # the library raises whatever it runs into in a damaged file
        what = f"The spreadsheet cannot be opened: {cut(str(error) or type(error).__name__, 80)}"
        raise refuse(file, 0, what.rstrip(".") + ".", "Save it again as .xlsx.") from error


def find_pages(book: Book, workbook: Any) -> "dict[str, Worksheet]":
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


def setting_codes(pages: "dict[str, Worksheet]") -> Iterator[str]:
    """Whatever stands in the sheet of settings: a number's cell may name one of them."""
    if SETTINGS.title in pages:
        for cells in _rows(pages[SETTINGS.title]):
            yield from (str(cell.value).strip() for cell in cells if cell.value is not None)


def _rows(page: "Worksheet") -> "Iterator[tuple[Any, ...]]":
    return page.iter_rows(max_row=min(page.max_row, MOST_ROWS), max_col=MOST_COLUMNS)


def read_lines(book: Book, sheet: Sheet, page: "Worksheet", columns: dict[int, Column]) -> Iterator[Line]:
    """Each row of a sheet that says something; what could not be read of it is reported."""
    if page.max_row > MOST_ROWS:
        what = f"The sheet goes down to row {page.max_row:,}; at most {MOST_ROWS:,} rows are read."
        book.report(sheet.title, page.max_row, what, "Delete the empty rows below the last one.")
        return
    _report_merged(book, sheet, page)
    for number, cells in enumerate(_rows(page), 1):
        note = str(cells[0].value or "").strip().lower() if 0 not in columns else ""
        if number == 1 or note in LEFT_OUT:
            continue
        line = Line(sheet.title, number)
        for index, column in columns.items():
            _take_cell(book, line, column, cells[index])
        if line.values or line.broken:
            yield line


def _report_merged(book: Book, sheet: Sheet, page: "Worksheet") -> None:
    for merged in page.merged_cells.ranges:
        what = f"The cells {merged.coord} are merged."
        book.report(sheet.title, merged.min_row, what, "Unmerge them, and write into each cell what belongs there.")


def read_columns(book: Book, sheet: Sheet, page: "Worksheet") -> dict[int, Column]:
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


def _take_cell(book: Book, line: Line, column: Column, cell: "Cell") -> None:
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
