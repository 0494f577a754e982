"""Several claims signed in one sitting: each its own event, all of them or none."""

from uuid import uuid4

import pytest
import sqlalchemy as sa
from flask import Flask
from flask.testing import FlaskClient

from tests.browsing import sign_in
from tests.world import World, make_world, seen
from tracker.core.db import db
from tracker.core.errors import Forbidden
from tracker.logbook import claim_actions
from tracker.logbook.models import Claim, ClaimStatus
from tracker.logbook.second_actions import NotTogether, Seat, sign_together
from tracker.record.models import Event

CODES = ("GEN-1", "NM-1")
COMMENT = "Seen both on the same day."


@pytest.fixture
def world(app: Flask) -> World:
    return make_world()


@pytest.fixture
def claims(world: World) -> list[Claim]:
    return [world.submitted(code) for code in CODES]


def seat_of(claim: Claim, level: int = 2) -> Seat:
    shown = seen(claim)
    return Seat(claim.id, shown.version, shown.digest, level)


def statuses(claims: list[Claim]) -> list[ClaimStatus]:
    chosen = sa.select(Claim.status).where(Claim.id.in_([claim.id for claim in claims]))
    return list(db.session.scalars(chosen))


def events() -> int:
    return db.session.scalar(sa.select(sa.func.count()).select_from(Event)) or 0


def form_for(claims: list[Claim], **more: object) -> dict[str, object]:
    form: dict[str, object] = {"key": uuid4().hex, "version": 0, "comment": COMMENT}
    form["claim"] = [str(claim.id) for claim in claims]
    for claim in claims:
        shown = seen(claim)
        values = {"version": shown.version, "digest": shown.digest, "level": 2}
        form |= {f"{claim.id}-{name}": value for name, value in values.items()}
    return form | more


def test_each_claim_of_a_sitting_has_an_event_of_its_own(world: World, claims: list[Claim]) -> None:
    made = sign_together(world.supervisor, uuid4(), [seat_of(claim) for claim in claims], COMMENT)
    assert statuses(claims) == [ClaimStatus.SIGNED_OFF] * 2
    assert {event.kind for event in made} == {"claim_signed_off"}
    assert len({event.key for event in made}) == 2


def test_the_same_press_of_a_sitting_is_the_same_events(world: World, claims: list[Claim]) -> None:
    key, seats = uuid4(), [seat_of(claim) for claim in claims]
    first = sign_together(world.supervisor, key, seats, COMMENT)
    second = sign_together(world.supervisor, key, seats, COMMENT)
    assert [event.seq for event in first] == [event.seq for event in second]


@pytest.mark.parametrize("stale", [0, 1])
def test_with_one_that_became_stale_nothing_is_signed(world: World, claims: list[Claim], stale: int) -> None:
    seats = [seat_of(claim) for claim in claims]
    claim_actions.return_(world.supervisor, claims[stale].id, seen(claims[stale]), "No date.")
    before = events()
    with pytest.raises(NotTogether, match=f"{CODES[stale]}: Supervisor Osei changed this claim"):
        sign_together(world.supervisor, uuid4(), seats, COMMENT)
    db.session.expire_all()
    assert sorted(statuses(claims)) == [ClaimStatus.RETURNED, ClaimStatus.SUBMITTED]
    assert events() == before


def test_with_a_level_that_is_too_low_nothing_is_signed(world: World, claims: list[Claim]) -> None:
    with pytest.raises(NotTogether, match="needs level 2"):
        sign_together(world.supervisor, uuid4(), [seat_of(claims[0]), seat_of(claims[1], level=1)], COMMENT)
    db.session.expire_all()
    assert statuses(claims) == [ClaimStatus.SUBMITTED] * 2


@pytest.mark.parametrize("who", ["trainee", "lead", "stranger"])
def test_only_a_supervisor_signs_in_a_sitting(world: World, claims: list[Claim], who: str) -> None:
    with pytest.raises(Forbidden):
        sign_together(getattr(world, who), uuid4(), [seat_of(claim) for claim in claims], COMMENT)


def test_a_supervisor_reads_each_in_full_and_signs_them_at_once(
    client: FlaskClient, world: World, claims: list[Claim]
) -> None:
    form = form_for(claims)
    db.session.commit()
    sign_in(client, world.supervisor)
    address = "/claims/sitting?" + "&".join(f"claim={claim.id}" for claim in claims)
    page = client.get(address).text
    for claim in claims:
        assert f"{claim.competency.code} {claim.competency.title}" in page
    assert page.count("Daily uniformity of the gamma camera") == 2
    answer = client.post("/claims/sitting", data=form)
    assert (answer.status_code, answer.location) == (302, "/queue?done=signed_together&code=2")
    assert statuses(claims) == [ClaimStatus.SIGNED_OFF] * 2


def test_the_page_comes_back_with_its_text_and_says_which_could_not_be_signed(
    client: FlaskClient, world: World, claims: list[Claim]
) -> None:
    form = form_for(claims)
    claim_actions.return_(world.supervisor, claims[0].id, seen(claims[0]), "No date.")
    db.session.commit()
    sign_in(client, world.supervisor)
    answer = client.post("/claims/sitting", data=form)
    assert answer.status_code == 409
    assert "GEN-1: Supervisor Osei changed this claim after you opened it (returned)." in answer.text
    assert COMMENT in answer.text
    assert "Sign 1 in one sitting" in answer.text
    db.session.expire_all()
    assert sorted(statuses(claims)) == [ClaimStatus.RETURNED, ClaimStatus.SUBMITTED]


def test_who_may_not_sign_one_of_them_may_not_see_it_in_a_sitting(
    client: FlaskClient, world: World, claims: list[Claim]
) -> None:
    form = form_for(claims)
    db.session.commit()
    sign_in(client, world.stranger)
    assert client.post("/claims/sitting", data=form).status_code == 422
    assert client.get(f"/claims/sitting?claim={claims[0].id}").location == "/queue?done=chosen_none"
    sign_in(client, world.lead)
    assert client.post("/claims/sitting", data=form).status_code == 403
