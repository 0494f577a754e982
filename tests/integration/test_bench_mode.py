"""Bench mode: a short code on the trainee's phone opens one form for whoever signs in and types it."""

import re
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta

import pytest
import sqlalchemy as sa
import time_machine
from flask import Flask
from flask.testing import FlaskClient

from tests.asking import ask, ask_by_mail, reply_form
from tests.browsing import sign_in
from tests.make import make_enrolment, make_grant, make_person
from tests.world import World, make_world
from tracker.accounts.models import Role
from tracker.assessments import asking_actions, tokens
from tracker.assessments.models import Assessment, AssessmentStatus, BenchCode, WrongCode
from tracker.core.db import db
from tracker.core.errors import Refused
from tracker.notifications.models import Notice, NoticeKind

NOON = datetime(2026, 3, 10, 12, tzinfo=UTC)
SHOWN = re.compile(r"app-code\">\s*([0-9A-Z]{4} [0-9A-Z]{4})\s*<")


@pytest.fixture
def clock() -> Iterator[time_machine.Traveller]:
    with time_machine.travel(NOON, tick=False) as coordinates:
        yield coordinates


@pytest.fixture
def world(app: Flask, clock: time_machine.Traveller) -> World:
    return make_world()


def asked_at_the_bench(world: World) -> Assessment:
    """A request of nobody yet."""
    return ask(world, person_id=None)


def shown_code(client: FlaskClient, world: World, asked: Assessment) -> str:
    sign_in(client, world.trainee)
    page = client.post(f"/assessments/{asked.id}/code")
    assert page.status_code == 200
    found = SHOWN.search(page.text)
    assert found is not None
    return found[1]


def type_code(client: FlaskClient, code: str) -> tuple[int, str]:
    answer = client.post("/assess", data={"code": code})
    return answer.status_code, answer.location or answer.text


def assessor_of(asked: Assessment) -> object:
    return db.session.scalars(sa.select(Assessment.assessor_id).where(Assessment.id == asked.id)).one()


def test_the_code_makes_the_form_theirs_who_typed_it(client: FlaskClient, world: World) -> None:
    asked = asked_at_the_bench(world)
    code = shown_code(client, world, asked)
    sign_in(client, world.stranger)
    assert type_code(client, code) == (302, f"/assessments/{asked.id}")
    page = client.get(f"/assessments/{asked.id}").text
    assert "How much help was needed this time?" in page
    assert client.post(f"/assessments/{asked.id}/answer", data=reply_form()).status_code == 302
    assert db.session.scalars(sa.select(Assessment.status)).one() is AssessmentStatus.DONE


@pytest.mark.parametrize(
    "typed", [str.lower, lambda code: code.replace(" ", ""), lambda code: f" {code[:4]}-{code[5:]} "]
)
def test_it_is_typed_in_any_way(client: FlaskClient, world: World, typed: object) -> None:
    assert callable(typed)
    code = shown_code(client, world, asked_at_the_bench(world))
    sign_in(client, world.stranger)
    assert type_code(client, typed(code))[0] == 302


def test_only_a_keyed_digest_of_the_code_is_kept(client: FlaskClient, world: World) -> None:
    code = shown_code(client, world, asked_at_the_bench(world)).replace(" ", "")
    (row,) = db.session.execute(sa.select(BenchCode.digest)).all()
    assert row.digest == tokens.code_digest(code)
    assert code not in row.digest


def test_a_code_works_once(client: FlaskClient, world: World) -> None:
    code = shown_code(client, world, asked_at_the_bench(world))
    sign_in(client, world.stranger)
    assert type_code(client, code)[0] == 302
    sign_in(client, world.lead)
    status, page = type_code(client, code)
    assert status == 422
    assert "Nobody is shown this code now." in page


def test_a_code_lives_ten_minutes(client: FlaskClient, world: World, clock: time_machine.Traveller) -> None:
    code = shown_code(client, world, asked_at_the_bench(world))
    sign_in(client, world.stranger)
    clock.shift(timedelta(minutes=10, seconds=1))
    assert type_code(client, code)[0] == 422


def test_a_new_code_ends_the_one_before(client: FlaskClient, world: World) -> None:
    asked = asked_at_the_bench(world)
    old, new = shown_code(client, world, asked), shown_code(client, world, asked)
    sign_in(client, world.stranger)
    assert type_code(client, old)[0] == 422
    assert type_code(client, new)[0] == 302


def test_guessing_ends_after_five_codes_for_that_person_alone(
    client: FlaskClient, world: World, clock: time_machine.Traveller
) -> None:
    code = shown_code(client, world, asked_at_the_bench(world))
    sign_in(client, world.stranger)
    for number in range(5):
        assert type_code(client, f"2222 222{number + 2}")[0] == 422
    status, page = type_code(client, code)
    assert status == 422
    assert "You typed too many codes that were none. Wait 15 minutes" in page
    assert db.session.scalar(sa.select(sa.func.count()).select_from(WrongCode)) == 5
    sign_in(client, world.lead)
    assert type_code(client, code)[0] == 302


def test_after_a_wait_the_next_code_is_taken(client: FlaskClient, world: World, clock: time_machine.Traveller) -> None:
    asked = asked_at_the_bench(world)
    sign_in(client, world.stranger)
    for _ in range(5):
        type_code(client, "2222 2222")
    clock.shift(timedelta(minutes=15, seconds=1))
    code = shown_code(client, world, asked)
    sign_in(client, world.stranger)
    assert type_code(client, code)[0] == 302


def test_nobody_in_training_takes_a_form_over(client: FlaskClient, world: World) -> None:
    asked = asked_at_the_bench(world)
    peer = make_person("peer@hospital.example")
    db.session.add(peer)
    db.session.flush()
    db.session.add(make_enrolment(peer.id, world.enrolment.version_id, world.enrolment.centre_id))
    db.session.commit()
    code = shown_code(client, world, asked)
    for person in (peer, world.trainee):
        sign_in(client, person)
        assert type_code(client, code)[0] == 409
    assert assessor_of(asked) is None


@pytest.mark.parametrize(
    ("roles", "status"),
    [
        ([Role.ADMINISTRATOR], 409),
        ([Role.AUDITOR, Role.ADMINISTRATOR], 409),
        ([Role.ADMINISTRATOR, Role.TRAINING_LEAD], 302),
        ([], 302),
    ],
)
def test_who_only_keeps_the_tracker_takes_no_form_over(
    client: FlaskClient, world: World, roles: list[Role], status: int
) -> None:
    code = shown_code(client, world, asked_at_the_bench(world))
    scope = {"centre_id": world.enrolment.centre_id}
    db.session.add_all(make_grant(world.stranger.id, role, **scope) for role in roles)
    db.session.commit()
    sign_in(client, world.stranger)
    assert type_code(client, code)[0] == status


def test_who_only_keeps_the_tracker_is_not_asked_by_name(world: World) -> None:
    db.session.add(make_grant(world.stranger.id, Role.ADMINISTRATOR))
    db.session.commit()
    with pytest.raises(Refused, match="An administrator or auditor cannot assess"):
        ask(world, person_id=world.stranger.id)


def test_taking_it_over_ends_the_link_that_was_mailed(client: FlaskClient, world: World) -> None:
    asked, path = ask_by_mail(world)
    code = shown_code(client, world, asked)
    sign_in(client, world.stranger)
    assert type_code(client, code)[0] == 302
    assert "Somebody with an account took this over." in client.get(path).text


def test_whoever_was_asked_before_is_told_that_it_was_taken_over(client: FlaskClient, world: World) -> None:
    asked = ask(world)
    code = shown_code(client, world, asked)
    sign_in(client, world.stranger)
    assert type_code(client, code)[0] == 302
    told = sa.select(Notice.person_id).where(Notice.kind == NoticeKind.ASSESSMENT_WITHDRAWN)
    assert list(db.session.scalars(told)) == [world.supervisor.id]


def test_whoever_types_the_code_of_their_own_request_is_told_nothing(client: FlaskClient, world: World) -> None:
    code = shown_code(client, world, ask(world))
    sign_in(client, world.supervisor)
    assert type_code(client, code)[0] == 302
    withdrawn = sa.select(Notice).where(Notice.kind == NoticeKind.ASSESSMENT_WITHDRAWN)
    assert db.session.scalars(withdrawn).all() == []


def test_nobody_but_the_trainee_shows_a_code(client: FlaskClient, world: World) -> None:
    asked = ask(world)
    sign_in(client, world.supervisor)
    assert client.post(f"/assessments/{asked.id}/code").status_code == 403
    sign_in(client, world.stranger)
    assert client.post(f"/assessments/{asked.id}/code").status_code == 404


def test_no_code_is_shown_for_what_is_over(client: FlaskClient, world: World) -> None:
    asked = ask(world)
    asking_actions.withdraw(world.trainee, asked.id)
    db.session.commit()
    sign_in(client, world.trainee)
    assert client.post(f"/assessments/{asked.id}/code").status_code == 409


def test_the_page_lists_what_one_is_asked(client: FlaskClient, world: World) -> None:
    ask(world)
    sign_in(client, world.supervisor)
    page = client.get("/assess").text
    assert "GEN-1 DOPS: Washed hands at the bench" in page
    assert "Trainee Osei, asked you on 10 March 2026" in page
    sign_in(client, world.stranger)
    assert "Nobody waits for an assessment from you." in client.get("/assess").text
