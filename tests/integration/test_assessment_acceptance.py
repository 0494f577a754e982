"""What somebody without an account answered waits for a supervisor, and says for ever where it came from."""

from collections.abc import Iterator
from datetime import UTC, datetime
from uuid import uuid4

import pytest
import sqlalchemy as sa
import time_machine
from flask import Flask
from flask.testing import FlaskClient

from tests.asking import answered, ask_by_mail, make_reply, token_of
from tests.browsing import sign_in
from tests.world import World, make_world
from tracker.assessments import accepting_actions, answering_actions
from tracker.assessments.models import Assessment, AssessmentStatus
from tracker.core.db import db
from tracker.core.errors import Forbidden, Refused
from tracker.logbook.models import LogEntry
from tracker.progress.models import Standing
from tracker.record import verify

NOON = datetime(2026, 3, 10, 12, tzinfo=UTC)
OTHER = "kim@elsewhere.example"


@pytest.fixture
def clock() -> Iterator[time_machine.Traveller]:
    with time_machine.travel(NOON, tick=False) as coordinates:
        yield coordinates


@pytest.fixture
def world(app: Flask, clock: time_machine.Traveller) -> World:
    return make_world()


def status_of(assessment_id: object) -> AssessmentStatus:
    chosen = sa.select(Assessment.status).where(Assessment.id == assessment_id)
    return db.session.scalars(chosen).one()


def pressed(**more: object) -> dict[str, object]:
    return {"key": uuid4().hex, "version": "0"} | more


def test_the_trainee_does_not_read_it_before_it_is_decided(client: FlaskClient, world: World) -> None:
    asked = answered(world)
    sign_in(client, world.trainee)
    page = client.get(f"/assessments/{asked.id}").text
    assert "a supervisor reads it first" in page
    assert "Calm and careful." not in page


def test_an_accepted_answer_counts_and_is_marked_for_ever(client: FlaskClient, world: World) -> None:
    asked = answered(world)
    sign_in(client, world.supervisor)
    page = client.get(f"/assessments/{asked.id}").text
    assert "the link went to the address that Trainee gave, jo@elsewhere.example" in " ".join(page.split())
    assert client.post(f"/assessments/{asked.id}/accept", data=pressed()).status_code == 302
    assert db.session.get_one(LogEntry, asked.id).assessor == "Jo Lund, Senior technologist (no account)"
    assert db.session.get_one(Standing, (world.enrolment.id, world.id_of("GEN-1"))).counts["entries"] == 1
    sign_in(client, world.trainee)
    for address in (
        f"/entries/{asked.id}",
        f"/assessments/{asked.id}",
        f"/enrolments/{world.enrolment.id}/assessments",
    ):
        assert "no account" in client.get(address).text.lower()
    competency = client.get(f"/enrolments/{world.enrolment.id}/competencies/{world.id_of('GEN-1')}").text
    assert "Jo Lund, Senior technologist (no account)" in competency
    assert list(verify.faults()) == []


def test_an_answer_is_not_accepted_without_a_reason(client: FlaskClient, world: World) -> None:
    asked = answered(world)
    sign_in(client, world.supervisor)
    assert client.post(f"/assessments/{asked.id}/not-accept", data=pressed()).status_code == 422
    said = pressed(reason="Nobody here knows this person.")
    assert client.post(f"/assessments/{asked.id}/not-accept", data=said).status_code == 302
    assert status_of(asked.id) is AssessmentStatus.NOT_ACCEPTED
    assert db.session.get(LogEntry, asked.id) is None
    sign_in(client, world.trainee)
    assert "Nobody here knows this person." in client.get(f"/assessments/{asked.id}").text


@pytest.mark.parametrize("nothing", ["", "   "])
def test_a_no_with_nothing_but_spaces_decides_nothing(client: FlaskClient, world: World, nothing: str) -> None:
    asked = answered(world)
    with pytest.raises(Refused, match="Say why"):
        accepting_actions.not_accept(world.supervisor, asked.id, uuid4(), nothing)
    sign_in(client, world.supervisor)
    assert client.post(f"/assessments/{asked.id}/not-accept", data=pressed(reason=nothing)).status_code == 422
    assert status_of(asked.id) is AssessmentStatus.ANSWERED


def test_only_a_supervisor_accepts(world: World) -> None:
    asked = answered(world)
    for person in (world.trainee, world.lead, world.stranger):
        with pytest.raises(Forbidden):
            accepting_actions.accept(person, asked.id, uuid4())


def test_an_answer_is_decided_once(world: World) -> None:
    asked = answered(world)
    accepting_actions.accept(world.supervisor, asked.id, uuid4())
    with pytest.raises(Refused, match="it counts already"):
        accepting_actions.not_accept(world.supervisor, asked.id, uuid4(), "I changed my mind.")


def test_the_event_of_the_decision_has_the_digest_of_the_answer(world: World) -> None:
    asked, path = ask_by_mail(world)
    first = answering_actions.answer_by_link(token_of(path), make_reply())
    second = accepting_actions.accept(world.supervisor, asked.id, uuid4())
    digests = [event.body.split(b'"content":"')[1][:64] for event in (first, second)]
    assert digests[0] == digests[1]
