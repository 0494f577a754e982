"""Reading one event, as a viewer may see it."""

import json

import sqlalchemy as sa

from tracker.accounts.models import Person
from tracker.core.db import db
from tracker.core.errors import NotFound
from tracker.enrolments.queries import may_see
from tracker.portfolio.rules import OF_CLAIMS, SHOWN
from tracker.record.models import Event


def get_event(viewer: Person, seq: int) -> Event:
    """What somebody decided is theirs to see; else what the enrolment's own pages show to who may see it.

    Raises NotFound.
    """
    event = db.session.scalar(sa.select(Event).where(Event.seq == seq))
    if event is None:
        raise NotFound
    own = json.loads(event.body)["actor"] == str(viewer.id)
    shown = event.kind in SHOWN or event.kind.startswith(OF_CLAIMS)
    if own or (shown and event.enrolment_id is not None and may_see(viewer, event.enrolment_id)):
        return event
    raise NotFound
