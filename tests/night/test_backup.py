"""A backup under load, restored elsewhere."""

from dataclasses import asdict
from pathlib import Path

from tests.conftest import new_postgresql
from tests.crashes.keeping import back_up_under_load, restored
from tests.crashes.served import Launcher, environ
from tests.night.conftest import Note, size


def test_a_backup_among_fifty_writers_on_sqlite(launcher: Launcher, tmp_path: Path, note: Note) -> None:
    first, second = (environ(tmp_path / name, f"sqlite:///{tmp_path / name / 't.sqlite'}") for name in ("a", "b"))
    backed_up(launcher, first, second, tmp_path, note)


def test_a_backup_among_fifty_writers_on_postgresql(
    launcher: Launcher, tmp_path: Path, note: Note, postgresql_server: str
) -> None:
    first, second = (environ(tmp_path / name, new_postgresql(postgresql_server)) for name in ("a", "b"))
    backed_up(launcher, first, second, tmp_path, note)


def backed_up(launcher: Launcher, first: dict[str, str], second: dict[str, str], folder: Path, note: Note) -> None:
    """Fifty write for ten minutes at full size, then while the backup is made."""
    before = back_up_under_load(launcher, first, folder / "kept.tar", 50, size(600))
    found = restored(second, folder / "kept.tar", before)
    note(**asdict(found), megabytes=(folder / "kept.tar").stat().st_size // 2**20)
    assert (found.lost, found.lost_files, found.faults) == (0, [], [])
