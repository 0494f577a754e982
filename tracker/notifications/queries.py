"""Reading notices."""

from collections.abc import Mapping, Sequence
from datetime import datetime
from uuid import UUID

import sqlalchemy as sa
from sqlalchemy.orm import joinedload

from tracker.accounts.models import Person
from tracker.core.db import db
from tracker.notifications.models import MailChoice, MailTime, Notice


def list_notices(viewer: Person, limit: int = 100) -> Sequence[Notice]:
    """The viewer's own notices. Loads: actor. Order: newest first."""
    own = sa.select(Notice).options(joinedload(Notice.actor)).where(Notice.person_id == viewer.id)
    return db.session.scalars(own.order_by(Notice.written_at.desc(), Notice.id).limit(limit)).all()


def mail_time_of(person: Person) -> MailTime | None:
    """When somebody wants mail; None when they made no choice."""
    return db.session.scalar(sa.select(MailChoice.mail_time).where(MailChoice.person_id == person.id))


def list_due(written_by: Mapping[MailTime, datetime], usual: MailTime, limit: int = 100) -> Sequence[UUID]:
    """Whom mail is due to: who has an unposted notice from before the last time of their choice. Order: by id."""
    chosen = sa.func.coalesce(MailChoice.mail_time, usual)
    due = [sa.and_(chosen == choice, Notice.written_at <= at) for choice, at in written_by.items()]
    readers = sa.select(Notice.person_id).outerjoin(MailChoice, MailChoice.person_id == Notice.person_id)
    unposted = readers.where(Notice.mailed_at.is_(None), sa.or_(*due)).distinct()
    return db.session.scalars(unposted.order_by(Notice.person_id).limit(limit)).all()


def lock_notices(person_id: UUID) -> Sequence[Notice]:
    """Somebody's unposted notices that no other worker has in hand. Loads: person, actor. Order: oldest first."""
    unposted = sa.select(Notice).where(Notice.person_id == person_id, Notice.mailed_at.is_(None))
    loads = (joinedload(Notice.person), joinedload(Notice.actor))
    locked = unposted.options(*loads).order_by(Notice.written_at, Notice.id)
    return db.session.scalars(locked.with_for_update(of=Notice, skip_locked=True)).all()
