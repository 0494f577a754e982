"""What time alone changes: evidence grows too old to count, and the validity of a sign-off ends."""

from uuid import UUID

import sqlalchemy as sa

from tracker.core.clock import today
from tracker.core.db import begin_write, db
from tracker.enrolments.models import Enrolment
from tracker.enrolments.placing import present_ids
from tracker.enrolments.queries import lock_enrolment
from tracker.logbook import queries
from tracker.logbook.facts import deciding, facts_of
from tracker.logbook.lapse_actions import lapse_ended
from tracker.progress.actions import restate
from tracker.progress.models import Standing


def restate_due(limit: int = 100) -> int:
    """Work out again what changed by today, each in a transaction of its own. Gives how many."""
    came = sa.or_(Standing.changes_on <= today(), Standing.lapses_on <= today())
    due = sa.select(Standing.enrolment_id, Standing.requirement_id).where(came)
    found = db.session.execute(due.order_by(Standing.enrolment_id, Standing.requirement_id).limit(limit)).all()
    for enrolment_id, requirement_id in found:
        begin_write()
        _restate(enrolment_id, requirement_id)
        db.session.commit()
    return len(found)


def _restate(enrolment_id: UUID, requirement_id: UUID) -> None:
    """Claims are locked before their enrolment, and all before the first event, as by everybody else."""
    enrolment = db.session.get_one(Enrolment, enrolment_id)
    present = present_ids(enrolment, [requirement_id])
    claims = {deciding(queries.claims_for(enrolment_id, each))[0] for each in present}
    for claim_id in sorted(claim.id for claim in claims if claim):
        queries.lock_claim(claim_id)
    lapsed = {each for each in present if lapse_ended(enrolment, each)}
    lock_enrolment(enrolment_id)
    for present_id in present - lapsed:
        restate(enrolment, present_id, facts_of(enrolment, present_id))
