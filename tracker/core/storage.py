"""Files by their content: each is kept once, under its SHA-256, and never changed."""

import hashlib
import os
from dataclasses import dataclass
from pathlib import Path
from tempfile import NamedTemporaryFile

from flask import current_app

from tracker.core.whole import put_in_place


@dataclass(frozen=True)
class Stored:
    """A file that is safely on the disk. Shape: `sha256` is 64 hexadecimal digits."""

    sha256: str
    size_bytes: int


def store(content: bytes) -> Stored:
    """Put a file away before any row names it. The same content twice is one file."""
    digest = hashlib.sha256(content).hexdigest()
    path = path_of(digest)
    if not _is_kept(path):
        path.parent.mkdir(parents=True, exist_ok=True)
        _write(content, path)
    return Stored(digest, len(content))


def _is_kept(path: Path) -> bool:
    """Whether the file is there; if so it counts as stored now, so that nobody sweeps it before its row is."""
    try:
        os.utime(path)
    except FileNotFoundError:
        return False
    return True


def _write(content: bytes, path: Path) -> None:
    """Write a file whole or not at all: under another name first, which a full disk does not leave behind."""
    with NamedTemporaryFile(dir=path.parent, delete=False) as part:
        try:
            part.write(content)
            part.flush()
            put_in_place(Path(part.name), path)
        except OSError:
            Path(part.name).unlink(missing_ok=True)
            raise


def folder() -> Path:
    """Where files are kept."""
    place: Path = current_app.config["FOLDER"]
    return place / "files"


def path_of(sha256: str) -> Path:
    """Where the file with this digest is, or would be."""
    return folder() / sha256[:2] / sha256
