"""Adding to the record."""

import secrets
from collections.abc import Callable
from dataclasses import asdict
from datetime import datetime
from typing import Any

import sqlalchemy as sa

from tracker.core.clock import now
from tracker.core.db import db
from tracker.core.errors import refuse_if
from tracker.record.canonical import SALT_BYTES, canonical, normal
from tracker.record.decision import Decision
from tracker.record.guard import why_not_append
from tracker.record.models import Event, EventAssertion, Head, Opening
from tracker.record.verifier import commitment, leaf_hash
from tracker.record.witness import Witness, witness

FORMAT = 1
NEXT = sa.update(Head).values(seq=Head.seq + 1).returning(Head.seq)
ADD_EVENT, ADD_OPENING, ADD_ASSERTION = sa.insert(Event), sa.insert(Opening), sa.insert(EventAssertion)


def append(decision: Decision) -> Event:
    """Put a decision on record, in the transaction of the change it stands for. Call it last: it locks the head.

    Raises Refused when the database is older than what was sealed, or another one.
    """
    refuse_if(why_not_append())
    return add(decision)


def add(decision: Decision) -> Event:
    """The same without asking what was sealed: for the decision that adopts the database as it is, and no other."""
    db.session.flush()
    connection = db.session.connection()  # plain statements: nothing of these rows is changed again
    seq = connection.execute(NEXT).scalar_one()
    seen = witness()
    values, openings = event_values(seq, now(), decision, witnessed=seen)
    connection.execute(ADD_EVENT, values)
    if openings:
        connection.execute(ADD_OPENING, openings)
    if seen is not None and seen.assertion is not None:
        connection.execute(ADD_ASSERTION, {"seq": seq} | asdict(seen.assertion))
    return Event(**values)


def new_salt() -> bytes:
    """A salt that nobody can guess."""
    return secrets.token_bytes(SALT_BYTES)


def event_values(
    seq: int, at: datetime, decision: Decision, salt: Callable[[], bytes] = new_salt, witnessed: Witness | None = None
) -> tuple[dict[str, Any], list[dict[str, Any]]]:
    """The decision as the event of that number, and the openings of its texts: the columns of their rows."""
    openings: list[dict[str, Any]] = [
        {"seq": seq, "field": field, "salt": witnessed.salt(salt()) if witnessed else salt(), "text": normal(text)}
        for field, text in sorted(decision.texts.items())
    ]
    says = {
        "v": FORMAT,
        "seq": seq,
        "kind": decision.kind,
        "at": written(at),
        "actor": str(decision.actor_id),
        "enrolment": str(decision.enrolment_id) if decision.enrolment_id else None,
        "key": str(decision.key),
        "facts": dict(decision.facts) | (witnessed.facts if witnessed else {}),
        "commitments": {each["field"]: commitment(each["salt"], each["text"]) for each in openings},
    }
    if witnessed is not None:
        witnessed.note(says)
    body = canonical(says)
    event = {
        "seq": seq,
        "key": decision.key,
        "kind": decision.kind,
        "enrolment_id": decision.enrolment_id,
        "recorded_at": at,
        "body": body,
        "leaf": leaf_hash(body),
    }
    return event, openings


def written(at: datetime) -> str:
    """An instant as it stands in a body: UTC, to the microsecond."""
    return at.isoformat(timespec="microseconds").replace("+00:00", "Z")
