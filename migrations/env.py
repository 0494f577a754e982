"""Runs migrations on the connection that `tracker init` (or a test) hands over."""

from typing import Any, Literal

from alembic import context

from tracker.core.db import Instant
from tracker.operations.models import METADATA


def spell_out(kind: str, thing: Any, _autogen: object) -> str | Literal[False]:
    """Write our own type as the plain one it is in the database: a migration imports nothing of ours."""
    return "sa.DateTime(timezone=True)" if kind == "type" and isinstance(thing, Instant) else False


def run() -> None:
    """Migrate in one transaction; on SQLite, changes of a table are copies of it."""
    context.configure(
        connection=context.config.attributes["connection"],
        target_metadata=METADATA,
        render_as_batch=context.config.attributes.get("as_batch", True),
        render_item=spell_out,
        compare_type=True,
    )
    with context.begin_transaction():
        context.run_migrations()


run()
