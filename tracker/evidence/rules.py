"""Which files may be kept, under which names, and which text may not: what holds patient details."""

import re
import unicodedata
from collections.abc import Mapping
from dataclasses import dataclass

from nhs_number.validate import is_valid

LARGEST_PIXELS = 50_000_000
LARGEST_UNPACKED_BYTES = 200 * 1024 * 1024
LARGEST_RATIO = 100  # Of unpacked to packed, once the unpacked file is large.
LONGEST_NAME = 200


@dataclass(frozen=True)
class FileKind:
    """A kind of file that departments use as evidence. Shape: the first extension is the one we give."""

    media_type: str
    extensions: tuple[str, ...]


OFFICE = "application/vnd.openxmlformats-officedocument."
PDF = FileKind("application/pdf", (".pdf",))
JPEG = FileKind("image/jpeg", (".jpg", ".jpeg"))
PNG = FileKind("image/png", (".png",))
WEBP = FileKind("image/webp", (".webp",))
TEXT = FileKind("text/plain", (".txt",))
CSV = FileKind("text/csv", (".csv",))
DOCX = FileKind(f"{OFFICE}wordprocessingml.document", (".docx",))
XLSX = FileKind(f"{OFFICE}spreadsheetml.sheet", (".xlsx",))
PPTX = FileKind(f"{OFFICE}presentationml.presentation", (".pptx",))
KINDS = (PDF, JPEG, PNG, WEBP, TEXT, CSV, DOCX, XLSX, PPTX)

STARTS = ((b"%PDF-", PDF), (b"\xff\xd8\xff", JPEG), (b"\x89PNG\r\n\x1a\n", PNG))
ZIP_START = b"PK\x03\x04"
OLD_OFFICE_START = b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1"
HEIC_BRANDS = frozenset({b"heic", b"heix", b"hevc", b"mif1", b"msf1", b"avif"})
CONTROL = re.compile(r"[\x00-\x08\x0b\x0e-\x1f\x7f]")
MARK_UP = re.compile(r"<\s*(!doctype|\?xml|html|head|body|script|svg|iframe|object|embed)\b", re.IGNORECASE)
UNFIT_FOR_NAMES = re.compile(r'[<>:"|?*\\/]')
WHAT_WE_KEEP = "Attach a PDF, a JPEG, PNG or WebP picture, a text or CSV file, or a Word, Excel or PowerPoint file."


def find_kind(content: bytes, name: str) -> FileKind | None:
    """The kind of a file by its content, or None when it is not one that we keep.

    A zip is left to the office checks, which look inside. The name only tells a CSV file from other text.
    """
    for start, kind in STARTS:
        if content.startswith(start):
            return kind
    if content.startswith(b"RIFF") and content[8:12] == b"WEBP":
        return WEBP
    text = readable_text(content)
    if not content or text is None or MARK_UP.search(text):
        return None
    return CSV if name.lower().endswith(".csv") else TEXT


def is_zip(content: bytes) -> bool:
    """Whether a file may be a Word, Excel or PowerPoint file, which are zips."""
    return content.startswith(ZIP_START)


def readable_text(content: bytes) -> str | None:
    """A text file's text, or None when the bytes are no text."""
    encodings = ("utf-16",) if content.startswith((b"\xff\xfe", b"\xfe\xff")) else ("utf-8-sig", "cp1252")
    for encoding in encodings:
        try:
            text = content.decode(encoding)
        except UnicodeDecodeError:
            continue
        return None if CONTROL.search(text) else text
    return None


def why_not_keep(content: bytes) -> str:
    """What to say of a file that is none of the kinds we keep, and what would help.

    Source: National School of Healthcare Science, protecting sensitive information: nothing may identify a patient, and
    a DICOM header names one. That no active content is kept is our own decision.
    """
    if not content:
        return "The file is empty. Check that it was saved, then choose it again."
    if content[128:132] == b"DICM":
        return (
            "DICOM images name the patient inside the file. Attach a JPEG or PNG picture with no patient details in it."
        )
    if content[4:8] == b"ftyp" and content[8:12] in HEIC_BRANDS:
        return "We cannot keep HEIC photos. Save the photo as JPEG, then attach that."
    if content.startswith(OLD_OFFICE_START):
        return (
            "This is an older Office file, or one with a password. "
            "Save it as .docx, .xlsx, .pptx or PDF without a password, then attach that."
        )
    text = readable_text(content)
    if text is not None and MARK_UP.search(text):
        return "Web pages, SVG drawings and the like can hold script. Save it as PDF, then attach that."
    return f"This is not a kind of file that we keep. {WHAT_WE_KEEP}"


def clean_name(name: str, kind: FileKind) -> str:
    """A file's name as it may be shown and sent, with the extension of its kind."""
    stem, extension = _parted(plain_name(name), kind)
    return stem[: LONGEST_NAME - len(extension)].rstrip(". ") + extension


def plain_name(name: str) -> str:
    """A file's name without folders and hidden characters."""
    last = unicodedata.normalize("NFC", name).replace("\\", "/").rsplit("/", 1)[-1]
    shown = "".join(_shown(letter) for letter in last)
    return " ".join(UNFIT_FOR_NAMES.sub("_", shown).split()).strip(". ") or "file"


def _shown(letter: str) -> str:
    """The letter, a space for a control or a break, nothing for what turns the direction of text or joins letters."""
    category = unicodedata.category(letter)
    if category == "Cf":
        return ""
    return " " if category[0] in "CZ" else letter


def _parted(name: str, kind: FileKind) -> tuple[str, str]:
    """The name before its extension, and an extension that is right for the kind."""
    for extension in kind.extensions:
        if name.lower().endswith(extension) and len(name) > len(extension):
            return name[: -len(extension)], extension
    return name, kind.extensions[0]


GAP = r"[ \t]?[-\u2010-\u2015\u2212]?[ \t]?"
CANDIDATE = re.compile(rf"(?<!\d)(?<!\d[-.])\d{{3,10}}(?:{GAP}\d{{3,7}}){{0,2}}(?![-.]?\d)")
NHS_NUMBER_DIGITS = 10
INTERNATIONAL = re.compile(r"\+\d{1,3}[ -]?\Z")


def find_nhs_numbers(text: str) -> list[str]:
    """What looks like an NHS number: ten digits, spaced or dashed or not, with a right check digit.

    Digits within a longer number and after an international dialling code do not count. Order: as in the text.
    Source: NHS data dictionary, "NHS NUMBER" (modulus 11).
    """
    plain = unicodedata.normalize("NFKC", text)
    found = []
    position = 0
    while match := CANDIDATE.search(plain, position):
        number = _digits(match.group())
        dialled = INTERNATIONAL.search(plain[max(0, match.start() - 5) : match.start()])
        if len(number) == NHS_NUMBER_DIGITS and not dialled and is_valid(number):
            found.append(number)
            position = match.end()
        else:
            position = _next_number(plain, match.start())
    return found


def _digits(text: str) -> str:
    return "".join(letter for letter in text if letter.isdecimal())


def _next_number(text: str, start: int) -> int:
    """Where the digits that begin at `start` end: a candidate may begin with the group after them."""
    end = start
    while end < len(text) and text[end].isdecimal():
        end += 1
    return end


def why_not_patient_details(text_by_label: Mapping[str, str]) -> dict[str, str]:
    """For each field that seems to hold an NHS number, a sentence that names the field and says what to do.

    Shape: label to sentence; empty when nothing was found. The number itself is not repeated.
    Source: National School of Healthcare Science, questions on the curriculum: an NHS number identifies a patient.
    """
    return {
        label: f"Remove the NHS number that ends in {numbers[0][-2:]} from “{label}”: nothing may identify a patient."
        for label, text in text_by_label.items()
        if (numbers := find_nhs_numbers(text))
    }
