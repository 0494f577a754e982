"""Putting confirmed module results back from what the record says of them."""

from datetime import datetime
from decimal import Decimal
from typing import Any
from uuid import UUID

import sqlalchemy as sa

from tracker.core.clock import zone
from tracker.core.db import db
from tracker.curricula.models import Module
from tracker.enrolments.models import Enrolment
from tracker.learning.models import Mark, MarkStatus, Outcome, Registration, RegistrationStatus

KIND = "module_result_confirmed"


def restore_result(enrolment: Enrolment, actor_id: UUID, at: datetime, facts: dict[str, Any]) -> list[str]:
    """Bring a registration to the result that was confirmed, with the marks that counted; other marks are lost.

    Gives what could not be put back, a sentence each.
    """
    module_id = UUID(facts["module"])
    if db.session.get(Module, module_id) is None:
        return [f"The result of {facts['code']} needs module {module_id}, which is not in the database."]
    registration = db.session.get(Registration, UUID(facts["registration"]))
    if registration is None:
        registration = Registration(
            id=UUID(facts["registration"]),
            enrolment_id=enrolment.id,
            module_id=module_id,
            trainee_id=enrolment.trainee_id,
            registered_on=at.astimezone(zone()).date(),  # the day itself is lost
            version=1,
        )
        db.session.add(registration)
    registration.status, registration.outcome = RegistrationStatus.CONFIRMED, Outcome(facts["outcome"])
    registration.mark_percent = _percent(facts["mark_hundredths"])
    registration.confirmed_at, registration.confirmed_by_id = at, actor_id
    registration.changed_by_id = actor_id
    db.session.flush()
    _restore_marks(registration, actor_id, at, facts["marks"])
    return []


def _restore_marks(registration: Registration, actor_id: UUID, at: datetime, marks: list[dict[str, Any]]) -> None:
    chosen = sa.select(Mark).where(Mark.registration_id == registration.id)
    present = {(mark.component_id, mark.attempt, mark.correction) for mark in db.session.scalars(chosen)}
    for said in marks:
        which = (UUID(said["component"]), said["attempt"], said["correction"])
        if which in present:
            continue
        mark = Mark(
            registration_id=registration.id, status=MarkStatus.RATIFIED, recorded_by_id=actor_id, recorded_at=at
        )
        mark.component_id, mark.attempt, mark.correction = which
        mark.mark_percent = Decimal(said["mark_hundredths"]) / 100
        db.session.add(mark)
    db.session.flush()


def _percent(hundredths: int | None) -> Decimal | None:
    return None if hundredths is None else Decimal(hundredths) / 100
