from datetime import UTC, datetime, timedelta
from uuid import uuid4

import pytest
import sqlalchemy as sa
import time_machine
from flask import Flask
from flask.testing import FlaskClient

from tests.award import Award, new_award
from tests.browsing import sign_in
from tests.make import make_person
from tracker.core.db import db
from tracker.learning import queries
from tracker.learning.models import Mark, RegistrationStatus


@pytest.fixture
def award(app: Flask) -> Award:
    return new_award()


def address(award: Award, *more: str) -> str:
    return "/".join([f"/enrolments/{award.enrolment.id}/modules", *more])


def version(award: Award) -> int:
    registration = queries.find_registration(award.enrolment.id, award.module.id)
    return registration.version if registration else 0


def pressed(award: Award, **more: str) -> dict[str, str]:
    return {"key": str(uuid4()), "version": str(version(award)), **more}


def typed(award: Award, exam: str, work: str = "", status: str = "ratified", attempt: int = 1) -> dict[str, str]:
    exam_id, work_id = award.exam.id.hex, award.work.id.hex
    marks = {f"mark_{exam_id}": exam, f"mark_{work_id}": work}
    statuses = {f"status_{exam_id}": status, f"status_{work_id}": status}
    return pressed(award, attempt=str(attempt), **marks, **statuses)


def test_the_list_shows_each_module_with_its_credits_and_next_step(client: FlaskClient, award: Award) -> None:
    award.marked("62", "51")
    award.confirmed_by(award.supervisor)
    db.session.commit()
    sign_in(client, award.trainee)
    page = client.get(address(award))
    assert page.status_code == 200
    assert "20 of 20 credits earned." in page.text
    assert "M1 Radiation physics" in page.text
    assert "Passed: 56.5 %. Confirmed." in page.text


@pytest.mark.parametrize("more", [[], ["module"]])
def test_somebody_elses_modules_are_not_found(client: FlaskClient, award: Award, more: list[str]) -> None:
    other = make_person("other@example.org")
    db.session.add(other)
    db.session.commit()
    sign_in(client, other)
    parts = [str(award.module.id)] if more else []
    assert client.get(address(award, *parts)).status_code == 404


def test_a_trainee_registers_and_records_a_mark(client: FlaskClient, award: Award) -> None:
    db.session.commit()
    sign_in(client, award.trainee)
    page = str(award.module.id)
    assert "Register on this module" in client.get(address(award, page)).text
    day = {"registered_on-day": "5", "registered_on-month": "1", "registered_on-year": "2026"}
    assert client.post(address(award, page, "register"), data=pressed(award, **day)).status_code == 302
    answer = client.post(address(award, page, "marks"), data=typed(award, "38 %"), follow_redirects=True)
    assert "The marks are recorded." in answer.text
    assert "Examination: 38 %, needs 40 %; one attempt left." in answer.text
    assert "attempt=2" in answer.text


@pytest.mark.parametrize(
    ("exam", "sentence"),
    [
        ("101", "Examination, mark in percent: enter a number from 0 to 100, such as 62 or 62.5."),
        ("62.555", "Examination, mark in percent: enter a number from 0 to 100, such as 62 or 62.5."),
        ("NaN", "Examination, mark in percent: enter a number from 0 to 100, such as 62 or 62.5."),
        ("-1", "Examination, mark in percent: enter a number from 0 to 100, such as 62 or 62.5."),
        ("", "Enter at least one mark."),
    ],
)
def test_a_mark_that_is_none_is_refused_and_what_was_typed_is_kept(
    client: FlaskClient, award: Award, exam: str, sentence: str
) -> None:
    award.registered()
    db.session.commit()
    sign_in(client, award.trainee)
    answer = client.post(address(award, str(award.module.id), "marks"), data=typed(award, exam))
    assert answer.status_code == 422
    assert sentence in answer.text
    assert f'value="{exam}"' in answer.text or not exam
    assert db.session.scalar(sa.select(sa.func.count()).select_from(Mark)) == 0


def test_a_recorded_mark_is_not_emptied(client: FlaskClient, award: Award) -> None:
    award.marked("62")
    db.session.commit()
    sign_in(client, award.trainee)
    answer = client.post(address(award, str(award.module.id), "marks"), data=typed(award, "", "50"))
    assert answer.status_code == 422
    assert "a recorded mark can be corrected and not taken away" in answer.text


def test_a_supervisor_confirms_what_was_shown(client: FlaskClient, award: Award) -> None:
    award.marked("62", "51")
    db.session.commit()
    sign_in(client, award.supervisor)
    page = str(award.module.id)
    assert "Confirm the result" in client.get(address(award, page)).text
    answer = client.post(address(award, page, "confirm"), data=pressed(award), follow_redirects=True)
    assert "The result is confirmed and on record. Tess Osei is told." in answer.text
    assert "Confirmed by Sam Osei on" in answer.text
    assert "Save the marks" not in answer.text


def test_a_confirmation_asks_for_a_password_that_was_given_lately(client: FlaskClient, award: Award) -> None:
    award.marked("62", "51")
    db.session.commit()
    sign_in(client, award.supervisor)
    page = str(award.module.id)
    with time_machine.travel(datetime.now(UTC) + timedelta(minutes=6)):
        assert "Your password" in client.get(address(award, page)).text
        answer = client.post(address(award, page, "confirm"), data=pressed(award))
    assert answer.status_code == 422
    assert "Type your password: it is more than 5 minutes since you last did." in answer.text


def test_a_trainee_is_not_offered_to_confirm_and_may_not(client: FlaskClient, award: Award) -> None:
    award.marked("62", "51")
    db.session.commit()
    sign_in(client, award.trainee)
    page = str(award.module.id)
    assert "Confirm the result" not in client.get(address(award, page)).text
    assert client.post(address(award, page, "confirm"), data=pressed(award)).status_code == 403


def test_an_assessor_sees_the_module_and_changes_nothing(client: FlaskClient, award: Award) -> None:
    award.marked("62", "51")
    db.session.commit()
    sign_in(client, award.stranger)
    page = str(award.module.id)
    shown = client.get(address(award, page))
    assert shown.status_code == 200
    assert "Save the marks" not in shown.text
    assert client.post(address(award, page, "marks"), data=typed(award, "99")).status_code == 403


def test_a_stale_page_says_who_changed_what(client: FlaskClient, award: Award) -> None:
    award.marked("62", "51")
    seen = pressed(award)
    award.marked("70", "51")
    db.session.commit()
    sign_in(client, award.supervisor)
    answer = client.post(address(award, str(award.module.id), "confirm"), data=seen)
    assert answer.status_code == 409
    assert "Tess Osei changed this module after you opened it" in answer.text


def test_a_trainee_withdraws(client: FlaskClient, award: Award) -> None:
    registration_id = award.registered().id
    db.session.commit()
    sign_in(client, award.trainee)
    answer = client.post(address(award, str(award.module.id), "withdraw"), data=pressed(award), follow_redirects=True)
    assert "The registration is withdrawn." in answer.text
    assert queries.lock_registration(registration_id, award.enrolment.id).status is RegistrationStatus.WITHDRAWN
