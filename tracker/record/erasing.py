"""Erasing texts of events for good. The events stand, and whoever checks the record still finds it whole."""

import json
from collections.abc import Collection
from uuid import UUID, uuid4

import sqlalchemy as sa

from tracker.core.db import db
from tracker.core.errors import NotFound
from tracker.record.actions import append
from tracker.record.decision import OPERATOR, Decision
from tracker.record.models import Event, Opening


def list_texts(seqs: Collection[int]) -> list[tuple[int, str]]:
    """The texts of these events that are still there. Shape: the event and the name of its field. Order: by event."""
    chosen = sa.select(Opening.seq, Opening.field).where(Opening.seq.in_(seqs)).order_by(Opening.seq, Opening.field)
    return [(row.seq, row.field) for row in db.session.execute(chosen)]


def list_events_of(person_id: UUID, enrolment_ids: Collection[UUID]) -> list[int]:
    """The events with texts that a person wrote, or that are about one of their enrolments. Order: by number."""
    chosen = sa.select(Event.seq, Event.enrolment_id, Event.body).where(sa.exists().where(Opening.seq == Event.seq))
    rows = db.session.execute(chosen.order_by(Event.seq))
    written_by, about = str(person_id), set(enrolment_ids)
    return [row.seq for row in rows if row.enrolment_id in about or json.loads(row.body)["actor"] == written_by]


def erase_openings(seqs: Collection[int]) -> Event:
    """Delete the salts and texts of these events, and put on record which, without a word of them. Raises NotFound."""
    texts = list_texts(seqs)
    if not texts:
        raise NotFound("These events have no texts, or they were erased before.")
    db.session.execute(sa.delete(Opening).where(Opening.seq.in_(seqs)))
    facts = {"events": sorted({seq for seq, _ in texts}), "texts": len(texts)}
    return append(Decision("texts_erased", OPERATOR, None, uuid4(), facts, {}))
