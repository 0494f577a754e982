"""The rows of a Moodle competency framework, before they are a tree."""

import csv
import io
from collections import defaultdict
from collections.abc import Iterator
from dataclasses import dataclass, field
from typing import Any

from tracker.curricula.foreign import (
    MOST_ITEMS,
    Codes,
    Reading,
    cut,
    in_themselves,
    one_line,
    refuse,
)
from tracker.curricula.formats import find_delimiter, plain_heading
from tracker.curricula.moodle_rows import (
    ALIASES,
    HEADINGS,
    Row,
)

COLUMNS = {plain_heading(heading): name for name, heading in HEADINGS.items()} | ALIASES
NEEDED = ("parent", "id", "name", "is_framework")
YES, NO = {"1", "true", "yes"}, {"", "0", "false", "no"}
LONGEST_SHOWN = 60


@dataclass
class Framework:
    """A framework on its way to the tree."""

    reading: Reading
    head: Row = field(default_factory=dict)
    level: int = 0  # the lowest that is enough
    titles: list[str] = field(default_factory=list)  # of the levels
    rows: dict[str, tuple[int, Row]] = field(default_factory=dict)  # by ID number, each with where it stands
    children: dict[str, list[str]] = field(default_factory=lambda: defaultdict(list))
    codes: Codes = field(default_factory=Codes)
    competencies: list[dict[str, Any]] = field(default_factory=list)
    formatted: list[str] = field(default_factory=list)
    shortened: list[str] = field(default_factory=list)
    mixed: list[str] = field(default_factory=list)
    scales: list[str] = field(default_factory=list)


def read_rows(file: str, text: str) -> Iterator[tuple[int, Row]]:
    """Each row that has something in it. The headings are row 1."""
    reader = csv.reader(io.StringIO(text, newline=""), delimiter=find_delimiter(text))
    names: list[str] = []
    try:
        for number, cells in enumerate(reader, 1):
            if not any(cell.strip() for cell in cells):
                continue
            if number > MOST_ITEMS:
                raise refuse(file, number, f"At most {MOST_ITEMS:,} rows are read.", "Split the framework.")
            if not names:
                names = _columns(file, cells, number)
                continue
            if any(cell.strip() for cell in cells[len(names) :]):
                what = f"The row has {len(cells)} cells, and there are {len(names)} headings."
                raise refuse(file, number, what, "Put cells that hold a comma in quotes.")
            yield number, dict.fromkeys(HEADINGS, "") | dict(zip(names, cells, strict=False))
    except csv.Error as error:
        raise refuse(file, reader.line_num, f"This is not CSV: {error}.", "Export the framework again.") from error


def _columns(file: str, cells: list[str], row: int) -> list[str]:
    names = [COLUMNS.get(plain_heading(cell), f"({number})") for number, cell in enumerate(cells)]
    for needed in NEEDED:
        if needed not in names:
            what = f"There is no column {HEADINGS[needed]}."
            raise refuse(file, row, what, f"The columns are {', '.join(HEADINGS.values())}.")
    again = next((name for index, name in enumerate(names) if name in names[:index]), None)
    if again:
        raise refuse(file, row, f"There are two columns {HEADINGS[again]}.", "Keep one of the two.")
    return names


def take_rows(framework: Framework, rows: list[tuple[int, Row]]) -> None:
    """Note every row that can be used, and report the others."""
    for number, row in rows:
        row["id"], row["parent"] = one_line(row["id"]), one_line(row["parent"])
        if _is_usable(framework, number, row):
            if _is_framework(row):
                framework.head = row | {"row": str(number)}
            else:
                framework.rows[row["id"]] = number, row
    if not framework.head and not framework.reading.problems:
        what = "No row is the framework itself."
        framework.reading.report("", 0, what, f"Write 1 under {HEADINGS['is_framework']} in the row of the framework.")


def _is_framework(row: Row) -> bool:
    return row["is_framework"].strip().lower() in YES


def _is_usable(framework: Framework, number: int, row: Row) -> bool:
    report = framework.reading.report
    for name in ("id", "name"):
        if not row[name].strip():
            report("", number, f"The row has no {HEADINGS[name]}.", "Give it one.")
            return False
    shown = cut(row["id"], LONGEST_SHOWN)
    if row["is_framework"].strip().lower() not in YES | NO:
        report("", number, f"Under {HEADINGS['is_framework']} stands neither 1 nor 0.", "Write one of these.")
    elif _is_framework(row) and framework.head:
        what = f"{shown} is a second framework (the first is in row {framework.head['row']})."
        report("", number, what, "Give one framework in a file.")
    elif not _is_framework(row) and row["id"] in framework.rows:
        what = f"The ID number {shown} is used a second time (first in row {framework.rows[row['id']][0]})."
        report("", number, what, "Give it an ID number of its own.")
    else:
        return True
    return False


def find_parents(framework: Framework) -> None:
    """Find the children of each row, and report parents that are not there."""
    for identifier, (number, row) in framework.rows.items():
        parent = row["parent"]
        if parent and parent not in framework.rows:
            what = f"The parent {cut(parent, LONGEST_SHOWN)} of {cut(identifier, LONGEST_SHOWN)} is not in the file."
            framework.reading.report("", number, what, "Add its row, or correct the parent's ID number.")
        framework.children[parent].append(identifier)


def find_cycles(framework: Framework) -> None:
    """Report every row that is, through its parents, in itself."""
    for each in in_themselves({identifier: row["parent"] for identifier, (_, row) in framework.rows.items()}):
        what = f"{cut(each, LONGEST_SHOWN)} is in itself: its parents lead back to it."
        framework.reading.report("", framework.rows[each][0], what, "Give one of them another parent.")
