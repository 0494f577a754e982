"""Test makers: one plain function a model, valid by default, nothing random but the id.

What a row refers to comes first, as ids or rows; `more` sets or changes any other column.
"""

from datetime import UTC, date, datetime
from decimal import Decimal
from typing import Any
from uuid import UUID

from tracker.accounts.models import Grant, Person, Role
from tracker.curricula.models import (
    Component,
    Curriculum,
    Module,
    Section,
    SectionKind,
    Version,
    VersionStatus,
)
from tracker.enrolments.models import Centre, Enrolment, EnrolmentBreak, Supervision
from tracker.learning.models import Mark, MarkStatus, Registration, RegistrationStatus

LONG_AGO = datetime(2020, 1, 1, tzinfo=UTC)


def make_person(
    email: str = "ada@example.org", given_name: str = "Ada", family_name: str = "Osei", **more: Any
) -> Person:
    """Somebody with an account and no password."""
    values = {"email": email, "given_name": given_name, "family_name": family_name, "fs_uniquifier": email}
    return Person(**({"created_at": LONG_AGO} | values | more))


def make_grant(person_id: UUID, role: Role, **more: Any) -> Grant:
    """A role since long ago, open at its end; the scope is given."""
    return Grant(**({"person_id": person_id, "role": role, "starts_on": LONG_AGO.date()} | more))


def make_curriculum(code: str = "TTS", **more: Any) -> Curriculum:
    """A curriculum without versions."""
    return Curriculum(**({"code": code} | more))


def make_version(curriculum_id: UUID, **more: Any) -> Version:
    """A first, published version."""
    values = {"curriculum_id": curriculum_id, "number": 1, "title": "Technologist training", "digest": "0" * 64}
    dates = {"created_at": LONG_AGO, "published_at": LONG_AGO, "status": VersionStatus.PUBLISHED}
    return Version(**(values | dates | {"head": {"length_months": 24}} | more))


def make_section(version_id: UUID, code: str = "GEN", **more: Any) -> Section:
    """A generic section at the top of the tree."""
    values = {"version_id": version_id, "code": code, "title": "Generic", "kind": SectionKind.GENERIC}
    return Section(**(values | {"position": 0, "details": {}} | more))


def make_module(version_id: UUID, section_id: UUID, code: str = "M1", **more: Any) -> Module:
    """A module of 20 credits, passed at 40 %, with two attempts at each component."""
    values = {"version_id": version_id, "section_id": section_id, "code": code, "title": "Radiation physics"}
    rule = {"credits": 20, "pass_mark_percent": Decimal(40), "attempts_allowed": 2}
    return Module(**(values | rule | {"position": 0, "details": {}} | more))


def make_component(module_id: UUID, code: str = "EX", **more: Any) -> Component:
    """Half of a module, without a pass mark of its own."""
    values = {"module_id": module_id, "code": code, "title": "Examination", "weight_percent": Decimal(50)}
    return Component(**(values | {"position": 0, "must_pass": False} | more))


def make_centre(name: str = "Leeds", **more: Any) -> Centre:
    """A training centre."""
    return Centre(**({"name": name} | more))


def make_enrolment(trainee_id: UUID, version_id: UUID, centre_id: UUID, **more: Any) -> Enrolment:
    """Two years full time from the first of January 2026."""
    values = {"trainee_id": trainee_id, "version_id": version_id, "centre_id": centre_id}
    dates = {"starts_on": date(2026, 1, 1), "planned_end_on": date(2027, 12, 31)}
    return Enrolment(**(values | dates | {"working_fraction": Decimal(1)} | more))


def make_break(enrolment_id: UUID, starts_on: date, ends_on: date | None) -> EnrolmentBreak:
    """A time away from the training."""
    return EnrolmentBreak(enrolment_id=enrolment_id, starts_on=starts_on, ends_on=ends_on, reason="")


def make_supervision(enrolment: Enrolment, supervisor_id: UUID, **more: Any) -> Supervision:
    """The supervisor of the whole enrolment since long ago."""
    values = {"enrolment_id": enrolment.id, "trainee_id": enrolment.trainee_id, "supervisor_id": supervisor_id}
    return Supervision(**(values | {"starts_on": LONG_AGO.date()} | more))


def make_registration(enrolment_id: UUID, module_id: UUID, trainee_id: UUID, **more: Any) -> Registration:
    """A trainee on a module, without marks."""
    values = {"enrolment_id": enrolment_id, "module_id": module_id, "trainee_id": trainee_id}
    state = {"status": RegistrationStatus.REGISTERED, "changed_by_id": trainee_id, "version": 1}
    return Registration(**(values | state | {"registered_on": LONG_AGO.date()} | more))


def make_mark(registration_id: UUID, component_id: UUID, recorded_by_id: UUID, **more: Any) -> Mark:
    """A ratified 50 % at the first attempt."""
    values = {"registration_id": registration_id, "component_id": component_id, "recorded_by_id": recorded_by_id}
    mark = {"attempt": 1, "correction": 0, "mark_percent": Decimal(50), "status": MarkStatus.RATIFIED}
    return Mark(**(values | mark | {"recorded_at": LONG_AGO} | more))
