"""Files that are there whole or not at all, even after a power cut."""

import hashlib
import os
from pathlib import Path

CHUNK_BYTES = 1024 * 1024


def sync(path: Path) -> None:
    """Make what was written to a file, or the names in a folder, survive a power cut."""
    handle = os.open(path, os.O_RDONLY)
    try:
        os.fsync(handle)
    finally:
        os.close(handle)


def put_in_place(written: Path, place: Path) -> None:
    """Give a file that was written under another name in the same file system its own."""
    sync(written)
    written.replace(place)
    sync(place.parent)


def digest_of(path: Path) -> str:
    """The SHA-256 of a file, in hexadecimal digits."""
    with path.open("rb") as content:
        return hashlib.file_digest(content, "sha256").hexdigest()
