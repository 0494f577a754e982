"""The training tracker: what trainee clinical technologists learn, and who signed it off."""

import os
from collections.abc import Mapping
from typing import Any

from flask import Flask

from tracker.core.db import db, engine_options, set_up_connections
from tracker.core.look import set_up_look
from tracker.core.places import read_settings, resource
from tracker.core.web import set_up_transactions, set_up_web
from tracker.operations import views as operations


def create_app(config: Mapping[str, Any] | None = None) -> Flask:
    """The tracker with all its parts. `config` is what config.py reads from the environment, unless given."""
    app = Flask(__name__, template_folder=str(resource("templates")))
    _refuse_debug(app)
    app.config.from_mapping(read_settings(os.environ) if config is None else config)
    app.config.setdefault("SQLALCHEMY_ENGINE_OPTIONS", engine_options(app.config["SQLALCHEMY_DATABASE_URI"]))
    db.init_app(app)
    with app.app_context():
        set_up_connections(db.engine, app.config["SQLITE_SYNCHRONOUS"])
    set_up_look(app)
    set_up_web(app)
    set_up_transactions(app)
    app.register_blueprint(operations.bp)
    return app


def _refuse_debug(app: Flask) -> None:
    """Raises ValueError in debug mode, whose pages show people's data to whoever meets an error."""
    if app.debug:
        raise ValueError("FLASK_DEBUG is on: unset it, since its error pages show what people wrote.")
