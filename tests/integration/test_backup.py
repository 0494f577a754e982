"""A backup gives back everything, is whole or is refused, and writes over nothing."""

import json
import os
import tarfile
import time
from collections.abc import Callable, Iterator
from pathlib import Path
from uuid import uuid4

import pytest
import sqlalchemy as sa
from click.testing import CliRunner
from flask import Flask

from tests.conftest import DATABASES, new_postgresql
from tests.crashes.keeping import back_up_under_load, lost_in_a_plain_copy, restored
from tests.crashes.people import looking, make_pairs
from tests.crashes.served import Launcher, environ, launching
from tests.world import World, make_world
from tracker.core import storage
from tracker.core.db import begin_write, db
from tracker.core.errors import Refused
from tracker.evidence import sweeping
from tracker.evidence.models import EvidenceFile
from tracker.operations import worker
from tracker.operations.backup import back_up, seal_of
from tracker.operations.cli import commands, script
from tracker.operations.restore import restore
from tracker.operations.setup import set_up
from tracker.record import guard
from tracker.record.actions import add
from tracker.record.decision import OPERATOR, Decision
from tracker.record.models import Event
from tracker.record.notary import seal

pytestmark = [pytest.mark.races, pytest.mark.xdist_group("crashes")]
NewPlace = Callable[[str], dict[str, str]]


@pytest.fixture(scope="module")
def launcher() -> Iterator[Launcher]:
    with launching() as one:
        yield one


@pytest.fixture(params=DATABASES)
def new_place(request: pytest.FixtureRequest, tmp_path: Path) -> NewPlace:
    """Gives the settings of a tracker that is still empty."""

    def make(name: str) -> dict[str, str]:
        folder = tmp_path / name
        if request.param == "postgresql":
            return environ(folder, new_postgresql(request.getfixturevalue("postgresql_server")))
        return environ(folder, f"sqlite:///{folder / 'tracker.sqlite'}")

    return make


@pytest.fixture
def kept(tmp_path: Path) -> Path:
    """A backup of a small tracker on SQLite."""
    here = environ(tmp_path / "first", f"sqlite:///{tmp_path / 'first' / 'tracker.sqlite'}")
    make_pairs(here, 1)
    with looking(here):
        back_up(tmp_path / "kept.tar")
    return tmp_path / "kept.tar"


@pytest.fixture
def elsewhere(tmp_path: Path) -> dict[str, str]:
    return environ(tmp_path / "second", f"sqlite:///{tmp_path / 'second' / 'tracker.sqlite'}")


def test_what_was_acknowledged_before_a_backup_is_in_it(
    launcher: Launcher, new_place: NewPlace, tmp_path: Path
) -> None:
    file = tmp_path / "kept.tar"
    before = back_up_under_load(launcher, new_place("first"), file, 8, 1)
    found = restored(new_place("second"), file, before)
    assert (found.lost, found.lost_files, found.faults) == (0, [], [])
    assert found.answered > 0


def test_a_plain_copy_of_a_database_in_use_lacks_what_was_acknowledged(launcher: Launcher, tmp_path: Path) -> None:
    """The control."""
    here = environ(tmp_path, f"sqlite:///{tmp_path / 'tracker.sqlite'}")
    assert lost_in_a_plain_copy(launcher, here, tmp_path / "copy.sqlite", 8) > 0


def test_a_restored_tracker_guards_its_record_as_before(new_place: NewPlace, tmp_path: Path) -> None:
    first, second = new_place("first"), new_place("second")
    make_pairs(first, 1)
    with looking(first):
        back_up(tmp_path / "kept.tar")
    with looking(second):
        restore(tmp_path / "kept.tar")
        with pytest.raises(sa.exc.DBAPIError, match="never changed"):
            db.session.execute(sa.update(Event).values(kind="other"))


def one_more_event() -> None:
    """Something happens, and is sealed."""
    begin_write()
    add(Decision("tried", OPERATOR, None, uuid4(), {}, {}))
    db.session.commit()
    seal()


@pytest.mark.parametrize("outside", ["kept apart", "lost with the rest"])
def test_an_old_backup_is_noticed_by_what_is_kept_apart(new_place: NewPlace, tmp_path: Path, outside: str) -> None:
    apart = {"TRACKER_CHECKPOINT_FOLDER": str(tmp_path / "apart")}
    first = new_place("first") | apart
    second = new_place("second") | (apart if outside == "kept apart" else {})
    with looking(first):
        set_up()
        one_more_event()
        back_up(tmp_path / "kept.tar")
        one_more_event()
    with looking(second):
        restore(tmp_path / "kept.tar")
        why_not = guard.look_again()
    # The control: with no checkpoint kept apart, nobody could know that there was more.
    assert (why_not is not None and "older than the record" in why_not) == (outside == "kept apart")


def test_a_backup_is_a_new_file(kept: Path, elsewhere: dict[str, str], tmp_path: Path) -> None:
    with looking(elsewhere):
        restore(kept)
        with pytest.raises(Refused, match="is there already"):
            back_up(kept)
        with pytest.raises(Refused, match="There is no folder"):
            back_up(tmp_path / "missing" / "kept.tar")
    assert [path.name for path in tmp_path.glob(".backup*")] == []


def test_nothing_is_restored_over_something(kept: Path, elsewhere: dict[str, str]) -> None:
    with looking(elsewhere):
        restore(kept)
        with pytest.raises(Refused, match="database is not empty"):
            restore(kept)
    (Path(elsewhere["TRACKER_FOLDER"]) / "tracker.sqlite").unlink()
    with looking(elsewhere):
        storage.store(b"Somebody's file.")
        with pytest.raises(Refused, match="files is not empty"):
            restore(kept)


def test_a_damaged_backup_restores_nothing(kept: Path, elsewhere: dict[str, str], tmp_path: Path) -> None:
    whole = kept.read_bytes()
    start, damaged = whole.index(b"SQLite format 3"), tmp_path / "damaged.tar"
    with tarfile.open(kept) as parts:
        size = parts.getmember("database/tracker.sqlite").size
    for at in [40, 700, *range(start, start + size, size // 20)]:
        damaged.write_bytes(whole[:at] + bytes([whole[at] ^ 1]) + whole[at + 1 :])
        with looking(elsewhere), pytest.raises(Refused):
            restore(damaged)
    for content in (whole[: len(whole) // 2], b"", b"not a backup"):
        damaged.write_bytes(content)
        with looking(elsewhere), pytest.raises(Refused, match="not a whole backup"):
            restore(damaged)
    assert sorted(path.name for path in Path(elsewhere["TRACKER_FOLDER"]).rglob("*")) == []


def test_a_backup_with_a_part_too_many_is_refused(kept: Path, elsewhere: dict[str, str], tmp_path: Path) -> None:
    extra = tmp_path / "extra"
    extra.write_text("#!/bin/sh")
    for name in ("../outside", "files/" + "0" * 64):
        more = tmp_path / "more.tar"
        more.write_bytes(kept.read_bytes())
        with tarfile.open(more, "a") as whole:
            whole.add(extra, arcname=name)
        with looking(elsewhere), pytest.raises(Refused, match="not a whole backup"):
            restore(more)


def test_a_backup_of_a_newer_release_is_refused(kept: Path, elsewhere: dict[str, str], tmp_path: Path) -> None:
    newer = tmp_path / "newer.tar"
    with tarfile.open(kept) as old, tarfile.open(newer, "w") as new:
        old.extractall(tmp_path / "parts", filter="data")
        manifest = tmp_path / "parts" / "manifest.json"
        about = json.loads(manifest.read_text()) | {"revision": "9999"}
        manifest.write_text(json.dumps(about | {"sha256": seal_of(about)}))
        for name in old.getnames():
            new.add(tmp_path / "parts" / name, arcname=name)
    with looking(elsewhere), pytest.raises(Refused, match="newer release"):
        restore(newer)


@pytest.fixture
def in_use(app: Flask, monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> Flask:
    """The app with a folder of its own, in which a worker was seen."""
    monkeypatch.setitem(app.config, "FOLDER", tmp_path)
    (tmp_path / "files").mkdir()
    worker.signs_of_life().touch()
    return app


def doctor(*words: str) -> tuple[int, str]:
    answer = CliRunner().invoke(commands, ["doctor", *words], obj=script())
    return answer.exit_code, answer.output


def file_row(world: World, sha256: str) -> EvidenceFile:
    values = {"sha256": sha256, "size_bytes": 5, "media_type": "text/plain", "name": "notes.txt"}
    return EvidenceFile(owner_id=world.trainee.id, stored_at=world.trainee.created_at, **values)


def kept_file(content: bytes, *, days_ago: float) -> Path:
    """A stored file without a row."""
    path = storage.path_of(storage.store(content).sha256)
    then = time.time() - days_ago * 86_400
    os.utime(path, (then, then))
    return path


def test_the_doctor_says_a_line_each_and_what_to_do(in_use: Flask) -> None:
    worker.signs_of_life().unlink()
    code, said = doctor()
    assert code == 1
    assert "TO DO  worker: none was seen. Start tracker worker" in said
    worker.signs_of_life().touch()
    said = doctor()[1]
    for about in ("disk", "database", "worker", "mail", "clock", "evidence"):
        assert f"ok     {about}: " in said


def test_the_doctor_names_evidence_that_is_gone(in_use: Flask) -> None:
    world = make_world()
    db.session.add(file_row(world, "a" * 64))
    db.session.commit()
    code, said = doctor()
    assert code == 1
    assert f"1 files are gone, first {'a' * 64}." in said


def test_files_that_no_row_names_are_swept_after_a_day(in_use: Flask) -> None:
    world = make_world()
    old, new, named = (kept_file(text, days_ago=days) for text, days in ((b"old", 2), (b"new", 0.5), (b"named", 2)))
    db.session.add(file_row(world, named.name))
    db.session.commit()
    assert "1 files that no row names" in doctor()[1]
    assert "Deleted 1 files" in doctor("--sweep")[1]
    assert [path.exists() for path in (old, new, named)] == [False, True, True]


def test_a_file_that_is_sent_again_while_it_is_swept_stays(in_use: Flask, monkeypatch: pytest.MonkeyPatch) -> None:
    orphan = kept_file(b"sent twice", days_ago=2)
    found = sweeping.orphans()
    storage.store(b"sent twice")  # after it was found, before it is taken away
    monkeypatch.setattr(sweeping, "orphans", lambda: found)
    assert sweeping.sweep() == 0
    assert orphan.read_bytes() == b"sent twice"
