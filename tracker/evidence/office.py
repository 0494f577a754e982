"""Looking inside Word, Excel and PowerPoint files: zips of parts, of which [Content_Types].xml says what they are.

Source: ECMA-376 part 2 (Open Packaging Conventions).
"""

import zipfile
import zlib
from io import BytesIO
from pathlib import PurePosixPath
from xml.parsers import expat

from tracker.evidence.rules import (
    DOCX,
    LARGEST_RATIO,
    LARGEST_UNPACKED_BYTES,
    PPTX,
    WHAT_WE_KEEP,
    XLSX,
    FileKind,
)

TYPES_PART = "[Content_Types].xml"
LARGEST_TYPES_BYTES = 1024 * 1024
SMALL_BYTES = 10 * 1024 * 1024  # Below this, no ratio is a danger.
ENCRYPTED = 0x1
END_BYTES = 22  # Of the record that ends a zip without a comment.
MAIN_PARTS = {f"{kind.media_type}.main+xml": kind for kind in (DOCX, XLSX, PPTX)}
ACTIVE = ("macroenabled", "vbaproject", "activex")
BROKEN = "The file cannot be opened: it is damaged or not complete. Save it again, then attach the new copy."
MACROS = "The file holds macros. Save it without them (.docx, .xlsx, .pptx) or as PDF, then attach that."
TOO_MUCH_INSIDE = "The file unpacks to far more than its size. Save the part that you need as PDF, then attach that."
OTHER_ZIP = f"Zip folders are not kept: attach the files in it one by one. {WHAT_WE_KEEP}"


def look_inside(content: bytes) -> FileKind | str:
    """Which kind of office file this is, or the sentence that says why it is not kept."""
    try:
        with zipfile.ZipFile(BytesIO(content)) as archive:
            return why_not_unpack(archive, content) or _kind_inside(archive)
    except (zipfile.BadZipFile, zlib.error, expat.ExpatError, EOFError, RuntimeError, ValueError, OSError):
        return BROKEN


def why_not_unpack(archive: zipfile.ZipFile, content: bytes) -> str | None:
    """Why nobody should unpack this zip: hidden ends, locked parts, names that climb out of it, a bomb."""
    parts = archive.infolist()
    if archive.comment or content.rfind(b"PK\x05\x06") + END_BYTES != len(content):
        return BROKEN
    if any(part.flag_bits & ENCRYPTED for part in parts):
        return "The file is locked with a password. Save it without one, then attach that."
    if any(_climbs(part.filename) for part in parts) or len({part.filename for part in parts}) != len(parts):
        return BROKEN
    unpacked = sum(part.file_size for part in parts)
    if unpacked > LARGEST_UNPACKED_BYTES or (unpacked > SMALL_BYTES and unpacked > LARGEST_RATIO * len(content)):
        return TOO_MUCH_INSIDE
    return None


def _climbs(name: str) -> bool:
    path = PurePosixPath(name)
    return path.is_absolute() or ".." in path.parts or "\\" in name or "\x00" in name or ":" in name


def _kind_inside(archive: zipfile.ZipFile) -> FileKind | str:
    names = archive.namelist()
    if TYPES_PART not in names:
        return OTHER_ZIP
    if archive.getinfo(TYPES_PART).file_size > LARGEST_TYPES_BYTES:
        return TOO_MUCH_INSIDE
    types = content_types(archive.read(TYPES_PART))
    said = " ".join([*names, *types.values()]).lower()
    if any(word in said for word in ACTIVE):
        return MACROS
    kinds = {MAIN_PARTS[kind] for part, kind in types.items() if kind in MAIN_PARTS and part.lstrip("/") in names}
    if len(kinds) != 1:
        return OTHER_ZIP
    return BROKEN if archive.testzip() else kinds.pop()


def content_types(xml: bytes) -> dict[str, str]:
    """What each part of the file is: part name, or `.extension` for a default, to content type.

    Raises ExpatError for broken XML, ValueError for a document type, which no office program writes.
    """
    types: dict[str, str] = {}

    def element(name: str, attributes: dict[str, str]) -> None:
        kind = attributes.get("ContentType", "")
        if name.endswith("Override"):
            types[attributes.get("PartName", "")] = kind
        elif name.endswith("Default"):
            types[f".{attributes.get('Extension', '')}"] = kind

    parser = expat.ParserCreate()
    parser.StartElementHandler = element
    parser.StartDoctypeDeclHandler = _refuse_document_type
    parser.Parse(xml, True)
    return types


def _refuse_document_type(*_: object) -> None:
    raise ValueError("[Content_Types].xml has a document type.")
