"""Notices come by mail in one message, at the time that each person chose, and never at night."""

from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
import sqlalchemy as sa
import time_machine
from flask import Flask
from flask.testing import FlaskClient

from tests.browsing import sign_in
from tests.world import World, make_world
from tracker.accounts.models import Person
from tracker.core.db import db
from tracker.core.mail import OutgoingMail
from tracker.notifications import words
from tracker.notifications.actions import About, choose_mail_time, tell
from tracker.notifications.models import MailChoice, MailTime, Notice, NoticeKind
from tracker.operations.worker import post_notices

TUESDAY = datetime(2026, 3, 10, 9, tzinfo=UTC)  # winter time: the clock on the wall says the same


@pytest.fixture
def clock() -> Iterator[Any]:
    with time_machine.travel(TUESDAY, tick=False) as traveller:
        yield traveller


@pytest.fixture
def world(app: Flask, clock: Any) -> World:
    return make_world()


def told(world: World, person: Person, *kinds: NoticeKind) -> None:
    for kind in kinds:
        tell(person.id, kind, world.trainee, About(world.enrolment.id, "GEN-1", "/claims/x"))
    db.session.commit()


def mails() -> list[OutgoingMail]:
    return list(db.session.scalars(sa.select(OutgoingMail).order_by(OutgoingMail.written_at)))


def chose(person: Person, choice: MailTime) -> None:
    choose_mail_time(person, choice)
    db.session.commit()


def test_who_chose_nothing_has_one_message_the_next_morning(world: World, clock: Any) -> None:
    told(world, world.supervisor, *[NoticeKind.CLAIM_WAITING] * 9, NoticeKind.CLAIM_WITHDRAWN)
    assert post_notices() == 0
    clock.move_to(TUESDAY.replace(hour=23))
    assert post_notices() == 0
    clock.move_to(datetime(2026, 3, 11, 7, 29, 59, tzinfo=UTC))
    assert post_notices() == 0
    clock.move_to(datetime(2026, 3, 11, 7, 30, tzinfo=UTC))
    assert post_notices() == 1
    assert [mail.subject for mail in mails()] == ["9 things wait for you, 1 thing to know"]
    assert post_notices() == 0


@pytest.mark.parametrize(
    ("kind", "subject"),
    [
        (NoticeKind.ASSESSMENT_ANSWERED, "2 things wait for you"),
        (NoticeKind.FEEDBACK_TO_READ, "2 things wait for you"),
        (NoticeKind.FEEDBACK_TOO_FEW, "2 things wait for you"),
        (NoticeKind.VISIT_OPENED, "2 things wait for you"),
        (NoticeKind.EXAMINER_ASSIGNED, "2 things wait for you"),
        (NoticeKind.FINAL_RECORDED, "2 things wait for you"),
        (NoticeKind.ASSESSMENT_PASSED_ON, "2 things to know"),
    ],
)
def test_a_notice_that_asks_for_something_is_among_what_waits(
    world: World, clock: Any, kind: NoticeKind, subject: str
) -> None:
    told(world, world.supervisor, kind, kind)
    clock.shift(timedelta(days=1))
    post_notices()
    assert [mail.subject for mail in mails()] == [subject]


def test_what_needs_the_reader_comes_first(world: World, clock: Any) -> None:
    told(world, world.supervisor, NoticeKind.CLAIM_WITHDRAWN, NoticeKind.CLAIM_WAITING)
    clock.shift(timedelta(days=1))
    post_notices()
    text = mails()[0].text
    assert text.index("waits for your sign-off") < text.index("there is nothing for you to do")


def test_a_friday_afternoon_comes_on_monday(world: World, clock: Any) -> None:
    clock.move_to(datetime(2026, 3, 13, 15, tzinfo=UTC))
    told(world, world.supervisor, NoticeKind.CLAIM_WAITING)
    for hours in range(64):
        clock.move_to(datetime(2026, 3, 13, 15, tzinfo=UTC) + timedelta(hours=hours))
        assert post_notices() == 0
    clock.move_to(datetime(2026, 3, 16, 7, 30, tzinfo=UTC))
    assert post_notices() == 1


def test_at_once_is_at_once_by_day_and_in_the_morning_after_a_night(world: World, clock: Any) -> None:
    chose(world.supervisor, MailTime.AT_ONCE)
    told(world, world.supervisor, NoticeKind.CLAIM_WAITING)
    assert post_notices() == 1
    clock.move_to(datetime(2026, 3, 10, 20, 0, tzinfo=UTC))
    told(world, world.supervisor, NoticeKind.CLAIM_WAITING)
    assert post_notices() == 0
    clock.move_to(datetime(2026, 3, 11, 6, 59, tzinfo=UTC))
    assert post_notices() == 0
    clock.move_to(datetime(2026, 3, 11, 7, 0, tzinfo=UTC))
    assert post_notices() == 1
    assert [mail.subject for mail in mails()] == ["Waiting for your sign-off: GEN-1"] * 2


def test_summer_time_moves_the_morning_with_the_clock_on_the_wall(world: World, clock: Any) -> None:
    clock.move_to(datetime(2026, 3, 27, 12, tzinfo=UTC))  # the clocks go forward on the 29th
    told(world, world.supervisor, NoticeKind.CLAIM_WAITING)
    clock.move_to(datetime(2026, 3, 30, 6, 29, tzinfo=UTC))
    assert post_notices() == 0
    clock.move_to(datetime(2026, 3, 30, 6, 30, tzinfo=UTC))  # 07:30 in London
    assert post_notices() == 1


def test_weekly_waits_for_monday_and_never_is_never(world: World, clock: Any) -> None:
    chose(world.supervisor, MailTime.WEEKLY)
    chose(world.lead, MailTime.NEVER)
    told(world, world.supervisor, NoticeKind.CLAIM_WAITING)
    told(world, world.lead, NoticeKind.DECISION_STUCK)
    post_notices()
    assert mails() == []
    clock.move_to(datetime(2026, 3, 16, 8, tzinfo=UTC))
    post_notices()
    assert [mail.to_address for mail in mails()] == [world.supervisor.email]


def test_each_reader_has_a_message_of_their_own(world: World, clock: Any) -> None:
    told(world, world.supervisor, NoticeKind.CLAIM_WAITING)
    told(world, world.trainee, NoticeKind.CLAIM_RETURNED)
    clock.shift(timedelta(days=1))
    assert post_notices() == 2
    assert {mail.to_address for mail in mails()} == {world.supervisor.email, world.trainee.email}


def test_nobody_is_told_of_what_they_may_no_longer_see(world: World, clock: Any) -> None:
    chose(world.stranger, MailTime.AT_ONCE)
    told(world, world.stranger, NoticeKind.CLAIM_WAITING)
    assert post_notices() == 1
    assert mails() == []
    assert db.session.scalars(sa.select(Notice.mailed_at)).one() is not None


def test_the_demo_shows_mail_at_once_by_night(
    world: World, clock: Any, app: Flask, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setitem(app.config, "DEMO", True)
    clock.move_to(TUESDAY.replace(hour=23))
    told(world, world.supervisor, NoticeKind.CLAIM_WAITING)
    assert post_notices() == 1
    assert len(mails()) == 1


def test_a_choice_is_kept_on_its_page(world: World, client: FlaskClient) -> None:
    sign_in(client, world.supervisor)
    assert 'value="daily" checked' in " ".join(client.get("/notices/mail").text.split())
    assert client.post("/notices/mail", data={"mail_time": "hourly"}).status_code == 422
    assert client.post("/notices/mail", data={"mail_time": "weekly"}).status_code == 302
    assert 'value="weekly" checked' in " ".join(client.get("/notices/mail").text.split())
    assert client.post("/notices/mail", data={"mail_time": "daily"}).status_code == 302
    db.session.expire_all()
    assert db.session.scalars(sa.select(MailChoice.mail_time)).one() is MailTime.DAILY


def test_one_that_cannot_be_written_holds_up_nobody_else(
    world: World, clock: Any, monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture
) -> None:
    told(world, world.supervisor, NoticeKind.CLAIM_WAITING)
    told(world, world.trainee, NoticeKind.CLAIM_RETURNED)
    monkeypatch.delitem(words.SENTENCES, NoticeKind.CLAIM_WAITING)
    clock.shift(timedelta(days=1))
    assert post_notices() == 2
    assert [mail.to_address for mail in mails()] == [world.trainee.email]
    assert "were not mailed: KeyError" in caplog.text
