"""Receiving an upload: within the size limit, of a kind that we keep, cleaned, and stored before any row names it."""

from dataclasses import dataclass

from flask import current_app
from werkzeug.datastructures import FileStorage

from tracker.core import storage
from tracker.core.upload import is_too_large
from tracker.evidence import office, rules
from tracker.evidence.cleaning import NotClean, clean

MEBIBYTE = 1024 * 1024


@dataclass(frozen=True)
class Received:
    """A file that is safely stored and has no row yet. Shape: `name` is clean, `media_type` is by content."""

    sha256: str
    size_bytes: int
    media_type: str
    name: str


@dataclass(frozen=True)
class NotReceived:
    """A file that was not kept, and the sentence for the person who chose it."""

    sentence: str
    too_large: bool = False


def receive(upload: FileStorage) -> Received | NotReceived:
    """Check, clean and store a file, before the write transaction begins. The same file twice is stored once."""
    limit_bytes: int = current_app.config["EVIDENCE_LIMIT_BYTES"]
    name = upload.filename or ""
    content = upload.stream.read(limit_bytes + 1)
    if is_too_large(upload) or len(content) > limit_bytes:
        return NotReceived(too_large(name, limit_bytes), too_large=True)
    checked = check(content, name)
    if isinstance(checked, str):
        return NotReceived(f"“{rules.plain_name(name)[:80]}” was not kept. {checked}")
    kind, cleaned = checked
    stored = storage.store(cleaned)
    return Received(stored.sha256, stored.size_bytes, kind.media_type, rules.clean_name(name, kind))


def too_large(name: str, limit_bytes: int) -> str:
    """What to say of a file that is larger than we keep."""
    return (
        f"“{rules.plain_name(name)[:80]}” was not kept: it is larger than {limit_bytes // MEBIBYTE} MB. "
        "Save a smaller copy, or only the pages that you need, then attach that."
    )


def check(content: bytes, name: str) -> tuple[rules.FileKind, bytes] | str:
    """A file's kind and its cleaned bytes, or the sentence that says why it is not kept."""
    kind = office.look_inside(content) if rules.is_zip(content) else rules.find_kind(content, name)
    if isinstance(kind, str):
        return kind
    if kind is None:
        return rules.why_not_keep(content)
    if why_not := _why_not_patient_details(content, name, kind):
        return why_not
    try:
        return kind, clean(content, kind)
    except NotClean as not_clean:
        return not_clean.sentence


def _why_not_patient_details(content: bytes, name: str, kind: rules.FileKind) -> str | None:
    text = (rules.readable_text(content) or "") if kind in {rules.TEXT, rules.CSV} else ""
    found = rules.why_not_patient_details({"the file's name": name, "the file": text})
    return next(iter(found.values()), None)
