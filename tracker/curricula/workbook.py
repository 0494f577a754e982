"""The spreadsheet that a training lead fills in: its sheets, their columns, and what a cell holds."""

import re
from dataclasses import dataclass
from decimal import Decimal
from enum import StrEnum
from typing import Any

NOTE = "Note"  # the first column of every sheet: what is written there is not read
LEFT_OUT = {"hint", "example"}  # in the first column: the whole row is not read
OTHER = "Other (leave as it is)"  # the last column, and a sheet: what has no column, as JSON
OTHER_SHEET = "Other"
LONGEST_CELL = 32_767
MOST_ROWS = 20_000
LISTED_ROWS = 2_000  # down to here, cells offer a list to choose from


class Holds(StrEnum):
    """What the cells of a column hold."""

    CODE = "code"
    TEXT = "text"
    NUMBER = "number"  # or the code of a setting
    PERCENT = "percent"
    YES = "yes"
    CODES = "codes"
    LINES = "lines"
    MIX = "mix"
    MIXES = "mixes"


@dataclass(frozen=True)
class Column:
    """A column of a sheet. `choices` are words to choose from, or the sheet and field where they stand."""

    heading: str
    field: str
    holds: Holds
    hint: str
    example: str | int
    width: int = 14
    choices: tuple[str, ...] = ()


@dataclass(frozen=True)
class Sheet:
    """A sheet of the workbook: one row for each thing."""

    title: str
    columns: tuple[Column, ...]
    is_needed: bool = False


def _code(hint: str, example: str, heading: str = "Code", field: str = "code") -> Column:
    return Column(heading, field, Holds.CODE, hint, example)


def _text(heading: str, field: str, hint: str, example: str, width: int = 40) -> Column:
    return Column(heading, field, Holds.TEXT, hint, example, width)


def _number(heading: str, field: str, hint: str, example: str | int = "") -> Column:
    return Column(heading, field, Holds.NUMBER, hint, example)


def _sources() -> Column:
    return Column("Sources", "sources", Holds.CODES, "Codes of the sheet Sources, with commas between.", "handbook")


def _shares() -> tuple[Column, Column]:
    points = _number("Points", "points", "Towards a section that asks for points. Empty: 1.")
    return points, _number("Weight", "weight", "In the percentage that is done. Empty: 1.")


FORMS_ASKED = "How many of which forms, such as: 3 of CBD; 3 of DOPS or OCE."
MONTH = _number("Expected month", "expected_month", "The month of training by which it is usually done.", 6)

CURRICULUM = Sheet(
    "Curriculum",
    (
        _code("A short name for the whole: letters, digits, dots, hyphens.", "CT-2026"),
        _text("Title", "title", "What people call it.", "Clinical technologist training scheme"),
        _number("Length in months", "length_months", "Of full-time training, from 1 to 120.", 24),
        _text("Owner", "owner", "Who answers for it. May stay empty.", "Medical physics department", 30),
        Column("Language", "language", Holds.TEXT, "en-GB, or cy for Welsh. Empty: en-GB.", "en-GB"),
        _text(
            "Title of the scale", "scale.title", "What the levels in the sheet Scale measure.", "Supervision needed", 30
        ),
    ),
    is_needed=True,
)
SCALE = Sheet(
    "Scale",
    (
        _number("Level", "value", "A whole number; higher is more.", 1),
        _text("Title", "title", "The level in a few words.", "Does it with the supervisor in the room", 34),
        _text("Meaning", "meaning", "When somebody is at this level.", "A supervisor watches and can take over.", 60),
    ),
)
KINDS = Sheet(
    "Kinds",
    (
        _code("A short name.", "entrustable"),
        _text("Title", "title", "What people call it.", "Entrustable", 20),
        _text("Meaning", "meaning", "When a competency is of this kind.", "Work that you will be trusted to do alone."),
        Column("Level", "level", Holds.NUMBER, "The level that a sign-off needs.", 1, 8, ("Scale", "value")),
        _number("Entries", "evidence.entries", "Fewest log entries. Empty: none asked, as in what follows.", 3),
        _number("Times", "evidence.times", "How often it was done, in all entries together."),
        _number("Days", "evidence.days", "On how many different days.", 3),
        _number("Span in days", "evidence.span_days", "From the first day to the last.", 28),
        _number("Reflections", "evidence.reflections", "Fewest reflections.", 2),
        Column("Assessments", "evidence.assessments", Holds.MIXES, FORMS_ASKED, "1 of DOPS", 30),
        _number("Assessors", "evidence.assessors", "Fewest different assessors."),
        Column("Action plan", "evidence.action_plan", Holds.YES, "yes, if there must be one.", "", 10),
        Column("Part taken", "evidence.part", Holds.MIX, "Entries in which the trainee's part was one of these.",
               "2 of supervised or independent", 30),
        _number("Oldest in days", "evidence.max_age_days", "How old evidence may be."),
        _number("Valid for months", "validity_months", "Then a sign-off is rechecked. Empty: never."),
        Column("Since enrolment", "evidence.since_enrolment", Holds.YES, "yes, if nothing earlier counts.", "yes", 10),
        Column("Scaled", "evidence.scaled", Holds.CODES, "Minimums that part-time working lowers.", "entries", 20),
    ),
)  # fmt: skip
SECTIONS = Sheet(
    "Sections",
    (
        _code("A short name.", "GEN"),
        _text("Title", "title", "What people call it.", "Generic and professional"),
        Column("Kind", "kind", Holds.TEXT, "generic: for everybody. area: chosen at enrolment. theme: inside one.",
               "generic", 12, ("generic", "area", "theme")),
        Column("Inside", "inside", Holds.CODE, "The code of the section that it is in. Empty: at the top.", "", 12,
               ("Sections", "code")),
        _number("At least", "rule.at_least", "Complete with so many of its parts. Empty: all of it."),
        _number("Points needed", "rule.points", "Complete with so many points. Empty: all of it."),
        Column("Compulsory", "rule.compulsory", Holds.CODES, "With points: the codes that must be among them.", "", 20),
        _sources(),
    ),
    is_needed=True,
)  # fmt: skip
COMPETENCIES = Sheet(
    "Competencies",
    (
        Column(
            "Section", "section", Holds.CODE, "The code of the section that it is in.", "GEN", 12, ("Sections", "code")
        ),
        _code("A short name.", "GEN-01"),
        _text(
            "Statement",
            "statement",
            "What the trainee can do, in one sentence.",
            "Introduce yourself to a patient.",
            60,
        ),
        _text(
            "Guidance",
            "guidance",
            "What good evidence looks like.",
            "Good evidence shows how you made sure of the name.",
            60,
        ),
        Column("Kind", "kind", Holds.CODE, "A code of the sheet Kinds.", "entrustable", 14, ("Kinds", "code")),
        Column("Level", "level", Holds.NUMBER, "Only if it is not the kind's.", "", 8, ("Scale", "value")),
        MONTH,
        Column("Register scopes", "register_scopes", Holds.LINES, "One a line (Alt and Enter).", "", 30),
        *_shares(),
        _sources(),
    ),
)
MODULES = Sheet(
    "Modules",
    (
        Column(
            "Section", "section", Holds.CODE, "The code of the section that it is in.", "GEN", 12, ("Sections", "code")
        ),
        _code("A short name.", "PHY-601"),
        _text("Title", "title", "What the provider calls it.", "Radiation physics"),
        _text("About", "about", "What it is about.", "", 60),
        _text("Provider", "provider", "Who teaches it.", "A university", 24),
        _number("Study level", "study_level", "Of the qualifications framework, from 1 to 8.", 6),
        _number("Credits", "credits", "A whole number.", 20),
        Column("Pass mark %", "pass_mark_percent", Holds.PERCENT, "Of the whole module.", 40),
        _number("Attempts allowed", "attempts_allowed", "Empty: the curriculum does not say.", 2),
        MONTH,
        *_shares(),
        _sources(),
    ),
)
COMPONENTS = Sheet(
    "Components",
    (
        Column(
            "Module",
            "module",
            Holds.CODE,
            "The code of the module that it is part of.",
            "PHY-601",
            12,
            ("Modules", "code"),
        ),
        _code("A short name.", "EX"),
        _text("Title", "title", "What it is.", "Examination", 30),
        Column("Weight %", "weight_percent", Holds.PERCENT, "All of a module's together make 100.", 100),
        Column("Pass mark %", "pass_mark_percent", Holds.PERCENT, "Empty: only the whole must pass.", 40),
        Column("Must pass", "must_pass", Holds.YES, "yes, if the module needs it passed.", "yes", 10),
    ),
)
ASSESSMENTS = Sheet(
    "Assessments",
    (
        _code("A short name.", "DOPS"),
        _text("Title", "title", "What people call the form.", "Direct observation of a skill"),
    ),
)
SOURCES = Sheet(
    "Sources",
    (
        _code("A short name.", "handbook"),
        _text("Title", "title", "Where something in the curriculum comes from.", "Training handbook, edition 3", 60),
        _text("Address", "address", "Begins with https://. May stay empty.", "https://example.org/handbook", 60),
    ),
)
SETTINGS = Sheet(
    "Settings",
    (
        _code("A short name, to write in place of a number elsewhere.", "least_entries"),
        _number("Value", "value", "A whole number.", 3),
        _text("Title", "title", "What it is, and that it was chosen.", "Fewest entries. Chosen by the scheme.", 60),
    ),
)
SHEETS = (CURRICULUM, SCALE, KINDS, SECTIONS, COMPETENCIES, MODULES, COMPONENTS, ASSESSMENTS, SOURCES, SETTINGS)
LISTS = {
    "kinds": KINDS,
    "assessments": ASSESSMENTS,
    "sources": SOURCES,
    "settings": SETTINGS,
}  # as our own format has them
_MIX = re.compile(r"\s*([0-9]{1,4})\s*(?:of|x)\s+(.+?)\s*\Z", re.DOTALL)
BETWEEN = {Holds.CODES: ", ", Holds.LINES: "\n", Holds.MIXES: "; "}
SPLIT_AT = {Holds.CODES: re.compile(r"[,;\n]"), Holds.LINES: re.compile(r"\n"), Holds.MIXES: re.compile(r"[;\n]")}
_BETWEEN = re.compile(r"\s*,\s*|\s+or\s+")


def to_cell(value: Any, holds: Holds) -> str | int | Decimal:
    """How a value of plain data stands in a cell."""
    match value:
        case {"setting": code}:
            return str(code)
        case {"count": _, "any_of": _}:
            return _mix_cell(value)
        case list():
            return BETWEEN[holds].join(map(_mix_cell if holds is Holds.MIXES else str, value))
        case int() | Decimal() if not isinstance(value, bool):
            return value
    return str(value) if isinstance(value, str) else "yes" if value else "no"


def _mix_cell(mix: dict[str, Any]) -> str:
    return f"{to_cell(mix['count'], Holds.NUMBER)} of {' or '.join(mix['any_of'])}"


def from_cell(text: str, holds: Holds, settings: set[str]) -> Any:
    """What the text of a cell says, in plain data. Raises ValueError with the way it should be written."""
    if holds in SPLIT_AT:
        parts = [each.strip() for each in SPLIT_AT[holds].split(text) if each.strip()]
        return [_mix(each, settings) for each in parts] if holds is Holds.MIXES else parts
    match holds:
        case Holds.YES:
            return _yes(text)
        case Holds.MIX:
            return _mix(text, settings)
        case Holds.NUMBER | Holds.PERCENT:
            return _number_or_setting(text, settings)
    return text


def _yes(text: str) -> bool:
    words = {"yes": True, "y": True, "true": True, "1": True, "no": False, "n": False, "false": False, "0": False}
    if text.strip().lower() not in words:
        raise ValueError("Write yes or no.")
    return words[text.strip().lower()]


def _mix(text: str, settings: set[str]) -> dict[str, Any]:
    count, of, names = text.strip().partition(" of ")
    found = _MIX.match(text)
    if found:
        return {"count": int(found[1]), "any_of": _BETWEEN.split(found[2])}
    if of and count.strip() in settings:
        return {"count": {"setting": count.strip()}, "any_of": _BETWEEN.split(names.strip())}
    raise ValueError("Write how many of what, such as 3 of DOPS or OCE.")


def _number_or_setting(text: str, settings: set[str]) -> Any:
    plain = text.strip()
    if plain in settings:
        return {"setting": plain}
    if re.fullmatch(r"[0-9]{1,9}", plain):
        return int(plain)
    if re.fullmatch(r"[0-9]{1,9}[.,][0-9]{1,8}", plain):
        return Decimal(plain.replace(",", "."))
    raise ValueError("Write a number, or the code of a row in the sheet Settings.")
