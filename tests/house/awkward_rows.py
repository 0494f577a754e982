"""Rows that a migration could spoil, in every table of a revision, made from what its file says and not our models."""

import runpy
from datetime import UTC, date, datetime
from decimal import Decimal
from types import SimpleNamespace
from typing import Any
from uuid import NAMESPACE_URL, uuid5

import sqlalchemy as sa

from tracker.core.places import resource
from tracker.record.canonical import canonical
from tracker.record.verifier import leaf_hash

NUMBER = 13  # in each table: as many as the longest list of choices has, so that each is stored
TEXTS = (
    "O'Neill; DROP TABLE person; --",
    "Zoë 李 Ångström",
    "e\u0301 is not é",
    "\u202eright to left, 👩‍🔬",
    "{{ 7*7 }} <b>&amp;\t\\N \\x00",
)
LONG = "A line.\r\nAnother.\n\n" * 500 + "👩‍🔬"
Row = dict[str, Any]
Rows = dict[str, list[Row]]


def tables_of(revision: str) -> sa.MetaData:
    """The tables that a migration makes, as its file says them."""
    [path] = (resource("migrations") / "versions").glob(f"{revision}_*.py")
    found = sa.MetaData()
    upgrade = runpy.run_path(str(path))["upgrade"]

    def ignored(*_: Any, **__: Any) -> SimpleNamespace:
        return SimpleNamespace(dialect=SimpleNamespace(name="sqlite"))

    upgrade.__globals__["op"] = SimpleNamespace(
        create_table=lambda name, *parts, **_: sa.Table(name, found, *parts),
        create_index=ignored,
        execute=ignored,
        get_bind=ignored,
        f=str,
    )
    upgrade()
    return found


def load(connection: sa.Connection, tables: sa.MetaData) -> None:
    """Fill every table. Versions are drafts until what they hold is there."""
    rows: Rows = {}
    for table in tables.sorted_tables:
        rows[table.name] = []
        for number in range(NUMBER if table.name != "record_head" else 0):
            row = {column.name: _value(column, number, rows) for column in table.columns}
            rows[table.name].append(row | _mended(table.name, number, row))
            connection.execute(table.insert(), rows[table.name][-1])
    version, head = tables.tables["curriculum_version"], tables.tables["record_head"]
    connection.execute(head.update().values(seq=NUMBER))
    for number, row in enumerate(rows["curriculum_version"]):
        status = ("draft", "published", "withdrawn")[number % 3]
        connection.execute(version.update().where(version.c.id == row["id"]).values(status=status))


def read(connection: sa.Connection, tables: sa.MetaData) -> Rows:
    """Every row of every table. Order: as it is written."""
    found = {}
    for table in tables.sorted_tables:
        columns = sa.select(*(table.c[column.name] for column in table.columns))
        found[table.name] = sorted((dict(row) for row in connection.execute(columns).mappings()), key=repr)
    return found


def _value(column: sa.Column[Any], number: int, rows: Rows) -> Any:
    """Something awkward of the column's type, or what an earlier row is called that the column refers to."""
    if column.foreign_keys:
        return _referred(column, number, rows)
    if column.nullable and number % 5 == 4:
        return None
    return _of_type(column.type, f"{column.table.name}.{column.name}", number)


def _referred(column: sa.Column[Any], number: int, rows: Rows) -> Any:
    """A trainee and what is theirs have one number; others, and what one moves to, have the next."""
    [key] = column.foreign_keys
    there = rows[key.column.table.name]
    if column.table is key.column.table:
        return there[-1][key.column.name] if there else None
    next_one = column.name.startswith("to_") or (key.column.table.name == "person" and column.name not in OWN)
    return there[(number + next_one) % len(there)][key.column.name]


OWN = ("trainee_id", "person_id", "owner_id")


def _of_type(kind: sa.types.TypeEngine[Any], name: str, number: int) -> Any:
    text = TEXTS[number % len(TEXTS)]
    made: dict[type[Any], Any] = {
        sa.Enum: lambda kind: kind.enums[number % len(kind.enums)],
        sa.Text: lambda _: f"{number}{LONG}{text}",
        sa.String: lambda kind: f"{number} {text}"[: kind.length].ljust(min(kind.length, 30), "x"),
        sa.Boolean: lambda _: number % 2 == 0,
        sa.Integer: lambda _: number + 1,
        sa.Numeric: lambda _: Decimal("0.33") + Decimal(number) / 100,
        sa.DateTime: lambda _: datetime(2024, 2, 29, 23, 59, 59, 999_999 - number, UTC),
        sa.Date: lambda _: date(2024, 2, 29),
        sa.JSON: lambda _: {"é": [None, True, 0, "'\"\\"], "nested": {"n": number, "text": text}},
        sa.LargeBinary: lambda _: bytes([number, 0, 255] * 11)[:32],
        sa.Uuid: lambda _: uuid5(NAMESPACE_URL, f"{name}.{number}"),
    }
    return next(make for known, make in made.items() if isinstance(kind, known))(kind)


def _mended(table: str, number: int, row: Row) -> Row:
    """What the rules of the tables ask for besides."""
    body = canonical({"seq": number + 1, "kind": "claim_signed_off", "text": "Ångström ☢"})
    mended: dict[str, Row] = {
        "event": {"body": body, "leaf": leaf_hash(body)},
        "person": {"email": f"ö{number}@example.org"},
        "evidence_file": {"sha256": f"{number:064x}", "size_bytes": 2**40 + number},
        "curriculum_version": {"status": "draft", "published_at": row.get("created_at")},
        "requirement": {"kind": f"kind {number}", "credits": 20},
        "enrolment": {"planned_end_on": date(2027, 2, 28)},
        "log_entry": {"no_patient_details": True, "performed_on": date(2024, 2, 29)},
    }
    if table in {"claim", "registration", "standing", "role_grant"}:
        return {name: _always(table, name, number) for name, value in row.items() if value is None}
    return mended.get(table, {})


def _always(table: str, name: str, number: int) -> Any:
    """What stands where a state asks for it."""
    kinds: dict[str, sa.types.TypeEngine[Any]] = {"_at": sa.DateTime(), "_on": sa.Date(), "since": sa.Date()}
    ending = next((kind for end, kind in kinds.items() if name.endswith(end)), sa.Integer())
    return "passed" if name == "outcome" else _of_type(ending, f"{table}.{name}", number)
