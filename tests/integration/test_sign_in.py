"""Signing in and out, sessions, and what they give away."""

import re
from datetime import UTC, datetime, timedelta
from typing import Any
from uuid import UUID

import pytest
import sqlalchemy as sa
import time_machine
from flask import Flask
from flask.testing import FlaskClient
from sqlalchemy import event

from tests.browsing import read_cookie, sign_in
from tests.make import make_centre, make_grant, make_person
from tracker.accounts import actions
from tracker.accounts.models import Person, Role, SignedIn, SignInAttempt
from tracker.accounts.queries import find_person
from tracker.core.db import db
from tracker.core.errors import Refused
from tracker.core.mail import OutgoingMail

PASSWORD = "three random words"
WRONG = "do not belong together"
NOON = datetime(2026, 3, 2, 12, tzinfo=UTC)


@pytest.fixture
def ada(app: Flask) -> Person:
    """Somebody with a password."""
    person = make_person()
    db.session.add(person)
    actions.set_password(person, PASSWORD)
    db.session.commit()
    return person


def try_password(client: FlaskClient, password: str = PASSWORD, email: str = "ada@example.org", **more: str) -> Any:
    return client.post("/sign-in", data={"email": email, "password": password, **more})


def test_a_page_asks_who_you_are_and_comes_back_to_itself(client: FlaskClient, ada: Person) -> None:
    asked = client.get("/account?x=1")
    assert asked.status_code == 302
    assert asked.location == "/sign-in?next=/account?x%3D1"
    signed_in = client.post(asked.location, data={"email": "ADA@example.org ", "password": PASSWORD})
    assert signed_in.location == "/account?x=1"
    assert "Ada Osei" in client.get("/account").text


def test_sign_in_makes_a_new_session_id(client: FlaskClient, ada: Person) -> None:
    sign_in(client, make_person("other@example.org"))
    planted = read_cookie(client)["sid"]
    client.post("/sign-out")
    client.set_cookie("session", "")
    try_password(client)
    assert read_cookie(client)["sid"] not in {planted, ""}


def test_the_cookie_holds_a_session_id_and_the_form_token_alone(client: FlaskClient, ada: Person) -> None:
    try_password(client)
    client.get("/account")
    assert read_cookie(client).keys() == {"sid", "csrf_token"}


def test_the_row_of_a_session_holds_who_when_and_which_browser(client: FlaskClient, ada: Person) -> None:
    client.post("/sign-in", data={"email": ada.email, "password": PASSWORD}, headers={"User-Agent": "Firefox/130"})
    row = db.session.get_one(SignedIn, UUID(read_cookie(client)["sid"]))
    assert row.person_id == ada.id
    assert row.browser == "Firefox/130"
    assert row.ends_at - row.began_at == timedelta(hours=12)


def test_signing_out_ends_the_session_for_good(client: FlaskClient, ada: Person) -> None:
    try_password(client)
    kept = client.get_cookie("session")
    assert kept is not None
    assert client.post("/sign-out").location == "/sign-in"
    client.set_cookie("session", kept.value)
    assert client.get("/account").status_code == 302


@pytest.mark.parametrize("why", ["ended", "expired", "inactive", "new password"])
def test_a_session_that_may_not_go_on_ends_at_the_next_request(client: FlaskClient, ada: Person, why: str) -> None:
    sign_in(client, ada)
    assert client.get("/account").status_code == 200
    row = db.session.scalars(sa.select(SignedIn)).one()
    if why == "ended":
        row.ended_at = row.began_at
    elif why == "expired":
        row.ends_at = row.began_at
    elif why == "inactive":
        ada.active = False
    else:
        ada.fs_uniquifier = "another"
    db.session.commit()
    assert client.get("/account").status_code == 302


def test_a_forged_cookie_is_nobody(client: FlaskClient, ada: Person) -> None:
    sign_in(client, ada)
    good = client.get_cookie("session")
    assert good is not None
    client.set_cookie("session", good.value[:-2] + "xx")
    assert client.get("/account").status_code == 302


def test_a_page_that_reads_asks_once_who_is_there_and_writes_nothing(client: FlaskClient, ada: Person) -> None:
    sign_in(client, ada)
    statements: list[str] = []
    connection = db.session.connection()
    event.listen(connection, "before_cursor_execute", lambda *seen: statements.append(seen[2]))
    assert client.get("/account/back").status_code == 200
    asked = [text for text in statements if not text.startswith(("SAVEPOINT", "ROLLBACK", "RELEASE"))]
    assert len(asked) == 1
    assert asked[0].startswith("SELECT")


def test_the_menu_knows_what_a_person_was_given(client: FlaskClient, ada: Person) -> None:
    centre = make_centre()
    db.session.add(centre)
    sign_in(client, ada)
    assert "/cohort" not in client.get("/account").text
    db.session.add(make_grant(ada.id, Role.TRAINING_LEAD, centre_id=centre.id))
    db.session.commit()
    assert "/cohort" in client.get("/account").text


@pytest.mark.parametrize(
    ("email", "password"),
    [
        ("ada@example.org", "wrong"),
        ("nobody@example.org", PASSWORD),
        ("nobody", "two\0parts"),
        ("ada@example.org", "x" * 5000),
    ],
)
def test_a_wrong_answer_does_not_say_which_part_is_wrong(
    client: FlaskClient, ada: Person, email: str, password: str
) -> None:
    answer = try_password(client, password, email)
    assert answer.status_code == 422
    assert WRONG in answer.text
    assert 'href="#email"' not in answer.text
    assert f'value="{email}"' in answer.text
    assert password not in answer.text.replace(email, "")


def test_somebody_inactive_cannot_sign_in(client: FlaskClient, ada: Person) -> None:
    ada.active = False
    db.session.commit()
    assert WRONG in try_password(client).text


def test_outside_the_demo_its_people_cannot_exist(client: FlaskClient, app: Flask) -> None:
    with pytest.raises(Refused, match="demonstration"):
        actions.create_person("Lead@demo.example", "L", "D")
    person = make_person("lead@demo.example")
    actions.set_password(person, PASSWORD)
    db.session.add(person)
    db.session.commit()
    assert WRONG in try_password(client, email="lead@demo.example").text
    sign_in(client, person)
    assert client.get("/account").status_code == 302


@pytest.mark.parametrize("email", ["ada@example.org", "nobody@example.org"])
def test_after_ten_failures_even_the_right_password_waits(client: FlaskClient, ada: Person, email: str) -> None:
    with time_machine.travel(NOON, tick=False) as clock:
        for _ in range(10):
            assert WRONG in try_password(client, "wrong", email).text
        assert "Wait 15 minutes" in try_password(client, PASSWORD, email).text
        clock.shift(timedelta(minutes=16))
        answer = try_password(client, PASSWORD, email)
    assert answer.status_code == (302 if email == ada.email else 422)
    assert db.session.scalar(sa.select(sa.func.count()).select_from(SignInAttempt)) == 11


def test_an_attempt_keeps_no_address(client: FlaskClient, ada: Person) -> None:
    try_password(client, "wrong")
    attempt = db.session.scalars(sa.select(SignInAttempt)).one()
    assert re.fullmatch("[0-9a-f]{64}", attempt.email_digest)
    assert not attempt.succeeded


@pytest.mark.parametrize(
    "target", ["https://evil.example/", "//evil.example", "/\\evil.example", "javascript:alert(1)", "////evil.example"]
)
def test_signing_in_leads_to_our_own_pages_alone(client: FlaskClient, ada: Person, target: str) -> None:
    answer = client.post(
        "/sign-in", query_string={"next": target}, data={"email": ada.email, "password": PASSWORD, "next": target}
    )
    assert re.match(r"/(?![/\\])", answer.location)


def test_a_link_by_mail_sets_a_password_once_and_ends_every_session(client: FlaskClient, ada: Person) -> None:
    sign_in(client, ada)
    client.post("/reset", data={"email": " Ada@Example.org"})
    mail = db.session.scalars(sa.select(OutgoingMail)).one()
    link = re.search(r"http://127\.0\.0\.1:8000(/reset/\S+)", mail.text)
    assert link is not None
    assert mail.to_address == ada.email
    page = client.get(link[1])
    assert "At least 12 characters" in page.text
    new = {"password": "four other random words", "password_confirm": "four other random words"}
    assert client.post(link[1], data=new).location == "/sign-in?done=reset"
    assert client.get("/account").status_code == 302
    assert try_password(client, new["password"]).status_code == 302
    assert client.get(link[1]).location == "/reset?link=old"


def test_the_link_goes_to_our_own_address_whatever_host_was_asked(client: FlaskClient, ada: Person) -> None:
    client.post("/reset", data={"email": ada.email}, headers={"Host": "evil.example"})
    mail = db.session.scalars(sa.select(OutgoingMail)).one()
    assert "evil.example" not in mail.text + mail.html


def test_asking_for_a_link_says_the_same_for_everybody(client: FlaskClient, ada: Person) -> None:
    known, unknown = (client.post("/reset", data={"email": email}) for email in (ada.email, "bob@example.org"))
    assert known.status_code == unknown.status_code == 200
    said = [answer.text[answer.text.index("<main") :] for answer in (known, unknown)]
    assert said[0].replace(ada.email, "") == said[1].replace("bob@example.org", "")
    assert db.session.scalar(sa.select(sa.func.count()).select_from(OutgoingMail)) == 1


def test_changing_a_password_keeps_this_session_alone(client: FlaskClient, app: Flask, ada: Person) -> None:
    elsewhere = app.test_client()
    sign_in(elsewhere, ada)
    sign_in(client, ada)
    before = read_cookie(client)["sid"]
    new = {"new_password": "four other random words", "new_password_confirm": "four other random words"}
    assert client.post("/account/password", data={"password": "wrong", **new}).status_code == 422
    answer = client.post("/account/password", data={"password": PASSWORD, **new})
    assert answer.location == "/account?done=password"
    assert client.get("/account").status_code == 200
    assert read_cookie(client)["sid"] != before
    assert elsewhere.get("/account").status_code == 302


def test_a_short_password_is_refused_with_a_way_out(client: FlaskClient, ada: Person) -> None:
    sign_in(client, ada)
    new = {"password": PASSWORD, "new_password": "short", "new_password_confirm": "shirt"}
    page = client.post("/account/password", data=new)
    assert page.status_code == 422
    assert "three random words" in page.text
    assert "Type the same password in both places." in page.text


def test_one_ends_ones_own_sessions_and_no_other(client: FlaskClient, app: Flask, ada: Person) -> None:
    stranger, phone = app.test_client(), app.test_client()
    sign_in(stranger, make_person("bob@example.org"))
    sign_in(phone, ada)
    sign_in(client, ada)
    of_stranger, of_phone = read_cookie(stranger)["sid"], read_cookie(phone)["sid"]
    assert client.post(f"/account/sessions/{of_stranger}/end").status_code == 404
    assert client.post(f"/account/sessions/{of_phone}/end").status_code == 302
    assert phone.get("/account").status_code == 302
    assert stranger.get("/account").status_code == 200
    client.post("/account/sessions/end-others")
    assert client.get("/account").status_code == 200


def test_the_page_that_asks_for_a_password_again_is_not_there(client: FlaskClient, ada: Person) -> None:
    sign_in(client, ada)
    assert client.get("/account/verify").status_code == 404


def test_a_person_is_found_whatever_the_case_of_the_address(ada: Person) -> None:
    found = find_person("  ADA@example.org")
    assert found is not None
    assert found.id == ada.id


def test_nobody_gets_a_second_account_with_one_address(ada: Person) -> None:
    with pytest.raises(Refused, match="has an account already"):
        actions.create_person("ADA@example.org", "Ada", "Osei")
