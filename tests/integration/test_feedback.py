"""Multi-source feedback: colleagues are asked, answer once through a link of their own, or would rather not."""

from collections.abc import Iterator
from datetime import UTC, date, datetime
from uuid import uuid4

import pytest
import sqlalchemy as sa
import time_machine
from flask import Flask
from flask.testing import FlaskClient

from tests.feedback import (
    COLLEAGUES,
    answer,
    as_person,
    current,
    feedback_world,
    link_of,
    mails_to,
    opened,
    reply,
    told,
)
from tests.world import World
from tracker.assessments import msf_actions
from tracker.assessments.msf_models import (
    FeedbackAnswer,
    FeedbackColleague,
)
from tracker.core.db import db
from tracker.core.errors import Forbidden, Refused
from tracker.core.mail import OutgoingMail
from tracker.notifications.models import NoticeKind
from tracker.operations.models import METADATA

LAST_DAY = date(2026, 3, 31)
NOON = datetime(2026, 3, 10, 12, tzinfo=UTC)


@pytest.fixture
def clock() -> Iterator[time_machine.Traveller]:
    with time_machine.travel(NOON, tick=False) as coordinates:
        yield coordinates


@pytest.fixture
def world(app: Flask, clock: time_machine.Traveller) -> World:
    return feedback_world()


def rows() -> dict[str, list[str]]:
    """Every row of every table."""
    return {
        name: sorted(repr(tuple(row)) for row in db.session.execute(sa.select(table)))
        for name, table in METADATA.tables.items()
    }


# Asking


def test_each_colleague_is_mailed_a_link_of_their_own(world: World) -> None:
    opened(world)
    links = {link_of(address) for address in COLLEAGUES}
    assert len(links) == len(COLLEAGUES)
    mails = db.session.scalars(sa.select(OutgoingMail)).all()
    assert all(mail.text.count("@") == 0 for mail in mails)  # no mail names another colleague


def test_two_presses_ask_once(world: World) -> None:
    key = uuid4()
    assert opened(world, key=key).id == opened(world, key=key).id
    assert db.session.scalar(sa.select(sa.func.count()).select_from(FeedbackColleague)) == len(COLLEAGUES)


def test_one_round_is_open_at_a_time(world: World) -> None:
    opened(world)
    with pytest.raises(Refused, match="open already"):
        opened(world)


@pytest.mark.parametrize(
    ("addresses", "said"),
    [
        (COLLEAGUES[:7], "Name 8 to 12 colleagues. With these there are 7."),
        ([*COLLEAGUES, *(f"more{number}@elsewhere.example" for number in range(5))], "there are 13"),
        ([*COLLEAGUES[:7], "trainee@hospital.example"], "This is your own address."),
        ([*COLLEAGUES[:7], "nobody"], "nobody: Enter an email address"),
    ],
)
def test_neither_too_few_nor_oneself_is_asked(world: World, addresses: list[str], said: str) -> None:
    with pytest.raises(Refused, match=said):
        opened(world, addresses=addresses)


def test_the_page_asks_those_who_are_ticked_and_those_who_are_typed(app: Flask, world: World) -> None:
    client = as_person(app, world.trainee)
    sent = {
        "key": uuid4().hex,
        "version": "0",
        "form": "MSF",
        "competency_id": "",
        "people": [str(world.supervisor.id)],
        "addresses": "\n".join([*COLLEAGUES[:7], COLLEAGUES[0].upper()]),
        "closes_on-day": "31",
        "closes_on-month": "3",
        "closes_on-year": "2026",
    }
    path = f"/enrolments/{world.enrolment.id}/feedback/new"
    assert client.post(path, data=sent | {"people": []}).status_code == 422
    assert client.post(path, data=sent).status_code == 302
    asked = set(db.session.scalars(sa.select(FeedbackColleague.address)))
    assert asked == {*COLLEAGUES[:7], "supervisor@hospital.example"}


def test_a_supervisor_opens_a_round_too_and_the_trainee_is_told(world: World) -> None:
    opening = msf_actions.Opening(uuid4(), "MSF", COLLEAGUES, LAST_DAY)
    msf_actions.open_round(world.supervisor, world.enrolment, opening, None)
    db.session.commit()
    assert told(world.trainee) == [NoticeKind.FEEDBACK_OPENED]
    with pytest.raises(Forbidden):
        msf_actions.open_round(world.lead, world.enrolment, opening, None)


def test_a_reminder_goes_to_those_who_have_not_answered_and_both_links_work_once(
    client: FlaskClient, world: World, clock: time_machine.Traveller
) -> None:
    asked = opened(world)
    answer(COLLEAGUES[0])
    old = link_of(COLLEAGUES[1])
    with pytest.raises(Refused, match="less than 2 days ago"):
        msf_actions.remind(world.trainee, asked.id)
    clock.move_to(datetime(2026, 3, 13, 12, tzinfo=UTC))
    msf_actions.remind(world.trainee, asked.id)
    db.session.commit()
    assert mails_to(COLLEAGUES[0]) == 1
    assert mails_to(COLLEAGUES[1]) == 2
    assert client.post(old, data=reply()).status_code == 302
    assert client.get(link_of(COLLEAGUES[1])).status_code == 410


# Answering


def test_opening_the_link_changes_nothing_and_sending_does(client: FlaskClient, world: World) -> None:
    opened(world)
    path, before = link_of(COLLEAGUES[0]), rows()
    assert client.get(path).status_code == 200
    assert client.head(path).status_code == 200
    assert rows() == before
    assert client.post(path, data=reply()).headers["Location"].endswith("/feedback/by-mail/thanks")
    assert rows() != before


def test_a_link_works_once(client: FlaskClient, world: World) -> None:
    opened(world)
    path = link_of(COLLEAGUES[0])
    assert client.post(path, data=reply()).status_code == 302
    for again in (client.post(path, data=reply()), client.get(path), client.post(f"{path}/decline", data={})):
        assert again.status_code == 410
        assert "was sent already" in again.text
    assert db.session.scalar(sa.select(sa.func.count()).select_from(FeedbackAnswer)) == 1


def test_an_incomplete_form_comes_back_and_a_patient_is_not_named(client: FlaskClient, world: World) -> None:
    opened(world)
    path = link_of(COLLEAGUES[0])
    refused = client.post(path, data=reply(answer_team="", answer_keep="For 943 476 5919."))
    assert refused.status_code == 422
    assert "Answer “Works well with others”." in refused.text
    assert "NHS number" in refused.text
    assert not db.session.scalar(sa.select(sa.func.count()).select_from(FeedbackAnswer))


def test_who_would_rather_not_is_not_asked_again(client: FlaskClient, world: World) -> None:
    asked = opened(world)
    path = link_of(COLLEAGUES[0])
    assert client.post(f"{path}/decline", data={}).status_code == 302
    assert client.get(path).status_code == 410
    assert current(asked).answered == 0


def test_a_link_that_never_was_says_what_to_do(client: FlaskClient, world: World) -> None:
    answer_ = client.get("/feedback/by-mail/nothing")
    assert answer_.status_code == 404
    assert "We do not know this link." in answer_.text
