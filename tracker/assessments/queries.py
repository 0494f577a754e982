"""Assessments, as a viewer may see them; links and codes, as who holds their secret may."""

from collections.abc import Sequence
from datetime import date
from uuid import UUID

import sqlalchemy as sa
from sqlalchemy.orm import joinedload, selectinload

from tracker.accounts.models import Person
from tracker.assessments.models import (
    Assessment,
    AssessmentLink,
    AssessmentStatus,
    BenchCode,
    WrongCode,
)
from tracker.assessments.rules import WRONG_CODES_COUNT_FOR
from tracker.assessments.tokens import code_digest, token_digest
from tracker.core.clock import now, today
from tracker.core.db import db
from tracker.core.errors import NotFound
from tracker.curricula.models import Version
from tracker.enrolments.models import Enrolment, Supervision
from tracker.enrolments.queries import supervised_by
from tracker.logbook.models import LogEntry
from tracker.logbook.queries import visible_entries
from tracker.record.models import Event
from tracker.reviews.models import Signature

WITH_PEOPLE = (
    joinedload(Assessment.competency, innerjoin=True),
    joinedload(Assessment.follows, innerjoin=True).joinedload(Version.curriculum, innerjoin=True),
    joinedload(Assessment.trainee, innerjoin=True),
    joinedload(Assessment.assessor),
    joinedload(Assessment.decided_by),
    joinedload(Assessment.enrolment, innerjoin=True).options(
        joinedload(Enrolment.trainee, innerjoin=True),
        joinedload(Enrolment.version, innerjoin=True).joinedload(Version.curriculum, innerjoin=True),
        selectinload(Enrolment.supervisions).joinedload(Supervision.supervisor, innerjoin=True),
        selectinload(Enrolment.areas),
    ),
)
TO_DECIDE = (AssessmentStatus.ANSWERED, AssessmentStatus.NOT_ACCEPTED)
COLUMNS = [column.key for column in Assessment.__table__.columns]


def visible_to(viewer: Person) -> sa.Select[Assessment]:
    """A request is between the trainee and whoever is asked; what counts is seen by those who see its log entry.

    What was answered without an account is seen by the supervisors, who decide. Loads: everybody in it.
    """
    own = sa.or_(Assessment.trainee_id == viewer.id, Assessment.assessor_id == viewer.id)
    entries = visible_entries(viewer).with_only_columns(LogEntry.id)
    counts = sa.and_(Assessment.status == AssessmentStatus.DONE, Assessment.entry_id.in_(entries))
    to_decide = sa.and_(Assessment.status.in_(TO_DECIDE), Assessment.enrolment_id.in_(supervised_by(viewer, today())))
    return sa.select(Assessment).options(*WITH_PEOPLE).where(sa.or_(own, counts, to_decide))


def get_assessment(viewer: Person, assessment_id: UUID) -> Assessment:
    """The assessment, if the viewer may see it. Loads: everybody in it. Raises NotFound."""
    found = db.session.scalar(visible_to(viewer).where(Assessment.id == assessment_id))
    if found is None:
        raise NotFound
    return found


def list_assessments(viewer: Person, enrolment_id: UUID) -> Sequence[Assessment]:
    """The assessments of an enrolment. Loads: everybody in it. Order: the latest asked for first."""
    chosen = visible_to(viewer).where(Assessment.enrolment_id == enrolment_id)
    return db.session.scalars(chosen.order_by(Assessment.asked_at.desc(), Assessment.id)).all()


def is_asked(person: Person, enrolment_id: UUID | None = None) -> bool:
    """Whether the person is asked to assess anything, or anything of that enrolment."""
    of_it = () if enrolment_id is None else (Assessment.enrolment_id == enrolment_id,)
    return bool(db.session.scalar(sa.select(sa.exists().where(*open_for(person.id), *of_it))))


def open_for(person_id: UUID) -> tuple[sa.ColumnElement[bool], ...]:
    """That the person is asked, and can still answer."""
    open_ = (Assessment.status == AssessmentStatus.ASKED, Assessment.expires_at > now())
    return (Assessment.assessor_id == person_id, *open_)


def count_open(enrolment_id: UUID) -> int:
    """How many requests of an enrolment wait for an answer."""
    counted = sa.select(sa.func.count()).where(
        Assessment.enrolment_id == enrolment_id, Assessment.status == AssessmentStatus.ASKED
    )
    return db.session.scalar(counted) or 0


def find_assessment(assessment_id: UUID) -> Assessment | None:
    """The assessment with this id. Loads: everybody in it."""
    return db.session.scalar(sa.select(Assessment).options(*WITH_PEOPLE).where(Assessment.id == assessment_id))


def find_last_given(assessor_id: UUID) -> Assessment | None:
    """What the assessor gave last, which says how they state who they are."""
    given = (Assessment.assessor_id == assessor_id, Assessment.answered_at.is_not(None))
    chosen = sa.select(Assessment).where(*given).order_by(Assessment.answered_at.desc()).limit(1)
    return db.session.scalar(chosen)


def lock_assessment(assessment_id: UUID) -> Assessment:
    """The assessment as it is now, locked until the end of the transaction. Loads: everybody in it."""
    assessment = db.session.get(Assessment, assessment_id)
    if assessment is None:
        raise NotFound
    db.session.flush()  # What is read again must not be what was changed a moment ago.
    db.session.refresh(assessment, COLUMNS, with_for_update=True)
    return db.session.scalars(sa.select(Assessment).options(*WITH_PEOPLE).where(Assessment.id == assessment_id)).one()


def is_in_training(person_id: UUID, on: date) -> bool:
    """Whether the person is a trainee on that day, on any curriculum."""
    runs = (Enrolment.starts_on <= on, Enrolment.planned_end_on >= on)
    return bool(db.session.scalar(sa.select(sa.exists().where(Enrolment.trainee_id == person_id, *runs))))


def is_unfinished(person_id: UUID, on: date) -> bool:
    """Whether the person began a training that nobody has signed as a whole or examined, however it was planned."""
    signed = sa.exists().where(
        Signature.enrolment_id == Enrolment.id, Signature.section_id.is_(None), Signature.revoked_at.is_(None)
    )
    examined = sa.exists().where(Event.enrolment_id == Enrolment.id, Event.kind == "final_assessment_recorded")
    began = (Enrolment.trainee_id == person_id, Enrolment.starts_on <= on)
    return bool(db.session.scalar(sa.select(sa.exists().where(*began, ~signed, ~examined))))


def supervises_anybody(person_id: UUID, on: date) -> bool:
    """Whether the person supervises somebody on that day, in whatever role."""
    runs = (Supervision.starts_on <= on, sa.or_(Supervision.ends_on.is_(None), Supervision.ends_on >= on))
    return bool(db.session.scalar(sa.select(sa.exists().where(Supervision.supervisor_id == person_id, *runs))))


def find_link(token: str) -> AssessmentLink | None:
    """The link with this secret, whether or not it still leads anywhere."""
    return db.session.scalar(sa.select(AssessmentLink).where(AssessmentLink.digest == token_digest(token)))


def find_open_link(assessment_id: UUID) -> AssessmentLink | None:
    """The one link of an assessment that leads somewhere, if there is one."""
    open_ = (AssessmentLink.assessment_id == assessment_id, AssessmentLink.ended_at.is_(None))
    return db.session.scalar(sa.select(AssessmentLink).where(*open_).execution_options(populate_existing=True))


def count_links(assessment_id: UUID) -> int:
    """How many links were sent for an assessment."""
    counted = sa.select(sa.func.count()).where(AssessmentLink.assessment_id == assessment_id)
    return db.session.scalar(counted) or 0


def find_code(typed: str) -> BenchCode | None:
    """The code that was typed, if it is one and still lives."""
    lives = (BenchCode.digest == code_digest(typed), BenchCode.expires_at > now())
    return db.session.scalar(sa.select(BenchCode).where(*lives))


def count_wrong_codes(person_id: UUID) -> int:
    """How many codes that were none the person typed of late."""
    recent = (WrongCode.person_id == person_id, WrongCode.at > now() - WRONG_CODES_COUNT_FOR)
    return db.session.scalar(sa.select(sa.func.count()).where(*recent)) or 0


def list_expired() -> Sequence[UUID]:
    """The ids of requests whose time is over and who still say that they are open. Order: the oldest first."""
    over = (Assessment.status == AssessmentStatus.ASKED, Assessment.expires_at <= now())
    return db.session.scalars(sa.select(Assessment.id).where(*over).order_by(Assessment.expires_at).limit(100)).all()
