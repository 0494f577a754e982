"""Going on from a database that is not the one that was sealed, when what it lacks cannot be had back."""

from typing import Any
from uuid import uuid4

from tracker.core.db import begin_write, db
from tracker.core.errors import Refused
from tracker.record import guard, keys, outside, places, segments
from tracker.record.actions import add
from tracker.record.checkpoints import get_tree
from tracker.record.decision import OPERATOR, Decision
from tracker.record.models import Event
from tracker.record.queries import head_seq
from tracker.record.verifier import Wrong


def adopt(reason: str) -> Event:
    """Put on record what is given up and why, and let the record go on from the database as it is. It commits.

    What was sealed is put by, never deleted: it proves what was lost. Raises Refused when nothing is to be adopted.
    """
    begin_write()
    if guard.look_again() is None and not _second_copy_differs():
        raise Refused("The database goes on from what was sealed: there is nothing to adopt.")
    decision = Decision("record_adopted", OPERATOR, None, uuid4(), _facts(), {"reason": reason})
    keys.put_back()
    event = add(decision)
    db.session.commit()
    outside.set_aside(places.checkpoint_folder())
    segments.set_aside(places.segment_folder())
    guard.look_again()
    return event


def _facts() -> dict[str, Any]:
    """What is given up and what is kept: sizes and roots."""
    head = head_seq()
    kept = {"kept_size": head, "kept_root": get_tree().root(head).hex(), "command": "record adopt"}
    try:
        sealed = outside.read_checkpoint(places.checkpoint_folder())
    except Wrong:
        sealed = None
    lost = {"lost_size": sealed.size, "lost_root": sealed.root.hex()} if sealed else {}
    last = segments.last_body(places.segment_folder())
    return kept | lost | ({"copied_to": segments.number_of(last)} if last is not None else {})


def _second_copy_differs() -> bool:
    """Whether the second copy ends with an event that the database does not have."""
    last = segments.last_body(places.segment_folder())
    if last is None:
        return False
    event = db.session.get(Event, segments.number_of(last))
    return event is None or event.body != last
