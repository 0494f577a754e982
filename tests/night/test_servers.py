"""Primaries are killed and standbys take over; PostgreSQL's processes are killed and started again."""

from collections.abc import Iterator
from dataclasses import asdict
from pathlib import Path
from tempfile import TemporaryDirectory

import pytest

from tests.crashes.backends import kill_backends
from tests.crashes.failover import kill_primaries
from tests.crashes.mails import kill_workers
from tests.crashes.served import Launcher
from tests.night.conftest import Note, size


@pytest.fixture
def open_folder() -> Iterator[Path]:
    """A folder that other users may enter, as those of the tests are not."""
    with TemporaryDirectory(prefix="clusters-", ignore_cleanup_errors=True) as name:
        Path(name).chmod(0o755)
        yield Path(name)


def test_primaries_are_killed(launcher: Launcher, open_folder: Path, note: Note, postgresql_server: str) -> None:
    found = kill_primaries(launcher, open_folder, size(100))
    note(kills=size(100), longest_seconds=found.longest_seconds, **asdict(found.compared))
    assert (found.compared.lost, found.compared.doubled, found.compared.faults) == (0, 0, [])
    assert found.longest_seconds < 15


def test_primaries_that_wait_for_nobody_are_killed(
    launcher: Launcher, open_folder: Path, note: Note, postgresql_server: str
) -> None:
    """The control."""
    found = kill_primaries(launcher, open_folder, 1, synchronous=False)
    note(kills=1, answered=found.compared.answered, lost=found.compared.lost)
    assert found.compared.lost > 0


@pytest.mark.parametrize("all_of_them", [False, True], ids=["one process", "the whole server"])
def test_postgresql_is_killed(
    launcher: Launcher, open_folder: Path, seed: int, note: Note, postgresql_server: str, *, all_of_them: bool
) -> None:
    found = kill_backends(launcher, open_folder, size(300), seed, all_of_them=all_of_them)
    note(kills=size(300), **asdict(found))
    assert (found.lost, found.doubled, found.faults) == (0, 0, [])


def test_the_worker_is_killed(launcher: Launcher, place: dict[str, str], seed: int, note: Note) -> None:
    found = kill_workers(launcher, place, size(300), seed)
    note(kills=size(300), **asdict(found))
    assert (found.lost, found.invented, found.untold) == (0, 0, 0)
    assert (found.compared.lost, found.compared.doubled, found.compared.faults) == (0, 0, [])
    assert found.written > 0
