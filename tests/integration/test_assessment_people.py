"""Who may assess, and who sees an assessment from which page."""

import re
from collections.abc import Iterator
from datetime import UTC, date, datetime
from uuid import uuid4

import pytest
import sqlalchemy as sa
import time_machine
from flask import Flask
from flask.testing import FlaskClient

from tests.asking import ask, make_reply
from tests.browsing import sign_in
from tests.integration.test_reports import counted_statements
from tests.make import make_enrolment, make_grant, make_person, make_supervision
from tests.world import World, make_world
from tracker.accounts.models import Person, Role
from tracker.assessments import answering_actions
from tracker.core.db import db
from tracker.core.errors import Forbidden, Refused
from tracker.enrolments.models import Enrolment, Supervision
from tracker.record.actions import append
from tracker.record.decision import Decision
from tracker.reviews.models import Signature

NOON = datetime(2026, 3, 10, 12, tzinfo=UTC)


@pytest.fixture
def clock() -> Iterator[time_machine.Traveller]:
    with time_machine.travel(NOON, tick=False) as coordinates:
        yield coordinates


@pytest.fixture
def world(app: Flask, clock: time_machine.Traveller) -> World:
    return make_world()


def test_only_whoever_was_asked_answers(world: World) -> None:
    asked = ask(world)
    for person in (world.trainee, world.lead, world.stranger):
        with pytest.raises(Forbidden):
            answering_actions.answer(person, asked.id, make_reply())


def test_nobody_in_training_assesses(world: World) -> None:
    peer = make_person("peer@hospital.example")
    db.session.add(peer)
    db.session.flush()
    db.session.add(make_enrolment(peer.id, world.enrolment.version_id, world.enrolment.centre_id))
    db.session.commit()
    with pytest.raises(Refused, match="Somebody who is in training at present cannot assess"):
        ask(world, address="peer@hospital.example")


def test_who_was_in_training_once_assesses(world: World) -> None:
    past = {"starts_on": date(2020, 1, 1), "planned_end_on": date(2022, 1, 1)}
    db.session.add(make_enrolment(world.supervisor.id, world.enrolment.version_id, world.enrolment.centre_id, **past))
    db.session.commit()
    assert answering_actions.answer(world.supervisor, ask(world).id, make_reply()).kind == "assessment_done"


def make_peer(world: World) -> Person:
    """Somebody whose training was planned to have ended, and who has no other part in anything."""
    peer = make_person("peer@hospital.example")
    db.session.add(peer)
    db.session.flush()
    past = {"starts_on": date(2020, 1, 1), "planned_end_on": date(2022, 1, 1)}
    db.session.add(make_enrolment(peer.id, world.enrolment.version_id, world.enrolment.centre_id, **past))
    db.session.commit()
    return peer


def test_who_takes_longer_than_planned_is_still_in_training(world: World) -> None:
    make_peer(world)
    with pytest.raises(Refused, match="Somebody who is in training at present cannot assess"):
        ask(world, address="peer@hospital.example")


@pytest.mark.parametrize("ended_by", ["signature", "examination", "supervising", "role"])
def test_a_training_that_is_over_hinders_nobody(world: World, ended_by: str) -> None:
    peer = make_peer(world)
    training = db.session.scalars(sa.select(Enrolment).where(Enrolment.trainee_id == peer.id)).one()
    kind = "final_assessment_recorded" if ended_by == "examination" else "training_signed"
    if ended_by in {"signature", "examination"}:
        event = append(Decision(kind, world.lead.id, training.id, uuid4(), {}, {}))
        db.session.flush()
    if ended_by == "signature":
        signed = {"signed_by_id": world.lead.id, "signed_at": NOON, "digest": "0" * 64, "event_seq": event.seq}
        about = {"enrolment_id": training.id, "trainee_id": peer.id, "version_id": training.version_id}
        db.session.add(Signature(**about, **signed))
    if ended_by == "supervising":
        db.session.add(make_supervision(world.enrolment, peer.id))
    if ended_by == "role":
        db.session.add(make_grant(peer.id, Role.TRAINING_LEAD, centre_id=training.centre_id))
    db.session.commit()
    assert ask(world, address="peer@hospital.example").assessor_id == peer.id


def test_nobody_assesses_themselves(world: World) -> None:
    with pytest.raises(Refused, match="Nobody assesses themselves"):
        ask(world, address="trainee@hospital.example")


def test_a_request_is_between_the_trainee_and_who_is_asked(client: FlaskClient, world: World) -> None:
    asked = ask(world, address="stranger@hospital.example")
    for person, status in ((world.lead, 404), (world.supervisor, 404), (world.stranger, 200), (world.trainee, 200)):
        sign_in(client, person)
        assert client.get(f"/assessments/{asked.id}").status_code == status


def test_what_counts_is_seen_by_those_who_see_the_record(client: FlaskClient, world: World) -> None:
    asked = ask(world)
    answering_actions.answer(world.supervisor, asked.id, make_reply())
    db.session.commit()
    for person, status in ((world.lead, 200), (world.stranger, 404)):
        sign_in(client, person)
        assert client.get(f"/assessments/{asked.id}").status_code == status


def test_what_one_is_asked_is_found_from_the_first_page(client: FlaskClient, world: World) -> None:
    ask(world, address="stranger@hospital.example")
    ask(world)
    ask(world, address="lead@hospital.example")
    for person, first in ((world.stranger, "/assess"), (world.supervisor, "/queue"), (world.lead, None)):
        sign_in(client, person)
        answer = client.get("/")
        assert answer.location == first
        page = client.get(first).text if first else answer.text
        assert ("GEN-1 DOPS: Washed hands at the bench" in page) or ("Assessments that you are asked for" in page)


def test_pages_ask_as_much_whether_one_or_many_are_asked_for(client: FlaskClient, world: World) -> None:
    def statements() -> list[int]:
        counted = []
        for person, page in (
            (world.supervisor, "/queue"),
            (world.supervisor, "/assess"),
            (world.trainee, f"/enrolments/{world.enrolment.id}/assessments"),
        ):
            sign_in(client, person)
            client.get(page)
            with counted_statements() as asked:
                client.get(page)
            counted.append(len(asked))
        return counted

    ask(world)
    before = statements()
    for _ in range(10):
        ask(world)
    assert statements() == before


def test_a_competency_leads_to_asking_for_its_assessment(client: FlaskClient, world: World) -> None:
    sign_in(client, world.trainee)
    page = client.get(f"/enrolments/{world.enrolment.id}/competencies/{world.id_of('GEN-2')}").text
    assert f"/enrolments/{world.enrolment.id}/assessments/new?competency={world.id_of('GEN-2')}" in page


def test_the_entry_leads_to_what_was_said(client: FlaskClient, world: World) -> None:
    asked = ask(world)
    answering_actions.answer(world.supervisor, asked.id, make_reply("Supervisor Osei"))
    db.session.commit()
    sign_in(client, world.trainee)
    page = client.get(f"/entries/{asked.id}").text
    found = re.search(r'href="([^"]+)">Read the answers', page)
    assert found is not None
    assert "Calm and careful." in client.get(found[1], follow_redirects=True).text


def test_who_signed_a_claim_on_it_reads_it_after_the_supervision_ended(client: FlaskClient, world: World) -> None:
    asked = ask(world, address="stranger@hospital.example")
    answering_actions.answer(world.stranger, asked.id, make_reply("Stranger Osei"))
    world.signed("GEN-1")
    ended = sa.update(Supervision).values(ends_on=date(2026, 3, 9))
    db.session.execute(ended)
    db.session.commit()
    sign_in(client, world.supervisor)
    assert client.get(f"/entries/{asked.id}").status_code == 200
    assert client.get(f"/assessments/{asked.id}").status_code == 200
    assert client.get(f"/enrolments/{world.enrolment.id}/assessments").status_code == 404
