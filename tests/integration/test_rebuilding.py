"""Claims as the fold of their events, and the record put back from its second copy."""

from collections.abc import Iterable, Iterator
from contextlib import contextmanager, suppress
from dataclasses import asdict
from typing import Any
from uuid import UUID

import hypothesis.strategies as st
import pytest
import sqlalchemy as sa
import time_machine
from flask import Flask
from hypothesis import HealthCheck, given, settings

from tests.histories import BEGINS, EVERY_MOVE, MOVE_LISTS, SCHEMES, begin
from tests.integration.test_notary import lose, one_more, sealed
from tests.integration.test_record_commands import run
from tests.world import World, make_world
from tracker.core.db import db
from tracker.core.errors import Refused
from tracker.enrolments.queries import lock_enrolment
from tracker.logbook.fold import MOVES, Happened, fold, read_event
from tracker.logbook.models import Claim, ClaimEvidence, ClaimStep
from tracker.logbook.restoring import FOLDED_APART, LOST
from tracker.operations import rebuilding
from tracker.progress.models import SectionSum, Standing
from tracker.record import checkpoints, guard, keys, places, verify
from tracker.record import rebuilding as putting_back
from tracker.record.models import Event, Head, KeyEnd, NotaryKey


def happened() -> list[Happened]:
    """Every event on record."""
    bodies = db.session.scalars(sa.select(Event.body).order_by(Event.seq))
    return [event for body in bodies if (event := read_event(body))]


def rows(*models: Any) -> list[Any]:
    """Every row of these tables, but for what no event says."""
    untold = {"id", "comment", "note", "offered_at", "changes_on"}
    db.session.flush()
    found = []
    for model in models:
        columns = [column for column in model.__table__.columns if column.key not in untold or model is Claim]
        chosen = [column for column in columns if column.key not in {"note", "offered_at"}]
        found += sorted((tuple(row) for row in db.session.execute(sa.select(*chosen))), key=repr)
    return found


def live() -> dict[str, Any]:
    """The claims as the tables have them, in the words of the fold."""
    return {
        "claims": rows(Claim),
        "steps": rows(ClaimStep),
        "evidence": rows(ClaimEvidence),
    }


def folded(events: Iterable[Happened]) -> dict[str, Any]:
    """The same as the events have them."""
    claims = fold(events).values()
    by_key = {column.key for column in Claim.__table__.columns}
    trainee_of = dict(db.session.execute(sa.select(Claim.id, Claim.trainee_id)).all())
    values = [
        {name: value for name, value in asdict(claim).items() if name in by_key - FOLDED_APART}
        | {"trainee_id": trainee_of[claim.id]}
        for claim in claims
    ]
    steps = [asdict(step) | {"claim_id": claim.id} for claim in claims for step in claim.steps]
    evidence = [asdict(each) | {"claim_id": claim.id} for claim in claims for each in claim.evidence]
    return {
        "claims": _as_rows(Claim, values),
        "steps": _as_rows(ClaimStep, steps),
        "evidence": _as_rows(ClaimEvidence, evidence),
    }


def _as_rows(model: Any, values: list[dict[str, Any]]) -> list[Any]:
    keys = [column.key for column in model.__table__.columns]
    return sorted((tuple(value[key] for key in keys if key in value) for value in values), key=repr)


SLOW = [HealthCheck.function_scoped_fixture, HealthCheck.too_slow]


@settings(max_examples=25, suppress_health_check=SLOW)
@given(scheme=st.sampled_from(SCHEMES), moves=MOVE_LISTS)
def test_claims_are_the_fold_of_every_prefix_of_a_history(app: Flask, scheme: Any, moves: list[Any]) -> None:
    with undone(), time_machine.travel(BEGINS, tick=False) as clock:
        history = begin(scheme, clock)
        for move, code in moves:
            history.act(move, code)
            assert live() == folded(happened())


def test_every_kind_of_move_is_folded(app: Flask) -> None:
    """The history in which each happens, so that the random ones are not of refusals alone."""
    with time_machine.travel(BEGINS, tick=False) as clock:
        history = begin(SCHEMES[1], clock)
        for move in EVERY_MOVE:
            history.act(move, "GEN-1")
            assert live() == folded(happened()), move
    assert {event.kind for event in happened()} == set(MOVES) - {"claim_signed_off"}


@pytest.mark.parametrize("kind", sorted(set(MOVES) - {"claim_signed_off", "claim_withdrawn"}))
def test_a_fold_that_forgets_a_kind_of_event_is_not_the_live_tables(
    app: Flask, monkeypatch: pytest.MonkeyPatch, kind: str
) -> None:
    monkeypatch.delitem(MOVES, kind)
    with time_machine.travel(BEGINS, tick=False) as clock:
        history = begin(SCHEMES[1], clock)
        for move in EVERY_MOVE:
            history.act(move, "GEN-1")
    with suppress(KeyError):
        assert live() != folded(happened())


@settings(max_examples=15, suppress_health_check=SLOW)
@given(scheme=st.sampled_from(SCHEMES), moves=MOVE_LISTS)
def test_rebuilding_from_nothing_gives_the_live_tables(app: Flask, scheme: Any, moves: list[Any]) -> None:
    with undone(), time_machine.travel(BEGINS, tick=False) as clock:
        history = begin(scheme, clock)
        for move, code in moves:
            history.act(move, code)
        db.session.commit()
        before, stood = live(), rows(Standing, SectionSum)
        empty(ClaimStep, ClaimEvidence, Claim, Standing, SectionSum)
        assert rebuilding.rebuild(everything=True).problems == []
        assert live() == before
        assert _but_zeros(rows(Standing, SectionSum)) == _but_zeros(stood)


def empty(*models: Any) -> None:
    for model in models:
        db.session.execute(sa.delete(model))
    db.session.commit()


@pytest.fixture
@time_machine.travel(BEGINS, tick=False)
def sealed_world(app: Flask) -> World:
    world = make_world()
    world.signed("GEN-1")
    world.submitted("NM-1")
    db.session.commit()
    sealed()
    return world


def test_an_old_backup_is_made_whole_from_the_second_copy(sealed_world: World, app: Flask) -> None:
    recorded = list(db.session.scalars(sa.select(Event.body).order_by(Event.seq)))
    before = live()
    lose(1)
    claim_gone = sa.delete(Claim).where(Claim.competency_id == sealed_world.id_of("NM-1"))
    db.session.execute(sa.delete(ClaimEvidence))
    db.session.execute(claim_gone)
    db.session.commit()
    answer = run(app, "record", "rebuild")
    assert (answer.exit_code, answer.output) == (0, "2 events were put back, for 1 trainings.\n")
    assert list(db.session.scalars(sa.select(Event.body).order_by(Event.seq))) == recorded
    assert list(verify.faults()) == []
    assert live() == before
    sealed_world.logged("GEN-2")
    assert guard.why_not_append() is None


def test_nobody_gets_a_receipt_again_for_what_was_put_back(sealed_world: World, app: Flask) -> None:
    lose(1)
    run(app, "record", "rebuild")
    head = db.session.execute(sa.select(Head.seq, Head.receipts_to)).one()
    assert tuple(head) == (3, 3)


def test_trainings_are_locked_before_the_head_as_by_everybody(
    sealed_world: World, app: Flask, monkeypatch: pytest.MonkeyPatch
) -> None:
    order: list[str] = []

    def note_lock(enrolment_id: UUID) -> None:
        order.append("training")
        lock_enrolment(enrolment_id)

    def note_put(lost: putting_back.Lost) -> None:
        order.append("head")
        putting_back.put_back(lost)

    monkeypatch.setattr(rebuilding, "lock_enrolment", note_lock)
    monkeypatch.setattr(rebuilding, "put_back", note_put)
    lose(1)
    run(app, "record", "rebuild")
    assert order == ["training", "head"]


def test_what_the_events_do_not_hold_is_said_to_be_lost(sealed_world: World, app: Flask) -> None:
    lose(1)
    run(app, "record", "rebuild")
    comments = list(db.session.scalars(sa.select(ClaimStep.comment).order_by(ClaimStep.event_seq)))
    assert comments == ["Please look.", LOST, LOST]


def test_a_dry_run_puts_nothing_back(sealed_world: World, app: Flask) -> None:
    lose(1)
    answer = run(app, "record", "rebuild", "--dry-run")
    assert "2 events would be put back" in answer.output
    assert db.session.scalar(sa.select(sa.func.max(Event.seq))) == 1


def change_copy(old: bytes, new: bytes) -> None:
    file = next(places.segment_folder().glob("*.jsonl"))
    assert old in file.read_bytes()
    file.write_bytes(file.read_bytes().replace(old, new))


def test_a_second_copy_that_was_changed_is_not_put_back(sealed_world: World, app: Flask) -> None:
    lose(1)
    change_copy(b'"kind":"claim_signed_off"', b'"kind":"claim_returned"')
    with pytest.raises(Refused, match="are not the ones that were sealed"):
        run(app, "record", "rebuild")


def test_without_the_check_against_the_checkpoint_a_changed_copy_would_be_put_back(
    sealed_world: World, app: Flask, monkeypatch: pytest.MonkeyPatch
) -> None:
    lose(1)
    change_copy(b'"kind":"claim_signed_off"', b'"kind":"claim_withdrawn"')
    monkeypatch.setattr(putting_back, "_checked", lambda *_: None)
    assert run(app, "record", "rebuild").exit_code == 0


def test_a_second_copy_that_is_too_short_is_not_put_back(sealed_world: World, app: Flask) -> None:
    lose(1)
    file = next(places.segment_folder().glob("*.jsonl"))
    file.write_bytes(b"".join(file.read_bytes().splitlines(keepends=True)[:2]))
    with pytest.raises(Refused, match="ends at event 2, and 3 events were sealed"):
        run(app, "record", "rebuild")


def test_a_database_that_went_on_from_an_old_backup_is_not_rebuilt(sealed_world: World, app: Flask) -> None:
    guard.why_not_append()  # before the backup came back
    lose(1)
    one_more()
    with pytest.raises(Refused, match="Event 2 is not the same in the database and in the second copy"):
        run(app, "record", "rebuild")


def test_a_key_that_the_database_lost_is_put_back(sealed_world: World, app: Flask) -> None:
    keys.change_key(KeyEnd.ROTATED)
    one_more()
    sealed()
    vkeys = checkpoints.list_vkeys()
    lose(1)
    unguarded = {
        "sqlite": "DROP TRIGGER notary_key_is_never_deleted",
        "postgresql": "ALTER TABLE notary_key DISABLE TRIGGER USER",
    }
    db.session.execute(sa.text(unguarded[db.session.get_bind().dialect.name]))
    db.session.execute(sa.delete(NotaryKey).where(NotaryKey.number == 2))
    db.session.commit()
    run(app, "record", "rebuild")
    assert checkpoints.list_vkeys() == vkeys


@contextmanager
def undone() -> Iterator[None]:
    """What is committed meanwhile is undone."""
    connection: Any = db.engine  # while a test runs
    db.session.remove()
    with connection.begin_nested() as trial:
        try:
            yield
        finally:
            db.session.remove()
            trial.rollback()


def _but_zeros(found: list[Any]) -> list[Any]:
    """Sums of nothing are left out: they may be there or not."""
    return [row for row in found if not {0} >= {value for value in row if isinstance(value, int)} or len(row) > 5]
