"""Files by their content: each is kept once, under its SHA-256, and never changed."""

import hashlib
import os
from dataclasses import dataclass
from pathlib import Path
from tempfile import NamedTemporaryFile

from flask import current_app


@dataclass(frozen=True)
class Stored:
    """A file that is safely on the disk. Shape: `sha256` is 64 hexadecimal digits."""

    sha256: str
    size_bytes: int


def store(content: bytes) -> Stored:
    """Put a file away before any row names it. The same content twice is one file."""
    digest = hashlib.sha256(content).hexdigest()
    path = path_of(digest)
    if not path.exists():
        path.parent.mkdir(parents=True, exist_ok=True)
        _write(content, path)
        _sync_folder(path.parent)
    return Stored(digest, len(content))


def _write(content: bytes, path: Path) -> None:
    """Write a file whole or not at all: under another name first, which a full disk does not leave behind."""
    with NamedTemporaryFile(dir=path.parent, delete=False) as part:
        try:
            part.write(content)
            part.flush()
            os.fsync(part.fileno())
            Path(part.name).replace(path)
        except OSError:
            Path(part.name).unlink(missing_ok=True)
            raise


def path_of(sha256: str) -> Path:
    """Where the file with this digest is, or would be."""
    folder: Path = current_app.config["FOLDER"]
    return folder / "files" / sha256[:2] / sha256


def _sync_folder(folder: Path) -> None:
    """Make a new name in a folder survive a power cut."""
    handle = os.open(folder, os.O_RDONLY)
    try:
        os.fsync(handle)
    finally:
        os.close(handle)
