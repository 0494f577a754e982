"""What waits for somebody: forms that they are asked to fill in, and answers that they decide about."""

from dataclasses import dataclass
from datetime import date, datetime
from functools import cache
from typing import Any
from uuid import UUID

import sqlalchemy as sa

from tracker.accounts.models import Person
from tracker.assessments.models import Assessment, AssessmentStatus
from tracker.core.clock import now
from tracker.core.db import db
from tracker.curricula.models import Requirement
from tracker.enrolments.queries import VIEWER, seen_by, supervised_ids


@dataclass(frozen=True)
class WaitingAssessment:
    """A form to fill in, or, where it was answered without an account, an answer to decide about."""

    id: UUID
    title: str
    trainee: str
    since: datetime
    to_accept: bool


def list_waiting(person: Person, on: date) -> list[WaitingAssessment]:
    """What waits for this person on that day. Order: the longest waiting first."""
    return [_waiting(row) for row in db.session.execute(waiting_for(), seen_by(person, on) | {"at": now()})]


@cache
def waiting_for() -> sa.Select[*tuple[Any, ...]]:
    """What waits for VIEWER on ON; `at` is now. Order: the longest waiting first."""
    asked = sa.and_(Assessment.assessor_id == VIEWER, Assessment.status == AssessmentStatus.ASKED)
    to_accept = sa.and_(
        Assessment.status == AssessmentStatus.ANSWERED,
        Assessment.enrolment_id.in_(supervised_ids()),
        Assessment.trainee_id != VIEWER,
    )
    still = Assessment.expires_at > sa.bindparam("at", type_=Assessment.expires_at.type)
    since = sa.func.coalesce(Assessment.answered_at, Assessment.asked_at, type_=Assessment.asked_at.type)
    columns = (
        Assessment.id,
        Assessment.form,
        Assessment.title,
        Assessment.status,
        Requirement.code,
        Person.given_name,
        Person.family_name,
        since.label("since"),
    )
    return (
        sa.select(*columns)
        .select_from(Assessment)
        .join(Requirement, Requirement.id == Assessment.competency_id)
        .join(Person, Person.id == Assessment.trainee_id)
        .where(sa.or_(sa.and_(asked, still), to_accept))
        .order_by(since, Assessment.id)
    )


def _waiting(row: Any) -> WaitingAssessment:
    title, trainee = f"{row.code} {row.form}: {row.title}", f"{row.given_name} {row.family_name}"
    return WaitingAssessment(row.id, title, trainee, row.since, row.status is AssessmentStatus.ANSWERED)
