"""The training tracker: competencies and distance-learning modules of trainee clinical technologists, with supervisor sign-off."""

import os
from collections.abc import Mapping
from typing import Any

from flask import Flask

from tracker.core.db import db, engine_options, set_up_connections
from tracker.core.places import read_settings, resource
from tracker.core.web import set_up_web


def create_app(config: Mapping[str, Any] | None = None) -> Flask:
    """The tracker with all its parts. `config` is what config.py reads from the environment, unless given."""
    app = Flask(__name__, template_folder=str(resource("templates")))
    app.config.from_mapping(read_settings(os.environ) if config is None else config)
    app.config.setdefault("SQLALCHEMY_ENGINE_OPTIONS", engine_options(app.config["SQLALCHEMY_DATABASE_URI"]))
    db.init_app(app)
    with app.app_context():
        set_up_connections(db.engine, app.config["SQLITE_SYNCHRONOUS"])
    set_up_web(app)
    return app
