"""When nobody can say whether something was kept, or there is no room to keep it, the page says so, and what to do."""

import time
from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from contextvars import Context
from errno import ENOSPC
from io import BytesIO
from pathlib import Path
from uuid import uuid4

import pytest
import sqlalchemy as sa
from flask import Flask
from werkzeug.test import TestResponse

from tests.browsing import post_files, sign_in
from tests.conftest import new_postgresql, settings
from tests.world import make_world, seen
from tracker import create_app
from tracker.core import storage, web
from tracker.core.db import db
from tracker.operations.setup import migrate
from tracker.record.models import Event

pytestmark = [pytest.mark.races, pytest.mark.xdist_group("crashes")]
PATIENCE_SECONDS = 20
Sign = Callable[[], TestResponse]


@pytest.fixture
def live(postgresql_server: str, tmp_path: Path) -> Iterator[Flask]:
    """An app on a PostgreSQL database of its own, whose commits are real."""
    app = create_app(settings(tmp_path, new_postgresql(postgresql_server)))
    with app.app_context():
        migrate()
        yield app
        db.session.remove()
        db.engine.dispose()


@pytest.fixture
def no_standby_answers(live: Flask) -> Iterator[sa.Engine]:
    """Every commit waits for a standby that is not there. Gives how to ask the server without waiting."""
    engine = sa.create_engine(live.config["SQLALCHEMY_DATABASE_URI"], isolation_level="AUTOCOMMIT")
    tell(engine, "ALTER SYSTEM SET synchronous_standby_names = 'nobody'")
    tell(engine, "SELECT pg_reload_conf()")
    yield engine
    let_commits_go(engine)
    engine.dispose()


def tell(engine: sa.Engine, statement: str) -> int:
    """Tell the server something. Gives how many rows it answers."""
    with engine.connect() as connection:
        answer = connection.exec_driver_sql(statement)
        return len(answer.all()) if answer.returns_rows else 0


def let_commits_go(engine: sa.Engine) -> None:
    tell(engine, "ALTER SYSTEM RESET synchronous_standby_names")
    tell(engine, "SELECT pg_reload_conf()")


def cancel_the_wait(engine: sa.Engine) -> None:
    """Wait until a commit waits for its standby, then cancel that."""
    until = time.monotonic() + PATIENCE_SECONDS
    while not tell(engine, "SELECT pg_cancel_backend(pid) FROM pg_stat_activity WHERE wait_event = 'SyncRep'"):
        assert time.monotonic() < until, "No commit waits."
        time.sleep(0.02)


def sign_while_the_wait_is_cancelled(live: Flask, engine: sa.Engine, sign: Sign) -> TestResponse:
    """The answer to a sign-off whose commit stops waiting for a standby."""
    with ThreadPoolExecutor(1) as thread:
        pressing = thread.submit(Context().run, sign)
        cancel_the_wait(engine)
        answer: TestResponse = pressing.result()
    let_commits_go(engine)
    return answer


@pytest.fixture
def sign(live: Flask) -> Sign:
    """A supervisor who presses the same button each time."""
    world = make_world()
    claim = world.submitted()
    db.session.commit()
    shown, browser = seen(claim), live.test_client()
    form = {"key": uuid4().hex, "version": shown.version, "digest": shown.digest, "level": 2, "comment": "Good."}
    sign_in(browser, world.supervisor)
    db.session.rollback()
    return lambda: browser.post(f"/claims/{claim.id}/sign-off", data=form)


def test_a_commit_whose_standby_was_not_waited_for_is_not_acknowledged(
    live: Flask, sign: Sign, no_standby_answers: sa.Engine
) -> None:
    answer = sign_while_the_wait_is_cancelled(live, no_standby_answers, sign)
    assert answer.status_code == 503
    assert "It is safe to send it again" in answer.text
    assert sign().status_code == 302
    assert len(db.session.scalars(sa.select(Event.seq).where(Event.kind == "claim_signed_off")).all()) == 1


def test_an_app_that_hears_no_warning_acknowledges_it(
    live: Flask, sign: Sign, no_standby_answers: sa.Engine, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The control."""
    monkeypatch.setattr(web, "commit", db.session.commit)
    assert sign_while_the_wait_is_cancelled(live, no_standby_answers, sign).status_code == 302


def test_a_full_disk_is_told_and_what_was_typed_is_kept(app: Flask, monkeypatch: pytest.MonkeyPatch) -> None:
    world = make_world()
    browser = app.test_client()
    sign_in(browser, world.trainee)

    def no_room(_: bytes) -> storage.Stored:
        raise OSError(ENOSPC, "No space left on device")

    monkeypatch.setattr(storage, "store", no_room)
    story = "What I learned on that day is long, and was typed with care."
    form = {"title": "Camera", "reflection": story, "files": (BytesIO(b"What the camera showed."), "notes.txt")}
    answer = post_files(browser, f"/enrolments/{world.enrolment.id}/log/new", form)
    assert answer.status_code == 503
    assert "There is no room left where files are kept." in answer.text
    assert story in answer.text
