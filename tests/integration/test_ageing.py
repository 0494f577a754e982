"""Time alone changes a standing, and the worker notices."""

from datetime import UTC, date, datetime, timedelta
from uuid import UUID

import pytest
import time_machine
from flask import Flask

from tests import world as worlds
from tests.world import World, make_world
from tracker.core.db import db
from tracker.logbook import ageing_actions, queries
from tracker.logbook.ageing_actions import restate_due
from tracker.logbook.models import Claim
from tracker.progress.models import Stage, Standing


def test_an_entry_that_grew_too_old_no_longer_counts(app: Flask) -> None:
    world = make_ageing_world()
    with time_machine.travel(datetime(2026, 3, 10, tzinfo=UTC), tick=False) as clock:
        world.logged("GEN-1", date(2026, 3, 2))
        db.session.commit()
        assert standing_of(world).changes_on == date(2026, 4, 2)
        assert restate_due() == 0
        clock.shift(timedelta(days=23))
        assert restate_due() == 1
        assert standing_of(world).counts == {"too_old": 1}
        assert standing_of(world).stage is Stage.IN_PROGRESS
        assert standing_of(world).changes_on is None


def make_ageing_world() -> World:
    kinds = [kind | {"evidence": kind["evidence"] | {"max_age_days": 30}} for kind in worlds.SCHEME["kinds"]]
    return make_world(worlds.SCHEME | {"kinds": kinds})


def standing_of(world: World) -> Standing:
    db.session.expire_all()
    return db.session.get_one(Standing, (world.enrolment.id, world.id_of("GEN-1")))


def test_all_claims_are_locked_in_their_order_before_the_first_lapses(
    app: Flask, monkeypatch: pytest.MonkeyPatch
) -> None:
    world = make_world()
    claims = {world.signed(code).id for code in ("GEN-1", "NM-1")}
    order: list[object] = []
    lock = queries.lock_claim
    monkeypatch.setattr(ageing_actions, "present_ids", lambda *_: {world.id_of(code) for code in ("GEN-1", "NM-1")})

    def note_lock(claim_id: UUID) -> Claim:
        order.append(claim_id)
        return lock(claim_id)

    def note_lapse(*_: object) -> bool:
        order.append("lapse")
        return False

    monkeypatch.setattr(ageing_actions, "lapse_ended", note_lapse)
    monkeypatch.setattr(queries, "lock_claim", note_lock)
    ageing_actions._restate(world.enrolment.id, world.id_of("GEN-1"))
    assert order == [*sorted(claims), "lapse", "lapse"]
