"""A sign-off is due for a recheck when its validity ends or when what it rests on changes; it is never void."""

import json
from collections.abc import Iterator
from datetime import UTC, date, datetime, timedelta
from typing import Any
from uuid import uuid4

import pytest
import sqlalchemy as sa
import time_machine
from flask import Flask
from flask.testing import FlaskClient

from tests import world as worlds
from tests.browsing import sign_in
from tests.equipment import change_of, registered, signed_with
from tests.make import make_centre, make_enrolment, make_grant, make_person, make_supervision
from tests.world import World, make_world, seen
from tracker.accounts.models import Role
from tracker.core.db import db
from tracker.core.errors import Forbidden, Refused
from tracker.enrolments.queries import get_enrolment
from tracker.logbook.ageing_actions import restate_due
from tracker.logbook.claim_actions import Seen
from tracker.logbook.lapse_actions import ask_for_rechecks, recheck
from tracker.logbook.models import Claim, ClaimStatus, ClaimStep, StepKind
from tracker.logbook.queries import get_claim
from tracker.notifications.models import Notice, NoticeKind
from tracker.progress.models import LapseCause, Stage, Standing
from tracker.record.decision import THE_TRACKER
from tracker.record.models import Event

SIGNED_AT = datetime(2026, 3, 3, 12, tzinfo=UTC)


@pytest.fixture
def clock() -> Iterator[Any]:
    with time_machine.travel(SIGNED_AT, tick=False) as traveller:
        yield traveller


def make_valid_for_a_year() -> World:
    return make_world(worlds.SCHEME | {"kinds": [kind | {"validity_months": 12} for kind in worlds.SCHEME["kinds"]]})


def standing_of(world: World, code: str = "GEN-1") -> Standing:
    db.session.expire_all()
    return db.session.get_one(Standing, (world.enrolment.id, world.id_of(code)))


def status_of(claim: Claim) -> ClaimStatus:
    return db.session.scalars(sa.select(Claim.status).where(Claim.id == claim.id)).one()


def shown(world: World, claim: Claim) -> Seen:
    """The press of a button on the claim as it is now."""
    db.session.expire_all()
    return seen(get_claim(world.supervisor, claim.id))


def told(kind: NoticeKind) -> set[Any]:
    return set(db.session.scalars(sa.select(Notice.person_id).where(Notice.kind == kind)))


def events() -> list[tuple[str, dict[str, Any]]]:
    return [(e.kind, json.loads(e.body)) for e in db.session.scalars(sa.select(Event).order_by(Event.seq))]


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


def test_a_change_asks_for_a_recheck_of_what_names_the_earlier_revision_alone(app: Flask, clock: Any) -> None:
    world = make_world()
    camera, phantom = registered(world, "Camera software"), registered(world, "Phantom procedure")
    touched, other = signed_with(world, camera), signed_with(world, phantom, code="NM-1")
    clock.move_to(datetime(2026, 3, 10, 12, tzinfo=UTC))
    change = change_of(camera, world.lead)
    while ask_for_rechecks():
        pass
    assert status_of(touched) is ClaimStatus.LAPSED
    assert status_of(other) is ClaimStatus.SIGNED_OFF
    kind, body = events()[-1]
    assert (kind, body["actor"], body["facts"]["revision"]) == ("claim_lapsed", str(world.lead.id), str(change.id))
    assert told(NoticeKind.RECHECK_DUE) == {world.trainee.id, world.supervisor.id}
    assert standing_of(world).lapse_cause is LapseCause.CHANGE


def test_a_change_that_needs_no_recheck_touches_nothing(app: Flask, clock: Any) -> None:
    world = make_world()
    camera = registered(world)
    claim = signed_with(world, camera)
    clock.move_to(datetime(2026, 3, 10, 12, tzinfo=UTC))
    change_of(camera, world.lead, recheck=False)
    assert ask_for_rechecks() == 0
    assert status_of(claim) is ClaimStatus.SIGNED_OFF


def test_a_change_elsewhere_touches_nothing_here(app: Flask, clock: Any) -> None:
    world = make_world()
    elsewhere = make_centre("York")
    db.session.add(elsewhere)
    db.session.flush()
    db.session.add(make_grant(world.lead.id, Role.TRAINING_LEAD, centre_id=elsewhere.id))
    db.session.commit()
    lead = worlds._with_grants(world.lead)
    here, there = registered(world), registered(world, centre_id=elsewhere.id)
    claim = signed_with(world, here)
    clock.move_to(datetime(2026, 3, 10, 12, tzinfo=UTC))
    change_of(there, lead)
    while ask_for_rechecks():
        pass
    assert status_of(claim) is ClaimStatus.SIGNED_OFF
    change_of(here, lead)  # the control: the same change here does
    while ask_for_rechecks():
        pass
    assert status_of(claim) is ClaimStatus.LAPSED


def test_asking_for_rechecks_begins_again_where_it_was_stopped(app: Flask, clock: Any) -> None:
    world = make_world()
    camera = registered(world)
    claims = [signed_with(world, camera, code=code) for code in ("GEN-1", "NM-1")]
    clock.move_to(datetime(2026, 3, 10, 12, tzinfo=UTC))
    change_of(camera, world.lead)
    assert ask_for_rechecks(limit=1) == 1
    assert sorted(status_of(claim) for claim in claims) == [ClaimStatus.LAPSED, ClaimStatus.SIGNED_OFF]
    db.session.rollback()
    while ask_for_rechecks(limit=1):
        pass
    assert {status_of(claim) for claim in claims} == {ClaimStatus.LAPSED}
    assert [kind for kind, _ in events()].count("claim_lapsed") == 2


def test_what_was_rechecked_since_is_left_alone_and_the_next_change_reaches_it(app: Flask, clock: Any) -> None:
    world = make_world()
    camera = registered(world)
    claim = signed_with(world, camera)
    clock.move_to(datetime(2026, 3, 10, 12, tzinfo=UTC))
    change = change_of(camera, world.lead)
    while ask_for_rechecks():
        pass
    clock.shift(timedelta(days=1))
    recheck(world.supervisor, claim.id, shown(world, claim), holds=True, looked_at="Done on the new release.")
    db.session.commit()
    assert events()[-1][1]["facts"]["equipment"] == [str(change.id)]
    assert ask_for_rechecks() == 0
    clock.shift(timedelta(days=1))
    change_of(camera, world.lead, "Release 4.3")
    while ask_for_rechecks():
        pass
    assert status_of(claim) is ClaimStatus.LAPSED


def test_an_entry_names_what_was_in_use_on_its_day(app: Flask, client: FlaskClient, clock: Any) -> None:
    world = make_world()
    camera = registered(world)
    clock.move_to(datetime(2026, 3, 12, 12, tzinfo=UTC))
    change_of(camera, world.lead, recheck=False)
    sign_in(client, world.trainee)
    for day, release in (("9", "Release 4.1"), ("10", "Release 4.2")):
        answer = client.post(
            f"/enrolments/{world.enrolment.id}/log/new",
            data={
                "key": str(uuid4()), "version": "0", "title": "Uniformity", "kind": "procedure", "save": "log",
                "performed_on-day": day, "performed_on-month": "3", "performed_on-year": "2026",
                "competency_ids": str(world.id_of("GEN-1")), "used_ids": str(camera.id), "no_patient_details": "y",
                "assessment": "",
            },
        )  # fmt: skip
        assert answer.status_code == 302, answer.text
        assert f"Camera software: {release}" in client.get(answer.location).text


def test_a_change_shows_what_it_touches_before_it_is_registered(app: Flask, client: FlaskClient, clock: Any) -> None:
    world = make_world()
    camera = registered(world)
    claim = signed_with(world, camera)
    clock.move_to(datetime(2026, 3, 10, 12, tzinfo=UTC))
    sign_in(client, world.lead)
    sent = {
        "key": str(uuid4()), "version": "0", "revision": "Release 4.2", "needs_recheck": "yes",
        "since_on-day": "10", "since_on-month": "3", "since_on-year": "2026", "what_changed": "Another test.",
    }  # fmt: skip
    page = client.post(f"/equipment/{camera.id}", data=sent | {"press": "look"})
    assert page.status_code == 200
    assert "1 sign-off rests on Camera software" in page.text
    assert "GEN-1 Wash hands., level 2" in page.text
    assert "Release 4.2" not in client.get(f"/equipment/{camera.id}").text
    for _ in range(2):  # two presses are one change
        assert client.post(f"/equipment/{camera.id}", data=sent | {"press": "register"}).status_code == 302
    assert "Release 4.2" in client.get(f"/equipment/{camera.id}").text
    while ask_for_rechecks():
        pass
    assert status_of(claim) is ClaimStatus.LAPSED


def test_a_supervisor_sees_the_names_of_their_own_trainees_alone(app: Flask, client: FlaskClient, clock: Any) -> None:
    world = make_world()
    camera = registered(world)
    signed_with(world, camera)
    other = make_person("elsewhere@hospital.example", "Elsa", "Ward")
    colleague = make_person("colleague@hospital.example", "Colin", "Ward")
    db.session.add_all([other, colleague])
    db.session.flush()
    theirs = make_enrolment(other.id, world.enrolment.version_id, world.enrolment.centre_id)
    db.session.add(theirs)
    db.session.flush()
    db.session.add(make_supervision(theirs, colleague.id))
    db.session.commit()
    assert get_enrolment(colleague, theirs.id)
    sign_in(client, colleague)
    sent = {
        "key": str(uuid4()), "version": "0", "revision": "Release 4.2", "needs_recheck": "yes", "press": "look",
        "since_on-day": "3", "since_on-month": "3", "since_on-year": "2026", "what_changed": "Another test.",
    }  # fmt: skip
    page = client.post(f"/equipment/{camera.id}", data=sent).text
    assert "1 sign-off rests on Camera software" in page
    assert "Trainee Osei" not in page
    assert "and 1 more" in page


def test_a_recheck_is_recorded_on_its_page(app: Flask, client: FlaskClient, clock: Any) -> None:
    world = make_world()
    camera = registered(world)
    claim = signed_with(world, camera)
    clock.move_to(datetime(2026, 3, 10, 12, tzinfo=UTC))
    change_of(camera, world.lead)
    while ask_for_rechecks():
        pass
    sign_in(client, world.supervisor)
    assert (
        "Recheck due since 10 March 2026: what it was signed on has changed." in client.get(f"/claims/{claim.id}").text
    )
    page = client.get(f"/claims/{claim.id}/recheck").text
    assert "Release 4.1, now Release 4.2 since 10 March 2026" in page.replace("\n", " ")
    assert client.post(f"/claims/{claim.id}/recheck", data={"key": str(uuid4())}).status_code == 422
    pressed = shown(world, claim)
    sent = {
        "key": str(pressed.key), "version": str(pressed.version), "digest": pressed.digest, "holds": "yes",
        "looked_at": "Watched the test on the new release.",
    }  # fmt: skip
    answer = client.post(f"/claims/{claim.id}/recheck", data=sent)
    assert answer.status_code == 302, answer.text
    assert status_of(claim) is ClaimStatus.SIGNED_OFF
