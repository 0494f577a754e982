"""The database: one base class, one handle, and how a transaction begins."""

from contextvars import ContextVar
from datetime import UTC, datetime
from enum import StrEnum
from threading import Lock
from typing import Any
from uuid import UUID, uuid4

import sqlalchemy as sa
from flask import current_app
from flask_sqlalchemy import SQLAlchemy
from sqlalchemy import event
from sqlalchemy.engine import Connection, Dialect, Engine
from sqlalchemy.engine.interfaces import DBAPIConnection
from sqlalchemy.orm import DeclarativeBase, Mapped, Session, mapped_column
from sqlalchemy.pool import ConnectionPoolEntry
from sqlalchemy.types import TypeDecorator

NAMES = {
    "ix": "ix_%(column_0_N_label)s",
    "uq": "uq_%(table_name)s_%(column_0_N_name)s",
    "ck": "ck_%(table_name)s_%(constraint_name)s",
    "fk": "fk_%(table_name)s_%(column_0_N_name)s",
    "pk": "pk_%(table_name)s",
}
BUSY_SECONDS = 20
SAFE_SQLITE = (3, 51, 3)  # Older ones can corrupt a WAL that several connections reset at once.


class Instant(TypeDecorator[datetime]):
    """A point in time: UTC in, UTC out; a time without a zone is a mistake of ours."""

    impl = sa.DateTime(timezone=True)
    cache_ok = True

    def process_bind_param(self, value: datetime | None, _dialect: Dialect) -> datetime | None:
        if value is None:
            return None
        if value.tzinfo is None:
            raise ValueError(f"{value!r} has no time zone.")
        return value.astimezone(UTC)

    def process_result_value(self, value: datetime | None, _dialect: Dialect) -> datetime | None:
        if value is None:
            return None
        return value.replace(tzinfo=UTC) if value.tzinfo is None else value.astimezone(UTC)


BY_VALUE = sa.Enum(
    StrEnum,
    native_enum=False,
    create_constraint=True,
    length=40,
    values_callable=lambda kind: [member.value for member in kind],
)


class Model(DeclarativeBase):
    """A table of the tracker. The id is given at birth, so nothing flushes to learn one."""

    metadata = sa.MetaData(naming_convention=NAMES)
    type_annotation_map = {
        datetime: Instant,
        StrEnum: BY_VALUE,
        dict[str, Any]: sa.JSON,
        dict[str, int]: sa.JSON,
        list[Any]: sa.JSON,
    }


class WithId:
    """A table whose rows are known by a UUID."""

    id: Mapped[UUID] = mapped_column(primary_key=True, default=uuid4)

    def __init__(self, **values: Any) -> None:
        super().__init__(**{"id": uuid4()} | values)


# A session that is handed a connection in a transaction (as tests do) works in a savepoint of it. What was committed
# stays readable: nobody reads on in the same session what somebody else may change.
SESSION = {"join_transaction_mode": "create_savepoint", "expire_on_commit": False}
db = SQLAlchemy(
    metadata=Model.metadata,
    disable_autonaming=True,
    session_options=SESSION,
)


def is_sqlite(url: str) -> bool:
    """Whether a database URL names a SQLite file."""
    return url.startswith("sqlite")


def engine_options(url: str) -> dict[str, Any]:
    """What the engine of this database needs: on SQLite a safe library and no transactions of the driver's own.

    Raises ValueError when SQLite is too old to be shared by several processes.
    """
    if not is_sqlite(url):
        return {"pool_pre_ping": True, "pool_size": 8, "max_overflow": 8, "hide_parameters": True}
    if (version := sqlite_module().sqlite_version_info) < SAFE_SQLITE:
        raise ValueError(
            f"SQLite {'.'.join(map(str, version))} can lose data that several processes write: install pysqlite3, "
            "or set DATABASE_URL to a PostgreSQL database."
        )
    return {
        "hide_parameters": True,  # what a failing statement carried may be a name, and ends up in a log
        "module": sqlite_module(),
        "connect_args": {"isolation_level": None, "timeout": BUSY_SECONDS, "check_same_thread": False},
    }


def sqlite_module() -> Any:
    """The newest SQLite library that is installed."""
    try:
        from pysqlite3 import dbapi2  # noqa: PLC0415 - not on every machine
    except ImportError:
        import sqlite3 as dbapi2  # noqa: PLC0415 - only where the other is missing
    return dbapi2


def set_up_connections(engine: Engine, synchronous: str) -> None:
    """Make each SQLite connection durable, and let us say how its transactions begin; hear PostgreSQL's warnings.

    Writers of one process take turns before they ask SQLite for its lock: who finds that taken sleeps and asks again,
    and with many threads most of the time would go by asleep.
    """
    if engine.dialect.name != "sqlite":
        event.listen(engine, "connect", _hear_warnings)
        return

    @event.listens_for(engine, "connect")
    def _connected(connection: DBAPIConnection, _entry: ConnectionPoolEntry) -> None:
        cursor = connection.cursor()
        for pragma in (
            "journal_mode=WAL",
            f"synchronous={synchronous}",
            "foreign_keys=ON",
            f"busy_timeout={BUSY_SECONDS * 1000}",
        ):
            cursor.execute(f"PRAGMA {pragma}")
        cursor.close()

    turn = Lock()

    @event.listens_for(engine, "begin")
    def _begun(connection: Connection) -> None:
        mode = connection.get_execution_options().get("sqlite_begin", "DEFERRED")
        if mode == "IMMEDIATE" and turn.acquire(timeout=BUSY_SECONDS):
            connection.info["turn"] = turn
        if mode != "NONE":
            connection.exec_driver_sql(f"BEGIN {mode}")

    @event.listens_for(engine, "checkin")
    def _given_back(_connection: DBAPIConnection, entry: ConnectionPoolEntry) -> None:
        if entry.info.pop("turn", None):
            turn.release()


def begin_unlocked() -> None:
    """Begin to read without holding a snapshot, so that the first write may lock: a read is never upgraded."""
    if _sqlite() and not db.session().in_transaction():
        db.session.connection(execution_options={"sqlite_begin": "NONE"})


def begin_write() -> None:
    """End what was read and begin the one write transaction of a request, locked from its first statement.

    What was loaded before is forgotten: read it again.
    """
    db.session.rollback()
    if _sqlite():
        db.session.connection(execution_options={"sqlite_begin": "IMMEDIATE"})


@event.listens_for(Session, "before_flush")
def _lock_before_first_write(session: Session, *_: object) -> None:
    """In an unlocked read on SQLite, the first write takes the lock."""
    connection = session.connection()
    if connection.dialect.name != "sqlite":
        return
    driver = connection.connection.dbapi_connection
    if driver is not None and not driver.in_transaction:
        connection.exec_driver_sql("BEGIN IMMEDIATE")


class NotReplicated(Exception):
    """A commit that the primary kept, without waiting for the standby that should have kept it as well."""


CUT_SHORT = "01000"  # a warning, and at a commit no other is given under it
_warnings: ContextVar[tuple[str, ...]] = ContextVar("warnings", default=())


def commit() -> None:
    """Commit the session. Raises NotReplicated when PostgreSQL says that its wait for the standby was cancelled."""
    _warnings.set(())
    db.session.commit()
    if CUT_SHORT in _warnings.get():
        raise NotReplicated


def _hear_warnings(connection: Any, _entry: ConnectionPoolEntry) -> None:
    """Note a warning. The driver hands each one on in the thread that waits for the answer."""
    connection.add_notice_handler(lambda notice: _warnings.set((*_warnings.get(), notice.sqlstate or "")))


def _sqlite() -> bool:
    return is_sqlite(current_app.config["SQLALCHEMY_DATABASE_URI"])
