"""From an empty database to one that the tracker can use."""

from collections.abc import Iterator
from contextlib import contextmanager
from functools import cache
from pathlib import Path

import sqlalchemy as sa
from flask import current_app
from sqlalchemy.exc import IntegrityError

from tracker.core.db import db
from tracker.core.places import resource
from tracker.record.checkpoints import list_keys
from tracker.record.keys import make_first_key
from tracker.record.places import key_folder


def set_up() -> list[str]:
    """Make the folders and bring the tables up to date. Gives what was done, a sentence each."""
    folder: Path = current_app.config["FOLDER"]
    done = [f"Made the folder {part}." for part in (folder, folder / "files") if _make(part)]
    if at_head():
        done.append("The tables were up to date.")
    else:
        migrate()
        done.append("Brought the tables up to date.")
    return [*done, *_make_key()]


def _make_key() -> list[str]:
    """The key that seals the record, unless there is one, or the notary makes it in a process of its own."""
    if current_app.config["NOTARY"] == "own" or list_keys():
        return []
    make_first_key()
    return [f"Made the key that seals the record, in {key_folder()}: keep a copy of it, and let nobody else read it."]


def at_head() -> bool:
    """Whether the database has the tables of this release. Raises DBAPIError when it does not answer."""
    revision = _revision(db.session.connection())
    db.session.rollback()
    return revision == newest()


def _revision(connection: sa.Connection) -> str | None:
    """The revision of the tables that are there, or None where there are none."""
    has_any = sa.inspect(connection).has_table("alembic_version")
    return connection.scalar(sa.text("SELECT version_num FROM alembic_version")) if has_any else None


def migrate(revision: str = "head") -> None:
    """Bring the database to a revision of its tables, up or down."""
    from alembic import command  # noqa: PLC0415 - slow to import, and a start seldom needs it
    from alembic.config import Config  # noqa: PLC0415

    config = Config()
    config.set_main_option("script_location", str(resource("migrations")).replace("%", "%%"))
    config.set_main_option("path_separator", "os")
    with db.engine.connect() as connection, _tables_may_be_copied(connection):
        config.attributes["connection"] = connection
        goes_up = revision == "head" or (revision != "base" and revision > (_revision(connection) or ""))
        (command.upgrade if goes_up else command.downgrade)(config, revision)


@contextmanager
def _tables_may_be_copied(connection: sa.Connection) -> Iterator[None]:
    """One transaction. SQLite changes a table by copying it: its foreign keys must not stop that, and are asked after.

    Raises IntegrityError when a row then refers to one that is not there.
    """
    if connection.dialect.name != "sqlite":
        with connection.begin():
            yield
        return
    connection.execution_options(sqlite_begin="NONE")
    connection.exec_driver_sql("PRAGMA foreign_keys=OFF")
    connection.exec_driver_sql("BEGIN IMMEDIATE")
    try:
        yield
        if broken := connection.exec_driver_sql("PRAGMA foreign_key_check").first():
            dangling = ValueError(f"{broken[0]} refers to nothing")
            raise IntegrityError("PRAGMA foreign_key_check", tuple(broken), dangling)
        connection.commit()
    finally:
        connection.rollback()
        connection.exec_driver_sql("PRAGMA foreign_keys=ON")
        connection.rollback()


@cache
def newest() -> str:
    """The revision of this release's tables: files of migrations are named after theirs, which count up."""
    return max(path.name.split("_")[0] for path in (resource("migrations") / "versions").glob("*.py"))


def _make(folder: Path) -> bool:
    """Make a folder that only we can read. Gives whether it was missing."""
    if folder.exists():
        return False
    folder.mkdir(parents=True, mode=0o700)
    return True
