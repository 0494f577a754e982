"""The database as it was at one moment, as files; and such files back into an empty database."""

import shutil
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path
from typing import Any

import sqlalchemy as sa
from sqlalchemy.exc import DBAPIError

from tracker.core.db import db, sqlite_module
from tracker.core.errors import Refused
from tracker.core.whole import put_in_place
from tracker.evidence.models import EvidenceFile
from tracker.operations.setup import migrate, newest
from tracker.record.models import Event

SQLITE_FILE = "tracker.sqlite"
ALEMBIC = "alembic_version"


@dataclass(frozen=True)
class Moment:
    """What the database held when it was copied. `newest_event` is 0 where there was none."""

    kind: str
    revision: str
    newest_event: int
    recorded_at: datetime | None
    digests: frozenset[str]


def dump(folder: Path) -> Moment:
    """Copy the database into an empty folder while it is written to: what is there was committed at one moment."""
    if db.engine.dialect.name == "sqlite":
        return _dump_sqlite(folder / SQLITE_FILE)
    with db.engine.connect().execution_options(isolation_level="REPEATABLE READ") as connection:
        moment = _moment(connection)
        for table in _tables(connection):
            _copy_out(connection, table, folder / f"{table}.copy")
        return moment


def load(folder: Path, revision: str) -> None:
    """Put a copy into a database that is empty. All of it is there afterwards, or nothing."""
    if db.engine.dialect.name == "sqlite":
        place = sqlite_place()
        place.parent.mkdir(parents=True, exist_ok=True)
        written = shutil.move(folder / SQLITE_FILE, place.with_name(f".{place.name}.restored"))
        put_in_place(Path(written), place)
        return
    migrate(revision)
    try:
        _load_tables(folder)
    except DBAPIError:
        migrate("base")
        raise


def refuse_unless_empty() -> None:
    """Raises Refused when the database holds anything."""
    if db.engine.dialect.name == "sqlite":
        full = sqlite_place().exists()
    else:
        full = bool(sa.inspect(db.engine).get_table_names())
    if full:
        raise Refused("The database is not empty, and a restore writes over nothing: name another with DATABASE_URL.")


def refuse_unless_known(kind: str, revision: str) -> None:
    """Raises Refused when this release, or this kind of database, cannot hold the copy."""
    if kind != db.engine.dialect.name:
        raise Refused(f"This is a backup of a {kind} database: restore it into one, named with DATABASE_URL.")
    if revision > newest():
        raise Refused("This is a backup of a newer release of the tracker: install that release, then restore.")


def sqlite_place() -> Path:
    """The file of a SQLite database."""
    return Path(str(db.engine.url.database))


def _dump_sqlite(place: Path) -> Moment:
    """A copy without what was deleted, which a copy of the pages would still hold."""
    with db.engine.connect().execution_options(sqlite_begin="NONE") as connection:
        connection.exec_driver_sql("VACUUM INTO ?", (str(place),))
    engine = sa.create_engine(f"sqlite:///{place}", module=sqlite_module())
    with engine.connect() as copy:
        moment = _moment(copy)
    engine.dispose()
    return moment


def _moment(connection: sa.Connection) -> Moment:
    newest_event = connection.execute(sa.select(Event.seq, Event.recorded_at).order_by(Event.seq.desc()).limit(1))
    seq, at = newest_event.one_or_none() or (0, None)
    revision = connection.scalar(sa.text(f"SELECT version_num FROM {ALEMBIC}"))  # noqa: S608 - our own name
    digests = connection.scalars(sa.select(EvidenceFile.sha256).distinct())
    return Moment(connection.dialect.name, str(revision), seq, at, frozenset(digests))


def _tables(connection: sa.Connection) -> list[str]:
    """Every table but Alembic's. Order: what is referred to before what refers to it."""
    ordered = sa.inspect(connection).get_sorted_table_and_fkc_names()
    return [table for table, _ in ordered if table is not None and table != ALEMBIC]


def _columns(connection: sa.Connection, table: str) -> str:
    return ", ".join(f'"{column["name"]}"' for column in sa.inspect(connection).get_columns(table))


def _copy_out(connection: sa.Connection, table: str, place: Path) -> None:
    statement = f'COPY "{table}" ({_columns(connection, table)}) TO STDOUT'
    names = f"{_columns(connection, table)}\n".encode()
    with place.open("wb") as file, _cursor(connection) as cursor, cursor.copy(statement) as rows:
        file.write(names)
        for chunk in rows:
            file.write(chunk)


def _load_tables(folder: Path) -> None:
    """Triggers that guard the record against changes would refuse the rows, which are whole already."""
    with db.engine.begin() as connection:
        tables = _tables(connection)
        with _without_triggers(connection, tables):
            connection.exec_driver_sql("TRUNCATE " + ", ".join(f'"{table}"' for table in tables))
            for table in tables:
                _copy_in(connection, table, folder / f"{table}.copy")


@contextmanager
def _without_triggers(connection: sa.Connection, tables: list[str]) -> Iterator[None]:
    """Foreign keys are asked for all the same. Another session never sees the tables without their triggers."""
    for table in tables:
        connection.exec_driver_sql(f'ALTER TABLE "{table}" DISABLE TRIGGER USER')
    yield
    for table in tables:
        connection.exec_driver_sql(f'ALTER TABLE "{table}" ENABLE TRIGGER USER')


def _copy_in(connection: sa.Connection, table: str, place: Path) -> None:
    with place.open("rb") as file, _cursor(connection) as cursor:
        names = file.readline().decode().strip()
        with cursor.copy(f'COPY "{table}" ({names}) FROM STDIN') as rows:
            while chunk := file.read(1024 * 1024):
                rows.write(chunk)


def _cursor(connection: sa.Connection) -> Any:
    """The driver's own cursor, which knows COPY."""
    return connection.connection.cursor()
