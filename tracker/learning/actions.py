"""Registering on modules, recording marks, and confirming what the provider ratified."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from typing import Any
from uuid import UUID

from sqlalchemy.exc import IntegrityError

from tracker.accounts.models import Person
from tracker.core.clock import now, today
from tracker.core.db import db
from tracker.core.errors import Refused, Stale, allow, refuse_if
from tracker.curricula.outline import RequirementOutline
from tracker.enrolments.models import Enrolment, SupervisionRole
from tracker.enrolments.permissions import current_supervisions
from tracker.enrolments.placing import present_ids
from tracker.enrolments.queries import lock_enrolment
from tracker.learning import permissions, queries, rules
from tracker.learning.facts import facts_for, on_record
from tracker.learning.models import Mark, MarkStatus, Registration, RegistrationStatus
from tracker.notifications.actions import About, tell
from tracker.notifications.models import NoticeKind
from tracker.progress.actions import restate
from tracker.record import actions as record
from tracker.record.decision import Decision
from tracker.record.models import Event
from tracker.record.queries import find_event


@dataclass(frozen=True)
class MarkFact:
    """What a trainee got for a component, as the provider says."""

    component_id: UUID
    mark_percent: Decimal
    status: MarkStatus


@dataclass(frozen=True)
class MarksFacts:
    """The marks of one attempt, and the version of the registration that the person saw."""

    version: int
    attempt: int
    marks: tuple[MarkFact, ...]


@dataclass(frozen=True)
class ConfirmFacts:
    """The press of the confirm button, and the version of the registration that the person saw."""

    key: UUID
    version: int


def register(actor: Person, enrolment: Enrolment, module_id: UUID, on: date) -> Registration:
    """Put the trainee on a module; a second press changes nothing. Raises Forbidden, Refused."""
    allow(permissions.can_record(actor, enrolment, today()))
    registration = queries.find_registration(enrolment.id, module_id)
    refuse_if(_why_not_again(enrolment, module_id))
    refuse_if(rules.why_not_register(registration, on, today()))
    if registration is None:
        registration = _new(actor, enrolment, module_id, on)
    elif registration.status is RegistrationStatus.WITHDRAWN:
        registration.status, registration.registered_on = RegistrationStatus.REGISTERED, on
        _changed(actor, registration)
    _restate(enrolment, registration)
    return registration


def withdraw(actor: Person, enrolment: Enrolment, registration_id: UUID, version: int) -> Registration:
    """Take the trainee off a module; the marks stay. Raises Forbidden, Refused, Stale."""
    allow(permissions.can_record(actor, enrolment, today()))
    registration = queries.lock_registration(registration_id, enrolment.id)
    check_fresh(registration, version)
    refuse_if(rules.why_not_withdraw(registration))
    registration.status = RegistrationStatus.WITHDRAWN
    _changed(actor, registration)
    _restate(enrolment, registration)
    return registration


def record_marks(actor: Person, enrolment: Enrolment, registration_id: UUID, facts: MarksFacts) -> Registration:
    """Record the marks of an attempt. A mark that differs from an earlier one is a correction beside it.

    Raises Forbidden, Refused, Stale.
    """
    allow(permissions.can_record(actor, enrolment, today()))
    registration = queries.lock_registration(registration_id, enrolment.id)
    check_fresh(registration, facts.version)
    refuse_if(rules.why_not_record(registration))
    before = _result(enrolment, registration)
    refuse_if(_why_not_these(before, facts))
    new = _new_marks(actor, registration, facts)
    if not new:
        return registration
    db.session.add_all(new)
    _changed(actor, registration)
    after = _result(enrolment, registration)
    if after.can_be_confirmed and not before.can_be_confirmed:
        _tell_supervisors(actor, enrolment, registration)
    _restate(enrolment, registration)
    return registration


def confirm(actor: Person, enrolment: Enrolment, registration_id: UUID, facts: ConfirmFacts) -> Event:
    """Put a ratified result on record. The same press gives the same event. Raises Forbidden, Refused, Stale."""
    registration = queries.lock_registration(registration_id, enrolment.id)
    if earlier := find_event(decision(actor, registration, facts.key)):
        return earlier
    allow(permissions.can_confirm(actor, enrolment, today()))
    check_fresh(registration, facts.version)
    result = _result(enrolment, registration)
    refuse_if(rules.why_not_confirm(registration, result))
    registration.outcome, registration.mark_percent = result.outcome, result.mark_percent
    registration.confirmed_at, registration.confirmed_by_id = now(), actor.id
    registration.status = RegistrationStatus.CONFIRMED
    _changed(actor, registration)
    _restate(enrolment, registration)
    tell(registration.trainee_id, NoticeKind.RESULT_CONFIRMED, actor, _about(enrolment, registration))
    more = on_record(_module(enrolment, registration), queries.digest_of(enrolment, registration), registration, result)
    return record.append(decision(actor, registration, facts.key, **more))


def _why_not_again(enrolment: Enrolment, module_id: UUID) -> str | None:
    """Source: a registration that was carried over from an earlier version goes on as it is."""
    taken = queries.taken_as(enrolment, module_id)
    carried = taken.registration is not None and taken.registration.module_id != module_id
    return rules.CARRIED_ON if carried and not taken.to_confirm else None


def check_fresh(registration: Registration, version: int) -> None:
    """Raises Stale, with who did it and how things are now, when the registration was changed since it was shown."""
    if registration.version != version:
        raise Stale(
            f"{registration.changed_by.name} changed this module after you opened it: it is now "
            f"{registration.status.value}. Nothing of yours was saved. Look at it as it is now, then send it again."
        )


def _new(actor: Person, enrolment: Enrolment, module_id: UUID, on: date) -> Registration:
    registration = Registration(
        enrolment_id=enrolment.id,
        module_id=module_id,
        trainee_id=enrolment.trainee_id,
        registered_on=on,
        status=RegistrationStatus.REGISTERED,
        changed_by_id=actor.id,
        version=1,
    )
    try:
        with db.session.begin_nested():
            db.session.add(registration)
    except IntegrityError as race:
        raise Refused("Somebody else registered this module a moment ago. Open the page again.") from race
    return queries.lock_registration(registration.id, enrolment.id)


def _why_not_these(before: rules.ModuleResult, facts: MarksFacts) -> str | None:
    """The first reason why one of the marks cannot be recorded."""
    parts = {part.component.id: part for part in before.components}
    if any(mark.component_id not in parts for mark in facts.marks):
        return "One of the components is not part of this module. Open the page again."
    reasons = (rules.why_not_record_mark(parts[mark.component_id], facts.attempt, before) for mark in facts.marks)
    return next((reason for reason in reasons if reason), None)


def _new_marks(actor: Person, registration: Registration, facts: MarksFacts) -> list[Mark]:
    """A row for each mark that is new or differs from what is there."""
    recorded = queries.list_marks(registration)
    rows = []
    for fact in facts.marks:
        present = latest_of(recorded, fact.component_id, facts.attempt)
        if present and (present.mark_percent, present.status) == (fact.mark_percent, fact.status):
            continue
        rows.append(
            Mark(
                registration_id=registration.id,
                component_id=fact.component_id,
                attempt=facts.attempt,
                correction=present.correction + 1 if present else 0,
                mark_percent=fact.mark_percent,
                status=fact.status,
                recorded_by_id=actor.id,
                recorded_at=now(),
            )
        )
    return rows


def latest_of(marks: Sequence[Mark], component_id: UUID, attempt: int) -> Mark | None:
    """The mark of that attempt at that component, as last corrected."""
    own = [mark for mark in marks if (mark.component_id, mark.attempt) == (component_id, attempt)]
    return max(own, key=lambda mark: mark.correction, default=None)


def _changed(actor: Person, registration: Registration) -> None:
    registration.changed_by_id = actor.id
    registration.version += 1
    db.session.flush()


def _module(enrolment: Enrolment, registration: Registration) -> RequirementOutline:
    return queries.module_of(enrolment, registration)


def _result(enrolment: Enrolment, registration: Registration) -> rules.ModuleResult:
    """What the registration's marks come to now."""
    return rules.result_of(_module(enrolment, registration), queries.list_marks(registration))


def _restate(enrolment: Enrolment, registration: Registration) -> None:
    lock_enrolment(enrolment.id, enrolment.version_id)
    for module_id in present_ids(enrolment, [registration.module_id]):
        restate(enrolment, module_id, facts_for(queries.taken_as(enrolment, module_id)))


def _tell_supervisors(actor: Person, enrolment: Enrolment, registration: Registration) -> None:
    for supervision in current_supervisions(enrolment, today()):
        if supervision.role is SupervisionRole.SUPERVISOR and supervision.supervisor_id != actor.id:
            tell(supervision.supervisor_id, NoticeKind.RESULT_WAITING, actor, _about(enrolment, registration))


def _about(enrolment: Enrolment, registration: Registration) -> About:
    path = f"/enrolments/{enrolment.id}/modules/{registration.module_id}"
    return About(enrolment.id, _module(enrolment, registration).code, path)


def decision(actor: Person, registration: Registration, key: UUID, **more: Any) -> Decision:
    """The confirming of a result, as it goes on record."""
    asked = {"registration": str(registration.id)}
    return Decision("module_result_confirmed", actor.id, registration.enrolment_id, key, asked | more, {})
