"""Keeping evidence files."""

from tracker.accounts.models import Person
from tracker.core.clock import now
from tracker.core.db import db
from tracker.evidence.files import Received
from tracker.evidence.models import EvidenceFile


def keep(actor: Person, received: Received) -> EvidenceFile:
    """Give a file that was received its row, owned by the actor. What it is attached to is the caller's."""
    file = EvidenceFile(
        owner_id=actor.id,
        sha256=received.sha256,
        size_bytes=received.size_bytes,
        media_type=received.media_type,
        name=received.name,
        stored_at=now(),
    )
    db.session.add(file)
    return file
