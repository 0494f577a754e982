"""A disk of a few megabytes that is filled while many write, and emptied again."""

import os
import subprocess
import time
from collections.abc import Iterator, Sequence
from contextlib import contextmanager, suppress
from dataclasses import dataclass
from pathlib import Path

from tests.crashes.kills import wait_for_an_answer
from tests.crashes.ledger import Compared, compare
from tests.crashes.people import make_pairs
from tests.crashes.served import PATIENCE_SECONDS, Launcher, environ, served
from tests.crashes.writers import Writer, at_work

MEGABYTES = 24
WRITERS = 20
CLEAR = ("Nothing you sent was saved", "It is safe to send it again", "There is no room left")


@dataclass(frozen=True)
class Filled:
    """How often the disk was full, what people were told and could read then, and what became of the answers."""

    told: int
    readable: int
    compared: Compared


@contextmanager
def small_disk(place: Path) -> Iterator[None]:
    """A disk in memory, which only root can mount. Raises AssertionError with the sentence for others."""
    assert os.geteuid() == 0, "This job mounts a small disk (tmpfs): run it as root."
    place.mkdir()
    subprocess.run(["mount", "-t", "tmpfs", "-o", f"size={MEGABYTES}m", "tmpfs", str(place)], check=True)
    try:
        yield
    finally:
        subprocess.run(["umount", "-l", str(place)], check=True)


def fill_again_and_again(launcher: Launcher, disk: Path, times: int) -> Filled:
    """Fill the disk that holds database, its log and the files; look; make room; and so on, without a restart."""
    settings = environ(disk / "tracker", f"sqlite:///{disk / 'tracker' / 'tracker.sqlite'}")
    *pairs, last = make_pairs(settings, WRITERS)
    told = readable = 0
    with served(launcher, settings, last) as server, at_work(pairs, server.port) as people:
        server.start()
        for _ in range(times):
            wait_for_an_answer(people)
            _fill(disk / "filler")
            told += _is_told(people)
            readable += _can_read(people[0])
            (disk / "filler").unlink()
        wait_for_an_answer(people)
    return Filled(told, readable, compare(settings, people))


def _fill(filler: Path) -> None:
    """Take what room is left, to the last byte."""
    with suppress(OSError), filler.open("wb", buffering=0) as file:
        for chunk in (65_536, 4096, 1):
            with suppress(OSError):
                while True:
                    file.write(bytes(chunk))


def _is_told(people: Sequence[Writer]) -> bool:
    """Whether somebody gets a page that says clearly that it was not kept, or may not have been."""
    before = sum(len(person.told) for person in people)
    until = time.monotonic() + PATIENCE_SECONDS
    while sum(len(person.told) for person in people) == before:
        if time.monotonic() > until:
            return False
        time.sleep(0.02)
    return all(any(sentence in page for sentence in CLEAR) for person in people for page in person.told)


def _can_read(person: Writer) -> bool:
    reader = type(person.client)(person.client.port)
    answer = reader.read(person.pair.supervisor, f"/claims/{person.pair.claim_id}")
    reader.close()
    return answer.status == 200
