"""What a centre works with, and sign-offs that rest on it, for tests."""

import json
from datetime import date
from typing import Any
from uuid import UUID, uuid4

import sqlalchemy as sa

from tests.world import World, make_entry_facts, seen
from tracker.accounts.models import Person
from tracker.core.db import db
from tracker.curricula.queries import get_outline
from tracker.enrolments.models import Centre
from tracker.equipment.actions import Change, Registration, register, register_change
from tracker.equipment.models import Equipment, EquipmentKind, Revision
from tracker.equipment.queries import get_equipment
from tracker.logbook import claim_actions
from tracker.logbook.claim_actions import Seen, Submission
from tracker.logbook.entry_actions import Saving, save_entry
from tracker.logbook.models import Claim, ClaimStatus, EntryStatus
from tracker.logbook.queries import get_claim
from tracker.notifications.models import Notice, NoticeKind
from tracker.progress.models import Standing
from tracker.record.models import Event

BEGAN = date(2026, 1, 1)


def registered(world: World, name: str = "Camera software", centre_id: UUID | None = None) -> Equipment:
    """Something that the centre works with, in its first revision."""
    centre = db.session.get_one(Centre, centre_id or world.enrolment.centre_id)
    asked = Registration(uuid4(), EquipmentKind.SOFTWARE, name, "Release 4.1", BEGAN)
    thing = register(world.lead, centre, asked)
    db.session.flush()
    db.session.expire(thing)
    return thing


def change_of(thing: Equipment, by: Person, name: str = "Release 4.2", *, recheck: bool = True) -> Revision:
    """A change of it on 10 March 2026."""
    asked = Change(uuid4(), name, date(2026, 3, 10), "The uniformity test is done in another way.", recheck)
    change = register_change(by, thing.id, asked)
    db.session.commit()
    return change


def signed_with(world: World, *things: Equipment, code: str = "GEN-1") -> Claim:
    """A sign-off on evidence that names these things in their first revision."""
    used = [get_equipment(world.lead, thing.id).revisions[0] for thing in things]
    saving = Saving(uuid4(), 0, EntryStatus.LOGGED, frozenset({world.id_of(code)}), used=used)
    save_entry(world.trainee, world.enrolment, make_entry_facts(), saving)
    level = get_outline(world.enrolment.version_id).requirement(world.id_of(code)).level or 1
    asked = Submission(uuid4(), level, "")
    claim = claim_actions.submit(world.trainee, world.enrolment, world.competencies[code], asked)
    claim_actions.sign_off(world.supervisor, claim.id, seen(claim), level, "Well done.")
    db.session.commit()
    return claim


def standing_of(world: World, code: str = "GEN-1") -> Standing:
    db.session.expire_all()
    return db.session.get_one(Standing, (world.enrolment.id, world.id_of(code)))


def status_of(claim: Claim) -> ClaimStatus:
    return db.session.scalars(sa.select(Claim.status).where(Claim.id == claim.id)).one()


def shown(world: World, claim: Claim) -> Seen:
    """The press of a button on the claim as it is now."""
    db.session.expire_all()
    return seen(get_claim(world.supervisor, claim.id))


def told(kind: NoticeKind) -> set[Any]:
    return set(db.session.scalars(sa.select(Notice.person_id).where(Notice.kind == kind)))


def events() -> list[tuple[str, dict[str, Any]]]:
    return [(e.kind, json.loads(e.body)) for e in db.session.scalars(sa.select(Event).order_by(Event.seq))]
