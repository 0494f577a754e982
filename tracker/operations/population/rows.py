"""Writing many rows at once, through the tables' own types: COPY on PostgreSQL, one prepared INSERT on SQLite."""

from collections import defaultdict
from collections.abc import Callable, Iterable, Mapping, Sequence
from functools import cache
from typing import Any

import sqlalchemy as sa
from sqlalchemy.engine import Connection

from tracker.core.db import Model

Row = Mapping[str, Any]


def row_of(thing: Model) -> Row:
    """A model that was never in a session, as the row that it stands for."""
    kept = vars(thing)
    return {name: kept.get(name, unsaid) for name, unsaid in _unsaid(type(thing)).items()}


@cache
def _unsaid(model: type[Model]) -> dict[str, Any]:
    """The attributes that are columns of the model's table, with what each is unless it is said."""
    columns = sa.inspect(model).columns.items()
    defaults = {name: column.default for name, column in columns}
    return {
        name: each.arg if isinstance(each, sa.ColumnDefault) and each.is_scalar else None
        for name, each in defaults.items()
    }


class Bulk:
    """Rows that are kept until there are many. Those of a table all have the same columns."""

    def __init__(self, connection: Connection) -> None:
        self.connection = connection
        self.waiting: dict[sa.Table, list[Row]] = defaultdict(list)

    def add(self, model: type[Model], rows: Iterable[Row]) -> None:
        """Keep rows of a model's table."""
        self.waiting[_table(model)].extend(rows)

    def add_all(self, things: Iterable[Model]) -> None:
        """Keep models that were never in a session."""
        for thing in things:
            self.waiting[_table(type(thing))].append(row_of(thing))

    def write(self) -> None:
        """Write what is kept: first what others refer to."""
        for table in Model.metadata.sorted_tables:
            if rows := self.waiting.pop(table, []):
                _write(self.connection, table, rows)


def _table(model: type[Model]) -> sa.Table:
    table = model.__table__
    if not isinstance(table, sa.Table):
        raise TypeError(f"{model.__name__} is not kept in a table.")
    return table


def _write(connection: Connection, table: sa.Table, rows: Sequence[Row]) -> None:
    columns = [table.c[name] for name in rows[0]]
    converters = [_converter(column, connection) for column in columns]
    values = [tuple([convert(value) for convert, value in zip(converters, row.values(), strict=True)]) for row in rows]
    quote = connection.dialect.identifier_preparer
    named = f"{quote.format_table(table)} ({', '.join(quote.format_column(column) for column in columns)})"
    if connection.dialect.name == "postgresql":
        _copy(connection, named, values)
    else:
        marks = ", ".join("?" * len(columns))
        connection.exec_driver_sql(f"INSERT INTO {named} VALUES ({marks})", values)  # noqa: S608 - names of our own tables


def _converter(column: sa.Column[Any], connection: Connection) -> Callable[[Any], Any]:
    """How a column's type hands a value to the driver."""
    return column.type.dialect_impl(connection.dialect).bind_processor(connection.dialect) or _as_it_is


def _as_it_is(value: Any) -> Any:
    return value


def _copy(connection: Connection, named: str, values: Sequence[tuple[Any, ...]]) -> None:
    driver: Any = connection.connection.driver_connection
    with driver.cursor() as cursor, cursor.copy(f"COPY {named} FROM STDIN") as copy:
        for value in values:
            copy.write_row(value)
