"""Migrations carry every row up, down and up again, and the record with them."""

from collections.abc import Iterator
from pathlib import Path

import pytest
import sqlalchemy as sa
from flask import Flask

from tests.conftest import DATABASES, new_postgresql, settings
from tests.house.awkward_rows import NUMBER, Rows, load, read, tables_of
from tracker import create_app
from tracker.core.db import db
from tracker.operations.setup import migrate
from tracker.record.tree import root
from tracker.record.verifier import leaf_hash

FIRST = "0001"


@pytest.fixture(params=DATABASES)
def old_app(request: pytest.FixtureRequest, tmp_path: Path) -> Iterator[Flask]:
    """An app inside its context, on a database with the first tables, full of rows."""
    url = f"sqlite:///{tmp_path / 'tracker.sqlite'}"
    if request.param == "postgresql":
        url = new_postgresql(request.getfixturevalue("postgresql_server"))
    app = create_app(settings(tmp_path, url))
    with app.app_context():
        migrate(FIRST)
        with db.engine.begin() as connection:
            load(connection, tables_of(FIRST))
        yield app
        db.session.remove()
        db.engine.dispose()


def rows() -> Rows:
    with db.engine.connect() as connection:
        return read(connection, tables_of(FIRST))


def record_root() -> bytes:
    """The hash over the bytes of all events, as they are now."""
    with db.engine.connect() as connection:
        bodies = connection.scalars(sa.text("SELECT body FROM event ORDER BY seq")).all()
    assert len(bodies) == NUMBER
    return root([leaf_hash(bytes(body)) for body in bodies])


def test_rows_and_record_are_the_same_after_up_down_and_up(old_app: Flask) -> None:
    before, before_root = rows(), record_root()
    migrate()
    assert record_root() == before_root
    migrate(FIRST)
    assert rows() == before
    assert record_root() == before_root
    migrate()
    assert rows() == before
    assert record_root() == before_root


def test_every_choice_of_every_column_is_among_the_rows(old_app: Flask) -> None:
    found = rows()
    for table in tables_of(FIRST).sorted_tables:
        for column in table.columns:
            if isinstance(column.type, sa.Enum):
                assert set(column.type.enums) <= {row[column.name] for row in found[table.name]}, column


def test_a_migration_that_spoils_a_row_would_be_seen(old_app: Flask) -> None:
    """The control."""
    before = rows()
    with db.engine.begin() as connection:
        connection.execute(sa.text("UPDATE claim SET note = rtrim(note) || ' ' WHERE attempt = 1"))
    assert rows() != before
