"""Who is there, and what they were given."""

from collections.abc import Sequence
from datetime import date

import sqlalchemy as sa
from sqlalchemy.orm import selectinload

from tracker.accounts.models import Grant, Passkey, Person, SignInAttempt
from tracker.accounts.rules import FAILURES_COUNT_FOR
from tracker.accounts.sessions import viewer as viewer  # noqa: PLC0414 - a read like the others, asked for here
from tracker.core.clock import now
from tracker.core.db import db


def find_person(email: str) -> Person | None:
    """Who has this address, in any case and with spaces round it. Loads: grants."""
    chosen = sa.select(Person).options(selectinload(Person.grants))
    return db.session.scalars(chosen.where(Person.email == email.strip().lower())).one_or_none()


def grants_of(person: Person, on: date) -> Sequence[Grant]:
    """What the person was given and has on that day. Order: the longest held first."""
    held = sa.and_(Grant.starts_on <= on, sa.or_(Grant.ends_on.is_(None), Grant.ends_on >= on))
    chosen = sa.select(Grant).where(Grant.person_id == person.id, held)
    return db.session.scalars(chosen.order_by(Grant.starts_on, Grant.id)).all()


def count_failures(email_digest: str) -> int:
    """How often signing in with an address failed of late, since it last worked."""
    recent = sa.and_(SignInAttempt.email_digest == email_digest, SignInAttempt.at > now() - FAILURES_COUNT_FOR)
    last_success = sa.select(sa.func.max(SignInAttempt.at)).where(recent, SignInAttempt.succeeded).scalar_subquery()
    failed = sa.select(sa.func.count()).where(recent, sa.not_(SignInAttempt.succeeded))
    since = sa.or_(last_success.is_(None), SignInAttempt.at > last_success)
    return db.session.scalar(failed.where(since)) or 0


def list_passkeys(person: Person) -> Sequence[Passkey]:
    """The person's passkeys. Order: the oldest first."""
    own = sa.select(Passkey).where(Passkey.person_id == person.id)
    return db.session.scalars(own.order_by(Passkey.added_at, Passkey.id)).all()
