"""Rounds of multi-source feedback, as a viewer may see them. No query connects a colleague with an answer."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime
from functools import cache
from typing import Any
from uuid import UUID

import sqlalchemy as sa
from sqlalchemy.orm import joinedload, selectinload

from tracker.accounts.models import Person
from tracker.assessments.msf_models import (
    ColleagueStatus,
    CommentStatus,
    FeedbackAnswer,
    FeedbackColleague,
    FeedbackComment,
    FeedbackLink,
    FeedbackRound,
    RoundStatus,
)
from tracker.assessments.tokens import token_digest
from tracker.core.clock import today
from tracker.core.db import db
from tracker.core.errors import NotFound
from tracker.curricula.models import Version
from tracker.enrolments import queries as enrolments
from tracker.enrolments.models import Enrolment, Supervision
from tracker.enrolments.queries import VIEWER, seen_by, supervised_ids

WITH_PEOPLE = (
    joinedload(FeedbackRound.competency),
    joinedload(FeedbackRound.follows, innerjoin=True),
    joinedload(FeedbackRound.trainee, innerjoin=True),
    joinedload(FeedbackRound.enrolment, innerjoin=True).options(
        joinedload(Enrolment.trainee, innerjoin=True),
        joinedload(Enrolment.version, innerjoin=True).joinedload(Version.curriculum, innerjoin=True),
        selectinload(Enrolment.supervisions).joinedload(Supervision.supervisor, innerjoin=True),
        selectinload(Enrolment.areas),
    ),
)
COLUMNS = [column.key for column in FeedbackRound.__table__.columns]


def visible_to(viewer: Person) -> sa.Select[FeedbackRound]:
    """A round is between the trainee and the supervisors; collated, it is seen by those who see the enrolment.

    Loads: competency, trainee, enrolment with its version and supervisions.
    """
    seen = FeedbackRound.enrolment_id.in_(enrolments.visible_ids(viewer, today()))
    collated = sa.and_(FeedbackRound.status == RoundStatus.COLLATED, seen)
    supervised = FeedbackRound.enrolment_id.in_(enrolments.supervised_by(viewer, today()))
    own = FeedbackRound.trainee_id == viewer.id
    return sa.select(FeedbackRound).options(*WITH_PEOPLE).where(sa.or_(own, supervised, collated))


def get_round(viewer: Person, round_id: UUID) -> FeedbackRound:
    """The round, if the viewer may see it. Loads: as visible_to. Raises NotFound."""
    found = find_seen(viewer, round_id)
    if found is None:
        raise NotFound
    return found


def find_seen(viewer: Person, round_id: UUID) -> FeedbackRound | None:
    """The same, or None."""
    return db.session.scalar(visible_to(viewer).where(FeedbackRound.id == round_id))


def list_rounds(viewer: Person, enrolment_id: UUID) -> Sequence[FeedbackRound]:
    """The rounds of an enrolment. Loads: as visible_to. Order: the latest first."""
    chosen = visible_to(viewer).where(FeedbackRound.enrolment_id == enrolment_id)
    return db.session.scalars(chosen.order_by(FeedbackRound.opened_at.desc(), FeedbackRound.id)).all()


def find_round(round_id: UUID) -> FeedbackRound | None:
    """The round with this id. Loads: as visible_to."""
    return db.session.scalar(sa.select(FeedbackRound).options(*WITH_PEOPLE).where(FeedbackRound.id == round_id))


def lock_round(round_id: UUID) -> FeedbackRound:
    """The round as it is now, held until the end of the transaction. Loads: as visible_to. Raises NotFound."""
    found = db.session.get(FeedbackRound, round_id)
    if found is None:
        raise NotFound
    db.session.refresh(found, COLUMNS, with_for_update=True)
    chosen = sa.select(FeedbackRound).options(*WITH_PEOPLE).where(FeedbackRound.id == round_id)
    return db.session.scalars(chosen).one()


def has_open(enrolment_id: UUID) -> bool:
    """Whether a round of the enrolment is open."""
    open_ = (FeedbackRound.enrolment_id == enrolment_id, FeedbackRound.status == RoundStatus.OPEN)
    return bool(db.session.scalar(sa.select(sa.exists().where(*open_))))


def count_colleagues(round_id: UUID) -> dict[ColleagueStatus, int]:
    """How many colleagues were asked, answered and said no."""
    counted = sa.select(FeedbackColleague.status, sa.func.count()).where(FeedbackColleague.round_id == round_id)
    found = {row[0]: row[1] for row in db.session.execute(counted.group_by(FeedbackColleague.status))}
    return {status: found.get(status, 0) for status in ColleagueStatus}


def list_waiting(round_id: UUID) -> Sequence[FeedbackColleague]:
    """The colleagues who have neither answered nor said no. Order: by address."""
    waiting = (FeedbackColleague.round_id == round_id, FeedbackColleague.status == ColleagueStatus.ASKED)
    return db.session.scalars(sa.select(FeedbackColleague).where(*waiting).order_by(FeedbackColleague.address)).all()


def list_addresses(round_id: UUID) -> frozenset[str]:
    """Everybody who was asked."""
    return frozenset(
        db.session.scalars(sa.select(FeedbackColleague.address).where(FeedbackColleague.round_id == round_id))
    )


def find_colleague(token: str) -> FeedbackColleague | None:
    """Who was sent the link with this secret."""
    link = FeedbackLink.colleague_id == FeedbackColleague.id
    chosen = sa.select(FeedbackColleague).join(FeedbackLink, link).where(FeedbackLink.digest == token_digest(token))
    return db.session.scalar(chosen)


def list_answers(asked: FeedbackRound) -> Sequence[FeedbackAnswer]:
    """The answers to a round that is collated, and none of any other. Order: of their random ids."""
    if asked.status is not RoundStatus.COLLATED or asked.answered < asked.fewest:
        return ()
    return answers_to_collate(asked)


def answers_to_collate(asked: FeedbackRound) -> Sequence[FeedbackAnswer]:
    """The answers as they are put together; never shown one by one. Order: of their random ids."""
    chosen = sa.select(FeedbackAnswer).where(FeedbackAnswer.round_id == asked.id)
    return db.session.scalars(chosen.order_by(FeedbackAnswer.id)).all()


def list_comments(asked: FeedbackRound, *statuses: CommentStatus) -> Sequence[FeedbackComment]:
    """The comments of a round that is collated, and none of any other. Order: of their random ids."""
    if asked.status is not RoundStatus.COLLATED:
        return ()
    chosen = (FeedbackComment.round_id == asked.id, FeedbackComment.status.in_(statuses))
    return db.session.scalars(sa.select(FeedbackComment).where(*chosen).order_by(FeedbackComment.id)).all()


def list_due(on: date) -> Sequence[UUID]:
    """The rounds that end by themselves: their day is over, or everybody answered and that is enough.

    Order: the first to end first.
    """
    waits = sa.exists().where(
        FeedbackColleague.round_id == FeedbackRound.id, FeedbackColleague.status == ColleagueStatus.ASKED
    )
    full = sa.and_(FeedbackRound.answered >= FeedbackRound.fewest, ~waits)
    due = (FeedbackRound.status == RoundStatus.OPEN, sa.or_(FeedbackRound.closes_on < on, full))
    chosen = sa.select(FeedbackRound.id).where(*due).order_by(FeedbackRound.closes_on, FeedbackRound.id)
    return db.session.scalars(chosen).all()


@dataclass(frozen=True)
class ToRead:
    """A round whose comments wait for a supervisor."""

    id: UUID
    trainee: str
    since: datetime


def list_to_read(supervisor: Person, on: date) -> list[ToRead]:
    """The rounds whose comments this supervisor can read and release. Order: the longest waiting first."""
    found = db.session.execute(to_read_by(), seen_by(supervisor, on))
    return [ToRead(row.id, f"{row.given_name} {row.family_name}", row.closed_at) for row in found]


@cache
def to_read_by() -> sa.Select[*tuple[Any, ...]]:
    """The rounds whose comments VIEWER can read on ON. Order: the longest waiting first."""
    waits = sa.exists().where(
        FeedbackComment.round_id == FeedbackRound.id, FeedbackComment.status == CommentStatus.WAITING
    )
    theirs = FeedbackRound.enrolment_id.in_(supervised_ids())
    return (
        sa.select(FeedbackRound.id, Person.given_name, Person.family_name, FeedbackRound.closed_at)
        .join(Person, Person.id == FeedbackRound.trainee_id)
        .where(FeedbackRound.status == RoundStatus.COLLATED, theirs, Person.id != VIEWER, waits)
        .order_by(FeedbackRound.closed_at, FeedbackRound.id)
    )
