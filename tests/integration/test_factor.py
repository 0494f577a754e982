"""A signature asks for the password when it was given too long ago."""

from collections.abc import Iterator
from datetime import UTC, datetime, timedelta

import pytest
import time_machine
from flask import Flask
from flask.testing import FlaskClient

from tests.browsing import sign_in
from tests.make import make_person
from tracker.accounts import actions
from tracker.accounts.factor import FactorFields, take_factor
from tracker.accounts.models import Person
from tracker.core.forms import Form

PASSWORD = "three random words"
NOON = datetime(2026, 3, 2, 12, tzinfo=UTC)


class SignForm(FactorFields, Form):
    """A form that signs."""


@pytest.fixture
def clock() -> Iterator[time_machine.Traveller]:
    with time_machine.travel(NOON, tick=False) as coordinates:
        yield coordinates


@pytest.fixture
def ada(app: Flask, client: FlaskClient, clock: time_machine.Traveller) -> Person:
    """Somebody who has just signed in."""
    person = make_person()
    actions.set_password(person, PASSWORD)
    sign_in(client, person)
    return person


def press(app: Flask, client: FlaskClient, password: str = "") -> SignForm:
    """Send a form that signs; the check of the password comes first, as in a request."""
    cookie = client.get_cookie("session")
    assert cookie is not None
    headers = {"Cookie": f"session={cookie.value}"}
    with app.test_request_context(method="POST", data={"factor_password": password}, headers=headers):
        take_factor()
        form = SignForm()
        form.validate()
        return form


def test_just_after_signing_in_nothing_is_asked(app: Flask, client: FlaskClient, ada: Person) -> None:
    assert not press(app, client).errors


def test_after_five_minutes_the_password_is_asked(
    app: Flask, client: FlaskClient, ada: Person, clock: time_machine.Traveller
) -> None:
    clock.shift(timedelta(minutes=5, seconds=1))
    form = press(app, client)
    assert form.errors["factor_password"] == ["Type your password: it is more than 5 minutes since you last did."]


def test_the_right_password_lasts_another_five_minutes(
    app: Flask, client: FlaskClient, ada: Person, clock: time_machine.Traveller
) -> None:
    clock.shift(timedelta(hours=1))
    assert not press(app, client, PASSWORD).errors
    clock.shift(timedelta(minutes=5))
    assert not press(app, client).errors
    clock.shift(timedelta(seconds=1))
    assert press(app, client).errors


def test_a_wrong_password_is_said_and_never_shown_again(
    app: Flask, client: FlaskClient, ada: Person, clock: time_machine.Traveller
) -> None:
    clock.shift(timedelta(hours=1))
    form = press(app, client, "not my password")
    assert form.errors["factor_password"] == ["This is not your password. Type it again."]
    assert "not my password" not in str(form.factor_password())


def test_even_a_fresh_session_does_not_take_a_wrong_password(app: Flask, client: FlaskClient, ada: Person) -> None:
    assert press(app, client, "wrong").errors


def test_guessing_ends_after_ten_tries(
    app: Flask, client: FlaskClient, ada: Person, clock: time_machine.Traveller
) -> None:
    clock.shift(timedelta(hours=1))
    for _ in range(10):
        press(app, client, "wrong")
    assert "Wait 15 minutes" in press(app, client, PASSWORD).errors["factor_password"][0]
