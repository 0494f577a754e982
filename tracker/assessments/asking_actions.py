"""Asking for an assessment, reminding of it, taking it back, and showing a code for it."""

from dataclasses import dataclass
from datetime import date
from uuid import UUID

import sqlalchemy as sa

from tracker.accounts.models import Person
from tracker.accounts.queries import find_person, grants_of
from tracker.assessments import permissions, queries, rules
from tracker.assessments.models import Assessment, AssessmentStatus, BenchCode, LinkEnd
from tracker.assessments.posting import end_link, send_link
from tracker.assessments.tokens import code_digest, new_code
from tracker.core.clock import now, today
from tracker.core.db import begin_write, db
from tracker.core.errors import NotFound, allow, refuse_if
from tracker.curricula.models import Competency
from tracker.curricula.queries import get_outline
from tracker.enrolments.models import Enrolment
from tracker.enrolments.queries import lock_enrolment
from tracker.notifications.actions import About, tell
from tracker.notifications.models import NoticeKind


@dataclass(frozen=True)
class Request:
    """What a trainee asks for. With neither person nor address, whoever types the code that the trainee shows."""

    key: UUID
    form: str
    title: str
    performed_on: date
    message: str = ""
    person_id: UUID | None = None
    address: str = ""


def ask(actor: Person, enrolment: Enrolment, competency: Competency, request: Request) -> Assessment:
    """Ask for an assessment of one competency. The same press twice asks once. Raises Forbidden, Refused."""
    allow(permissions.can_ask(actor, enrolment))
    lock_enrolment(enrolment.id, enrolment.version_id)
    if (earlier := queries.find_assessment(request.key)) is not None:
        return _own(actor, earlier)
    refuse_if(rules.why_not_form(request.form, [form.code for form in get_outline(enrolment.version_id).assessments]))
    open_already = queries.count_open(enrolment.id)
    refuse_if(rules.why_not_ask(request.performed_on, enrolment.starts_on, today(), open_already))
    assessor_id = find_assessor(enrolment, request.person_id, request.address)
    assessment = _new(enrolment, competency, request)
    assessment.assessor_id = assessor_id
    db.session.add(assessment)
    db.session.flush()
    hand_to(queries.lock_assessment(assessment.id), request.address)
    return assessment


def _own(actor: Person, earlier: Assessment) -> Assessment:
    if earlier.trainee_id != actor.id:
        raise NotFound
    return earlier


def find_assessor(enrolment: Enrolment, person_id: UUID | None, address: str) -> UUID | None:
    """Who is asked, if they have an account. Raises Refused when they cannot assess, or there is no such address."""
    person = db.session.get(Person, person_id) if person_id else None
    if address:
        refuse_if(rules.why_not_this_address(address, own=enrolment.trainee.email))
        person = find_person(address)
    if person is None or not person.active:
        return None
    check_may_assess(person, enrolment.trainee_id)
    return person.id


def check_may_assess(person: Person, trainee_id: UUID) -> None:
    """Raises Refused when this person assesses nobody, or not this trainee."""
    on = today()
    roles, supervises = {grant.role for grant in grants_of(person, on)}, queries.supervises_anybody(person.id, on)
    has_part = supervises or bool(roles)
    in_training = queries.is_in_training(person.id, on) or (not has_part and queries.is_unfinished(person.id, on))
    refuse_if(rules.why_not_assess(is_trainee=person.id == trainee_id, in_training=in_training))
    refuse_if(rules.why_not_in_these_roles(roles, supervises=supervises))


def _new(enrolment: Enrolment, competency: Competency, request: Request) -> Assessment:
    asked_at = now()
    return Assessment(
        id=request.key,
        enrolment_id=enrolment.id,
        trainee_id=enrolment.trainee_id,
        competency_id=competency.id,
        version_id=enrolment.version_id,
        form=request.form,
        title=request.title,
        performed_on=request.performed_on,
        message=request.message,
        status=AssessmentStatus.ASKED,
        to_address=request.address,
        asked_at=asked_at,
        expires_at=asked_at + rules.LASTS,
    )


def hand_to(assessment: Assessment, address: str) -> None:
    """Tell whoever is asked now: by notice with an account, else by a link to the address, if there is one."""
    if assessment.assessor_id is not None:
        tell(assessment.assessor_id, NoticeKind.ASSESSMENT_ASKED, assessment.trainee, about(assessment))
    elif address:
        send_link(assessment, address, now())


def about(assessment: Assessment) -> About:
    """What a notice about an assessment says and where it leads. Needs: competency loaded."""
    return About(assessment.enrolment_id, assessment.competency.code, f"/assessments/{assessment.id}")


def remind(actor: Person, assessment_id: UUID) -> Assessment:
    """Remind whoever is asked: a new link takes the place of the old one. Raises Forbidden, Refused."""
    assessment = queries.lock_assessment(assessment_id)
    allow(permissions.can_manage(actor, assessment))
    at = now()
    refuse_if(rules.why_not_remind(assessment, at, queries.count_links(assessment.id)))
    assessment.reminded_at, assessment.version = at, assessment.version + 1
    if assessment.assessor_id is not None:
        tell(assessment.assessor_id, NoticeKind.ASSESSMENT_ASKED, actor, about(assessment))
        return assessment
    link = queries.find_open_link(assessment.id)
    address = link.to_address if link else assessment.to_address
    end_link(assessment, LinkEnd.REPLACED, at)
    send_link(assessment, address, at, reminder=True)
    return assessment


def withdraw(actor: Person, assessment_id: UUID) -> Assessment:
    """Take a request back before anybody answered. Raises Forbidden, Refused."""
    assessment = queries.lock_assessment(assessment_id)
    allow(permissions.can_manage(actor, assessment))
    refuse_if(rules.why_not_withdraw(assessment))
    end_link(assessment, LinkEnd.WITHDRAWN, now())
    forget_code(assessment)
    if assessment.assessor_id is not None:
        tell(assessment.assessor_id, NoticeKind.ASSESSMENT_WITHDRAWN, actor, about(assessment))
    assessment.status, assessment.version = AssessmentStatus.WITHDRAWN, assessment.version + 1
    return assessment


def show_code(actor: Person, assessment_id: UUID) -> str:
    """A new code for a request, which ends the one before it. Raises Forbidden, Refused."""
    assessment = queries.lock_assessment(assessment_id)
    allow(permissions.can_manage(actor, assessment))
    refuse_if(rules.why_not_answer(assessment, now()))
    forget_code(assessment)
    code = new_code()
    expires_at = now() + rules.CODE_LASTS
    db.session.add(BenchCode(assessment_id=assessment.id, digest=code_digest(code), expires_at=expires_at))
    return code


def forget_code(assessment: Assessment) -> None:
    """Let no code lead to the assessment any more."""
    db.session.execute(sa.delete(BenchCode).where(BenchCode.assessment_id == assessment.id))


def expire_due() -> int:
    """Say of requests whose time is over that it is, and tell their trainees. Gives how many."""
    due = queries.list_expired()
    for assessment_id in due:
        begin_write()
        assessment = queries.lock_assessment(assessment_id)
        if assessment.status is AssessmentStatus.ASKED and assessment.expires_at <= now():
            end_link(assessment, LinkEnd.EXPIRED, now())
            forget_code(assessment)
            tell(assessment.trainee_id, NoticeKind.ASSESSMENT_EXPIRED, None, about(assessment))
            assessment.status, assessment.version = AssessmentStatus.EXPIRED, assessment.version + 1
        db.session.commit()
    return len(due)
