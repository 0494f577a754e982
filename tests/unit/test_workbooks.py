"""The spreadsheet: filled in by a training lead, exported by us, and what is refused in which cell."""

import io
import zipfile
from collections.abc import Callable
from datetime import datetime
from typing import Any

import pytest
from hypothesis import given, settings

from tests.curricula import documents
from tests.formats import AT, SAMPLES, edited, good, read, written
from tracker.core.errors import BadInput
from tracker.curricula.document import Document
from tracker.curricula.formats import Format
from tracker.curricula.workbook import SHEETS
from tracker.curricula.workbook_writer import write_template

GOOD = SAMPLES["xlsx"]
FILLED: dict[str, list[str | int | None]] = {
    "Curriculum": ["NEW-1", "A new scheme", 12, None, None, "Help needed"],
    "Scale": [1, "Alone"],
    "Kinds": ["plain", "Plain", None, 1, 2],
    "Sections": ["GEN", "General", "generic"],
    "Competencies": ["GEN", "GEN-1", "Do it.", None, "plain"],
}


def problems(raw: bytes) -> list[str]:
    with pytest.raises(BadInput) as caught:
        read(raw, "f.xlsx")
    return [str(problem) for problem in caught.value.problems]


def fill(book: Any) -> None:
    for title, values in FILLED.items():
        for column, value in enumerate(values, 2):
            book[title].cell(4, column).value = value


def test_a_filled_in_template_is_read_and_its_hints_and_examples_are_not() -> None:
    document = read(edited(write_template(AT), fill)).document
    assert (document.code, document.length_months, document.scale and document.scale.title) == (
        "NEW-1",
        12,
        "Help needed",
    )
    assert [section.code for section in document.every_section()] == ["GEN"]
    assert [each.statement for each in document.sections[0].competencies] == ["Do it."]
    assert document.kinds[0].evidence.entries == 2


def test_the_examples_of_the_template_would_be_a_curriculum_if_they_were_not_marked() -> None:
    def unmark(book: Any) -> None:
        for page in book.worksheets:
            page["A3"].value = None

    assert [section.code for section in read(edited(write_template(AT), unmark)).document.sections] == ["GEN"]


def test_an_empty_template_says_what_to_fill_in() -> None:
    (problem,) = problems(write_template(AT))
    assert problem.startswith("f.xlsx, sheet Curriculum: The sheet is empty. Fill in its row")


def test_the_template_has_headings_hints_lists_and_an_example_in_every_sheet() -> None:
    from openpyxl import load_workbook  # noqa: PLC0415 - slow, and only here

    book = load_workbook(io.BytesIO(write_template(AT)))
    assert [page.title for page in book.worksheets] == [sheet.title for sheet in SHEETS]
    for page in book.worksheets:
        assert [page["A1"].value, page["A2"].value, page["A3"].value] == ["Note", "hint", "example"]
        assert page.freeze_panes == "B2"
    kinds = [rule.formula1 for rule in book["Competencies"].data_validations.dataValidation if rule.type == "list"]
    assert "'Kinds'!$B$3:$B$2000" in kinds


def test_our_own_curriculum_comes_back_whole() -> None:
    imported = read(GOOD)
    assert imported.document == good()
    assert imported.assumed == ()


@settings(deadline=None, max_examples=40)
@given(documents())
def test_any_curriculum_comes_back_whole(document: Document) -> None:
    assert read(written(document, Format.XLSX)).document == document


def test_a_text_that_looks_like_a_formula_stays_a_text() -> None:
    def change(book: Any) -> None:
        book["Competencies"]["D3"].value = "placeholder"

    raw = edited(GOOD, change)
    packed = io.BytesIO()
    with zipfile.ZipFile(io.BytesIO(raw)) as before, zipfile.ZipFile(packed, "w") as after:
        for name in before.namelist():
            after.writestr(name, before.read(name).replace(b"placeholder", b"=cmd|1"))
    document = read(packed.getvalue()).document
    assert document.sections[0].competencies[0].statement == "=cmd|1"
    again = written(document, Format.XLSX)
    assert b"<f>" not in b"".join(
        zipfile.ZipFile(io.BytesIO(again)).read(f"xl/worksheets/sheet{n}.xml") for n in (4, 5)
    )
    assert read(again).document == document


def set_cell(sheet: str, cell: str, value: Any) -> Callable[[Any], None]:
    def change(book: Any) -> None:
        book[sheet][cell].value = value

    return change


def merge(book: Any) -> None:
    book["Competencies"].merge_cells("D3:E3")


def far_away(book: Any) -> None:
    book["Competencies"].cell(20_001, 2).value = "x"


def second(book: Any) -> None:
    book["Curriculum"]["B4"].value = "OTHER"


def no_sheet(book: Any) -> None:
    book["Sections"].title = "Section"


def cycle(book: Any) -> None:
    book["Sections"]["E4"].value = "A-T"


@pytest.mark.parametrize(
    ("change", "said"),
    [
        (
            set_cell("Competencies", "D3", "=1+1"),
            "f.xlsx, sheet Competencies, row 3: Statement (cell D3) holds a formula.",
        ),
        (
            set_cell("Competencies", "C3", datetime(2026, 2, 1)),  # noqa: DTZ001 - spreadsheets know no zones
            "f.xlsx, sheet Competencies, row 3: Code (cell C3) holds a date or time (2026-02-01 00:00:00).",
        ),
        (merge, "f.xlsx, sheet Competencies, row 3: The cells D3:E3 are merged."),
        (far_away, "f.xlsx, sheet Competencies, row 20001: The sheet goes down to row 20,001; at most 20,000"),
        (second, "f.xlsx, sheet Curriculum, row 4: This is a second curriculum."),
        (no_sheet, "f.xlsx: There is no sheet Sections. Rename the sheet Section."),
        (cycle, "f.xlsx, sheet Sections, row 4: The section A is in itself."),
        (
            set_cell("Competencies", "B3", "NOWHERE"),
            "f.xlsx, sheet Competencies, row 3: There is no section NOWHERE. Write the code of a row",
        ),
        (set_cell("Components", "B3", None), "f.xlsx, sheet Components, row 3: The row does not say its module."),
        (
            set_cell("Competencies", "D1", "Statemnt"),
            "f.xlsx, sheet Competencies, row 1: The heading Statemnt is not known.",
        ),
        (
            set_cell("Competencies", "H3", "soon"),
            "f.xlsx, sheet Competencies, row 3: Expected month (cell H3) holds 'soon'.",
        ),
        (set_cell("Competencies", "F3", "gone"), "f.xlsx, sheet Competencies, row 3: There is no kind gone."),
        (set_cell("Components", "G3", "maybe"), "f.xlsx, sheet Components, row 3: Must pass (cell G3) holds 'maybe'."),
        (set_cell("Kinds", "K3", "many DOPS"), "f.xlsx, sheet Kinds, row 3: Assessments (cell K3) holds 'many DOPS'."),
        (set_cell("Modules", "D3", None), "f.xlsx, sheet Modules, row 3: Number 1 of modules has no field title."),
    ],
)
def test_a_cell_that_cannot_be_used_is_named(change: Callable[[Any], None], said: str) -> None:
    found = problems(edited(GOOD, change))
    assert any(problem.startswith(said) for problem in found), found


def test_numbers_in_code_cells_are_codes() -> None:
    def change(book: Any) -> None:
        fill(book)
        for sheet, cell in (("Sections", "B4"), ("Competencies", "B4")):
            book[sheet][cell].value = 7
            book[sheet][cell].number_format = "General"

    assert read(edited(write_template(AT), change)).document.sections[0].code == "7"


def test_other_sheets_are_told_and_not_read() -> None:
    assert read(edited(GOOD, lambda book: book.create_sheet("My plans"))).assumed == (
        "Sheets with other names are not read (My plans).",
    )


def test_what_would_fill_the_memory_is_refused_unopened() -> None:
    packed = io.BytesIO()
    with zipfile.ZipFile(packed, "w", zipfile.ZIP_DEFLATED) as archive:
        archive.writestr("xl/workbook.xml", b" " * (41 * 1024 * 1024))
    (problem,) = problems(packed.getvalue())
    assert problem.startswith(
        "f.xlsx: Unpacked, the file has 42,991,616 bytes in 1 parts; at most 41,943,040 are read."
    )
