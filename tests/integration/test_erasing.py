"""Erasing what people wrote with decisions: nothing is left of it, and the record still verifies."""

from collections.abc import Iterator
from pathlib import Path

import pytest
import sqlalchemy as sa
from flask import Flask

from tests.conftest import settings
from tests.integration.test_notary import sealed
from tests.integration.test_record_commands import run
from tests.world import World, make_world, seen
from tracker import create_app
from tracker.core.db import db
from tracker.logbook import claim_actions
from tracker.logbook.models import ClaimStep
from tracker.operations import erasing, record_cli
from tracker.operations.setup import migrate
from tracker.record import audit, verify
from tracker.record.models import Event, Opening

SECRET = "Quetzalcoatlus northropi"


def write(world: World) -> None:
    """A sign-off with a comment that can be found anywhere."""
    claim = world.submitted("GEN-1")
    claim_actions.sign_off(world.supervisor, claim.id, seen(claim), 2, SECRET)
    db.session.commit()
    sealed()


@pytest.fixture
def world(app: Flask) -> World:
    world = make_world()
    write(world)
    return world


def comments() -> list[str]:
    return list(db.session.scalars(sa.select(ClaimStep.comment).order_by(ClaimStep.event_seq)))


def test_the_event_stands_and_the_record_verifies(world: World) -> None:
    body = db.session.scalars(sa.select(Event.body).where(Event.seq == 2)).one()
    event = erasing.erase([2])
    db.session.commit()
    sealed()
    assert db.session.scalars(sa.select(Event.body).where(Event.seq == 2)).one() == body
    assert (list(verify.faults()), list(audit.problems())) == ([], [])
    assert comments() == ["Please look.", "Erased."]
    assert b'"facts":{"events":[2],"texts":1}' in event.body
    assert SECRET.encode() not in event.body


def test_a_dry_run_erases_nothing(world: World, app: Flask) -> None:
    answer = run(app, "record", "erase", "--event", "2", "--dry-run")
    assert answer.output == "Event 2: comment\nNothing was erased.\n"
    assert comments() == ["Please look.", SECRET]


def test_without_a_yes_nothing_is_erased(world: World, app: Flask) -> None:
    answer = app.test_cli_runner().invoke(record_cli.record, ["erase", "--event", "2"], input="n\n")
    assert answer.output.endswith("Nothing was erased.\n")
    assert comments() == ["Please look.", SECRET]


def test_a_persons_texts_are_what_they_wrote_and_what_is_about_them(world: World, app: Flask) -> None:
    assert run(app, "record", "erase", "--person", world.supervisor.email, "--dry-run").output.startswith(
        "Event 2: comment\nNothing"
    )
    answer = run(app, "record", "erase", "--person", world.trainee.email, "--dry-run")
    assert answer.output.splitlines()[:2] == ["Event 1: note", "Event 2: comment"]


@pytest.fixture
def live(tmp_path: Path) -> Iterator[Flask]:
    """An app on a file of its own, whose commits are real."""
    app = create_app(settings(tmp_path, f"sqlite:///{tmp_path / 'tracker.sqlite'}"))
    with app.app_context():
        migrate()
        yield app
        db.session.remove()
        db.engine.dispose()


def raw(folder: Path) -> bytes:
    """Every byte of the database's own files, and of the copies of the record beside it."""
    return b"".join(file.read_bytes() for file in sorted(folder.rglob("*")) if file.is_file())


def test_nothing_is_left_in_the_raw_files(live: Flask, tmp_path: Path) -> None:
    write(make_world())
    db.session.remove()
    assert SECRET.encode() in raw(tmp_path)
    answer = run(live, "record", "erase", "--event", "2", "--yes")
    assert answer.exit_code == 0
    assert SECRET.encode() not in raw(tmp_path)


def test_without_writing_the_file_anew_something_would_be_left(
    live: Flask, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    write(make_world())
    db.session.remove()
    monkeypatch.setattr(erasing, "scrub", lambda: True)
    assert run(live, "record", "erase", "--event", "2", "--yes").exit_code == 0
    assert db.session.scalar(sa.select(sa.func.count()).select_from(Opening).where(Opening.seq == 2)) == 0
    assert SECRET.encode() in raw(tmp_path)
