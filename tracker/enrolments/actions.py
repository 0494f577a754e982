"""Leave cover, and who may sign alone.

Kinds of event, one for each training that it concerns: cover_arranged, cover_ended, supervisor_approved,
supervisor_not_approved.
"""

from dataclasses import dataclass
from datetime import date, timedelta
from uuid import UUID, uuid5

from sqlalchemy.exc import IntegrityError

from tracker.accounts.models import Person
from tracker.core.clock import today
from tracker.core.db import db
from tracker.core.errors import NotFound, Refused, allow, refuse_if
from tracker.enrolments import permissions, rules, team_queries
from tracker.enrolments.models import Enrolment, Supervision, SupervisionRole
from tracker.enrolments.naming import day_said
from tracker.enrolments.queries import lock_enrolment
from tracker.enrolments.team_queries import Candidate
from tracker.notifications.actions import About, tell
from tracker.notifications.models import NoticeKind
from tracker.record.actions import append
from tracker.record.decision import Decision
from tracker.record.queries import find_event

COVER_PAGE = "/leave-cover"


@dataclass(frozen=True)
class CoverAsked:
    """Who is away, who covers for them, and from when to when, both days included. The key is the press of a button."""

    key: UUID
    covered_id: UUID
    cover_id: UUID
    starts_on: date
    ends_on: date

    @property
    def said(self) -> str:
        """Such as "3 March 2026 to 20 March 2026"."""
        return f"{day_said(self.starts_on)} to {day_said(self.ends_on)}"


def arrange_cover(actor: Person, asked: CoverAsked) -> int:
    """Let somebody supervise in place of a person who is away, wherever the actor may say so. Gives for how many.

    Raises Forbidden, Refused. Order: of the trainings by id, in which they are locked.
    """
    on = today()
    supervised = team_queries.list_supervised(asked.covered_id, on)
    mine = [each for each in supervised if permissions.can_arrange_cover(actor, each, asked.covered_id, on)]
    allow(bool(mine))
    trainings = [each for each in mine if _supervises_until(each, asked.covered_id) >= asked.starts_on]
    if not trainings:
        raise Refused("Whoever is away no longer supervises anybody on the first day: choose an earlier one.")
    if find_event(_arranged(actor, trainings[0], asked)):
        return len(trainings)
    refuse_if(rules.why_not_dates(asked.starts_on, asked.ends_on, on))
    refuse_if(rules.why_not_cover(asked.covered_id, asked.cover_id, {each.trainee_id for each in trainings}))
    candidate = team_queries.list_candidates({each.centre_id for each in trainings}, on).get(asked.cover_id)
    if candidate is None:
        raise NotFound
    for training in trainings:
        lock_enrolment(training.id)
    covers = [_cover(actor, training, asked, candidate) for training in trainings]
    _keep(covers)
    _tell_of_cover(actor, trainings[0], asked, candidate)
    for training, cover in zip(trainings, covers, strict=True):
        tell(
            training.trainee_id,
            NoticeKind.COVER_NAMED,
            actor,
            About(training.id, asked.said, f"/progress/{training.id}"),
        )
        append(_arranged(actor, training, asked, cover))
    return len(trainings)


def _supervises_until(training: Enrolment, person_id: UUID) -> date:
    """The last day on which a supervisor of the training is one in their own right. Needs: supervisions loaded."""
    signing = [each for each in training.supervisions if each.role is SupervisionRole.SUPERVISOR]
    own = [each for each in signing if (each.supervisor_id, each.covers_for_id) == (person_id, None)]
    return max(each.ends_on or date.max for each in own)


def _cover(actor: Person, training: Enrolment, asked: CoverAsked, candidate: Candidate) -> Supervision:
    cover = Supervision(enrolment_id=training.id, trainee_id=training.trainee_id, supervisor_id=asked.cover_id)
    cover.role, cover.covers_for_id = SupervisionRole.SUPERVISOR, asked.covered_id
    cover.starts_on = asked.starts_on
    # Who covers does so no longer than whoever is away would have supervised.
    cover.ends_on = min(asked.ends_on, _supervises_until(training, asked.covered_id))
    led = permissions.leads(actor, training, today())
    cover.approved = candidate.approved or (led and actor.id != asked.cover_id)  # Nobody approves themselves.
    return cover


def _keep(covers: list[Supervision]) -> None:
    try:
        with db.session.begin_nested():
            db.session.add_all(covers)
    except IntegrityError as taken:
        raise Refused("That person begins to supervise on that very day already: choose another first day.") from taken


def _arranged(actor: Person, training: Enrolment, asked: CoverAsked, cover: Supervision | None = None) -> Decision:
    facts = {"covered": str(asked.covered_id), "cover": str(asked.cover_id), "from": asked.starts_on.isoformat()}
    facts |= {"until": asked.ends_on.isoformat()}
    if cover and cover.ends_on:
        facts |= {"supervision": str(cover.id), "ends_on": cover.ends_on.isoformat()}
    return Decision("cover_arranged", actor.id, training.id, uuid5(asked.key, str(training.id)), facts, {})


def _tell_of_cover(actor: Person, training: Enrolment, asked: CoverAsked, candidate: Candidate) -> None:
    """Tell who covers, by a training that they see already, and who is covered, unless they arranged it."""
    tell(asked.cover_id, NoticeKind.COVER_NAMED, actor, About(candidate.enrolment_id, asked.said, COVER_PAGE))
    if asked.covered_id != actor.id:
        tell(asked.covered_id, NoticeKind.COVER_NAMED, actor, About(training.id, asked.said, COVER_PAGE))


def end_cover(actor: Person, supervision_id: UUID, key: UUID) -> None:
    """End leave cover at once: yesterday was its last day; one that did not begin before today leaves no row.

    Raises NotFound, Forbidden.
    """
    on, covers = today(), team_queries.list_same_cover(supervision_id)
    trainings = team_queries.enrolments_of(covers)
    mine = [each for each in covers if permissions.can_end_cover(actor, trainings[each.enrolment_id], each, on)]
    allow(bool(mine))
    for cover in mine:
        lock_enrolment(cover.enrolment_id)
    for person_id in {mine[0].supervisor_id, mine[0].covers_for_id} - {actor.id, None}:
        _tell_of_end(actor, person_id, mine[0], on)
    for cover in mine:
        facts = {"supervision": str(cover.id), "covered": str(cover.covers_for_id), "cover": str(cover.supervisor_id)}
        _end(cover, on)
        append(Decision("cover_ended", actor.id, cover.enrolment_id, uuid5(key, str(cover.id)), facts, {}))


def _tell_of_end(actor: Person, person_id: UUID | None, cover: Supervision, on: date) -> None:
    """By a training that the person still sees."""
    seen = team_queries.list_supervised(person_id, on) if person_id else []
    if person_id and seen:
        said = f"{day_said(cover.starts_on)} to {day_said(cover.ends_on or on)}"
        tell(person_id, NoticeKind.COVER_ENDED, actor, About(seen[0].id, said, COVER_PAGE))


def _end(cover: Supervision, on: date) -> None:
    if cover.starts_on < on:
        cover.ends_on = on - timedelta(days=1)
    else:
        db.session.delete(cover)
    db.session.flush()


def approve(actor: Person, supervision_id: UUID, key: UUID, *, approved: bool) -> None:
    """Say whether a supervisor signs alone, or has what they sign countersigned. Raises NotFound, Refused."""
    supervision, _ = team_queries.get_led_supervision(actor, supervision_id, today())
    kind = "supervisor_approved" if approved else "supervisor_not_approved"
    facts = {"supervision": str(supervision.id), "supervisor": str(supervision.supervisor_id)}
    decision = Decision(kind, actor.id, supervision.enrolment_id, key, facts, {})
    if find_event(decision):
        return
    refuse_if(rules.why_not_approve(supervision, actor.id, approved))
    supervision.approved = approved
    about = About(supervision.enrolment_id, "your supervision", f"/progress/{supervision.enrolment_id}")
    tell(supervision.supervisor_id, NoticeKind(kind), actor, about)
    append(decision)
