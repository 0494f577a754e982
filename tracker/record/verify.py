"""Checking every event again, from its bytes."""

import json
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

import sqlalchemy as sa

from tracker.core.db import db
from tracker.record.actions import written
from tracker.record.assertions import faulty_assertions
from tracker.record.canonical import canonical
from tracker.record.models import Event, Head, Opening
from tracker.record.verifier import commitment, leaf_hash

AT_A_TIME = 2000


@dataclass(frozen=True)
class Fault:
    """What is wrong with the event of this number."""

    seq: int
    what: str


def faults() -> Iterator[Fault]:
    """Everything that does not fit in the record, in the order of the events."""
    head = db.session.scalar(sa.select(Head.seq)) or 0  # first: what is recorded meanwhile is not missed
    last = 0
    for event in _events():
        if event.seq != last + 1:
            yield Fault(last + 1, "is missing.")
        last = event.seq
        yield from (Fault(event.seq, what) for what in _wrong_with(event))
    yield from _faulty_openings()
    yield from (Fault(seq, what) for seq, what in faulty_assertions())
    if head > last:
        yield Fault(last + 1, f"is missing: the record's head says that the last event is {head}.")


def _events() -> Iterator[Any]:
    columns = (Event.seq, Event.key, Event.kind, Event.enrolment_id, Event.recorded_at, Event.body, Event.leaf)
    after = 0
    while rows := db.session.execute(
        sa.select(*columns).where(Event.seq > after).order_by(Event.seq).limit(AT_A_TIME)
    ).all():
        yield from rows
        after = rows[-1].seq


def _wrong_with(event: Any) -> Iterator[str]:
    if leaf_hash(event.body) != event.leaf:
        yield "has bytes that do not match its leaf hash."
    try:
        body = json.loads(event.body)
        if canonical(body) != event.body:
            yield "is not written in the one canonical way."
    except ValueError:
        yield "has bytes that cannot be read."
        return
    beside = {
        "seq": event.seq,
        "key": str(event.key),
        "kind": event.kind,
        "enrolment": str(event.enrolment_id) if event.enrolment_id else None,
        "at": written(event.recorded_at),
    }
    for name, value in beside.items():
        if not isinstance(body, dict) or body.get(name) != value:
            yield f"has a column that disagrees with its body: {name}."


def _faulty_openings() -> Iterator[Fault]:
    """Texts that are not the ones committed to. An erased text has no opening and is no fault."""
    after = 0
    columns = (Opening.seq, Opening.field, Opening.salt, Opening.text, Event.body)
    ordered = sa.select(*columns).join(Event, Event.seq == Opening.seq).order_by(Opening.seq)
    while seqs := db.session.scalars(
        sa.select(Event.seq).where(Event.seq > after).order_by(Event.seq).limit(AT_A_TIME)
    ).all():
        for row in db.session.execute(ordered.where(Opening.seq > after, Opening.seq <= seqs[-1])):
            if not _opens(row):
                yield Fault(row.seq, f"has a text that is not the one it was recorded with: {row.field}.")
        after = seqs[-1]


def _opens(row: Any) -> bool:
    try:
        committed = json.loads(row.body)["commitments"]
    except (ValueError, KeyError, TypeError):
        return False
    return bool(committed.get(row.field) == commitment(row.salt, row.text))
