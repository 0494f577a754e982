"""Registrations and marks, as a viewer may see them."""

from collections.abc import Collection, Sequence
from dataclasses import dataclass
from uuid import UUID

import sqlalchemy as sa
from sqlalchemy.orm import joinedload

from tracker.accounts.models import Person
from tracker.core.clock import today
from tracker.core.db import db
from tracker.core.errors import NotFound
from tracker.curricula.models import RequirementKind
from tracker.curricula.outline import RequirementOutline
from tracker.curricula.queries import get_outline
from tracker.enrolments.models import Enrolment
from tracker.enrolments.queries import area_ids, visible_ids
from tracker.learning.models import Mark, Registration
from tracker.learning.rules import ModuleResult, result_of


@dataclass(frozen=True)
class ModuleTaken:
    """A module of an enrolment: the registration if there is one, its marks, and what they come to."""

    module: RequirementOutline
    registration: Registration | None
    marks: tuple[Mark, ...]
    result: ModuleResult


def list_modules(viewer: Person, enrolment: Enrolment) -> list[ModuleTaken]:
    """The modules that the enrolment takes, each with how far the trainee is on it. Order: as in the curriculum.

    Loads: a registration's confirmed_by; a mark's recorded_by. Needs: areas loaded.
    """
    seen = Registration.enrolment_id.in_(visible_ids(viewer, today()))
    chosen = sa.select(Registration).options(joinedload(Registration.confirmed_by)).where(seen)
    registered = db.session.scalars(chosen.where(Registration.enrolment_id == enrolment.id)).all()
    registrations = {registration.module_id: registration for registration in registered}
    marks = _marks([registration.id for registration in registered])
    return [_taken(module, registrations.get(module.id), marks) for module in modules_of(enrolment)]


def get_module(viewer: Person, enrolment: Enrolment, module_id: UUID) -> ModuleTaken:
    """One module that the enrolment takes. Loads: as list_modules. Raises NotFound."""
    for taken in list_modules(viewer, enrolment):
        if taken.module.id == module_id:
            return taken
    raise NotFound


def modules_of(enrolment: Enrolment) -> list[RequirementOutline]:
    """The modules that the enrolment takes. Order: as in the curriculum. Needs: areas loaded."""
    chosen = get_outline(enrolment.version_id).chosen(area_ids(enrolment))
    return [each for each in chosen if each.requirement_kind is RequirementKind.MODULE]


def list_marks(registration: Registration) -> Sequence[Mark]:
    """Every mark and correction. Loads: recorded_by. Order: by attempt, then as recorded."""
    return _marks([registration.id])


def find_registration(enrolment_id: UUID, module_id: UUID) -> Registration | None:
    """The registration of that enrolment on that module, if there is one, locked. Loads: changed_by."""
    chosen = sa.select(Registration.id).where(Registration.enrolment_id == enrolment_id)
    registration_id = db.session.scalar(chosen.where(Registration.module_id == module_id))
    return None if registration_id is None else lock_registration(registration_id)


def lock_registration(registration_id: UUID) -> Registration:
    """The registration as it is now, locked until the transaction ends. Loads: changed_by. Raises NotFound."""
    locked = sa.select(Registration).where(Registration.id == registration_id).with_for_update()
    if db.session.scalar(locked.execution_options(populate_existing=True)) is None:
        raise NotFound
    person = joinedload(Registration.changed_by, innerjoin=True)
    return db.session.scalars(sa.select(Registration).options(person).where(Registration.id == registration_id)).one()


def _marks(registration_ids: Collection[UUID]) -> Sequence[Mark]:
    chosen = sa.select(Mark).options(joinedload(Mark.recorded_by, innerjoin=True))
    of_these = chosen.where(Mark.registration_id.in_(registration_ids))
    return db.session.scalars(of_these.order_by(Mark.attempt, Mark.recorded_at, Mark.correction, Mark.id)).all()


def _taken(module: RequirementOutline, registration: Registration | None, marks: Sequence[Mark]) -> ModuleTaken:
    own = tuple(mark for mark in marks if registration and mark.registration_id == registration.id)
    return ModuleTaken(module, registration, own, result_of(module, own))
