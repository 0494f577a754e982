"""What is kept outside the database, so that a database which is older, or another one, is noticed."""

import fcntl
import os
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from tracker.core.whole import put_in_place
from tracker.record.verifier import Checkpoint, parse_checkpoint, parse_note

NEWEST = "checkpoint"


def read(folder: Path) -> bytes | None:
    """The newest checkpoint as it was signed, or None where none is kept."""
    try:
        return (folder / NEWEST).read_bytes()
    except FileNotFoundError:
        return None


def read_checkpoint(folder: Path) -> Checkpoint | None:
    """What the newest checkpoint states. Raises Wrong when it cannot be read as one."""
    note = read(folder)
    return None if note is None else parse_checkpoint(parse_note(note))


def stamp(folder: Path) -> tuple[int, int] | None:
    """What changes when the copy does: costs no more than a look at the file's times."""
    try:
        found = os.stat(folder / NEWEST)  # noqa: PTH116 - asked for every event, and a Path costs more than the look
    except FileNotFoundError:
        return None
    return found.st_mtime_ns, found.st_ino


def touch(folder: Path) -> None:
    """Have every process compare its database with the copy again."""
    if (folder / NEWEST).exists():
        os.utime(folder / NEWEST)


def write(folder: Path, note: bytes, name: str = NEWEST) -> None:
    """Keep a note in place of the one before, whole or not at all, safe from a power cut."""
    folder.mkdir(parents=True, exist_ok=True, mode=0o700)
    part = folder / f".{name}.part"
    part.write_bytes(note)
    put_in_place(part, folder / name)


def set_aside(folder: Path) -> None:
    """Put the newest checkpoint by, under a name of its own: it is the proof of what was lost."""
    place = folder / NEWEST
    if place.exists():
        number = sum(1 for _ in folder.glob(f"{NEWEST}-lost-*")) + 1
        place.replace(folder / f"{NEWEST}-lost-{number}")


@contextmanager
def one_at_a_time(folder: Path) -> Iterator[bool]:
    """Whether we are the only one on this machine who works in the folder; who is not does nothing."""
    folder.mkdir(parents=True, exist_ok=True, mode=0o700)
    with (folder / "lock").open("w") as lock:
        try:
            fcntl.flock(lock, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError:
            yield False
            return
        yield True
