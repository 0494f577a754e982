"""What time alone changes: evidence that grows too old to count."""

import sqlalchemy as sa

from tracker.core.clock import today
from tracker.core.db import begin_write, db
from tracker.enrolments.models import Enrolment
from tracker.enrolments.placing import present_ids
from tracker.enrolments.queries import lock_enrolment
from tracker.logbook.facts import facts_of
from tracker.progress.actions import restate
from tracker.progress.models import Standing


def restate_due(limit: int = 100) -> int:
    """Work out again what changed by today, each in a transaction of its own. Gives how many."""
    due = sa.select(Standing.enrolment_id, Standing.requirement_id).where(Standing.changes_on <= today())
    found = db.session.execute(due.order_by(Standing.changes_on).limit(limit)).all()
    for enrolment_id, requirement_id in found:
        begin_write()
        lock_enrolment(enrolment_id)
        enrolment = db.session.get_one(Enrolment, enrolment_id)
        for present_id in present_ids(enrolment, [requirement_id]):
            restate(enrolment, present_id, facts_of(enrolment, present_id))
        db.session.commit()
    return len(found)
