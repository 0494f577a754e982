"""Pages that say no: they keep what was typed, tell what to do next, and give nothing away."""

import html
import re
from collections.abc import Iterator
from pathlib import Path
from uuid import uuid4

import pytest
import sqlalchemy as sa
from flask import Flask
from flask.testing import FlaskClient
from flask.typing import ResponseReturnValue
from sqlalchemy.exc import OperationalError

from tests.conftest import settings
from tests.make import make_person
from tracker import create_app
from tracker.accounts import actions
from tracker.accounts.sessions import signer
from tracker.core.db import db
from tracker.core.errors import Refused
from tracker.enrolments.models import Centre
from tracker.operations.setup import migrate

PASSWORD = "three random words"
STORY = "What I learned today about the gamma camera"


@pytest.fixture(scope="module")
def real_app(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Flask]:
    """The tracker as it is served, tokens and all, on a file of its own; with pages that fail in every way."""
    folder = tmp_path_factory.mktemp("real")
    app = create_app(settings(Path(folder), f"sqlite:///{folder / 'tracker.sqlite'}", WTF_CSRF_ENABLED=True))

    @app.route("/write", methods=["GET", "POST"])
    def write() -> ResponseReturnValue:
        db.session.add(Centre(name=uuid4().hex))
        return "written"

    @app.post("/refuse")
    def refuse() -> ResponseReturnValue:
        db.session.add(Centre(name="Refused"))
        raise Refused("Only a submitted claim can be signed off.")

    @app.post("/clash")
    def clash() -> ResponseReturnValue:
        db.session.add_all([Centre(name="Leeds"), Centre(name="Leeds")])
        return "written"

    @app.post("/fail")
    def fail() -> ResponseReturnValue:
        raise RuntimeError(STORY)

    with app.app_context():
        migrate()
        person = make_person()
        actions.set_password(person, PASSWORD)
        db.session.add(person)
        db.session.commit()
    yield app
    with app.app_context():
        db.engine.dispose()


@pytest.fixture
def visitor(real_app: Flask) -> FlaskClient:
    return real_app.test_client()


def token(page: str) -> str:
    found = re.search(r'name="csrf_token"[^>]* value="([^"]+)"', page)
    assert found is not None
    return found[1]


def enter(visitor: FlaskClient) -> str:
    """Sign in as a person does. Gives the form token."""
    form = token(visitor.get("/sign-in").text)
    data = {"email": "ada@example.org", "password": PASSWORD, "csrf_token": form}
    assert visitor.post("/sign-in", data=data).status_code == 302
    return form


def hidden(page: str) -> dict[str, str]:
    """What the form of a page sends."""
    return {
        name: html.unescape(value)
        for name, value in re.findall(
            r'<input type="hidden" name="([^"]+)" value="([^"]*)">', page[page.index("<main") :]
        )
    }


def centres(app: Flask) -> int:
    with app.app_context():
        return db.session.scalar(sa.select(sa.func.count()).select_from(Centre)) or 0


def test_what_was_sent_after_the_session_ended_is_sent_again_after_signing_in(
    real_app: Flask, visitor: FlaskClient
) -> None:
    before = centres(real_app)
    sent = {"reflection": STORY, "hours": "2", "factor_password": PASSWORD, "csrf_token": "old"}
    page = visitor.post("/write?from=log", data=sent)
    assert page.status_code == 401
    assert STORY in page.text
    assert PASSWORD not in page.text
    assert 'action="/write?from=log"' in page.text
    again = hidden(page.text)
    assert again.keys() == {"csrf_token", "reflection", "hours"}
    enter(visitor)
    assert visitor.post("/write?from=log", data=again).text == "written"
    assert centres(real_app) == before + 1


def test_a_form_without_our_token_is_kept_and_can_be_sent_again(real_app: Flask, visitor: FlaskClient) -> None:
    enter(visitor)
    before = centres(real_app)
    page = visitor.post("/write", data={"reflection": STORY})
    assert page.status_code == 400
    assert centres(real_app) == before
    assert visitor.post("/write", data=hidden(page.text)).status_code == 200
    assert centres(real_app) == before + 1


def test_a_rules_no_is_a_sentence_and_leaves_nothing_behind(real_app: Flask, visitor: FlaskClient) -> None:
    form = enter(visitor)
    before = centres(real_app)
    page = visitor.post("/refuse", data={"comment": STORY, "csrf_token": form})
    assert page.status_code == 409
    assert "Only a submitted claim can be signed off." in page.text
    assert STORY in page.text
    assert "Send it again" not in page.text
    assert centres(real_app) == before


def test_a_page_that_reads_cannot_write(real_app: Flask, visitor: FlaskClient) -> None:
    enter(visitor)
    before = centres(real_app)
    assert visitor.get("/write").status_code == 200
    assert centres(real_app) == before


def test_a_fault_of_ours_shows_a_reference_and_logs_no_text(
    visitor: FlaskClient, caplog: pytest.LogCaptureFixture
) -> None:
    form = enter(visitor)
    page = visitor.post("/fail", data={"comment": "x", "csrf_token": form})
    assert page.status_code == 500
    reference = re.search(r"<strong>([0-9a-f]{8})</strong>", page.text)
    assert reference is not None
    assert reference[1] in caplog.text
    assert STORY not in caplog.text + page.text
    assert "RuntimeError" not in page.text


@pytest.mark.parametrize("path", ["/nothing-here", "/account/nothing"])
def test_an_unknown_page_has_our_look(visitor: FlaskClient, path: str) -> None:
    page = visitor.get(path)
    assert page.status_code == 404
    assert "<title>Page not found" in page.text
    enter(visitor)
    assert "Sign out" in visitor.get(path).text


def test_a_wrong_method_says_which_are_right(visitor: FlaskClient) -> None:
    enter(visitor)
    answer = visitor.get("/sign-out")
    assert answer.status_code == 405
    assert "POST" in answer.headers["Allow"]
    assert "nhsuk-header" in answer.text


def test_when_the_commit_fails_the_outcome_is_unknown_and_safe_to_send_again(
    visitor: FlaskClient, monkeypatch: pytest.MonkeyPatch
) -> None:
    form = enter(visitor)

    def lost(*_: object) -> None:
        raise OperationalError("COMMIT", {}, Exception("gone"))

    monkeypatch.setattr("sqlalchemy.orm.Session.commit", lost)
    page = visitor.post("/write", data={"reflection": STORY, "csrf_token": form})
    assert page.status_code == 503
    assert "We do not know whether this was saved." in page.text
    assert STORY in page.text
    assert "Send it again" in page.text
    assert page.headers["X-Content-Type-Options"] == "nosniff"


def test_what_breaks_a_promise_of_the_database_is_our_fault_and_not_saved(visitor: FlaskClient) -> None:
    form = enter(visitor)
    page = visitor.post("/clash", data={"csrf_token": form})
    assert page.status_code == 500
    assert "Nothing you sent was saved." in page.text


def lost_database(folder: Path) -> tuple[Flask, FlaskClient]:
    """The tracker without its database, and a browser that was signed in."""
    app = create_app(settings(folder, f"sqlite:///{folder / 'gone' / 'tracker.sqlite'}"))
    visitor = app.test_client()
    visitor.set_cookie("session", signer(app).dumps({"sid": "0" * 32, "csrf_token": "t"}))
    return app, visitor


@pytest.mark.parametrize("path", ["/account", "/", "/sign-in"])
def test_a_lost_database_is_a_page_in_the_same_look(tmp_path: Path, path: str) -> None:
    _, visitor = lost_database(tmp_path)
    page = visitor.get(path)
    assert page.status_code == 503
    assert "The tracker cannot reach its data" in page.text
    assert "reference number" in page.text
    assert "sqlite" not in page.text


def test_a_lost_database_loses_no_text_and_no_session(tmp_path: Path) -> None:
    _, visitor = lost_database(tmp_path)
    cookie = visitor.get_cookie("session")
    page = visitor.post("/account/sessions/end-others", data={"reflection": STORY})
    assert page.status_code == 503
    assert STORY in page.text
    assert visitor.get_cookie("session") == cookie
    assert visitor.get("/health/live").status_code == 200


def test_too_many_tries_from_one_machine_wait(tmp_path: Path) -> None:
    app = create_app(settings(tmp_path, f"sqlite:///{tmp_path / 't.sqlite'}", SIGN_IN_LIMIT="2 per minute"))
    with app.app_context():
        migrate()
    visitor = app.test_client()
    answers = [
        visitor.post("/sign-in", data={"email": f"{number}@example.org", "password": "x"}) for number in range(3)
    ]
    assert [answer.status_code for answer in answers] == [422, 422, 429]
    assert "Wait a minute" in answers[2].text
    with app.app_context():
        db.engine.dispose()


def test_behind_a_safe_address_the_cookie_is_tied_to_it(tmp_path: Path) -> None:
    app = create_app(
        settings(tmp_path, f"sqlite:///{tmp_path / 't.sqlite'}", SESSION_COOKIE_SECURE=True, WTF_CSRF_ENABLED=True)
    )
    cookie = app.test_client().get("/sign-in", base_url="https://tracker.example").headers["Set-Cookie"]
    assert cookie.startswith("__Host-session=")
    assert {"Secure", "HttpOnly", "Path=/", "SameSite=Lax"} <= set(cookie.split("; "))


@pytest.mark.parametrize(("proxies", "status"), [(0, 429), (1, 422)])
def test_behind_a_proxy_each_client_has_its_own_count(tmp_path: Path, proxies: int, status: int) -> None:
    url = f"sqlite:///{tmp_path / 't.sqlite'}"
    app = create_app(settings(tmp_path, url, SIGN_IN_LIMIT="1 per minute", PROXIES=proxies))
    with app.app_context():
        migrate()
    visitor = app.test_client()
    answers = [
        visitor.post("/sign-in", data={"email": "x"}, headers={"X-Forwarded-For": f"192.0.2.{number}"})
        for number in range(2)
    ]
    assert answers[1].status_code == status
    with app.app_context():
        db.engine.dispose()
