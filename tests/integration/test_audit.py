"""Checking again what was signed and kept: each thing that somebody could change is found."""

from pathlib import Path
from random import Random
from time import process_time
from typing import Any
from uuid import UUID

import pytest
import sqlalchemy as sa
from flask import Flask

from tests.integration.test_notary import one_more, sealed
from tests.integration.test_record_commands import run
from tests.world import World, make_world
from tracker.core.clock import now
from tracker.core.db import db
from tracker.record import audit, keys, notary, outside, places, private_keys, tree, verify
from tracker.record.actions import event_values
from tracker.record.decision import Decision
from tracker.record.models import Checkpoint, Event, Head, KeyEnd

MANY = 100_000
SECONDS = 15


@pytest.fixture
def world(app: Flask) -> World:
    world = make_world()
    world.signed("GEN-1")
    db.session.commit()
    sealed()
    one_more()
    sealed()
    return world


def unguard(table: str) -> None:
    """Take the triggers of a table away, as somebody with the whole database could."""
    if db.session.get_bind().dialect.name == "postgresql":
        db.session.execute(sa.text(f"ALTER TABLE {table} DISABLE TRIGGER USER"))
        return
    for verb in ("changed", "deleted"):
        db.session.execute(sa.text(f"DROP TRIGGER {table}_is_never_{verb}"))


def change_checkpoint(size: int, **values: Any) -> None:
    unguard("checkpoint")
    db.session.execute(sa.update(Checkpoint).where(Checkpoint.size == size).values(**values))
    db.session.commit()


def test_what_nobody_touched_fits(world: World, app: Flask) -> None:
    keys.change_key(KeyEnd.ROTATED)
    one_more()
    sealed()
    assert list(audit.problems()) == []
    answer = run(app, "record", "verify")
    assert answer.exit_code == 0
    assert answer.output.splitlines()[-1] == "4 of them are sealed, and the copies beside the database fit."


def test_a_checkpoint_over_other_events_is_found(world: World) -> None:
    change_checkpoint(2, root=bytes(32))
    assert next(audit.problems()) == "The checkpoint over 2 events is not over the ones that there are."


def test_a_checkpoint_that_another_key_signed_is_found(world: World, app: Flask) -> None:
    other = private_keys.new_signer(notary.origin())
    text = db.session.scalars(sa.select(Checkpoint.note).where(Checkpoint.size == 2)).one().decode().split("\n\n")[0]
    change_checkpoint(2, note=private_keys.signed_note(text + "\n", other))
    assert list(audit.problems()) == ["The checkpoint over 2 events was signed by no key that signed then."]
    assert run(app, "record", "verify").exit_code == 1


def test_a_checkpoint_that_an_old_key_signed_too_late_is_found(world: World) -> None:
    key = places.key_folder() / "kept"
    old = next(places.key_folder().glob("*.key"))
    key.write_bytes(old.read_bytes())
    keys.change_key(KeyEnd.REVOKED)
    one_more()
    late = sealed().note.decode().split("\n\n")[0]
    key.replace(old)
    signer = private_keys.find(places.key_folder(), keys.public_keys()[0]["vkey"])
    assert signer is not None
    change_checkpoint(4, note=private_keys.signed_note(late + "\n", signer))
    outside.write(places.checkpoint_folder(), private_keys.signed_note(late + "\n", signer))
    assert list(audit.problems()) == ["The checkpoint over 4 events was signed by no key that signed then."]


def test_a_key_that_nobody_vouched_for_is_found(world: World) -> None:
    keys.change_key(KeyEnd.ROTATED)
    unguard("notary_key")
    forged = private_keys.signed_note("x key change\n", private_keys.new_signer("x"))
    db.session.execute(sa.text("UPDATE notary_key SET note = :note WHERE number = 2"), {"note": forged})
    db.session.commit()
    assert "not put in its place by whom" in next(audit.problems())


def test_a_second_copy_that_was_changed_or_cut_is_found(world: World) -> None:
    file = next(places.segment_folder().glob("*.jsonl"))
    whole = file.read_bytes()
    file.write_bytes(whole.replace(b'"level":2', b'"level":3'))
    assert list(audit.problems()) == ["Event 1 is not the same in the second copy."]
    file.write_bytes(whole.splitlines(keepends=True)[0])
    assert next(audit.problems()).endswith("ends at event 1, and 3 were sealed.")


def test_a_copy_outside_that_is_gone_is_found(world: World) -> None:
    (places.checkpoint_folder() / outside.NEWEST).unlink()
    assert "an old backup would not be noticed" in next(audit.problems())


@pytest.mark.parametrize("size", [1, 2, 3, 7, 8, 13, 64, 257])
def test_a_tree_that_grows_has_the_roots_of_one_that_is_there(size: int) -> None:
    leaves = [bytes([number % 256]) * 32 for number in range(size)]
    grown = audit.Frontier()
    for leaf in leaves:
        grown.add(leaf)
    assert grown.root() == tree.root(leaves)


def test_a_hundred_thousand_events_are_sealed_and_checked_in_time(app: Flask, tmp_path: Path) -> None:
    rng = Random(7)
    ids = [UUID(int=rng.getrandbits(128), version=4) for _ in range(2000)]
    at, facts = now(), {"claim": str(ids[0]), "level": 3, "code": "GEN-1", "content": "0" * 64}
    rows = []
    for seq in range(1, MANY + 1):
        key = UUID(int=rng.getrandbits(128), version=4)
        decision = Decision("claim_signed_off", ids[0], ids[seq % 2000], key, facts, {"comment": "Well done."})
        rows.append(event_values(seq, at, decision, lambda: bytes(32))[0])
    for start in range(0, MANY, 5000):
        db.session.execute(sa.insert(Event), rows[start : start + 5000])
    db.session.execute(sa.update(Head).values(seq=MANY))
    db.session.commit()
    sealed()
    began = process_time()
    assert (list(verify.faults()), list(audit.problems())) == ([], [])
    assert process_time() - began < SECONDS  # of our own: others may be busy beside us
