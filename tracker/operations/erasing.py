"""Erasing what people wrote with decisions: on record, in the tables that show it, and in the database's own file."""

from collections.abc import Collection

import sqlalchemy as sa

from tracker.core.db import db
from tracker.logbook.models import ClaimStep, StepKind
from tracker.logbook.queries import lock_claim
from tracker.record.erasing import erase_openings
from tracker.record.models import Event
from tracker.reviews.models import Review, Signature

ERASED = "Erased."


def erase(seqs: Collection[int]) -> Event:
    """Erase the texts of these events, and where pages show them. Raises NotFound.

    Not what is elsewhere: log entries, the answers of assessments, messages that were delivered, and backups.
    """
    if db.session.get_bind().dialect.name == "sqlite":
        db.session.execute(sa.text("PRAGMA secure_delete=ON"))
    steps = sa.update(ClaimStep).where(ClaimStep.event_seq.in_(seqs), ClaimStep.comment != "")
    db.session.execute(steps.values(comment=ERASED))
    submitted = sa.select(ClaimStep.claim_id).where(ClaimStep.event_seq.in_(seqs), ClaimStep.kind == StepKind.SUBMITTED)
    for claim_id in db.session.scalars(submitted.distinct().order_by(ClaimStep.claim_id)).all():
        lock_claim(claim_id).note = ""
    db.session.flush()
    notes = {"trainee_note": "", "holder_note": ""}
    db.session.execute(sa.update(Review).where(Review.event_seq.in_(seqs)).values(notes))
    db.session.execute(sa.update(Signature).where(Signature.event_seq.in_(seqs)).values(comment=""))
    db.session.execute(sa.update(Signature).where(Signature.revoked_seq.in_(seqs)).values(reason=ERASED))
    return erase_openings(seqs)  # last: it takes the head's lock


def scrub() -> bool:
    """Write a SQLite file anew, so that nothing of what was deleted is left in it or beside it: after the commit.

    Gives whether that was done: it is not while somebody reads, and PostgreSQL does it in its own time.
    """
    db.session.remove()
    if db.engine.dialect.name != "sqlite":
        return False
    with db.engine.connect().execution_options(sqlite_begin="NONE") as connection:
        connection.exec_driver_sql("VACUUM")
        busy, *_ = connection.exec_driver_sql("PRAGMA wal_checkpoint(TRUNCATE)").one()
    return not busy
