"""Health for machines, the demo's outbox, the worker, and how commands say no."""

from collections.abc import Iterator
from pathlib import Path
from threading import Event
from typing import Any

import click
import pytest
import sqlalchemy as sa
from click.testing import CliRunner
from flask import Flask
from flask.testing import FlaskClient
from sqlalchemy import event

from tests.conftest import settings
from tracker import create_app
from tracker.core import db as database
from tracker.core import mail
from tracker.core.db import db
from tracker.core.mail import OutgoingMail, write_mail
from tracker.operations import worker
from tracker.operations.cli import commands, script


@pytest.fixture
def demo(app: Flask, monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> Flask:
    """The app in demo mode, with an outbox of its own."""
    monkeypatch.setitem(app.config, "DEMO", True)
    monkeypatch.setitem(app.config, "FOLDER", tmp_path)
    return app


def sent() -> list[str]:
    return [path.name for path in sorted(mail.outbox().glob("*.eml"))]


def deliver(*to: str) -> None:
    """Have the worker send a message to each."""
    for address in to:
        write_mail(address, "Set your password", "Follow http://127.0.0.1/reset/abc now.", "<p><script>x</script></p>")
    db.session.commit()
    worker.work(Event())


def test_live_asks_no_database(client: FlaskClient) -> None:
    asked: list[str] = []

    def note(*call: Any) -> None:
        asked.append(call[2])

    event.listen(db.engine, "before_cursor_execute", note)
    assert client.get("/health/live").status_code == 200
    event.remove(db.engine, "before_cursor_execute", note)
    assert [statement for statement in asked if "SAVEPOINT" not in statement] == []


def test_ready_says_that_the_tables_are_this_releases(client: FlaskClient) -> None:
    assert client.get("/health/ready").json == {"status": "ready"}


def test_ready_says_no_before_a_migration(client: FlaskClient) -> None:
    db.session.execute(sa.text("UPDATE alembic_version SET version_num = '0000'"))
    db.session.commit()
    answer = client.get("/health/ready")
    assert answer.status_code == 503
    assert answer.json == {
        "status": "not ready",
        "detail": "The tables are not those of this release: run tracker init.",
    }


def test_ready_says_no_without_a_database(tmp_path: Path) -> None:
    lost = create_app(settings(tmp_path, f"sqlite:///{tmp_path / 'missing' / 'tracker.sqlite'}"))
    assert lost.test_client().get("/health/ready").status_code == 503
    assert lost.test_client().get("/health/live").status_code == 200


def test_the_outbox_does_not_exist_outside_the_demo(client: FlaskClient) -> None:
    assert client.get("/outbox").status_code == 404


def test_the_demo_shows_what_it_would_have_sent(demo: Flask, client: FlaskClient) -> None:
    deliver("ada@example.org")
    assert "Set your password" in client.get("/outbox").text
    page = client.get(f"/outbox/{sent()[0]}").text
    assert 'href="http://127.0.0.1/reset/abc"' in page
    assert "<script>x" not in page
    assert "&lt;script&gt;x" in page


def test_the_outbox_reads_only_messages(demo: Flask, client: FlaskClient) -> None:
    deliver("ada@example.org")
    (demo.config["FOLDER"] / "secret.eml").write_text("Subject: secret\n\n")
    for name in ("..%2Fsecret.eml", "%2E%2E%2Fsecret.eml", "../secret.eml", "no.eml", "..", f"{sent()[0]}%00"):
        assert client.get(f"/outbox/{name}").status_code in {404, 308}


def test_mail_leaves_once(demo: Flask) -> None:
    deliver("ada@example.org")
    worker.work(Event())
    assert len(sent()) == 1


def test_one_message_that_fails_does_not_stop_the_others(demo: Flask) -> None:
    deliver("two\nlines@example.org", "ada@example.org")
    assert len(sent()) == 1


def test_nothing_is_lost_when_the_mail_server_is_down(app: Flask, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setitem(app.config, "SMTP_HOST", "127.0.0.1")
    monkeypatch.setitem(app.config, "SMTP_PORT", 1)
    deliver("ada@example.org")
    waiting = db.session.scalars(sa.select(OutgoingMail)).one()
    assert (waiting.tries, waiting.delivered_at) == (1, None)
    assert waiting.text
    assert waiting.next_try_at > waiting.written_at


def test_a_worker_that_was_told_to_stop_takes_nothing(demo: Flask) -> None:
    write_mail("ada@example.org", "Subject", "Text", "<p>Text</p>")
    db.session.commit()
    stop = Event()
    stop.set()
    worker.work(stop)
    assert sent() == []


@pytest.fixture
def runner(app: Flask) -> CliRunner:
    """Runs commands on the test's app."""
    return CliRunner()


def every_command(group: click.Command, *path: str) -> Iterator[tuple[str, ...]]:
    yield path
    if isinstance(group, click.Group):
        context = click.Context(group)
        for name in group.list_commands(context):
            found = group.get_command(context, name)
            assert found is not None
            yield from every_command(found, *path, name)


def test_every_command_says_what_it_does() -> None:
    for path in every_command(commands):
        answer = CliRunner().invoke(commands, [*path, "--help"])
        assert answer.exit_code == 0, path
        assert len(answer.stdout.splitlines()) > 3, path


def test_init_says_what_it_did(runner: CliRunner) -> None:
    answer = runner.invoke(commands, ["init"], obj=script())
    assert answer.exit_code == 0
    assert answer.stdout.splitlines()[-2] == "The tables were up to date."
    assert answer.stdout.splitlines()[-1].startswith("Made the key that seals the record, in ")
    again = runner.invoke(commands, ["init"], obj=script())
    assert again.stdout.splitlines() == ["The tables were up to date."]


def test_a_command_that_is_refused_says_why_and_exits_1(runner: CliRunner) -> None:
    answer = runner.invoke(commands, ["demo"], obj=script())
    assert answer.exit_code == 1
    assert answer.stdout == ""
    assert answer.stderr == "The demo's passwords are public: set TRACKER_DEMO=1 to say that this is a demo.\n"


@pytest.mark.parametrize(
    ("name", "value", "sentence"),
    [
        ("TRACKER_SECRET_KEY", "short", "TRACKER_SECRET_KEY is missing or shorter than 32 characters"),
        ("TRACKER_SQLITE_SYNCHRONOUS", "OFF", "TRACKER_SQLITE_SYNCHRONOUS is 'OFF'"),
        ("FLASK_DEBUG", "1", "FLASK_DEBUG is on"),
        ("DATABASE_URL", "foo://somewhere", "DATABASE_URL cannot be read"),
        ("PORT", "high", "PORT is 'high'"),
    ],
)
def test_unsafe_settings_are_refused_by_name(
    monkeypatch: pytest.MonkeyPatch, tmp_path: Path, name: str, value: str, sentence: str
) -> None:
    monkeypatch.setenv("TRACKER_SECRET_KEY", "k" * 64)
    monkeypatch.setenv("TRACKER_FOLDER", str(tmp_path))
    monkeypatch.setenv(name, value)
    answer = CliRunner().invoke(commands, ["init"], obj=script())
    assert answer.exit_code == 2
    assert answer.stderr.startswith(sentence)
    assert answer.stderr.count("\n") == 1


def test_a_sqlite_that_can_lose_data_is_refused(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    monkeypatch.setattr(database, "SAFE_SQLITE", (99, 0, 0))
    with pytest.raises(ValueError, match="install pysqlite3"):
        create_app(settings(tmp_path, f"sqlite:///{tmp_path / 'tracker.sqlite'}"))
