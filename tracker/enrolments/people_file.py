"""Reading a file of people: every row, or every problem. Pure."""

import csv
import io
import re
from calendar import month_name, monthrange
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date
from decimal import Decimal, InvalidOperation
from enum import StrEnum

from tracker.core.errors import Problem

COLUMNS = (
    "email",
    "given_name",
    "family_name",
    "role",
    "centre",
    "curriculum",
    "areas",
    "starts_on",
    "working_fraction",
    "supervisor_email",
)
ADDRESS = re.compile(r"[^@\s,;<>()\"]+@[^@\s,;<>()\"]+\.[^@\s,;<>()\".]+\Z")
LEAST_FRACTION, WHOLE = Decimal("0.2"), Decimal(1)
LONGEST_FILE_BYTES = 20 * 1024 * 1024
DAY_FIRST = re.compile(r"(\d{1,2})/(\d{1,2})/(\d{4})\Z")
YEAR_FIRST = re.compile(r"(\d{4})-(\d{1,2})-(\d{1,2})\Z")
MONTHS = 12


class RowRole(StrEnum):
    """What a row makes of a person: a relation (the first three) or a grant."""

    TRAINEE = "trainee"
    SUPERVISOR = "supervisor"
    ASSESSOR = "assessor"
    TRAINING_LEAD = "training_lead"
    SCHEME_LEAD = "scheme_lead"
    MODERATOR = "moderator"
    EXAMINER = "examiner"
    ADMINISTRATOR = "administrator"
    AUDITOR = "auditor"


NEEDS_CENTRE = {RowRole.TRAINEE, RowRole.TRAINING_LEAD}
NEEDS_CURRICULUM = {RowRole.TRAINEE, RowRole.SCHEME_LEAD}


@dataclass(frozen=True)
class PersonRow:
    """One row that can be read. Texts are trimmed; an empty text is a cell that was left empty."""

    number: int  # as a spreadsheet counts: the heading is row 1
    email: str
    given_name: str
    family_name: str
    role: RowRole
    centre: str
    curriculum: str
    areas: tuple[str, ...]
    starts_on: date | None
    working_fraction: Decimal
    supervisor_email: str

    @property
    def same_as(self) -> tuple[str, str, str, str]:
        """What makes two rows the same: one person may have several others."""
        return self.email, self.role.value, self.centre.casefold(), self.curriculum.casefold().partition("@")[0]


def read_people(content: bytes, file: str) -> tuple[list[PersonRow], list[Problem]]:
    """The rows that can be read, and the problems of the others. UTF-8, with or without a byte-order mark."""
    if len(content) > LONGEST_FILE_BYTES:
        return [], [Problem(file, 0, "The file is larger than 20 MB.", "Split it into several files.")]
    try:
        text = content.decode("utf-8-sig")
    except UnicodeDecodeError as error:
        row = content[: error.start].count(b"\n") + 1
        return [], [Problem(file, row, "The file is not UTF-8.", "Save it again as “CSV UTF-8”.")]
    if "\0" in text:
        return [], [Problem(file, 0, "The file is not text.", "Save the sheet as “CSV UTF-8” and import that.")]
    return _read_rows(text, file)


def _read_rows(text: str, file: str) -> tuple[list[PersonRow], list[Problem]]:
    try:
        records = list(csv.reader(io.StringIO(text, newline=""), strict=True))
    except csv.Error as error:
        return [], [Problem(file, 0, f"The file cannot be read as CSV ({error}).", "Check that every quote is closed.")]
    heading = [cell.strip().lower() for cell in records[0]] if records else []
    if problems := list(_heading_problems(heading, file)):
        return [], problems
    rows, problems = [], []
    for number, record in enumerate(records[1:], start=2):
        if not any(cell.strip() for cell in record):
            continue
        row, wrong = _read_row(number, record, heading, file)
        problems += wrong
        rows += [row] if row else []
    return rows, sorted(problems + list(_repeated(rows, file)))


def _heading_problems(heading: list[str], file: str) -> Iterator[Problem]:
    expected = f"The first row must name the columns: {','.join(COLUMNS)}."
    if not heading:
        yield Problem(file, 0, "The file is empty.", expected)
        return
    for name in COLUMNS:
        if heading.count(name) == 0:
            yield Problem(file, 1, f"The column {name} is missing.", expected)
        elif heading.count(name) > 1:
            yield Problem(file, 1, f"The column {name} is there {heading.count(name)} times.", "Keep one.")
    for name in heading:
        if name not in COLUMNS:
            yield Problem(file, 1, f"The column “{name}” is unknown.", expected)


def _read_row(number: int, record: list[str], heading: list[str], file: str) -> tuple[PersonRow | None, list[Problem]]:
    if len(record) != len(heading):
        what = f"The row has {len(record)} cells and the heading has {len(heading)}."
        return None, [Problem(file, number, what, "Put a text that has a comma in it between quotes.")]
    cells = dict(zip(heading, (" ".join(cell.split()) for cell in record), strict=True))
    wrong: list[tuple[str, str]] = list(_wrong_texts(cells))
    role = _role(cells["role"], wrong)
    starts_on = _day(cells["starts_on"], wrong)
    fraction = _fraction(cells["working_fraction"], wrong)
    if role:
        wrong += _missing(cells, role)
    if wrong or role is None:
        return None, [Problem(file, number, what, mend) for what, mend in wrong]
    areas = tuple(area.strip() for area in cells["areas"].split(";") if area.strip())
    texts = {name: cells[name] for name in ("given_name", "family_name", "centre", "curriculum")}
    addresses = {name: cells[name].lower() for name in ("email", "supervisor_email")}
    row = PersonRow(
        number, **texts, **addresses, role=role, areas=areas, starts_on=starts_on, working_fraction=fraction
    )
    return row, []


def _wrong_texts(cells: dict[str, str]) -> Iterator[tuple[str, str]]:
    for name in ("email", "given_name", "family_name", "role"):
        if not cells[name]:
            yield f"The cell {name} is empty.", "Fill it in."
    for name in ("email", "supervisor_email"):
        if cells[name] and not ADDRESS.match(cells[name]):
            yield f"“{cells[name]}” in {name} is not an e-mail address.", "Write it like name@hospital.example."
    for name, longest in (("email", 254), ("given_name", 100), ("family_name", 100), ("centre", 200)):
        if len(cells[name]) > longest:
            yield f"The text in {name} has {len(cells[name])} characters.", f"Shorten it to {longest}."


def _role(text: str, wrong: list[tuple[str, str]]) -> RowRole | None:
    try:
        return RowRole(text.lower().replace(" ", "_"))
    except ValueError:
        if text:
            wrong.append((f"The role “{text}” is unknown.", f"Use one of: {', '.join(RowRole)}."))
        return None


def _missing(cells: dict[str, str], role: RowRole) -> Iterator[tuple[str, str]]:
    if role in NEEDS_CENTRE and not cells["centre"]:
        yield f"A {role.value} needs a centre.", "Fill in the cell centre."
    if role in NEEDS_CURRICULUM and not cells["curriculum"]:
        yield f"A {role.value} needs a curriculum.", "Fill in the cell curriculum with its code."
    if role in {RowRole.MODERATOR, RowRole.EXAMINER} and not (cells["centre"] or cells["curriculum"]):
        yield f"A {role.value} needs a centre or a curriculum.", "Fill in one of the two cells."
    if role is RowRole.TRAINEE and not cells["starts_on"]:
        yield "A trainee needs the day on which the training starts.", "Fill in the cell starts_on, like 2026-09-01."
    if role is not RowRole.TRAINEE:
        for name in ("areas", "supervisor_email"):
            if cells[name]:
                yield f"Only a trainee has {name}.", f"Empty the cell {name}."
    elif cells["supervisor_email"] and cells["supervisor_email"].lower() == cells["email"].lower():
        yield "Nobody supervises themselves.", "Write somebody else's address in supervisor_email."


def _day(text: str, wrong: list[tuple[str, str]]) -> date | None:
    if not text:
        return None
    if found := DAY_FIRST.match(text):
        day, month, year = map(int, found.groups())
    elif found := YEAR_FIRST.match(text):
        year, month, day = map(int, found.groups())
    else:
        wrong.append((f"“{text}” in starts_on is not a date.", "Write it like 2026-09-01 or 01/09/2026."))
        return None
    if why_not := _why_not_a_date(year, month, day):
        wrong.append((f"“{text}” in starts_on is not a date: {why_not}.", "Write it like 2026-09-01 or 01/09/2026."))
        return None
    return date(year, month, day)


def _why_not_a_date(year: int, month: int, day: int) -> str | None:
    if not 1 <= month <= MONTHS:
        return f"there is no month {month}"
    if not 1950 <= year <= 2100:  # noqa: PLR2004 - a working life, and a slip of the finger beyond it
        return f"the year {year} cannot be meant"
    last = monthrange(year, month)[1]
    return None if 1 <= day <= last else f"{month_name[month]} {year} has {last} days"


def _fraction(text: str, wrong: list[tuple[str, str]]) -> Decimal:
    try:
        fraction = Decimal(text or "1")
    except InvalidOperation:
        fraction = Decimal("NaN")
    if fraction.is_nan() or not LEAST_FRACTION <= fraction <= WHOLE:
        mend = "Write a number from 0.2 to 1, such as 0.6 for three days a week."
        wrong.append((f"The working_fraction “{text}” is not from 0.2 to 1.", mend))
        return WHOLE
    if fraction != round(fraction, 2):
        wrong.append((f"The working_fraction “{text}” has more than two decimals.", "Round it, such as 0.67."))
    return fraction


def _repeated(rows: list[PersonRow], file: str) -> Iterator[Problem]:
    """Rows that say the same thing twice, and rows that name one person in two ways."""
    first: dict[tuple[str, str, str, str], PersonRow] = {}
    named: dict[str, PersonRow] = {}
    for row in rows:
        same = first.setdefault(row.same_as, row)
        if same is not row:
            what = f"{row.email} is {row.role.value} of this centre and curriculum in row {same.number} already."
            yield Problem(file, row.number, what, "Keep one of the two rows.")
        other = named.setdefault(row.email, row)
        if (other.given_name, other.family_name) != (row.given_name, row.family_name):
            what = f"{row.email} has another name in row {other.number}."
            yield Problem(file, row.number, what, "Write the name in the same way, or correct the address.")
