"""Writing the spreadsheet: empty, to be filled in, or with a curriculum in it."""

import io
import json
from collections.abc import Iterable, Iterator, Mapping
from datetime import datetime
from decimal import Decimal
from typing import Any

from tracker.curricula.document import Document
from tracker.curricula.plain_data import to_data
from tracker.curricula.workbook import (
    CURRICULUM,
    LISTED_ROWS,
    LISTS,
    LONGEST_CELL,
    NOTE,
    OTHER,
    OTHER_SHEET,
    SHEETS,
    Column,
    Holds,
    Sheet,
    to_cell,
)

HEADING_ROW, HINT_ROW, FIRST_ROW = 0, 1, 2
PARTS = {"competencies", "modules", "sections", "components"}
Row = Mapping[str, Any]


def write_template(made_at: datetime) -> bytes:
    """An empty workbook with an example in each sheet, which is not read."""
    return _write({}, made_at, with_examples=True)


def write_workbook(document: Document, made_at: datetime) -> bytes:
    """The document as a workbook."""
    data = to_data(document)
    rows: dict[str, list[Row]] = {sheet.title: data.get(field, []) for field, sheet in LISTS.items()}
    scale = data.get("scale", {})
    rows["Curriculum"] = [data | ({"scale": {"title": scale["title"]}} if scale else {})]
    rows["Scale"] = scale.get("levels", [])
    rows |= {"Sections": [], "Competencies": [], "Modules": [], "Components": []}
    for section, inside in _sections(data["sections"], ""):
        rows["Sections"].append(section | ({"inside": inside} if inside else {}))
        place = {"section": section["code"]}
        rows["Competencies"] += [place | each for each in section.get("competencies", ())]
        for module in section.get("modules", ()):
            rows["Modules"].append(place | module)
            rows["Components"] += [{"module": module["code"]} | each for each in module["components"]]
    rows[OTHER_SHEET] = list(_others(data))
    return _write(rows, made_at, with_examples=False)


def _sections(sections: list[dict[str, Any]], inside: str) -> Iterator[tuple[dict[str, Any], str]]:
    for section in sections:
        yield section, inside
        yield from _sections(section.get("sections", []), section["code"])


def _others(data: Row) -> Iterator[Row]:
    """What of a curriculum has no sheet: a row for each item of a list, or for the whole of something else."""
    known = {"format", "scale", "sections", *LISTS, *(column.field for column in CURRICULUM.columns)}
    for field, value in data.items():
        if field not in known:
            items = value if isinstance(value, list) else [value]
            yield from (
                {"field": field, "value": json.dumps(each, ensure_ascii=False, default=float)} for each in items
            )


def _write(rows: Mapping[str, list[Row]], made_at: datetime, *, with_examples: bool) -> bytes:
    import xlsxwriter  # noqa: PLC0415 - a tenth of a second that only an export needs

    file = io.BytesIO()
    options = {"in_memory": True, "strings_to_formulas": False, "strings_to_urls": False, "strings_to_numbers": False}
    with xlsxwriter.Workbook(file, options) as book:
        book.set_properties({"title": "Curriculum", "created": made_at.replace(tzinfo=None)})
        formats = _formats(book)
        for sheet in SHEETS:
            page = book.add_worksheet(sheet.title)
            held = rows.get(sheet.title, [])
            _write_sheet(page, formats, sheet, held, with_examples=with_examples)
            _add_lists(page, sheet)
        if rows.get(OTHER_SHEET):
            _write_other(book.add_worksheet(OTHER_SHEET), formats, rows[OTHER_SHEET])
    return file.getvalue()


def _formats(book: Any) -> dict[str, Any]:
    top = {"text_wrap": True, "valign": "top"}
    faint = top | {"italic": True, "font_color": "#4c6272"}
    return {
        "heading": book.add_format({"bold": True, "bg_color": "#005eb8", "font_color": "#ffffff", "text_wrap": True}),
        "hint": book.add_format(faint | {"bg_color": "#f0f4f5"}),
        "example": book.add_format(faint),
        "cell": book.add_format(top),
        "code": book.add_format(top | {"num_format": "@"}),
    }


def _write_sheet(page: Any, formats: dict[str, Any], sheet: Sheet, rows: list[Row], *, with_examples: bool) -> None:
    page.freeze_panes(HEADING_ROW + 1, 1)
    page.set_column(0, 0, 9)
    for index, column in enumerate(sheet.columns, 1):
        is_code = column.holds not in {Holds.NUMBER, Holds.PERCENT}
        page.set_column(index, index, column.width, formats["code" if is_code else "cell"])
    beside = [_beside(sheet, row) for row in rows]
    headings = [NOTE, *(column.heading for column in sheet.columns), *([OTHER] if any(beside) else [])]
    page.write_row(HEADING_ROW, 0, headings, formats["heading"])
    page.write_row(HINT_ROW, 0, ["hint", *(column.hint for column in sheet.columns)], formats["hint"])
    if with_examples:
        page.write_row(FIRST_ROW, 0, ["example", *(column.example for column in sheet.columns)], formats["example"])
    for number, (row, rest) in enumerate(zip(rows, beside, strict=True), FIRST_ROW):
        cells = [_cell(row, column) for column in sheet.columns]
        for index, cell in enumerate([*cells, rest], 1):
            _write_cell(page, number, index, cell, formats)


def _cell(row: Row, column: Column) -> str | int | Decimal:
    value = _at(row, column.field)
    return "" if value is None else to_cell(value, column.holds)


def _at(row: Row, field: str) -> Any:
    value: Any = row
    for name in field.split("."):
        value = value.get(name) if isinstance(value, dict) else None
    return value


def _write_cell(page: Any, row: int, index: int, cell: str | int | Decimal, formats: dict[str, Any]) -> None:
    """A number as a number, a text as a text whatever it looks like; one that no cell can hold is left out."""
    if isinstance(cell, str):
        if cell and len(cell) <= LONGEST_CELL:
            page.write_string(row, index, cell, formats["code"])
    else:
        page.write_number(row, index, float(cell), formats["cell"])


def _beside(sheet: Sheet, row: Row) -> str:
    """What of a row has no column, as JSON."""
    if sheet is CURRICULUM:
        return ""
    known = {column.field.partition(".")[0] for column in sheet.columns} | PARTS
    rest = {field: value for field, value in row.items() if field not in known}
    return json.dumps(rest, ensure_ascii=False, default=float) if rest else ""


def _write_other(page: Any, formats: dict[str, Any], rows: Iterable[Row]) -> None:
    page.set_column(1, 2, 60)
    page.write_row(HEADING_ROW, 0, [NOTE, "Field", "Value"], formats["heading"])
    page.write_row(HINT_ROW, 0, ["hint", "What has no sheet.", "Leave it as it is."], formats["hint"])
    for number, row in enumerate(rows, FIRST_ROW):
        _write_cell(page, number, 1, row["field"], formats)
        _write_cell(page, number, 2, row["value"], formats)


def _add_lists(page: Any, sheet: Sheet) -> None:
    """Let cells offer what may stand in them. What stands in another sheet may be added there later: it only warns."""
    for index, column in enumerate(sheet.columns, 1):
        rule: dict[str, Any] = {"input_title": column.heading[:32], "input_message": column.hint[:255]}
        if column.choices in {("Scale", "value"), *_references()}:
            rule |= {"validate": "list", "source": _range(*column.choices), "error_type": "warning"}
        elif column.choices or column.holds is Holds.YES:
            rule |= {"validate": "list", "source": list(column.choices or ("yes", "no"))}
        else:
            rule |= {"validate": "any"}
        page.data_validation(FIRST_ROW, index, LISTED_ROWS, index, rule)


def _references() -> set[tuple[str, ...]]:
    return {(title, "code") for title in ("Sections", "Kinds", "Modules")}


def _range(title: str, field: str) -> str:
    """The cells of a column in another sheet, from below the hint."""
    sheet = next(each for each in SHEETS if each.title == title)
    letter = chr(ord("A") + next(index for index, column in enumerate(sheet.columns, 1) if column.field == field))
    return f"='{title}'!${letter}${FIRST_ROW + 1}:${letter}${LISTED_ROWS}"
