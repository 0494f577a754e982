"""The disk is full: people are told, pages can be read, and it goes on by itself when there is room."""

from dataclasses import asdict
from pathlib import Path

from tests.crashes.full_disk import fill_again_and_again, small_disk
from tests.crashes.served import Launcher
from tests.night.conftest import Note, size


def test_the_disk_is_filled(launcher: Launcher, tmp_path: Path, note: Note) -> None:
    with small_disk(tmp_path / "disk"):
        found = fill_again_and_again(launcher, tmp_path / "disk", size(50))
    note(times=size(50), told=found.told, readable=found.readable, **asdict(found.compared))
    assert (found.compared.lost, found.compared.doubled, found.compared.faults) == (0, 0, [])
    assert (found.told, found.readable) == (size(50), size(50))
