"""Reading notices."""

from collections.abc import Sequence
from uuid import UUID

import sqlalchemy as sa
from sqlalchemy.orm import joinedload

from tracker.accounts.models import Person
from tracker.core.db import db
from tracker.notifications.models import Notice


def list_notices(viewer: Person, limit: int = 100) -> Sequence[Notice]:
    """The viewer's own notices. Loads: actor. Order: newest first."""
    own = sa.select(Notice).options(joinedload(Notice.actor)).where(Notice.person_id == viewer.id)
    return db.session.scalars(own.order_by(Notice.written_at.desc(), Notice.id).limit(limit)).all()


def list_unposted(limit: int = 100) -> Sequence[UUID]:
    """The ids of notices that were not handed to the post. Order: oldest first."""
    unposted = sa.select(Notice.id).where(Notice.mailed_at.is_(None))
    return db.session.scalars(unposted.order_by(Notice.written_at, Notice.id).limit(limit)).all()


def lock_notice(notice_id: UUID) -> Notice | None:
    """The notice, if no other worker has it in hand. Loads: person, actor."""
    unposted = sa.select(Notice).where(Notice.id == notice_id, Notice.mailed_at.is_(None))
    loads = (joinedload(Notice.person), joinedload(Notice.actor))
    return db.session.scalar(unposted.options(*loads).with_for_update(of=Notice, skip_locked=True))
