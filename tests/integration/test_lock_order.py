"""Everybody locks in one order: claims, then trainings, then the head. Two who meet wait, and never for good."""

from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from contextvars import Context
from datetime import timedelta
from pathlib import Path
from threading import Event as Signal
from typing import Any
from uuid import UUID, uuid4

import pytest
import sqlalchemy as sa
from flask import Flask
from sqlalchemy.orm import selectinload

from tests.conftest import new_postgresql, settings
from tests.make import make_centre, make_grant, make_person
from tests.world import World, make_world, seen
from tracker import create_app
from tracker.accounts.models import Person, Role
from tracker.core.clock import today
from tracker.core.db import begin_write, db
from tracker.logbook import claim_actions, queries
from tracker.logbook.models import Claim, ClaimStatus
from tracker.moderation.visit_actions import Opening, open_visit
from tracker.operations import erasing
from tracker.operations.setup import migrate
from tracker.record import actions as record
from tracker.record.erasing import erase_openings
from tracker.record.models import Event

pytestmark = pytest.mark.races
A_WHILE = 1.0  # Unit: seconds, in which the other comes as far as it can


@pytest.fixture
def live(postgresql_server: str, tmp_path: Path) -> Iterator[Flask]:
    """An app on PostgreSQL, whose commits are real: SQLite lets one write at a time."""
    app = create_app(settings(tmp_path, new_postgresql(postgresql_server)))
    with app.app_context():
        migrate()
        yield app
        db.session.remove()
        db.engine.dispose()


def read_person(person_id: UUID) -> Person:
    chosen = sa.select(Person).where(Person.id == person_id).options(selectinload(Person.grants))
    return db.session.scalars(chosen).one()


class Meeting:
    """Somebody revokes a sign-off while somebody else, who holds the head already, does something else."""

    def __init__(self, app: Flask, world: World, claim: Claim) -> None:
        """Remember what both need by id, since each reads it in a transaction of its own."""
        self.app, self.claim_id, self.supervisor_id, self.shown = app, claim.id, world.supervisor.id, seen(claim)
        self.claim_held, self.head_held, self.over = Signal(), Signal(), Signal()

    def pausing(self, real: Callable[..., Any]) -> Callable[..., Any]:
        """The same, with a pause after it, in which the other goes on."""

        def slowly(*args: Any) -> Any:
            found = real(*args)
            self.head_held.set()
            self.over.wait(A_WHILE)
            return found

        return slowly

    def hold(self, act: Callable[[], object]) -> None:
        """Let both come to where they meet, and finish. Raises what stopped one of them."""
        db.session.rollback()
        db.session.remove()
        with ThreadPoolExecutor(2) as pool:
            both = [pool.submit(Context().run, self._in_app, each) for each in (self._revoke, lambda: self._act(act))]
        for each in both:
            each.result()

    def _in_app(self, act: Callable[[], None]) -> None:
        with self.app.app_context():
            begin_write()
            act()
            db.session.commit()

    def _revoke(self) -> None:
        supervisor = read_person(self.supervisor_id)
        queries.lock_claim(self.claim_id)
        self.claim_held.set()
        self.head_held.wait(A_WHILE)
        claim_actions.revoke(supervisor, self.claim_id, self.shown, "It was somebody else's work.")

    def _act(self, act: Callable[[], object]) -> None:
        self.claim_held.wait(A_WHILE)
        act()


def make_moderator() -> Person:
    centre, person = make_centre("York"), make_person("m@e.example", "Mo", "Lund")
    db.session.add_all([centre, person])
    db.session.flush()
    db.session.add(make_grant(person.id, Role.MODERATOR, centre_id=centre.id))
    db.session.commit()
    return person


def status_now() -> ClaimStatus:
    return db.session.scalars(sa.select(Claim.status)).one()


def test_a_visit_is_opened_while_one_of_its_samples_is_revoked(live: Flask, monkeypatch: pytest.MonkeyPatch) -> None:
    world = make_world()
    meeting = Meeting(live, world, world.signed("GEN-1"))
    lead_id, enrolment = world.lead.id, world.enrolment
    place, first = (enrolment.centre_id, enrolment.version.curriculum_id, make_moderator().id), today()
    opening = Opening(uuid4(), *place, first, first + timedelta(days=5))
    monkeypatch.setattr(record, "append", meeting.pausing(record.append))
    meeting.hold(lambda: open_visit(read_person(lead_id), opening))
    assert status_now() is ClaimStatus.REVOKED
    assert db.session.scalars(sa.select(Event.kind).order_by(Event.seq.desc())).first() == "claim_revoked"


def test_texts_are_erased_while_what_they_are_of_is_revoked(live: Flask, monkeypatch: pytest.MonkeyPatch) -> None:
    world = make_world()
    meeting = Meeting(live, world, world.signed("GEN-1"))
    db.session.commit()
    monkeypatch.setattr(erasing, "erase_openings", meeting.pausing(erase_openings))
    meeting.hold(lambda: erasing.erase([1, 2]))
    assert status_now() is ClaimStatus.REVOKED
    assert set(db.session.scalars(sa.select(Event.kind).where(Event.seq > 2))) == {"claim_revoked", "texts_erased"}
