"""Reading what a centre works with."""

from collections.abc import Sequence
from uuid import UUID

import sqlalchemy as sa
from sqlalchemy.orm import joinedload, selectinload

from tracker.accounts.models import Person
from tracker.core.clock import today
from tracker.core.db import db
from tracker.core.errors import NotFound
from tracker.enrolments.models import Centre, Enrolment, Supervision, SupervisionRole
from tracker.enrolments.queries import in_force, list_led_centres
from tracker.equipment.models import Equipment
from tracker.equipment.permissions import can_look_after


def list_equipment(centre_id: UUID) -> Sequence[Equipment]:
    """What a centre works with. Loads: revisions. Order: by kind and name."""
    chosen = sa.select(Equipment).options(selectinload(Equipment.revisions)).where(Equipment.centre_id == centre_id)
    return db.session.scalars(chosen.order_by(Equipment.kind, Equipment.name)).all()


def get_centre(viewer: Person, centre_id: UUID) -> Centre:
    """A centre whose equipment the viewer looks after. Raises NotFound."""
    centre = db.session.get(Centre, centre_id)
    if centre is None or not can_look_after(viewer, centre.id, _supervised(viewer), today()):
        raise NotFound
    return centre


def get_equipment(viewer: Person, equipment_id: UUID) -> Equipment:
    """Something that the viewer looks after. Loads: centre, revisions, who registered them. Raises NotFound."""
    loads = (joinedload(Equipment.centre, innerjoin=True), selectinload(Equipment.revisions))
    equipment = db.session.get(Equipment, equipment_id, options=loads, populate_existing=True)
    if equipment is None or not can_look_after(viewer, equipment.centre_id, _supervised(viewer), today()):
        raise NotFound
    return equipment


def lock_equipment(equipment_id: UUID) -> None:
    """Hold it until the end of the transaction, so that two changes at once become one after the other."""
    db.session.execute(sa.select(Equipment.id).where(Equipment.id == equipment_id).with_for_update())


def list_centres(viewer: Person) -> Sequence[Centre]:
    """The centres whose equipment the viewer looks after today. Order: by name."""
    led = {centre.id for centre in list_led_centres(viewer, today())}
    chosen = sa.select(Centre).where(Centre.id.in_(led | _supervised(viewer)))
    return db.session.scalars(chosen.order_by(Centre.name)).all()


def _supervised(viewer: Person) -> frozenset[UUID]:
    return frozenset(db.session.scalars(_supervised_in(viewer)))


def _supervised_in(viewer: Person) -> sa.Select[UUID]:
    return (
        sa.select(Enrolment.centre_id)
        .join(Supervision, Supervision.enrolment_id == Enrolment.id)
        .where(
            Supervision.supervisor_id == viewer.id,
            Supervision.role == SupervisionRole.SUPERVISOR,
            in_force(Supervision, today()),
        )
    )
