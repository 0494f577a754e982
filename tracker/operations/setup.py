"""From an empty database to one that the tracker can use."""

from alembic import command
from alembic.config import Config

from tracker.core.db import db
from tracker.core.places import resource


def migrate(revision: str = "head") -> None:
    """Bring the database to a revision of its tables, up or down."""
    config = Config()
    config.set_main_option("script_location", str(resource("migrations")).replace("%", "%%"))
    config.set_main_option("path_separator", "os")
    with db.engine.begin() as connection:
        config.attributes["connection"] = connection
        if revision == "head":
            command.upgrade(config, revision)
        else:
            command.downgrade(config, revision)
