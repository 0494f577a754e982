"""Adding to the record."""

import secrets
from collections.abc import Callable
from datetime import datetime

import sqlalchemy as sa

from tracker.core.clock import now
from tracker.core.db import db
from tracker.record.canonical import SALT_BYTES, canonical, commitment, leaf_hash, normal
from tracker.record.decision import Decision
from tracker.record.models import Event, Head, Opening

FORMAT = 1


def append(decision: Decision) -> Event:
    """Put a decision on record, in the transaction of the change it stands for. Call it last: it locks the head."""
    next_seq = sa.update(Head).values(seq=Head.seq + 1).returning(Head.seq)
    event, openings = make_event(db.session.execute(next_seq).scalar_one(), now(), decision)
    db.session.add(event)
    db.session.flush()
    db.session.add_all(openings)
    return event


def new_salt() -> bytes:
    """A salt that nobody can guess."""
    return secrets.token_bytes(SALT_BYTES)


def make_event(
    seq: int, at: datetime, decision: Decision, salt: Callable[[], bytes] = new_salt
) -> tuple[Event, list[Opening]]:
    """The decision as the event of that number, and the openings of its texts."""
    openings = [
        Opening(seq=seq, field=field, salt=salt(), text=normal(text)) for field, text in sorted(decision.texts.items())
    ]
    body = canonical(
        {
            "v": FORMAT,
            "seq": seq,
            "kind": decision.kind,
            "at": written(at),
            "actor": str(decision.actor_id),
            "enrolment": str(decision.enrolment_id),
            "key": str(decision.key),
            "facts": dict(decision.facts),
            "commitments": {opening.field: commitment(opening.salt, opening.text) for opening in openings},
        }
    )
    event = Event(seq=seq, key=decision.key, kind=decision.kind, enrolment_id=decision.enrolment_id)
    event.recorded_at, event.body, event.leaf = at, body, leaf_hash(body)
    return event, openings


def written(at: datetime) -> str:
    """An instant as it stands in a body: UTC, to the microsecond."""
    return at.isoformat(timespec="microseconds").replace("+00:00", "Z")
