"""What is due for a recheck by a supervisor: sign-offs that are not void, and that somebody should look at again."""

from collections.abc import Sequence
from datetime import date
from typing import Any

import sqlalchemy as sa

from tracker.accounts.models import Person
from tracker.core.db import db
from tracker.curricula.models import Requirement
from tracker.enrolments.models import Enrolment, Supervision, SupervisionRole
from tracker.enrolments.queries import in_force
from tracker.logbook.models import Claim, ClaimStatus

MOST_SHOWN = 100


def rechecks_due(supervisor: Person, on: date) -> Sequence[Any]:
    """The sign-offs that a supervisor can recheck. Order: the longest due first; the first hundred.

    Columns: id, given_name, family_name, code, title, lapse_cause, moved_at, number (of all that are due).
    """
    supervised = sa.select(Supervision.enrolment_id).where(
        Supervision.supervisor_id == supervisor.id,
        Supervision.role == SupervisionRole.SUPERVISOR,
        Supervision.approved,
        in_force(Supervision, on),
    )
    columns = (Person.given_name, Person.family_name, Requirement.code, Requirement.title)
    due = (
        sa.select(Claim.id, *columns, Claim.lapse_cause, Claim.moved_at, sa.func.count().over().label("number"))
        .join(Enrolment, Enrolment.id == Claim.enrolment_id)
        .join(Person, Person.id == Enrolment.trainee_id)
        .join(Requirement, Requirement.id == Claim.competency_id)
        .where(Claim.status == ClaimStatus.LAPSED, Claim.enrolment_id.in_(supervised))
        .order_by(Claim.moved_at, Person.family_name, Requirement.code)
        .limit(MOST_SHOWN)
    )
    return db.session.execute(due).all()
