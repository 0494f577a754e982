"""Registering what a centre works with, and what changes of it."""

from dataclasses import dataclass
from datetime import date
from uuid import UUID

from sqlalchemy.exc import IntegrityError

from tracker.accounts.models import Person
from tracker.core.clock import now
from tracker.core.db import db
from tracker.core.errors import Refused, refuse_if
from tracker.enrolments.models import Centre
from tracker.equipment import queries, rules
from tracker.equipment.models import Equipment, EquipmentKind, Revision


@dataclass(frozen=True)
class Registration:
    """Something that a centre works with, as it is first registered. The key is the press of the button."""

    key: UUID
    kind: EquipmentKind
    name: str
    revision: str
    since_on: date


@dataclass(frozen=True)
class Change:
    """A new model, release or revision of something. The key is the press of the button."""

    key: UUID
    revision: str
    since_on: date
    what_changed: str
    needs_recheck: bool


def register(actor: Person, centre: Centre, asked: Registration) -> Equipment:
    """Register something with its first revision. The same press twice registers it once.

    Needs: a centre that the actor looks after. Raises Refused when the name is taken.
    """
    if earlier := db.session.get(Equipment, asked.key):
        return earlier
    equipment = Equipment(id=asked.key, centre_id=centre.id, kind=asked.kind, name=asked.name)
    first = Revision(id=asked.key, equipment_id=equipment.id, name=asked.revision, since_on=asked.since_on)
    first.registered_at, first.registered_by_id = now(), actor.id
    try:
        with db.session.begin_nested():
            db.session.add(equipment)
            db.session.flush()
            db.session.add(first)
    except IntegrityError as taken:
        raise Refused(f"{asked.name} is registered already: open it, and register the change there.") from taken
    return equipment


def register_change(actor: Person, equipment_id: UUID, asked: Change) -> Revision:
    """Register a change. The same press twice registers it once. Raises NotFound, Refused.

    The worker puts the sign-offs that name an earlier revision down for a recheck, where the change asks for one.
    """
    queries.lock_equipment(equipment_id)
    equipment = queries.get_equipment(actor, equipment_id)
    if earlier := db.session.get(Revision, asked.key):
        return earlier
    refuse_if(rules.why_not_change(equipment, asked.revision, asked.since_on))
    revision = Revision(id=asked.key, equipment_id=equipment.id, name=asked.revision, since_on=asked.since_on)
    revision.what_changed, revision.needs_recheck = asked.what_changed, asked.needs_recheck
    revision.registered_at, revision.registered_by_id = now(), actor.id
    db.session.add(revision)
    db.session.flush()
    return revision
