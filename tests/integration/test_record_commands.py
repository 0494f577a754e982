"""Sealing as the worker and the commands do it, and going on from an old backup."""

import json
from threading import Event as Stop
from typing import Any

import pytest
import sqlalchemy as sa
from flask import Flask

from tests.integration.test_notary import lose, one_more, sealed
from tests.world import World, make_world
from tracker.core.db import db
from tracker.core.errors import Refused
from tracker.operations import record_cli, sealing, worker
from tracker.record import checkpoints, notary, outside, places, segments
from tracker.record.models import Event
from tracker.record.verifier import parse_checkpoint, parse_note


@pytest.fixture
def world(app: Flask) -> World:
    world = make_world()
    world.signed("GEN-1")
    db.session.commit()
    return world


def run(app: Flask, *words: str) -> Any:
    """The answer of `tracker record ...` or `tracker notary ...`."""
    group = {"record": record_cli.record, "notary": record_cli.notary}[words[0]]
    return app.test_cli_runner(catch_exceptions=False).invoke(group, words[1:])


def test_the_worker_seals_what_is_new(world: World) -> None:
    worker.work(Stop())
    assert checkpoints.is_sealed(2)


def test_where_the_notary_is_a_process_of_its_own_the_worker_seals_nothing(
    world: World, app: Flask, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setitem(app.config, "NOTARY", "own")
    worker.work(Stop())
    assert checkpoints.sealed_to() == 0
    assert run(app, "notary", "--once").exit_code == 0
    assert checkpoints.is_sealed(2)


def test_the_notary_does_not_run_beside_a_worker_that_seals(world: World, app: Flask) -> None:
    with pytest.raises(Refused, match="set TRACKER_NOTARY=own"):
        run(app, "notary", "--once")


def test_a_no_of_the_notary_is_logged_once(world: World, app: Flask, caplog: pytest.LogCaptureFixture) -> None:
    sealed()
    lose(1)
    for _ in range(3):
        assert sealing.seal_new() == 0
    assert [record.message[:49] for record in caplog.records] == ["Nothing is sealed. The database is older than the"]


def test_a_database_that_goes_on_from_what_was_sealed_is_not_adopted(world: World, app: Flask) -> None:
    sealed()
    with pytest.raises(Refused, match="nothing to adopt"):
        run(app, "record", "adopt", "--reason", "No reason.")


def test_an_adopted_database_goes_on_and_says_what_was_given_up(world: World, app: Flask) -> None:
    lost = parse_checkpoint(parse_note(sealed().note))
    lose(1)
    answer = run(app, "record", "adopt", "--reason", "The disk died; the backup was a day old.")
    assert answer.exit_code == 0
    assert "Event 2 says what was given up" in answer.output
    body = json.loads(db.session.scalars(sa.select(Event.body).where(Event.seq == 2)).one())
    assert (body["kind"], body["enrolment"]) == ("record_adopted", None)
    facts = body["facts"]
    assert (facts["lost_size"], facts["lost_root"], facts["kept_size"]) == (2, lost.root.hex(), 1)
    assert checkpoints.is_sealed(2)
    one_more()
    sealed()
    assert len(list(segments.bodies(places.segment_folder()))) == 3
    assert (places.checkpoint_folder() / "checkpoint-lost-1").read_bytes() == outside_note(lost.size)


def outside_note(size: int) -> bytes:
    """What was put by says so many events."""
    note = (places.checkpoint_folder() / "checkpoint-lost-1").read_bytes()
    assert parse_checkpoint(parse_note(note)).size == size
    return note


def test_two_that_were_sealed_apart_are_a_fork_until_one_is_adopted(world: World, app: Flask) -> None:
    sealed()
    lose(1)
    kept = outside.read(places.checkpoint_folder())
    assert kept is not None
    (places.checkpoint_folder() / outside.NEWEST).unlink()
    segments.set_aside(places.segment_folder())
    one_more()
    sealed()
    outside.write(places.checkpoint_folder(), kept)  # the first history's copy is found again
    with pytest.raises(Refused, match="not the ones that were sealed"):
        one_more()
    db.session.rollback()
    run(app, "record", "adopt", "--reason", "The other history was a test.")
    one_more()
    assert notary.seal() is not None


@pytest.mark.parametrize("how", ["rotate", "revoke"])
def test_the_commands_of_keys_say_the_new_key(world: World, app: Flask, how: str) -> None:
    sealed()
    answer = run(app, "notary", how, *(["--yes"] if how == "revoke" else []))
    assert answer.exit_code == 0
    assert answer.output.splitlines()[-1] == checkpoints.list_vkeys()[-1]
    assert answer.output.startswith("From event 3 on, this key signs.")
