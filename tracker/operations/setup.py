"""From an empty database to one that the tracker can use."""

from functools import cache
from pathlib import Path

import sqlalchemy as sa
from flask import current_app

from tracker.core.db import db
from tracker.core.places import resource


def set_up() -> list[str]:
    """Make the folders and bring the tables up to date. Gives what was done, a sentence each."""
    folder: Path = current_app.config["FOLDER"]
    done = [f"Made the folder {part}." for part in (folder, folder / "files") if _make(part)]
    if at_head():
        return [*done, "The tables were up to date."]
    migrate()
    return [*done, "Brought the tables up to date."]


def at_head() -> bool:
    """Whether the database has the tables of this release. Raises DBAPIError when it does not answer."""
    has_any = sa.inspect(db.session.connection()).has_table("alembic_version")
    revision = db.session.scalar(sa.text("SELECT version_num FROM alembic_version")) if has_any else None
    db.session.rollback()
    return revision == newest()


def migrate(revision: str = "head") -> None:
    """Bring the database to a revision of its tables, up or down."""
    from alembic import command  # noqa: PLC0415 - slow to import, and a start seldom needs it
    from alembic.config import Config  # noqa: PLC0415

    config = Config()
    config.set_main_option("script_location", str(resource("migrations")).replace("%", "%%"))
    config.set_main_option("path_separator", "os")
    with db.engine.begin() as connection:
        config.attributes["connection"] = connection
        if revision == "head":
            command.upgrade(config, revision)
        else:
            command.downgrade(config, revision)


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
