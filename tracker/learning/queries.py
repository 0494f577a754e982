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
from tracker.curricula.models import Module, RequirementKind, Version
from tracker.curricula.outline import RequirementOutline
from tracker.curricula.queries import get_outline
from tracker.enrolments.models import Carried, CarriedRequirement, Enrolment
from tracker.enrolments.placing import WITH_SIGN_OFF, present_ids
from tracker.enrolments.queries import area_ids, visible_ids
from tracker.learning.models import Mark, Outcome, Registration, RegistrationStatus
from tracker.learning.rules import ModuleResult, result_of


@dataclass(frozen=True)
class ModuleTaken:
    """A module of an enrolment: the registration if there is one, its marks, and what they come to."""

    module: RequirementOutline
    registration: Registration | None
    marks: tuple[Mark, ...]
    result: ModuleResult  # by the rules of the version under which the trainee registered
    to_confirm: bool = False  # an earlier version's result, which a supervisor confirms by the rules of this one


def list_modules(viewer: Person, enrolment: Enrolment) -> list[ModuleTaken]:
    """The modules that the enrolment takes, each with how far the trainee is on it. Order: as in the curriculum.

    Loads: a registration's confirmed_by; a mark's recorded_by. Needs: areas loaded.
    """
    seen = Registration.enrolment_id.in_(visible_ids(viewer, today()))
    chosen = sa.select(Registration).options(joinedload(Registration.confirmed_by)).where(seen)
    registered = db.session.scalars(chosen.where(Registration.enrolment_id == enrolment.id)).all()
    registrations = {registration.module_id: registration for registration in registered}
    marks = _marks([registration.id for registration in registered])
    carried = _carried(enrolment)
    return [
        _taken(module, *_deciding(module.id, registrations, carried.get(module.id, [])), marks)
        for module in modules_of(enrolment)
    ]


def get_module(viewer: Person, enrolment: Enrolment, module_id: UUID) -> ModuleTaken:
    """One module that the enrolment takes, or what one of an earlier version is now. Loads: as list_modules.

    Raises NotFound.
    """
    present = present_ids(enrolment, [module_id])
    for taken in list_modules(viewer, enrolment):
        if taken.module.id in present:
            return taken
    raise NotFound


def taken_as(enrolment: Enrolment, module_id: UUID) -> ModuleTaken:
    """A module of the version that the enrolment follows, whoever asks; for the projection."""
    chosen = sa.select(Registration).where(Registration.enrolment_id == enrolment.id)
    registrations = {registration.module_id: registration for registration in db.session.scalars(chosen)}
    registration, to_confirm = _deciding(module_id, registrations, _carried(enrolment).get(module_id, []))
    marks = _marks([registration.id]) if registration else []
    module = get_outline(enrolment.version_id).requirement(module_id)
    return _taken(module, registration, to_confirm, marks)


def _carried(enrolment: Enrolment) -> dict[UUID, list[tuple[UUID, Carried]]]:
    """For each module, those of earlier versions of which a result stands for it."""
    columns = (CarriedRequirement.to_requirement_id, CarriedRequirement.from_requirement_id, CarriedRequirement.carried)
    chosen = sa.select(*columns).join(Module, Module.id == CarriedRequirement.from_requirement_id)
    of_these = chosen.where(CarriedRequirement.enrolment_id == enrolment.id)
    found: dict[UUID, list[tuple[UUID, Carried]]] = {}
    for to_id, from_id, carried in db.session.execute(of_these.where(CarriedRequirement.carried.in_(WITH_SIGN_OFF))):
        found.setdefault(to_id, []).append((from_id, carried))
    return found


def _deciding(
    module_id: UUID, registrations: dict[UUID, Registration], carried: Sequence[tuple[UUID, Carried]]
) -> tuple[Registration | None, bool]:
    """The registration that says where a module stands, and whether a supervisor has to confirm what it says."""
    if module_id in registrations:
        return registrations[module_id], False
    standing = {key for key, each in registrations.items() if each.status is not RegistrationStatus.WITHDRAWN}
    for wanted in WITH_SIGN_OFF:
        for from_id, how in carried:
            if how is wanted and from_id in standing:
                passed = registrations[from_id].outcome is Outcome.PASSED
                return registrations[from_id], passed and how is Carried.TO_CONFIRM
    return None, False


def module_of(enrolment: Enrolment, registration: Registration) -> RequirementOutline:
    """The module as the version words and rules it under which the trainee registered."""
    return get_outline(_version_id_of(enrolment, registration)).requirement(registration.module_id)


def digest_of(enrolment: Enrolment, registration: Registration) -> str:
    """The digest of the version under which the trainee registered. Needs: the enrolment's version loaded."""
    version_id = _version_id_of(enrolment, registration)
    if version_id == enrolment.version_id:
        return enrolment.version.digest
    return db.session.get_one(Version, version_id).digest


def _version_id_of(enrolment: Enrolment, registration: Registration) -> UUID:
    present = present_ids(enrolment, [registration.module_id])
    if registration.module_id in present:
        return enrolment.version_id
    return db.session.get_one(Module, registration.module_id).version_id


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
    return None if registration_id is None else lock_registration(registration_id, enrolment_id)


def lock_registration(registration_id: UUID, enrolment_id: UUID) -> Registration:
    """The enrolment's registration as it is now, locked. Loads: changed_by. Raises NotFound."""
    own = (Registration.id == registration_id, Registration.enrolment_id == enrolment_id)
    locked = sa.select(Registration).where(*own).with_for_update()
    if db.session.scalar(locked.execution_options(populate_existing=True)) is None:
        raise NotFound
    person = joinedload(Registration.changed_by, innerjoin=True)
    return db.session.scalars(sa.select(Registration).options(person).where(Registration.id == registration_id)).one()


def _marks(registration_ids: Collection[UUID]) -> Sequence[Mark]:
    chosen = sa.select(Mark).options(joinedload(Mark.recorded_by, innerjoin=True))
    of_these = chosen.where(Mark.registration_id.in_(registration_ids))
    return db.session.scalars(of_these.order_by(Mark.attempt, Mark.recorded_at, Mark.correction, Mark.id)).all()


def _taken(
    module: RequirementOutline, registration: Registration | None, to_confirm: bool, marks: Sequence[Mark]
) -> ModuleTaken:
    own = tuple(mark for mark in marks if registration and mark.registration_id == registration.id)
    ruled = module
    if registration is not None and registration.module_id != module.id:
        earlier = db.session.get_one(Module, registration.module_id)
        ruled = get_outline(earlier.version_id).requirement(earlier.id)
    return ModuleTaken(module, registration, own, result_of(ruled, own), to_confirm)
