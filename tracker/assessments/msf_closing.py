"""Ending a round: collating it when enough have answered, and releasing the comments."""

from collections.abc import Collection
from typing import Any
from uuid import UUID, uuid5

from tracker.accounts.models import Person
from tracker.assessments import msf_permissions as permissions
from tracker.assessments import msf_queries as queries
from tracker.assessments import msf_rules as rules
from tracker.assessments.msf_actions import about, form_of, on_record
from tracker.assessments.msf_collation import Sum, collate, numbers_text
from tracker.assessments.msf_models import ColleagueStatus, CommentStatus, FeedbackComment, FeedbackRound, RoundStatus
from tracker.core.clock import now, today
from tracker.core.db import begin_write, db
from tracker.core.errors import allow, refuse_if
from tracker.curricula.queries import get_outline
from tracker.enrolments.permissions import current_supervisors
from tracker.enrolments.placing import present_ids
from tracker.enrolments.queries import lock_enrolment
from tracker.logbook.content import entry_digest
from tracker.logbook.facts import facts_of
from tracker.logbook.models import EntryKind, EntryStatus, LogEntry
from tracker.notifications.actions import tell
from tracker.notifications.models import NoticeKind
from tracker.progress.actions import restate
from tracker.record import actions as record
from tracker.record.canonical import canonical, normal
from tracker.record.decision import THE_TRACKER, Decision
from tracker.record.models import Event
from tracker.record.queries import find_event


def close_due() -> int:
    """End the rounds whose day is over, or in which everybody has answered. Gives how many.

    It is the worker that does so, and never the request of the last colleague: an event says who decided.
    """
    closed = 0
    for round_id in queries.list_due(today()):
        begin_write()
        asked = queries.lock_round(round_id)
        waiting = queries.count_colleagues(asked.id)[ColleagueStatus.ASKED]
        if rules.is_due(asked, waiting, today()):
            _end(asked)
            closed += 1
        db.session.commit()
    return closed


def _end(asked: FeedbackRound) -> None:
    if asked.answered >= asked.fewest:
        _collate(asked, THE_TRACKER)
        return
    asked.status, asked.version = RoundStatus.TOO_FEW, asked.version + 1
    tell(asked.trainee_id, NoticeKind.FEEDBACK_TOO_FEW, None, about(asked))
    for supervisor in current_supervisors(asked.enrolment, today()):
        tell(supervisor.id, NoticeKind.FEEDBACK_TOO_FEW, None, about(asked))


def close(actor: Person, round_id: UUID) -> None:
    """End a round before its day. Pressed twice, it ends once. Raises Forbidden, Refused."""
    asked = queries.lock_round(round_id)
    allow(permissions.can_close(actor, asked, today()))
    if asked.status is RoundStatus.COLLATED:
        return
    refuse_if(rules.why_not_close(asked))
    _collate(asked, actor.id)


def _collate(asked: FeedbackRound, actor_id: UUID) -> None:
    """Put the answers together: they count, are on record as sums, and those concerned are told."""
    sums = sums_of(asked, shown_only=False)
    digest = _count_it(asked)
    tell(asked.trainee_id, NoticeKind.FEEDBACK_READY, None, about(asked))
    for supervisor in current_supervisors(asked.enrolment, today()):
        tell(supervisor.id, NoticeKind.FEEDBACK_TO_READ, None, about(asked))
    asked.event_seq = record.append(_collated(asked, actor_id, sums, digest)).seq
    asked.status, asked.closed_at, asked.version = RoundStatus.COLLATED, now(), asked.version + 1


def sums_of(asked: FeedbackRound, *, shown_only: bool = True) -> tuple[Sum, ...]:
    """What was answered, question by question; nothing of a round that is not collated, unless it is being so."""
    outline = get_outline(asked.version_id)
    rows = queries.list_answers(asked) if shown_only else queries.answers_to_collate(asked)
    if not rows:
        return ()
    form = form_of(asked.version_id, asked.form)
    return collate(form, outline.levels, [row.answers for row in rows], asked.self_answers or {})


def _collated(asked: FeedbackRound, actor_id: UUID, sums: tuple[Sum, ...], digest: str) -> Decision:
    """The collation as it goes on record: how many, never who; the sums as a commitment."""
    facts = on_record(asked) | _numbers(asked) | {"entry": digest}
    key = uuid5(asked.id, "collated")
    return Decision("feedback_collated", actor_id, asked.enrolment_id, key, facts, {"sums": numbers_text(sums)})


def _numbers(asked: FeedbackRound) -> dict[str, Any]:
    counted = queries.count_colleagues(asked.id)
    return {"asked": sum(counted.values()), "answered": asked.answered}


def _count_it(asked: FeedbackRound) -> str:
    """Log the collated feedback and restate where its trainee stands. Gives the digest of the entry."""
    enrolment = asked.enrolment
    lock_enrolment(enrolment.id, enrolment.version_id)
    entry = _entry(asked)
    db.session.add(entry)
    db.session.flush()
    asked.entry_id = entry.id
    for competency_id in present_ids(enrolment, [each.id for each in entry.competencies]):
        restate(enrolment, competency_id, facts_of(enrolment, competency_id))
    return entry_digest(entry)


def _entry(asked: FeedbackRound) -> LogEntry:
    at = now()
    entry = LogEntry(
        id=asked.id,
        enrolment_id=asked.enrolment_id,
        trainee_id=asked.trainee_id,
        status=EntryStatus.LOGGED,
        kind=EntryKind.OBSERVED_ASSESSMENT,
        title=form_of(asked.version_id, asked.form).title,
        performed_on=today(),
        times=1,
        assessment=asked.form,
        assessor=f"{asked.answered} colleagues, who are not named",
        no_patient_details=True,  # looked for in each answer
        fixed=True,
        version=1,
        written_at=at,
        changed_at=at,
    )
    entry.competencies, entry.files, entry.used = [asked.competency] if asked.competency else [], [], []
    return entry


def release(actor: Person, round_id: UUID, key: UUID, released: Collection[UUID]) -> Event:
    """Let the trainee read these comments and none of the others that wait. Raises Forbidden, Refused."""
    asked = queries.lock_round(round_id)
    allow(permissions.can_read_comments(actor, asked, today()))
    waiting = queries.list_comments(asked, CommentStatus.WAITING)
    decision = _releasing(actor, asked, key, queries.list_comments(asked, *CommentStatus), released)
    if earlier := find_event(decision):
        return earlier
    refuse_if(rules.why_not_release(asked, len(waiting)))
    for comment in waiting:
        comment.decided_by_id = actor.id
        comment.status = CommentStatus.RELEASED if comment.id in released else CommentStatus.HELD_BACK
    tell(asked.trainee_id, NoticeKind.FEEDBACK_RELEASED, actor, about(asked))
    return record.append(decision)


def _releasing(
    actor: Person, asked: FeedbackRound, key: UUID, comments: Collection[FeedbackComment], released: Collection[UUID]
) -> Decision:
    shown = [comment for comment in comments if comment.id in released]
    facts = on_record(asked) | {"released": len(shown), "held_back": len(comments) - len(shown)}
    text = canonical({"comments": [[each.question, normal(each.text)] for each in shown]}).decode()
    return Decision("feedback_released", actor.id, asked.enrolment_id, key, facts, {"comments": text})
