"""Assessments are asked for, given by account and counted."""

from collections.abc import Iterator
from datetime import UTC, date, datetime, timedelta
from uuid import uuid4

import pytest
import sqlalchemy as sa
import time_machine
from flask import Flask
from flask.testing import FlaskClient

from tests.asking import ask, make_reply, reply_form
from tests.browsing import sign_in
from tests.world import World, make_entry_facts, make_world
from tracker.assessments import answering_actions, asking_actions
from tracker.assessments.models import Assessment, AssessmentStatus
from tracker.core.db import db
from tracker.core.errors import Refused
from tracker.logbook.entry_actions import Saving, save_entry
from tracker.logbook.models import EntryKind, EntryStatus, LogEntry
from tracker.notifications.actions import choose_mail_time
from tracker.notifications.models import MailTime, Notice, NoticeKind
from tracker.operations import worker
from tracker.progress.models import Standing
from tracker.record import verify
from tracker.record.models import Event, Opening

NOON = datetime(2026, 3, 10, 12, tzinfo=UTC)


@pytest.fixture
def clock() -> Iterator[time_machine.Traveller]:
    with time_machine.travel(NOON, tick=False) as coordinates:
        yield coordinates


@pytest.fixture
def world(app: Flask, clock: time_machine.Traveller) -> World:
    return make_world()


def notices_of(person_id: object) -> list[NoticeKind]:
    chosen = sa.select(Notice.kind).where(Notice.person_id == person_id)
    return list(db.session.scalars(chosen.order_by(Notice.written_at)))


def kinds_on_record() -> list[str]:
    return list(db.session.scalars(sa.select(Event.kind).order_by(Event.seq)))


def asking_form(world: World, **more: object) -> dict[str, object]:
    day = {"performed_on-day": "2", "performed_on-month": "3", "performed_on-year": "2026"}
    values = {"key": uuid4().hex, "version": "0", "competency_id": str(world.id_of("GEN-1")), "form": "DOPS"}
    said = {"title": "Washed hands", "whom": str(world.supervisor.id), "no_patient_details": "y"}
    return values | day | said | more


def test_the_trainee_asks_and_the_assessor_is_told(client: FlaskClient, world: World) -> None:
    sign_in(client, world.trainee)
    answer = client.post(f"/enrolments/{world.enrolment.id}/assessments/new", data=asking_form(world))
    assert answer.status_code == 302
    assert notices_of(world.supervisor.id) == [NoticeKind.ASSESSMENT_ASKED]
    page = client.get(answer.location).text
    assert "Asked of Supervisor Osei on 10 March 2026" in page
    assert "Withdraw" in page


def test_the_page_to_ask_begins_with_what_is_known(client: FlaskClient, world: World) -> None:
    sign_in(client, world.trainee)
    path = f"/enrolments/{world.enrolment.id}/assessments/new?competency={world.id_of('GEN-2')}"
    page = client.get(path).text
    assert f'<option value="{world.id_of("GEN-2")}" selected>' in page
    assert 'value="DOPS" checked' in page
    assert 'value="2026"' in page


def test_what_was_typed_is_kept_when_the_request_is_refused(client: FlaskClient, world: World) -> None:
    sign_in(client, world.trainee)
    form = asking_form(world, whom="mail", address="not an address", message="Tell me how I spoke.")
    answer = client.post(f"/enrolments/{world.enrolment.id}/assessments/new", data=form)
    assert answer.status_code == 422
    assert "Enter an email address, such as name@example.org." in answer.text
    assert "Tell me how I spoke." in answer.text
    assert "not an address" in answer.text


def test_the_same_press_twice_asks_once(client: FlaskClient, world: World) -> None:
    sign_in(client, world.trainee)
    form = asking_form(world)
    places = [client.post(f"/enrolments/{world.enrolment.id}/assessments/new", data=form).location for _ in range(2)]
    assert places[0] == places[1]
    assert db.session.scalar(sa.select(sa.func.count()).select_from(Assessment)) == 1


def test_work_of_a_day_to_come_is_not_assessed(client: FlaskClient, world: World) -> None:
    sign_in(client, world.trainee)
    form = asking_form(world) | {"performed_on-day": "11"}
    answer = client.post(f"/enrolments/{world.enrolment.id}/assessments/new", data=form)
    assert answer.status_code == 422
    assert "Enter a day that has come" in answer.text


def test_an_answer_by_account_counts_at_once(client: FlaskClient, world: World) -> None:
    asked = ask(world)
    sign_in(client, world.supervisor)
    answer = client.post(f"/assessments/{asked.id}/answer", data=reply_form())
    assert answer.status_code == 302
    entry = db.session.get_one(LogEntry, asked.id)
    assert (entry.kind, entry.assessment, entry.status) == (EntryKind.OBSERVED_ASSESSMENT, "DOPS", EntryStatus.LOGGED)
    assert (entry.assessor, entry.performed_on) == ("Supervisor Osei, Senior technologist", date(2026, 3, 2))
    standing = db.session.get_one(Standing, (world.enrolment.id, world.id_of("GEN-1")))
    assert standing.counts["entries"] == 1
    assert kinds_on_record() == ["assessment_done"]
    assert list(verify.faults()) == []
    assert notices_of(world.trainee.id) == [NoticeKind.ASSESSMENT_DONE]


def test_the_trainee_reads_what_the_assessor_said(client: FlaskClient, world: World) -> None:
    asked = ask(world)
    answering_actions.answer(world.supervisor, asked.id, make_reply("Supervisor Osei"))
    db.session.commit()
    sign_in(client, world.trainee)
    page = client.get(f"/assessments/{asked.id}").text
    assert "Calm and careful." in page
    assert "Supervisor Osei, Senior technologist, RCT 1234" in page
    assert "No account." not in page


def test_texts_of_an_answer_are_committed_and_its_digest_is_a_fact(world: World) -> None:
    asked = ask(world)
    event = answering_actions.answer(world.supervisor, asked.id, make_reply("Supervisor Osei"))
    fields = set(db.session.scalars(sa.select(Opening.field).where(Opening.seq == event.seq)))
    assert {"answers", "name", "role", "register_body", "register_number"} <= fields
    assert b"Calm" not in event.body
    assert b"Supervisor" not in event.body
    assert b'"content":"' in event.body


def test_the_same_press_gives_the_same_event_and_another_answer_is_refused(world: World) -> None:
    asked, reply = ask(world), make_reply("Supervisor Osei")
    event = answering_actions.answer(world.supervisor, asked.id, reply)
    assert answering_actions.answer(world.supervisor, asked.id, reply).seq == event.seq
    with pytest.raises(Refused, match="it was answered already"):
        answering_actions.answer(world.supervisor, asked.id, make_reply("Supervisor Osei"))


def test_the_trainee_cannot_change_what_an_assessor_said(client: FlaskClient, world: World) -> None:
    asked = ask(world)
    answering_actions.answer(world.supervisor, asked.id, make_reply("Supervisor Osei"))
    db.session.commit()
    changed = Saving(asked.id, 1, EntryStatus.LOGGED, frozenset({world.id_of("GEN-1")}))
    with pytest.raises(Refused, match="This is what an assessor said, so nobody changes it"):
        save_entry(world.trainee, world.enrolment, make_entry_facts(), changed)
    sign_in(client, world.trainee)
    page = client.get(f"/entries/{asked.id}").text
    assert "This is what an assessor said" in page
    assert "Change it" not in page


def test_an_address_that_has_an_account_is_asked_by_account(world: World) -> None:
    asked = ask(world, address="stranger@hospital.example")
    assert asked.assessor_id == world.stranger.id
    assert asked.asked_of == "stranger@hospital.example"


def test_who_was_asked_gets_the_mail_without_seeing_the_record(app: Flask, world: World) -> None:
    choose_mail_time(world.stranger, MailTime.AT_ONCE)
    ask(world, address="stranger@hospital.example")
    worker.post_notices()
    subjects = db.session.scalars(sa.text("SELECT subject FROM outgoing_mail")).all()
    assert list(subjects) == ["Asked for an assessment: GEN-1"]


def test_a_no_has_a_reason_and_leads_to_asking_again(client: FlaskClient, world: World) -> None:
    asked = ask(world)
    sign_in(client, world.supervisor)
    without = client.post(f"/assessments/{asked.id}/decline", data={"key": uuid4().hex, "version": "0"})
    assert without.status_code == 422
    said = {"key": uuid4().hex, "version": "0", "reason": "I was not there on that day."}
    assert client.post(f"/assessments/{asked.id}/decline", data=said).status_code == 302
    sign_in(client, world.trainee)
    page = client.get(f"/assessments/{asked.id}").text
    assert "I was not there on that day." in page
    again = client.get(f"/enrolments/{world.enrolment.id}/assessments/new?again={asked.id}").text
    assert "Washed hands at the bench" in again


def test_passing_on_by_account_hands_it_to_the_other(client: FlaskClient, world: World) -> None:
    asked = ask(world)
    sign_in(client, world.supervisor)
    said = {"key": uuid4().hex, "version": "0", "pass_to": "stranger@hospital.example"}
    assert client.post(f"/assessments/{asked.id}/pass-on", data=said).status_code == 302
    assert client.get(f"/assessments/{asked.id}").status_code == 404
    assert db.session.scalar(sa.select(Assessment.assessor_id)) == world.stranger.id
    assert NoticeKind.ASSESSMENT_PASSED_ON in notices_of(world.trainee.id)


def test_a_reminder_is_sent_at_most_once_a_day(world: World, clock: time_machine.Traveller) -> None:
    asked = ask(world)
    with pytest.raises(Refused, match="less than a day ago"):
        asking_actions.remind(world.trainee, asked.id)
    clock.shift(timedelta(days=1))
    asking_actions.remind(world.trainee, asked.id)
    with pytest.raises(Refused, match="less than a day ago"):
        asking_actions.remind(world.trainee, asked.id)


def test_a_request_expires_and_its_trainee_is_told_what_next(
    client: FlaskClient, world: World, clock: time_machine.Traveller
) -> None:
    asked = ask(world)
    clock.shift(timedelta(days=30, minutes=1))
    with pytest.raises(Refused, match="its time is over"):
        answering_actions.answer(world.supervisor, asked.id, make_reply())
    assert asking_actions.expire_due() == 1
    assert asking_actions.expire_due() == 0
    assert db.session.get_one(Assessment, asked.id).status is AssessmentStatus.EXPIRED
    sign_in(client, world.trainee)
    assert "ask somebody else: what you wrote is kept" in client.get(f"/assessments/{asked.id}").text


def test_more_time_is_thirty_days_from_then(world: World, clock: time_machine.Traveller) -> None:
    asked = ask(world)
    clock.shift(timedelta(days=29))
    answering_actions.extend(world.supervisor, asked.id)
    clock.shift(timedelta(days=29))
    assert answering_actions.answer(world.supervisor, asked.id, make_reply()).kind == "assessment_done"


def test_a_withdrawn_request_is_not_answered(world: World) -> None:
    asked = ask(world)
    asking_actions.withdraw(world.trainee, asked.id)
    with pytest.raises(Refused, match="the trainee withdrew it"):
        answering_actions.answer(world.supervisor, asked.id, make_reply())


def test_a_trainee_cannot_flood_others_with_requests(world: World) -> None:
    for _ in range(20):
        ask(world)
    with pytest.raises(Refused, match="You wait for 20 answers already"):
        ask(world)


def test_a_request_of_another_competency_is_refused_unless_it_applies(client: FlaskClient, world: World) -> None:
    sign_in(client, world.trainee)
    for competency in ("", str(world.id_of("RE-1")), str(uuid4()), "x"):
        form = asking_form(world, competency_id=competency)
        assert client.post(f"/enrolments/{world.enrolment.id}/assessments/new", data=form).status_code == 422
