"""Trainees and supervisors who are signed in and have a claim between them, on a database of their own."""

import secrets
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass
from uuid import UUID, uuid4

import sqlalchemy as sa
from flask import Flask
from itsdangerous import URLSafeTimedSerializer
from sqlalchemy.orm import selectinload

from tests.make import make_centre, make_enrolment, make_person, make_supervision
from tests.world import SCHEME, STARTS, make_entry_facts, saving
from tracker import create_app
from tracker.accounts.models import Person
from tracker.accounts.sessions import begin_session, signer
from tracker.core.clock import now
from tracker.core.db import begin_write, db
from tracker.core.places import read_settings
from tracker.curricula.actions import import_document
from tracker.curricula.models import Competency
from tracker.curricula.plain_data import from_data
from tracker.enrolments.queries import get_enrolment
from tracker.logbook import claim_actions
from tracker.logbook.claim_actions import Submission
from tracker.logbook.entry_actions import save_entry
from tracker.operations.setup import set_up

A_DAY = 86_400


@dataclass(frozen=True)
class SignedIn:
    """Somebody's cookie, and the token that their forms carry."""

    cookie: str
    token: str


@dataclass(frozen=True)
class Pair:
    """A trainee and the supervisor, and the claim between them, which was submitted once."""

    trainee: SignedIn
    supervisor: SignedIn
    enrolment_id: UUID
    competency_id: UUID
    claim_id: UUID


@contextmanager
def looking(settings: Mapping[str, str]) -> Iterator[Flask]:
    """The app inside its context, in this process, on the database that is being served."""
    app = create_app(read_settings(settings))
    with app.app_context():
        try:
            yield app
        finally:
            db.session.remove()
            db.engine.dispose()


def make_pairs(settings: Mapping[str, str], number: int) -> list[Pair]:
    """So many pairs, in an empty database that gets its tables."""
    with looking(settings) as app:
        set_up()
        begin_write()
        version = import_document(from_data(SCHEME), publish=True)
        centre = make_centre()
        db.session.add(centre)
        db.session.flush()
        competency = db.session.scalars(
            sa.select(Competency).where(Competency.version_id == version.id, Competency.code == "GEN-1")
        ).one()
        pairs = [_pair(app, index, version.id, centre.id, competency) for index in range(number)]
        db.session.commit()
        return pairs


def _pair(app: Flask, index: int, version_id: UUID, centre_id: UUID, competency: Competency) -> Pair:
    trainee, supervisor = (make_person(f"{who}{index}@hospital.example", who.title()) for who in ("trainee", "lead"))
    db.session.add_all([trainee, supervisor])
    db.session.flush()
    enrolment = make_enrolment(trainee.id, version_id, centre_id, starts_on=STARTS)
    db.session.add(enrolment)
    db.session.flush()
    db.session.add(make_supervision(enrolment, supervisor.id))
    db.session.flush()
    with_grants = sa.select(Person).where(Person.id == trainee.id).options(selectinload(Person.grants))
    actor = db.session.scalars(with_grants.execution_options(populate_existing=True)).one()
    own = get_enrolment(actor, enrolment.id)
    save_entry(actor, own, make_entry_facts(), saving(competency.id))
    claim = claim_actions.submit(actor, own, competency, Submission(uuid4(), 2))
    return Pair(_signed_in(app, trainee), _signed_in(app, supervisor), enrolment.id, competency.id, claim.id)


def _signed_in(app: Flask, person: Person) -> SignedIn:
    """As after the sign-in page; the password counts as given just now for a whole day."""
    facts = {"_user_id": person.fs_uniquifier, "_fresh": True, "fs_paa": now().timestamp() + A_DAY}
    session, word = begin_session(person, facts), secrets.token_hex(20)
    name = app.session_interface.get_cookie_name(app)
    cookie = signer(app).dumps({"csrf_token": word, "sid": str(session.id)})
    token = URLSafeTimedSerializer(app.config["SECRET_KEY"], salt="wtf-csrf-token").dumps(word)
    return SignedIn(f"{name}={cookie}", str(token))
