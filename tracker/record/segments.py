"""The second copy of the events: files that are only ever added to, a body a line, exactly as it was recorded.

A body holds no line's end, so that a line which has none is what a power cut left of one.
"""

import json
import os
from collections.abc import Iterable, Iterator
from itertools import groupby
from pathlib import Path
from typing import BinaryIO

from tracker.core.whole import sync

EVENTS_PER_FILE = 10_000
TAIL_BYTES = 64 * 1024


def last_body(folder: Path) -> bytes | None:
    """The last event that is whole in the copy, or None in an empty one."""
    for place in reversed(_files(folder)):
        if (body := _last_line(place)) is not None:
            return body
    return None


def number_of(body: bytes) -> int:
    """The number of the event with this body."""
    return int(json.loads(body)["seq"])


def bodies(folder: Path) -> Iterator[bytes]:
    """Every event that is whole in the copy. Order: as they are numbered."""
    for place in _files(folder):
        with place.open("rb") as file:
            for line in file:
                if line.endswith(b"\n"):
                    yield line[:-1]


def extend(folder: Path, rows: Iterable[tuple[int, bytes]]) -> int:
    """Add events, the first of which is the next one, and make them survive a power cut. Gives how many."""
    folder.mkdir(parents=True, exist_ok=True, mode=0o700)
    added = 0
    for place, ours in groupby(rows, lambda row: _place(folder, row[0])):
        with _open_whole(place) as file:
            for _, body in ours:
                file.write(body + b"\n")
                added += 1
        sync(place)
    if added:
        sync(folder)
    return added


def set_aside(folder: Path) -> None:
    """Put the whole copy by, in a folder of its own: it holds what the database has lost."""
    kept = folder / f"lost-{sum(1 for _ in folder.glob('lost-*')) + 1}"
    kept.mkdir(parents=True, mode=0o700)
    for place in _files(folder):
        place.replace(kept / place.name)
    sync(folder)


def _files(folder: Path) -> list[Path]:
    return sorted(folder.glob("events-*.jsonl"))


def _place(folder: Path, seq: int) -> Path:
    first = (seq - 1) // EVENTS_PER_FILE * EVENTS_PER_FILE + 1
    return folder / f"events-{first:012d}.jsonl"


def _open_whole(place: Path) -> BinaryIO:
    """Open a file to add to it, after what a power cut left of a line is cut away."""
    handle = os.open(place, os.O_RDWR | os.O_CREAT, 0o600)
    start = end = place.stat().st_size
    tail = b""
    while start > 0 and b"\n" not in tail:
        start = max(0, start - TAIL_BYTES)
        tail = os.pread(handle, end - start, start)
    os.ftruncate(handle, start + tail.rfind(b"\n") + 1)
    os.lseek(handle, 0, os.SEEK_END)
    return os.fdopen(handle, "wb")


def _last_line(place: Path) -> bytes | None:
    """The last line that has its end, without it."""
    end = place.stat().st_size
    wanted = TAIL_BYTES
    with place.open("rb") as file:
        while True:
            start = max(0, end - wanted)
            file.seek(start)
            lines = file.read(end - start).split(b"\n")[:-1]
            if len(lines) > 1 or (lines and start == 0):
                return lines[-1]
            if start == 0:
                return None
            wanted *= 2
