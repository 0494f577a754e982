"""What a department registers, and the sign-offs that a change of it touches."""

from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from typing import Any
from uuid import uuid4

import pytest
import time_machine
from flask import Flask
from flask.testing import FlaskClient

from tests import world as worlds
from tests.browsing import sign_in
from tests.equipment import change_of, events, registered, shown, signed_with, standing_of, status_of, told
from tests.integration.test_notary import sealed
from tests.make import make_centre, make_enrolment, make_grant, make_person, make_supervision
from tests.world import make_world
from tracker.accounts.models import Person, Role
from tracker.core.db import db
from tracker.enrolments.queries import get_enrolment
from tracker.logbook.lapse_actions import ask_for_rechecks, recheck
from tracker.logbook.models import ClaimStatus
from tracker.notifications.models import NoticeKind
from tracker.portfolio.bundle import make_bundle
from tracker.progress.models import LapseCause
from tracker.record.checkpoints import list_vkeys
from tracker.record.decision import THE_TRACKER
from tracker.record.verifier import verify

SIGNED_AT = datetime(2026, 3, 3, 12, tzinfo=UTC)


@pytest.fixture
def clock() -> Iterator[Any]:
    with time_machine.travel(SIGNED_AT, tick=False) as traveller:
        yield traveller


def ask_for_all() -> None:
    """Let the worker, which knows nothing yet, ask for every recheck."""
    db.session.expire_all()
    while ask_for_rechecks():
        pass


def test_a_change_asks_for_a_recheck_of_what_names_the_earlier_revision_alone(app: Flask, clock: Any) -> None:
    world = make_world()
    camera, phantom = registered(world, "Camera software"), registered(world, "Phantom procedure")
    touched, other = signed_with(world, camera), signed_with(world, phantom, code="NM-1")
    clock.move_to(datetime(2026, 3, 10, 12, tzinfo=UTC))
    change = change_of(camera, world.lead)
    ask_for_all()
    assert status_of(touched) is ClaimStatus.LAPSED
    assert status_of(other) is ClaimStatus.SIGNED_OFF
    kind, body = events()[-1]
    assert (kind, body["actor"], body["facts"]["revision"]) == ("claim_lapsed", str(THE_TRACKER), str(change.id))
    assert body["facts"]["registered_by"] == str(world.lead.id)
    assert told(NoticeKind.RECHECK_DUE) == {world.trainee.id, world.supervisor.id}
    assert standing_of(world).lapse_cause is LapseCause.CHANGE


def test_a_trainee_who_registers_a_change_decides_on_no_claim_of_their_own(app: Flask, clock: Any) -> None:
    world = make_world()
    another = make_person("o@hospital.example", "Olu", "Roe")
    db.session.add(another)
    db.session.flush()
    training = make_enrolment(another.id, world.enrolment.version_id, world.enrolment.centre_id)
    db.session.add(training)
    db.session.flush()
    db.session.add(make_supervision(training, world.trainee.id))
    camera = registered(world)
    claim = signed_with(world, camera)
    clock.move_to(datetime(2026, 3, 10, 12, tzinfo=UTC))
    change_of(camera, world.trainee)
    ask_for_all()
    assert status_of(claim) is ClaimStatus.LAPSED
    sealed()
    bundle = make_bundle(db.session.get_one(Person, world.trainee.id))
    assert verify(bundle, dict.fromkeys(list_vkeys()))[0] == "SUPERSEDED"  # it holds, and is due for a recheck


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
    ask_for_all()
    assert status_of(claim) is ClaimStatus.SIGNED_OFF
    change_of(here, lead)  # the control: the same change here does
    ask_for_all()
    assert status_of(claim) is ClaimStatus.LAPSED


def test_asking_for_rechecks_begins_again_where_it_was_stopped(app: Flask, clock: Any) -> None:
    world = make_world()
    camera = registered(world)
    claims = [signed_with(world, camera, code=code) for code in ("GEN-1", "NM-1")]
    clock.move_to(datetime(2026, 3, 10, 12, tzinfo=UTC))
    change_of(camera, world.lead)
    db.session.expunge_all()  # a worker knows nothing yet
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
    ask_for_all()
    clock.shift(timedelta(days=1))
    recheck(world.supervisor, claim.id, shown(world, claim), holds=True, looked_at="Done on the new release.")
    db.session.commit()
    assert events()[-1][1]["facts"]["equipment"] == [str(change.id)]
    assert ask_for_rechecks() == 0
    clock.shift(timedelta(days=1))
    change_of(camera, world.lead, "Release 4.3")
    ask_for_all()
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
    assert "GEN-1 Wash hands, level 2" in page.text
    assert "Release 4.2" not in client.get(f"/equipment/{camera.id}").text
    for _ in range(2):  # two presses are one change
        assert client.post(f"/equipment/{camera.id}", data=sent | {"press": "register"}).status_code == 302
    assert "Release 4.2" in client.get(f"/equipment/{camera.id}").text
    ask_for_all()
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
    ask_for_all()
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
