"""A sign-off is due for a recheck when its validity ends; it is never void, and a recheck makes it valid anew."""

from collections.abc import Iterator
from datetime import UTC, date, datetime, timedelta
from typing import Any

import pytest
import sqlalchemy as sa
import time_machine
from flask import Flask

from tests import world as worlds
from tests.equipment import events, shown, standing_of, status_of, told
from tests.world import World, make_world, seen
from tracker.core.db import db
from tracker.core.errors import Forbidden, Refused
from tracker.logbook.ageing_actions import restate_due
from tracker.logbook.claim_actions import revoke
from tracker.logbook.lapse_actions import recheck
from tracker.logbook.models import ClaimStatus, ClaimStep, StepKind
from tracker.notifications.models import NoticeKind
from tracker.progress.models import LapseCause, Stage
from tracker.record.decision import THE_TRACKER

SIGNED_AT = datetime(2026, 3, 3, 12, tzinfo=UTC)


@pytest.fixture
def clock() -> Iterator[Any]:
    with time_machine.travel(SIGNED_AT, tick=False) as traveller:
        yield traveller


def make_valid_for_a_year() -> World:
    return make_world(worlds.SCHEME | {"kinds": [kind | {"validity_months": 12} for kind in worlds.SCHEME["kinds"]]})


def test_a_sign_off_lapses_on_its_day_and_not_before(app: Flask, clock: Any) -> None:
    world = make_valid_for_a_year()
    claim = world.signed()
    db.session.commit()
    assert standing_of(world).lapses_on == date(2027, 3, 4)
    clock.move_to(datetime(2027, 3, 3, 23, 30, tzinfo=UTC))
    assert restate_due() == 0
    assert status_of(claim) is ClaimStatus.SIGNED_OFF
    clock.shift(timedelta(hours=1))
    assert restate_due() == 1
    assert status_of(claim) is ClaimStatus.LAPSED
    stood = standing_of(world)
    assert (stood.stage, stood.level, stood.lapse_cause, stood.lapses_on) == (
        Stage.LAPSED,
        2,
        LapseCause.VALIDITY,
        None,
    )


def test_without_a_validity_no_day_makes_it_lapse(app: Flask, clock: Any) -> None:
    world = make_world()
    claim = world.signed()
    db.session.commit()
    clock.move_to(datetime(2090, 3, 4, 12, tzinfo=UTC))
    assert restate_due() == 0
    assert status_of(claim) is ClaimStatus.SIGNED_OFF


def test_the_lapse_is_on_record_as_the_trackers_and_both_sides_are_told(app: Flask, clock: Any) -> None:
    world = make_valid_for_a_year()
    claim = world.signed()
    db.session.commit()
    clock.move_to(datetime(2027, 3, 4, 12, tzinfo=UTC))
    restate_due()
    kind, body = events()[-1]
    assert (kind, body["actor"]) == ("claim_lapsed", str(THE_TRACKER))
    assert body["facts"] == {
        "claim": str(claim.id), "attempt": 1, "level": 2, "cause": "validity", "lapses_on": "2027-03-04",
    }  # fmt: skip
    assert told(NoticeKind.RECHECK_DUE) == {world.trainee.id, world.supervisor.id}
    step = db.session.scalars(sa.select(ClaimStep).where(ClaimStep.kind == StepKind.LAPSED)).one()
    assert (step.actor_id, step.level) == (None, 2)


def test_the_worker_makes_it_lapse_once(app: Flask, clock: Any) -> None:
    world = make_valid_for_a_year()
    world.signed()
    db.session.commit()
    clock.move_to(datetime(2027, 3, 4, 12, tzinfo=UTC))
    assert [restate_due() for _ in range(3)] == [1, 0, 0]
    assert [kind for kind, _ in events()].count("claim_lapsed") == 1


def test_a_recheck_keeps_level_and_signer_and_begins_a_new_validity(app: Flask, clock: Any) -> None:
    world = make_valid_for_a_year()
    claim = world.signed()
    db.session.commit()
    clock.move_to(datetime(2027, 3, 10, 12, tzinfo=UTC))
    restate_due()
    recheck(world.supervisor, claim.id, shown(world, claim), holds=True, looked_at="Watched it done.")
    db.session.commit()
    assert (claim.status, claim.level_signed, claim.signed_off_by_id) == (
        ClaimStatus.SIGNED_OFF,
        2,
        world.supervisor.id,
    )
    assert claim.signed_off_at == SIGNED_AT
    stood = standing_of(world)
    assert (stood.stage, stood.since, stood.lapses_on) == (Stage.DONE, date(2026, 3, 3), date(2028, 3, 11))
    assert [kind for kind, _ in events()][-3:] == ["claim_signed_off", "claim_lapsed", "claim_rechecked"]


def test_a_recheck_that_fails_gives_the_claim_back(app: Flask, clock: Any) -> None:
    world = make_valid_for_a_year()
    claim = world.signed()
    db.session.commit()
    clock.move_to(datetime(2027, 3, 10, 12, tzinfo=UTC))
    restate_due()
    recheck(
        world.supervisor, claim.id, shown(world, claim), holds=False, looked_at="The new release was not tried yet."
    )
    db.session.commit()
    assert status_of(claim) is ClaimStatus.RETURNED
    assert standing_of(world).stage is Stage.RETURNED
    assert events()[-1][0] == "claim_returned"


def test_only_a_supervisor_rechecks_and_only_what_is_due(app: Flask, clock: Any) -> None:
    world = make_valid_for_a_year()
    claim = world.signed()
    db.session.commit()
    with pytest.raises(Refused, match="nothing to recheck now"):
        recheck(world.supervisor, claim.id, seen(claim), holds=True, looked_at="Too early.")
    clock.move_to(datetime(2027, 2, 1, 12, tzinfo=UTC))  # its end is near
    for person in (world.trainee, world.lead, world.stranger):
        with pytest.raises(Forbidden):
            recheck(person, claim.id, seen(claim), holds=True, looked_at="Not mine to say.")
    recheck(world.supervisor, claim.id, seen(claim), holds=True, looked_at="Watched it done.")
    assert standing_of(world).lapses_on == date(2028, 2, 2)


def test_one_press_is_one_recheck(app: Flask, clock: Any) -> None:
    world = make_valid_for_a_year()
    claim = world.signed()
    db.session.commit()
    clock.move_to(datetime(2027, 2, 1, 12, tzinfo=UTC))
    pressed = seen(claim)
    first = recheck(world.supervisor, claim.id, pressed, holds=True, looked_at="Watched it done.")
    again = recheck(world.supervisor, claim.id, pressed, holds=True, looked_at="Watched it done.")
    assert first.seq == again.seq


def test_the_training_lead_revokes_a_sign_off_that_lapsed(app: Flask, clock: Any) -> None:
    world = make_valid_for_a_year()
    claim = world.signed()
    db.session.commit()
    clock.move_to(datetime(2027, 3, 10, 12, tzinfo=UTC))
    restate_due()
    with pytest.raises(Refused, match="more than 24 hours ago"):
        revoke(world.supervisor, claim.id, shown(world, claim), "It was somebody else's work.")
    revoke(world.lead, claim.id, shown(world, claim), "It was somebody else's work.")
    assert status_of(claim) is ClaimStatus.REVOKED
    assert standing_of(world).stage is Stage.REVOKED
