"""Which format a file has, found by looking into it. Its name says nothing."""

import csv
import io
import re
import zipfile
from enum import StrEnum

from tracker.core.errors import BadInput
from tracker.curricula.foreign import refuse

ACCEPTED = (
    "Give a curriculum in one of these: the tracker's own YAML (format: tracker-curriculum/1), a CASE 1.0 or 1.1 "
    "package (JSON with a CFDocument), a Moodle competency framework (CSV), or the spreadsheet that "
    "tracker curriculum template writes (XLSX)."
)
LOOKED_AT = 4096
DELIMITERS = ",;\t:"
_OWN = re.compile(r"""^\ufeff?["'{\s]*(format|code|title|length_months|sections)["']?\s*:""", re.MULTILINE)
_UNFIT = re.compile(r"[^a-z]")


class Format(StrEnum):
    """A format that curricula are read from and written to."""

    TRACKER = "tracker"
    CASE = "case"
    MOODLE = "moodle"
    XLSX = "xlsx"


def find_format(file: str, raw: bytes) -> Format:
    """The format of a file. Raises BadInput that lists what is accepted."""
    if raw.startswith(b"PK\x03\x04"):
        if _is_workbook(raw):
            return Format.XLSX
        raise _unknown(file, "This is a zip file, and no spreadsheet is in it.")
    if raw.startswith(b"\xd0\xcf\x11\xe0"):
        raise _unknown(file, "This is an old Excel file (.xls), or one with a password. Save it as .xlsx without one.")
    if raw.startswith((b"\xff\xfe", b"\xfe\xff")):
        raise _unknown(file, "This is text in UTF-16. Save it as UTF-8.")
    head = raw[:LOOKED_AT].decode("utf-8", errors="replace").removeprefix("\ufeff")
    if head.lstrip().startswith("{") and (b'"CFDocument"' in raw or b'"CFPackage"' in raw or b'"CFItems"' in raw):
        return Format.CASE
    if find_delimiter(head):
        return Format.MOODLE
    if _OWN.search(head):
        return Format.TRACKER
    raise _unknown(file, "Nothing in the file says what it is." if raw.strip() else "The file is empty.")


def find_delimiter(text: str) -> str:
    """What stands between the headings in the first line of a Moodle framework; nothing where the text is none."""
    first = next(iter(text.lstrip().splitlines()), "")
    for delimiter in DELIMITERS:
        headings = {plain_heading(cell) for cell in _cells(first, delimiter)}
        if "idnumber" in headings and headings & {"shortname", "isframework", "parentidnumber"}:
            return delimiter
    return ""


def _cells(line: str, delimiter: str) -> list[str]:
    try:
        return next(csv.reader([line], delimiter=delimiter), [])
    except csv.Error:  # of a line that is no table
        return []


def plain_heading(heading: str) -> str:
    """A heading without blanks, capitals, hyphens and "(optional)", which programs spell in several ways."""
    return _UNFIT.sub("", heading.lower().replace("(optional)", ""))


def _is_workbook(raw: bytes) -> bool:
    try:
        with zipfile.ZipFile(io.BytesIO(raw)) as archive:
            return "xl/workbook.xml" in archive.namelist()
    except (zipfile.BadZipFile, ValueError, OSError, NotImplementedError):  # The last: a newer zip.
        return False


def _unknown(file: str, what: str) -> BadInput:
    return refuse(file, 0, what, ACCEPTED)
