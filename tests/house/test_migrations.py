from collections.abc import Iterator
from pathlib import Path

import pytest
import sqlalchemy as sa
from alembic.autogenerate import compare_metadata
from alembic.runtime.migration import MigrationContext
from flask import Flask

from tests.conftest import DATABASES, new_postgresql, settings
from tracker import create_app
from tracker.core.db import db
from tracker.operations.models import METADATA
from tracker.operations.setup import at_head, migrate, newest


@pytest.fixture(params=DATABASES)
def empty_app(request: pytest.FixtureRequest, tmp_path: Path) -> Iterator[Flask]:
    """An app inside its context, on a new database without tables."""
    url = f"sqlite:///{tmp_path / 'tracker.sqlite'}"
    if request.param == "postgresql":
        url = new_postgresql(request.getfixturevalue("postgresql_server"))
    app = create_app(settings(tmp_path, url))
    with app.app_context():
        yield app
        db.session.remove()
        db.engine.dispose()


def differences() -> list[object]:
    """What a new migration would change, and CHECKs (which Alembic does not compare) that are not the models'."""
    with db.engine.connect() as connection:
        context = MigrationContext.configure(connection, opts={"compare_type": True})
        return [*compare_metadata(context, METADATA), *sorted(checks(connection) ^ modelled_checks(connection))]


def checks(connection: sa.Connection) -> set[tuple[str, str, str]]:
    """Table, name and words of every CHECK in the database."""
    found = sa.inspect(connection).get_multi_check_constraints()
    return {(table, str(check["name"]), check["sqltext"]) for (_, table), every in found.items() for check in every}


def modelled_checks(connection: sa.Connection) -> set[tuple[str, str, str]]:
    """The same, of tables made from the models in a transaction that is rolled back."""
    with connection.begin_nested() as trial:
        METADATA.drop_all(connection)
        METADATA.create_all(connection)
        found = checks(connection)
        trial.rollback()
    return found


def leftovers() -> list[str]:
    """What the database holds besides Alembic's own table."""
    queries = {
        "sqlite": "SELECT name FROM sqlite_master WHERE name NOT LIKE '%alembic_version%'",
        "postgresql": "SELECT relname FROM pg_class WHERE relnamespace = 'public'::regnamespace "
        "AND relname NOT LIKE 'alembic_version%' "
        "UNION ALL SELECT proname FROM pg_proc WHERE pronamespace = 'public'::regnamespace",
    }
    with db.engine.connect() as connection:
        return list(connection.scalars(sa.text(queries[db.engine.dialect.name])))


def test_migrations_match_the_models_and_come_down_and_go_up_again(empty_app: Flask) -> None:
    migrate()
    assert differences() == []
    migrate("base")
    assert leftovers() == []
    migrate()
    assert differences() == []


def test_the_newest_file_is_where_migrations_end(empty_app: Flask) -> None:
    assert not at_head()
    migrate()
    with db.engine.connect() as connection:
        assert MigrationContext.configure(connection).get_current_revision() == newest()
    assert at_head()
