"""Asking colleagues for feedback about a trainee, reminding them, and the trainee's own rating."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date
from typing import Any
from uuid import UUID

from sqlalchemy.exc import IntegrityError

from tracker.accounts.models import Person
from tracker.assessments import msf_permissions as permissions
from tracker.assessments import msf_queries as queries
from tracker.assessments import msf_rules as rules
from tracker.assessments.answers import Answers
from tracker.assessments.msf_models import FeedbackColleague, FeedbackRound, RoundStatus
from tracker.assessments.msf_posting import send_form
from tracker.core.clock import now, today
from tracker.core.db import db
from tracker.core.errors import NotFound, Refused, allow, refuse_if
from tracker.curricula.document import Form
from tracker.curricula.models import Competency
from tracker.curricula.queries import get_outline
from tracker.enrolments.models import Enrolment
from tracker.enrolments.queries import lock_enrolment
from tracker.notifications.actions import About, tell
from tracker.notifications.models import NoticeKind
from tracker.record import actions as record
from tracker.record.decision import Decision


@dataclass(frozen=True)
class Opening:
    """A round as it is opened, and which press of the button it is. Shape: addresses in small letters, each once."""

    key: UUID
    form: str
    addresses: Sequence[str]
    closes_on: date


def open_round(actor: Person, enrolment: Enrolment, opening: Opening, competency: Competency | None) -> FeedbackRound:
    """Ask colleagues for feedback. The same press twice asks once. Raises Forbidden, Refused."""
    allow(permissions.can_open(actor, enrolment, today()))
    lock_enrolment(enrolment.id, enrolment.version_id)
    if (earlier := queries.find_round(opening.key)) is not None:
        return _of(enrolment, earlier)
    refuse_if(rules.why_not_open(queries.has_open(enrolment.id)))
    refuse_if(rules.why_not_day(opening.closes_on, today()))
    refuse_if(rules.why_not_addresses(opening.addresses, enrolment.trainee.email, 0))
    _keep(_new(actor, enrolment, opening, competency))
    asked = queries.lock_round(opening.key)
    _ask(asked, opening.addresses)
    if actor.id != enrolment.trainee_id:
        tell(enrolment.trainee_id, NoticeKind.FEEDBACK_OPENED, actor, about(asked))
    record.append(_decision(actor, asked, opening))
    return asked


def _of(enrolment: Enrolment, earlier: FeedbackRound) -> FeedbackRound:
    if earlier.enrolment_id != enrolment.id:
        raise NotFound
    return earlier


def _keep(asked: FeedbackRound) -> None:
    try:
        with db.session.begin_nested():
            db.session.add(asked)
    except IntegrityError as error:
        raise Refused(rules.why_not_open(one_is_open=True) or "") from error


def _new(actor: Person, enrolment: Enrolment, opening: Opening, competency: Competency | None) -> FeedbackRound:
    form = form_of(enrolment.version_id, opening.form)
    return FeedbackRound(
        id=opening.key,
        enrolment_id=enrolment.id,
        trainee_id=enrolment.trainee_id,
        version_id=enrolment.version_id,
        form=form.code,
        competency_id=competency.id if competency else None,
        fewest=rules.fewest_of(form),
        status=RoundStatus.OPEN,
        opened_at=now(),
        opened_by_id=actor.id,
        closes_on=opening.closes_on,
    )


def form_of(version_id: UUID, code: str) -> Form:
    """The form of a round. Raises NotFound when the curriculum has none such, or it is not for several to answer."""
    form = next((each for each in get_outline(version_id).assessments if each.code == code), None)
    if form is None or not rules.is_for_many(form):
        raise NotFound
    return form


def _decision(actor: Person, asked: FeedbackRound, opening: Opening) -> Decision:
    """A round that was opened as it goes on record: how many are asked, not who."""
    facts = on_record(asked) | {"asked": len(opening.addresses), "closes_on": opening.closes_on.isoformat()}
    return Decision("feedback_opened", actor.id, asked.enrolment_id, opening.key, facts, {})


def on_record(asked: FeedbackRound) -> dict[str, Any]:
    """What an event says of the round that it is about. Needs: follows loaded."""
    return {
        "round": str(asked.id),
        "form": asked.form,
        "curriculum": asked.follows.digest,
        "competency": str(asked.competency_id) if asked.competency_id else None,
        "fewest": asked.fewest,
    }


def about(asked: FeedbackRound) -> About:
    """What a notice about a round says and where it leads."""
    return About(asked.enrolment_id, asked.form, f"/feedback/{asked.id}")


def _ask(asked: FeedbackRound, addresses: Sequence[str]) -> None:
    title = form_of(asked.version_id, asked.form).title
    for address in addresses:
        colleague = FeedbackColleague(round_id=asked.id, address=address)
        db.session.add(colleague)
        db.session.flush()
        send_form(asked, colleague, title)


def ask_more(actor: Person, round_id: UUID, addresses: Sequence[str], closes_on: date) -> None:
    """Ask more colleagues, or let a round run until a later day; who is asked already is not asked again.

    Raises Forbidden, Refused.
    """
    asked = queries.lock_round(round_id)
    allow(permissions.can_open(actor, asked.enrolment, today()))
    refuse_if(rules.why_not_go_on(asked))
    refuse_if(rules.why_not_day(closes_on, today()))
    known = queries.list_addresses(asked.id)
    new = [address for address in addresses if address not in known]
    refuse_if(rules.why_not_addresses(new, asked.trainee.email, len(known)))
    asked.status, asked.closes_on, asked.version = RoundStatus.OPEN, closes_on, asked.version + 1
    _ask(asked, new)


def remind(actor: Person, round_id: UUID) -> None:
    """Write again to the colleagues who have not answered. Raises Forbidden, Refused."""
    asked = queries.lock_round(round_id)
    allow(permissions.can_open(actor, asked.enrolment, today()))
    refuse_if(rules.why_not_remind(asked, now()))
    asked.reminded_at = now()
    title = form_of(asked.version_id, asked.form).title
    for colleague in queries.list_waiting(asked.id):
        send_form(asked, colleague, title, reminder=True)


def rate_self(actor: Person, round_id: UUID, answers: Answers) -> None:
    """Keep the trainee's own rating. The same rating twice is one. Raises Forbidden, Refused."""
    asked = queries.lock_round(round_id)
    allow(permissions.can_rate_self(actor, asked))
    if asked.self_answers == dict(answers):
        return
    refuse_if(rules.why_not_rate_self(asked))
    asked.self_answers = dict(answers)
