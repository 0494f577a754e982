"""The record: it keeps what was put in it, and says so when it was changed."""

from uuid import uuid4

import pytest
import sqlalchemy as sa
from flask import Flask

from tests.world import World, make_world
from tracker.core.db import db
from tracker.record import verify
from tracker.record.models import Event, Head, Opening

REFUSED = (sa.exc.IntegrityError, sa.exc.InternalError, sa.exc.DatabaseError, sa.exc.ProgrammingError)


@pytest.fixture
def world(app: Flask) -> World:
    world = make_world()
    world.signed("GEN-1")
    world.submitted("NM-1")
    db.session.commit()
    return world


def unguard() -> None:
    """Take the triggers away, as somebody with the whole database could."""
    statements = {
        "sqlite": ["DROP TRIGGER event_is_never_changed", "DROP TRIGGER event_is_never_deleted"],
        "postgresql": ["ALTER TABLE event DISABLE TRIGGER USER", "ALTER TABLE event_opening DISABLE TRIGGER ALL"],
    }
    for statement in statements[db.session.get_bind().dialect.name]:
        db.session.execute(sa.text(statement))
    if db.session.get_bind().dialect.name == "sqlite":
        db.session.execute(sa.text("PRAGMA defer_foreign_keys = ON"))


def faults() -> list[tuple[int, str]]:
    db.session.expire_all()
    return [(fault.seq, fault.what) for fault in verify.faults()]


def test_events_are_numbered_without_a_gap(world: World) -> None:
    assert list(db.session.scalars(sa.select(Event.seq).order_by(Event.seq))) == [1, 2, 3]


COPIED = (
    "INSERT INTO event (seq, key, kind, enrolment_id, recorded_at, body, leaf) "
    "SELECT {}, :key, kind, enrolment_id, recorded_at, body, leaf FROM event WHERE seq = 3"
)


@pytest.mark.parametrize(
    "statement",
    [
        "UPDATE event SET kind = 'claim_returned' WHERE seq = 2",
        "DELETE FROM event WHERE seq = 3",
        COPIED.format(9),
        COPIED.format(2),
    ],
)
def test_the_database_refuses_to_change_the_record(world: World, statement: str) -> None:
    with pytest.raises(REFUSED, match="event is"):
        db.session.execute(sa.text(statement), {"key": uuid4().hex} if ":key" in statement else {})


INSERTED = (
    "INSERT OR REPLACE INTO event (seq, key, kind, enrolment_id, recorded_at, body, leaf) "
    "SELECT {seq}, {key}, kind, enrolment_id, recorded_at, body, leaf FROM event WHERE seq = 3"
)
BACK_DOORS = {
    "sqlite": (INSERTED.format(seq=2, key="randomblob(16)"), INSERTED.format(seq=4, key="key")),
    "postgresql": ("TRUNCATE event CASCADE", "WITH gone AS (DELETE FROM event RETURNING seq) SELECT * FROM gone"),
}


@pytest.mark.parametrize("which", [0, 1])
def test_the_back_doors_of_each_database_are_shut(world: World, which: int) -> None:
    statement = BACK_DOORS[db.session.get_bind().dialect.name][which]
    with pytest.raises(REFUSED, match="event is"):
        db.session.connection().exec_driver_sql(statement)


def test_an_untouched_record_verifies(world: World) -> None:
    assert faults() == []


def test_a_changed_body_is_found(world: World) -> None:
    unguard()
    body = db.session.scalars(sa.select(Event.body).where(Event.seq == 2)).one()
    db.session.execute(sa.update(Event).where(Event.seq == 2).values(body=body.replace(b'"level":2', b'"level":3')))
    assert faults() == [(2, "has bytes that do not match its leaf hash.")]


def test_a_column_that_disagrees_with_its_body_is_found(world: World) -> None:
    unguard()
    db.session.execute(sa.update(Event).where(Event.seq == 2).values(enrolment_id=uuid4()))
    assert faults() == [(2, "has a column that disagrees with its body: enrolment.")]


def test_a_changed_text_is_found(world: World) -> None:
    db.session.execute(sa.update(Opening).where(Opening.seq == 2).values(text="Badly done."))
    assert faults() == [(2, "has a text that is not the one it was recorded with: comment.")]


def test_an_erased_text_is_no_fault(world: World) -> None:
    db.session.execute(sa.delete(Opening).where(Opening.seq == 2))
    assert faults() == []


def test_a_cut_tail_is_found(world: World) -> None:
    unguard()
    db.session.execute(sa.text("DELETE FROM claim_step WHERE event_seq = 3"))
    db.session.execute(sa.delete(Opening).where(Opening.seq == 3))
    db.session.execute(sa.text("DELETE FROM event WHERE seq = 3"))
    assert faults() == [(3, "is missing: the record's head says that the last event is 3.")]


def test_a_hole_is_found(world: World) -> None:
    unguard()
    db.session.execute(sa.text("DELETE FROM claim_step WHERE event_seq = 2"))
    db.session.execute(sa.delete(Opening).where(Opening.seq == 2))
    db.session.execute(sa.text("DELETE FROM event WHERE seq = 2"))
    assert faults() == [(2, "is missing.")]


def test_a_head_that_runs_ahead_is_found(world: World) -> None:
    db.session.execute(sa.update(Head).values(seq=5))
    assert faults()[-1][0] == 4


def test_the_command_names_the_first_bad_event_and_exits_with_1(world: World, app: Flask) -> None:
    from tracker.record.cli import record  # noqa: PLC0415 - its import is not what the other tests are about

    db.session.execute(sa.update(Opening).where(Opening.seq == 2).values(text="Badly done."))
    db.session.commit()
    answer = app.test_cli_runner().invoke(record, ["verify"])
    assert answer.exit_code == 1
    assert "the first bad event is 2" in answer.output
