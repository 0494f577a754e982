"""Signing in without a password: fast, and the same row and cookie as at the door."""

from typing import Any

from flask import Flask, current_app
from flask.testing import FlaskClient
from werkzeug.test import TestResponse

from tracker.accounts.models import Person
from tracker.accounts.sessions import begin_session, signer
from tracker.core.clock import now
from tracker.core.db import db


def sign_in(client: FlaskClient, person: Person) -> None:
    """Give the browser an open session of the person, whose password was given just now. The person is kept as well."""
    db.session.add(person)
    db.session.flush()
    facts = {"_user_id": person.fs_uniquifier, "_fresh": True, "fs_paa": now().timestamp()}
    session_id = begin_session(person, facts, "Firefox/130 Linux").id
    db.session.commit()
    client.set_cookie(cookie_name(current_app), signer(current_app).dumps({"sid": str(session_id)}))


def post_files(client: FlaskClient, path: str, data: dict[str, Any]) -> TestResponse:
    """Send a form with files. The client's copy of a large one is closed, which it does not do itself."""
    answer = client.post(path, data=data)
    answer.request.environ["wsgi.input"].close()
    return answer


def read_cookie(client: FlaskClient) -> dict[str, str]:
    """What the session cookie holds."""
    cookie = client.get_cookie(cookie_name(current_app))
    found: dict[str, str] = signer(current_app).loads(cookie.value) if cookie else {}
    return found


def cookie_name(app: Flask) -> str:
    """The name of the session cookie."""
    return str(app.config["SESSION_COOKIE_NAME"])
