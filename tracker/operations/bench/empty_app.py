"""The floor of a start: an app with the same extensions and nothing else. Run as a script: it prints what it took.

It imports nothing of the tracker's, which would start the tracker.
"""

import time
from pathlib import Path
from typing import Any

import sqlalchemy as sa
from flask import Flask
from flask_limiter import Limiter
from flask_limiter.util import get_remote_address
from flask_security import Security, SQLAlchemyUserDatastore, UserMixin
from flask_sqlalchemy import SQLAlchemy
from flask_wtf.csrf import CSRFProtect
from sqlalchemy.orm import DeclarativeBase, Mapped, mapped_column

ARGON = {"HASH": "argon2", "SCHEMES": ["argon2"], "SINGLE_HASH": {"argon2"}}


class Model(DeclarativeBase):
    """A table of the empty app."""


class Person(UserMixin, Model):
    """Somebody with an account."""

    __tablename__ = "person"

    id: Mapped[int] = mapped_column(primary_key=True)
    email: Mapped[str]
    password: Mapped[str | None]
    active: Mapped[bool]
    fs_uniquifier: Mapped[str] = mapped_column(sa.String(64))
    roles: Any = []


def make() -> Flask:
    """The empty app."""
    app = Flask("empty")
    app.config.update(SECRET_KEY="x" * 32, SQLALCHEMY_DATABASE_URI="sqlite://", SECURITY_JOIN_USER_ROLES=False)
    app.config |= {f"SECURITY_PASSWORD_{name}": value for name, value in ARGON.items()}
    db = SQLAlchemy(metadata=Model.metadata, disable_autonaming=True)
    db.init_app(app)
    Security(app, SQLAlchemyUserDatastore(db, Person, None))  # type: ignore[arg-type] # no role table
    CSRFProtect(app)
    app.extensions["sign_in_limiter"] = Limiter(get_remote_address, app=app, storage_uri="memory://")
    app.add_url_rule("/health/live", "live", lambda: {"status": "live"})
    return app


if __name__ == "__main__":
    make().test_client().get("/health/live")
    print(time.process_time(), Path("/proc/self/status").read_text())  # noqa: T201 - what it is for
