"""What is due for a recheck by a supervisor: sign-offs that are not void, and that somebody should look at again."""

from collections.abc import Sequence
from datetime import date
from functools import cache
from typing import Any

import sqlalchemy as sa

from tracker.accounts.models import Person
from tracker.core.db import db
from tracker.curricula.models import Requirement
from tracker.enrolments.models import Enrolment
from tracker.enrolments.queries import seen_by, supervised_ids
from tracker.logbook.models import Claim, ClaimStatus

MOST_SHOWN = 100


def rechecks_due(supervisor: Person, on: date) -> Sequence[Any]:
    """The sign-offs that a supervisor can recheck. Order: the longest due first; the first hundred.

    Columns: id, given_name, family_name, code, title, lapse_cause, moved_at, number (of all that are due).
    """
    return db.session.execute(due_to(), seen_by(supervisor, on)).all()


@cache
def due_to() -> sa.Select[*tuple[Any, ...]]:
    """The sign-offs that VIEWER can recheck on ON. Order: the longest due first."""
    columns = (Person.given_name, Person.family_name, Requirement.code, Requirement.title)
    return (
        sa.select(Claim.id, *columns, Claim.lapse_cause, Claim.moved_at, sa.func.count().over().label("number"))
        .join(Enrolment, Enrolment.id == Claim.enrolment_id)
        .join(Person, Person.id == Enrolment.trainee_id)
        .join(Requirement, Requirement.id == Claim.competency_id)
        .where(Claim.status == ClaimStatus.LAPSED, Claim.enrolment_id.in_(supervised_ids(approved=True)))
        .order_by(Claim.moved_at, Person.family_name, Requirement.code)
        .limit(MOST_SHOWN)
    )
