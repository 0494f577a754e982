"""Reading the record."""

import json

import sqlalchemy as sa

from tracker.core.db import db
from tracker.core.errors import Reused
from tracker.record.canonical import normal
from tracker.record.decision import Decision
from tracker.record.models import Event, Opening
from tracker.record.witness import intent_of, witness


def find_event(decision: Decision) -> Event | None:
    """The event that this press of a button made already, or None.

    Raises Reused when the key was used for something else.
    """
    event = db.session.scalar(sa.select(Event).where(Event.key == decision.key))
    if event is not None and not _is_of(event, decision):
        raise Reused("This form was already sent with other answers. Open the page again to see what was kept.")
    if event is not None and (seen := witness()):
        seen.found.add(intent_of(json.loads(event.body)))
    return event


def _is_of(event: Event, decision: Decision) -> bool:
    body = json.loads(event.body)
    same = (body["kind"], body["actor"]) == (decision.kind, str(decision.actor_id))
    return same and decision.facts.items() <= body["facts"].items() and _same_texts(event.seq, decision)


def _same_texts(seq: int, decision: Decision) -> bool:
    kept = db.session.execute(sa.select(Opening.field, Opening.text).where(Opening.seq == seq)).all()
    return all(normal(decision.texts.get(field, "")) == text for field, text in kept)


def head_seq() -> int:
    """The number of the last event; 0 when there is none."""
    return db.session.scalar(sa.select(sa.func.max(Event.seq))) or 0


def last_leaf() -> bytes:
    """The leaf of the last event; empty when there is none."""
    return db.session.scalar(sa.select(Event.leaf).order_by(Event.seq.desc()).limit(1)) or b""
