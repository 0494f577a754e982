"""The notary: what it signs, what it refuses to sign, and that an old backup or a fork stops the record."""

import base64
import stat
from uuid import uuid4

import pytest
import sqlalchemy as sa
from flask import Flask

from tests.integration.test_record import unguard
from tests.world import World, make_world
from tracker.core.db import db
from tracker.core.errors import Refused
from tracker.record import checkpoints, guard, keys, notary, outside, places, segments
from tracker.record.actions import append
from tracker.record.decision import Decision
from tracker.record.models import Checkpoint, Event, Head, KeyEnd, NotaryKey, Opening, TreeBlock
from tracker.record.verifier import check_inclusion, parse_checkpoint, parse_note, verify_note

REFUSED = (sa.exc.IntegrityError, sa.exc.InternalError, sa.exc.DatabaseError, sa.exc.ProgrammingError)


@pytest.fixture
def world(app: Flask) -> World:
    world = make_world()
    world.signed("GEN-1")
    db.session.commit()
    return world


def one_more() -> None:
    """Put one more event on record."""
    append(Decision("review_held", uuid4(), None, uuid4(), {"review": "R1"}, {"holder_note": "Well done."}))
    db.session.commit()


def sealed() -> Checkpoint:
    """What the notary signs now."""
    checkpoint = notary.seal()
    assert checkpoint is not None
    return checkpoint


def lose(after: int) -> None:
    """Put the database back to where it ended with this event, as an old backup would."""
    unguard()
    db.session.execute(sa.text("DELETE FROM claim_step WHERE event_seq > :n"), {"n": after})
    db.session.execute(sa.delete(Opening).where(Opening.seq > after))
    db.session.execute(sa.delete(Event).where(Event.seq > after))
    db.session.execute(sa.update(Head).values(seq=after))
    for statement in {
        "sqlite": [f"DROP TRIGGER IF EXISTS {table}_is_never_deleted" for table in ("checkpoint",)],
        "postgresql": ["ALTER TABLE checkpoint DISABLE TRIGGER USER"],
    }[db.session.get_bind().dialect.name]:
        db.session.execute(sa.text(statement))
    db.session.execute(sa.delete(Checkpoint).where(Checkpoint.size > after))
    db.session.execute(sa.delete(TreeBlock))
    db.session.commit()
    db.session.expire_all()


def test_a_checkpoint_is_over_every_event_and_signed(world: World) -> None:
    note = parse_note(sealed().note)
    checkpoint = parse_checkpoint(note)
    assert checkpoint.size == 2
    assert checkpoints.list_vkeys() == [key.vkey for key in checkpoints.list_keys()]
    assert verify_note(note, checkpoints.list_vkeys()[0])
    event = db.session.scalars(sa.select(Event).where(Event.seq == 1)).one()
    proof = checkpoints.get_tree().inclusion_proof(0, 2)
    assert check_inclusion(0, 2, event.leaf, proof, checkpoint.root)


def test_nothing_new_is_not_sealed_again(world: World) -> None:
    sealed()
    assert notary.seal() is None
    assert db.session.scalar(sa.select(sa.func.count()).select_from(Checkpoint)) == 1


def test_an_event_is_sealed_once_a_checkpoint_covers_it(world: World) -> None:
    assert not checkpoints.is_sealed(2)
    sealed()
    one_more()
    assert checkpoints.is_sealed(2)
    assert not checkpoints.is_sealed(3)
    sealed()
    covering = checkpoints.checkpoint_covering(2)
    assert covering is not None
    assert covering.size == 2


def test_the_private_key_can_be_read_by_nobody_else(world: World) -> None:
    sealed()
    files = list(places.key_folder().glob("*.key"))
    assert [stat.S_IMODE(file.stat().st_mode) for file in files] == [0o600]


def test_who_has_no_private_key_does_not_sign(world: World) -> None:
    sealed()
    one_more()
    next(places.key_folder().glob("*.key")).unlink()
    with pytest.raises(Refused, match="private key"):
        notary.seal()


@pytest.mark.parametrize("column", ["body", "leaf"])
def test_an_event_that_was_changed_before_it_was_sealed_is_not_sealed(world: World, column: str) -> None:
    unguard()
    event = db.session.scalars(sa.select(Event).where(Event.seq == 2)).one()
    changed = getattr(event, column).replace(b'"level":2', b'"level":3') if column == "body" else bytes(32)
    db.session.execute(sa.update(Event).where(Event.seq == 2).values({column: changed}))
    db.session.commit()
    with pytest.raises(Refused, match="Event 2 is not as it was recorded"):
        notary.seal()


def test_a_history_that_was_written_anew_is_not_sealed(world: World) -> None:
    sealed()
    one_more()
    unguard()
    db.session.execute(sa.update(Event).where(Event.seq == 1).values(leaf=bytes(32)))
    db.session.commit()
    with pytest.raises(Refused, match="not the ones that were sealed"):
        notary.seal()


@pytest.mark.parametrize("statement", ["UPDATE checkpoint SET size = 9", "DELETE FROM checkpoint"])
def test_the_database_refuses_to_change_a_checkpoint(world: World, statement: str) -> None:
    sealed()
    with pytest.raises(REFUSED, match="a row of checkpoint is never changed"):
        db.session.execute(sa.text(statement))


@pytest.mark.parametrize("statement", ["UPDATE notary_key SET after_size = 9", "DELETE FROM notary_key"])
def test_the_database_refuses_to_change_a_key(world: World, statement: str) -> None:
    sealed()
    with pytest.raises(REFUSED, match="a row of notary_key is never changed"):
        db.session.execute(sa.text(statement))


# An old backup, and a fork.


def test_an_old_backup_stops_the_record(world: World) -> None:
    sealed()
    lose(1)
    outside.touch(places.checkpoint_folder())  # the tracker starts anew
    with pytest.raises(Refused, match="older than the record: it ends at event 1, and 2 events were sealed"):
        one_more()
    db.session.rollback()
    with pytest.raises(Refused, match="older than the record"):
        notary.seal()


def test_without_the_copy_outside_an_old_backup_is_not_noticed(world: World) -> None:
    sealed()
    lose(1)
    (places.checkpoint_folder() / outside.NEWEST).unlink()
    one_more()


def test_an_old_backup_that_went_on_is_noticed(world: World) -> None:
    """The notary looks before it signs, and tells the processes that had looked before."""
    sealed()
    assert guard.why_not_append() is None
    lose(1)
    one_more()  # the copy outside is as it was, so nobody looked
    with pytest.raises(Refused, match="not the ones that were sealed"):
        notary.seal()
    with pytest.raises(Refused, match="not the ones that were sealed"):
        one_more()


def test_a_copy_outside_that_cannot_be_read_stops_the_record(world: World) -> None:
    outside.write(places.checkpoint_folder(), b"nothing of ours")
    with pytest.raises(Refused, match="cannot be read"):
        one_more()


def test_a_checkpoint_that_the_database_lost_before_it_was_kept_is_taken_as_it_was_signed(world: World) -> None:
    note = sealed().note
    unguarded = {
        "sqlite": "DROP TRIGGER checkpoint_is_never_deleted",
        "postgresql": "ALTER TABLE checkpoint DISABLE TRIGGER USER",
    }
    db.session.execute(sa.text(unguarded[db.session.get_bind().dialect.name]))
    db.session.execute(sa.delete(Checkpoint))
    db.session.commit()
    assert sealed().note == note


# Keys.


@pytest.mark.parametrize(("how", "signers"), [(KeyEnd.ROTATED, 2), (KeyEnd.REVOKED, 1)])
def test_a_change_of_key_is_signed_and_the_new_key_signs_on(world: World, how: KeyEnd, signers: int) -> None:
    first = sealed()
    keys.change_key(how)
    one_more()
    old, new = checkpoints.list_vkeys()
    note = parse_note(checkpoints.list_key_changes()[0])
    assert note.text.splitlines() == [f"{notary.origin()} key change", "2", new, how.value]
    assert verify_note(note, new)
    assert verify_note(note, old) is (signers == 2)
    assert verify_note(parse_note(first.note), old)
    second = parse_note(sealed().note)
    assert verify_note(second, new)
    assert not verify_note(second, old)
    assert len(list(places.key_folder().glob("*.key"))) == 1


def test_a_rotation_needs_the_old_key(world: World) -> None:
    sealed()
    next(places.key_folder().glob("*.key")).unlink()
    with pytest.raises(Refused, match="revoke it instead"):
        keys.change_key(KeyEnd.ROTATED)
    keys.change_key(KeyEnd.REVOKED)
    assert db.session.scalar(sa.select(sa.func.count()).select_from(NotaryKey)) == 2


# The second copy.


def test_the_second_copy_holds_each_body_as_it_was_recorded(world: World) -> None:
    sealed()
    one_more()
    sealed()
    recorded = list(db.session.scalars(sa.select(Event.body).order_by(Event.seq)))
    assert list(segments.bodies(places.segment_folder())) == recorded


def test_what_a_power_cut_left_of_a_line_is_written_again(world: World) -> None:
    sealed()
    file = next(places.segment_folder().glob("*.jsonl"))
    file.write_bytes(file.read_bytes()[:-20])
    one_more()
    sealed()
    assert list(segments.bodies(places.segment_folder())) == list(
        db.session.scalars(sa.select(Event.body).order_by(Event.seq))
    )


def test_a_second_copy_of_another_history_is_not_added_to(world: World) -> None:
    other = base64.b64encode(uuid4().bytes)
    segments.extend(places.segment_folder(), [(1, b'{"seq":1,"key":"' + other + b'"}')])
    with pytest.raises(Refused, match="Event 1 is not the one in the second copy"):
        notary.seal()
