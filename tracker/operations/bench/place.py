"""A database made for the bench, with an app on it."""

import secrets
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any
from uuid import UUID

import sqlalchemy as sa
from flask import Flask
from werkzeug.test import EnvironBuilder, run_wsgi_app

from tracker.accounts.models import Grant, Person, Role
from tracker.accounts.sessions import begin_session, signer
from tracker.core.clock import now, today
from tracker.core.db import begin_write, db, engine_options, is_sqlite
from tracker.core.places import read_settings
from tracker.curricula.actions import import_document
from tracker.enrolments.models import Centre, Enrolment, Supervision, SupervisionRole
from tracker.enrolments.queries import in_force
from tracker.operations.bench.curriculum import CODE, bench_document
from tracker.operations.population.populate import Plan, populate, published
from tracker.operations.setup import migrate
from tracker.progress.models import Stage, Standing

MakeApp = Callable[[Mapping[str, Any]], Flask]
SEED = 20
SIGNERS = 50


@dataclass(frozen=True)
class Cast:
    """Who asks for pages: people of the first centre, which is the largest."""

    trainee_id: UUID
    enrolment_id: UUID
    supervisor_id: UUID
    lead_id: UUID
    centre_id: UUID


@dataclass(frozen=True)
class Place:
    """An app on a database with a population. `trainees` is how many there are."""

    app: Flask
    trainees: int
    cast: Cast

    def page(self, path: str, person_id: UUID) -> Callable[[], bytes]:
        """How somebody who is signed in asks for a page, through the whole of the app."""
        environ = EnvironBuilder(path, headers=[("Cookie", self._cookie(person_id))]).get_environ()
        return asked(self.app, environ)

    def _cookie(self, person_id: UUID) -> str:
        with self.app.app_context():
            begin_write()
            person = db.session.get_one(Person, person_id)
            facts = {"_user_id": person.fs_uniquifier, "_fresh": True, "fs_paa": now().timestamp()}
            session_id = begin_session(person, facts).id
            db.session.commit()
            name = self.app.session_interface.get_cookie_name(self.app)
            return f"{name}={signer(self.app).dumps({'sid': str(session_id)})}"


def asked(app: Flask, environ: Mapping[str, Any]) -> Callable[[], bytes]:
    """How an app is asked for a page. Raises RuntimeError when the answer is not the page."""

    def ask() -> bytes:
        parts, status, _ = run_wsgi_app(app, dict(environ), buffered=True)
        if not status.startswith("200"):
            raise RuntimeError(f"{environ['PATH_INFO']} answered {status}.")
        return b"".join(parts)

    return ask


def make_place(make_app: MakeApp, folder: Path, url: str, trainees: int, at_first: int) -> Place:
    """A migrated database at this address, filled with so many trainees."""
    environ = {"TRACKER_FOLDER": str(folder), "TRACKER_SECRET_KEY": secrets.token_hex(32), "DATABASE_URL": url}
    settings = read_settings(environ) | {"SESSION_COOKIE_SECURE": False}
    options = engine_options(settings["SQLALCHEMY_DATABASE_URI"])
    settings["SQLALCHEMY_ENGINE_OPTIONS"] = options | {"pool_size": SIGNERS, "max_overflow": 8}
    app = make_app(settings)
    with app.app_context():
        migrate()
        begin_write()
        import_document(bench_document(), publish=True)
        populate(Plan(trainees, SEED, today(), published(CODE), trainees_at_first=min(at_first, trainees)))
        cast = _cast()
        db.session.commit()
        settle()
    return Place(app, trainees, cast)


def settle() -> None:
    """Let SQLite move what was written into its file, so that nobody who is measured has to."""
    db.session.remove()
    if db.engine.dialect.name == "sqlite":
        with db.engine.connect().execution_options(sqlite_begin="NONE") as connection:
            connection.exec_driver_sql("PRAGMA wal_checkpoint(TRUNCATE)")


def _cast() -> Cast:
    size = sa.select(sa.func.count()).where(Enrolment.centre_id == Centre.id).scalar_subquery()
    leads = sa.select(Grant.person_id, Centre.id).join(Centre, Centre.id == Grant.centre_id)
    largest = leads.where(Grant.role == Role.TRAINING_LEAD).order_by(size.desc(), Centre.id)
    lead_id, centre_id = db.session.execute(largest.limit(1)).one()
    trainee_id, enrolment_id = db.session.execute(_with_most_to_show(centre_id).limit(1)).one()
    supervisor_id = db.session.scalars(_with_most_waiting(centre_id).limit(1)).one()
    return Cast(trainee_id, enrolment_id, supervisor_id, lead_id, centre_id)


def _with_most_to_show(centre_id: UUID) -> sa.Select[*tuple[UUID, ...]]:
    """The trainees of a centre and their enrolments. Order: those who began most first."""
    return (
        sa.select(Enrolment.trainee_id, Enrolment.id)
        .join(Standing, Standing.enrolment_id == Enrolment.id)
        .where(Enrolment.centre_id == centre_id)
        .group_by(Enrolment.trainee_id, Enrolment.id)
        .order_by(sa.func.count().desc(), Enrolment.id)
    )


def _with_most_waiting(centre_id: UUID) -> sa.Select[UUID]:
    """The supervisors of a centre. Order: those for whom most waits first."""
    return (
        sa.select(Supervision.supervisor_id)
        .join(Standing, Standing.enrolment_id == Supervision.enrolment_id)
        .join(Enrolment, Enrolment.id == Supervision.enrolment_id)
        .where(Standing.stage == Stage.SUBMITTED, Enrolment.centre_id == centre_id)
        .where(Supervision.role == SupervisionRole.SUPERVISOR, in_force(Supervision, today()))
        .group_by(Supervision.supervisor_id)
        .order_by(sa.func.count().desc(), Supervision.supervisor_id)
    )


@contextmanager
def new_database(server: str, folder: Path, name: str) -> Iterator[str]:
    """The address of a database that is gone afterwards: a file, or a new one on the server."""
    if not server or is_sqlite(server):
        yield f"sqlite:///{folder / name}.sqlite"
        return
    named = f"bench_{secrets.token_hex(4)}_{name}"
    address = sa.make_url(server).set(drivername="postgresql+psycopg")
    _on_server(address, f'CREATE DATABASE "{named}"')
    try:
        yield address.set(database=named).render_as_string(hide_password=False)
    finally:
        _on_server(address, f'DROP DATABASE "{named}" WITH (FORCE)')


def _on_server(address: sa.URL, statement: str) -> None:
    engine = sa.create_engine(address, isolation_level="AUTOCOMMIT")
    with engine.connect() as connection:
        connection.exec_driver_sql(statement)
    engine.dispose()
