"""How long a decision usually takes, from what was decided of late."""

from collections.abc import Collection
from datetime import date, datetime
from functools import cache, lru_cache
from statistics import median
from uuid import UUID

import sqlalchemy as sa
from sqlalchemy.orm import aliased

from tracker.core.clock import now, zone
from tracker.core.db import db
from tracker.logbook.models import ClaimStep, StepKind

LATELY = 20  # decisions
ENOUGH = 3  # to say what is usual
ASKED_EVERY_SECONDS = 300
SIGNED = (StepKind.SIGNED_OFF, StepKind.SIGNED)


def usual_wait(decider_ids: Collection[UUID]) -> int | None:
    """The median of the last decisions of these people; None when there are too few to say. Unit: whole days.

    It changes slowly, so each process asks for it once in so many seconds.
    """
    return _median(frozenset(decider_ids), int(now().timestamp()) // ASKED_EVERY_SECONDS)


@lru_cache(maxsize=2048)
def _median(decider_ids: frozenset[UUID], _period: int) -> int | None:
    rows = db.session.execute(_decided(), {"decider_ids": list(decider_ids)}).all()
    if len(rows) < ENOUGH:
        return None
    return round(median((_day(decided_at) - _day(submitted_at)).days for decided_at, submitted_at in rows))


def usual_said(days: int | None) -> str:
    """A length of time in words; nothing when it is not known."""
    if days is None:
        return ""
    return "less than a day" if days == 0 else f"{days} day{'s' if days > 1 else ''}"


@cache
def _decided() -> sa.Select[*tuple[datetime, datetime]]:
    """When something was decided and when it had been submitted. A failed recheck is no answer to a submission."""
    step, submitted, earlier = aliased(ClaimStep), aliased(ClaimStep), aliased(ClaimStep)
    same_attempt = sa.and_(submitted.claim_id == step.claim_id, submitted.attempt == step.attempt)
    signed_before = sa.exists().where(
        earlier.claim_id == step.claim_id,
        earlier.attempt == step.attempt,
        earlier.kind.in_(SIGNED),
        earlier.event_seq < step.event_seq,
    )
    return (
        sa.select(step.at, submitted.at)
        .join(submitted, sa.and_(same_attempt, submitted.kind == StepKind.SUBMITTED))
        .where(
            step.actor_id.in_(sa.bindparam("decider_ids", expanding=True, type_=sa.Uuid())),
            step.kind.in_((*SIGNED, StepKind.RETURNED)),
            ~signed_before,
        )
        .order_by(step.at.desc())
        .limit(LATELY)
    )


def _day(at: datetime) -> date:
    return at.astimezone(zone()).date()
