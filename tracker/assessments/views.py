"""The pages of assessments for who is signed in: asking, the list, one assessment and all that is done to it."""

from typing import Any
from uuid import UUID

from flask import Blueprint, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue

from tracker.accounts.factor import take_factor
from tracker.accounts.queries import viewer
from tracker.assessments import accepting_actions, answering_actions, asking_actions, permissions, queries, rules, words
from tracker.assessments.answer_form import answer_form
from tracker.assessments.answers import shown_answers
from tracker.assessments.forms import AcceptForm, AccountReplyForm, AskForm, DeclineForm, PassOnForm
from tracker.assessments.models import Assessment, AssessmentStatus
from tracker.assessments.msf_rules import is_for_many
from tracker.core.clock import now, today
from tracker.core.errors import NotFound, allow
from tracker.core.forms import ActionForm, given
from tracker.core.web import before_writing
from tracker.curricula.queries import get_outline
from tracker.enrolments import queries as enrolments
from tracker.enrolments.models import Enrolment
from tracker.enrolments.permissions import current_supervisions, is_trainee
from tracker.logbook.queries import get_competency

bp = Blueprint("assessments", __name__)


@bp.get("/enrolments/<uuid:enrolment_id>/assessments")
def assessments(enrolment_id: UUID) -> ResponseReturnValue:
    """An enrolment's assessments: for the trainee all that were asked for, for others what counts."""
    enrolment = enrolments.get_enrolment(viewer(), enrolment_id)
    rows = [_row(each) for each in queries.list_assessments(viewer(), enrolment.id)]
    own = is_trainee(viewer(), enrolment)
    return render_template("assessments/assessments.html", enrolment=enrolment, rows=rows, own=own)


def _row(assessment: Assessment) -> dict[str, Any]:
    """An assessment as a line of the list."""
    return {
        "id": assessment.id,
        "title": f"{assessment.competency.code} {assessment.form}: {assessment.title}",
        "asked_of": assessment.asked_of,
        "since": assessment.answered_at or assessment.asked_at,
        "status": words.LABELS[assessment.status],
        "colour": words.COLOURS[assessment.status],
        "open": assessment.status is AssessmentStatus.ASKED,
        "without_account": assessment.without_account,
    }


@bp.route("/enrolments/<uuid:enrolment_id>/assessments/new", methods=["GET", "POST"])
def ask(enrolment_id: UUID) -> ResponseReturnValue:
    """Ask for an assessment; with ?competency= it is chosen, with ?again= an earlier request is the model."""
    enrolment = enrolments.get_enrolment(viewer(), enrolment_id)
    allow(permissions.can_ask(viewer(), enrolment))
    form = _ask_form(enrolment)
    if form.validate_on_submit():
        competency = get_competency(enrolment, UUID(form.competency_id.data))
        asked = asking_actions.ask(viewer(), enrolment, competency, form.facts())
        return redirect(url_for("assessments.assessment", assessment_id=asked.id, done="asked"))
    return render_template("assessments/ask.html", enrolment=enrolment, form=form), form.status


def _ask_form(enrolment: Enrolment) -> AskForm:
    form = AskForm()
    outline = get_outline(enrolment.version_id)
    form.own_address, form.starts_on, form.on = enrolment.trainee.email, enrolment.starts_on, today()
    form.offer(
        {
            each.id: f"{each.code} {each.title}"
            for each in outline.chosen(enrolments.area_ids(enrolment))
            if each.rule is not None
        },
        {each.code: each.title for each in outline.assessments if not is_for_many(each)},
        {each.supervisor.id: each.supervisor.name for each in current_supervisions(enrolment, today())},
    )
    if not form.is_submitted():
        _fill_in(form, enrolment)
    return form


def _fill_in(form: AskForm, enrolment: Enrolment) -> None:
    """What is known already: today, the only form there is, and an earlier request that is asked for again."""
    form.performed_on.process(None, today())
    form.competency_id.data = request.args.get("competency", "")
    codes = list(form.form.choices or ())
    form.form.data = codes[0] if len(codes) == 1 else None
    again = request.args.get("again", type=UUID)
    if again is None:
        return
    model = queries.get_assessment(viewer(), again)
    if model.enrolment_id != enrolment.id or model.trainee_id != viewer().id:
        raise NotFound
    form.title.data, form.form.data, form.message.data = model.title, model.form, model.message
    form.competency_id.data = str(model.competency_id)
    form.performed_on.process(None, model.performed_on)


@bp.get("/assessments/<uuid:assessment_id>")
def assessment(assessment_id: UUID) -> ResponseReturnValue:
    """One assessment: what was asked, what was said, and what the viewer can do with it."""
    return _page(queries.get_assessment(viewer(), assessment_id))


@bp.post("/assessments/<uuid:assessment_id>/answer")
@before_writing(take_factor)
def answer(assessment_id: UUID) -> ResponseReturnValue:
    """Whoever was asked gives the assessment."""
    found = _asked(assessment_id)
    form = _reply_form(found)
    if form.validate_on_submit():
        answering_actions.answer(viewer(), found.id, form.reply(viewer().name[:60]))
        return redirect(url_for("assessments.assessment", assessment_id=found.id, done="answered"))
    return _page(found, form=form), 422


@bp.post("/assessments/<uuid:assessment_id>/decline")
def decline(assessment_id: UUID) -> ResponseReturnValue:
    """Whoever was asked says no."""
    found, form = _asked(assessment_id), DeclineForm()
    if form.validate_on_submit():
        answering_actions.decline(viewer(), found.id, given(form.key.data), given(form.reason.data))
        return redirect(url_for("bench.bench", done="declined"))
    return _page(found, declining=form), 422


@bp.post("/assessments/<uuid:assessment_id>/pass-on")
def pass_on(assessment_id: UUID) -> ResponseReturnValue:
    """Whoever was asked names somebody else."""
    found, form = _asked(assessment_id), PassOnForm()
    if form.validate_on_submit():
        answering_actions.pass_on(viewer(), found.id, given(form.pass_to.data))
        return redirect(url_for("bench.bench", done="passed_on"))
    return _page(found, passing=form), 422


@bp.post("/assessments/<uuid:assessment_id>/extend")
def extend(assessment_id: UUID) -> ResponseReturnValue:
    """Whoever was asked takes more time."""
    found = _asked(assessment_id)
    answering_actions.extend(viewer(), found.id)
    return redirect(url_for("assessments.assessment", assessment_id=found.id, done="extended"))


@bp.post("/assessments/<uuid:assessment_id>/accept")
@before_writing(take_factor)
def accept(assessment_id: UUID) -> ResponseReturnValue:
    """A supervisor lets an answer without an account count."""
    found, form = _answered(assessment_id), AcceptForm()
    if form.validate_on_submit():
        accepting_actions.accept(viewer(), found.id, given(form.key.data))
        return redirect(url_for("assessments.assessment", assessment_id=found.id, done="accepted"))
    return _page(found, accepting=form), 422


@bp.post("/assessments/<uuid:assessment_id>/not-accept")
@before_writing(take_factor)
def not_accept(assessment_id: UUID) -> ResponseReturnValue:
    """A supervisor says why it does not count."""
    found, form = _answered(assessment_id), AcceptForm()
    form.reason.validators = [*DeclineForm().reason.validators]
    if form.validate_on_submit():
        accepting_actions.not_accept(viewer(), found.id, given(form.key.data), given(form.reason.data))
        return redirect(url_for("assessments.assessment", assessment_id=found.id, done="not_accepted"))
    return _page(found, accepting=form), 422


@bp.post("/assessments/<uuid:assessment_id>/withdraw")
def withdraw(assessment_id: UUID) -> ResponseReturnValue:
    """The trainee takes the request back."""
    found = queries.get_assessment(viewer(), assessment_id)
    asking_actions.withdraw(viewer(), found.id)
    return redirect(url_for("assessments.assessment", assessment_id=found.id, done="withdrawn"))


@bp.post("/assessments/<uuid:assessment_id>/remind")
def remind(assessment_id: UUID) -> ResponseReturnValue:
    """The trainee reminds whoever was asked."""
    found = queries.get_assessment(viewer(), assessment_id)
    asking_actions.remind(viewer(), found.id)
    return redirect(url_for("assessments.assessment", assessment_id=found.id, done="reminded"))


def _asked(assessment_id: UUID) -> Assessment:
    found = queries.get_assessment(viewer(), assessment_id)
    allow(permissions.can_assess(viewer(), found))
    return found


def _answered(assessment_id: UUID) -> Assessment:
    found = queries.get_assessment(viewer(), assessment_id)
    allow(permissions.can_accept(viewer(), found, today()))
    return found


def _reply_form(found: Assessment) -> AccountReplyForm:
    outline = get_outline(found.version_id)
    asked = outline.form(found.form)
    form = answer_form(asked, outline.levels, AccountReplyForm)
    form.for_registered(asked.needs_registration)
    if not form.is_submitted() and (last := queries.find_last_given(viewer().id)) is not None:
        form.assessor_role.data = last.assessor_role
        form.register_body.data, form.register_number.data = last.register_body, last.register_number
    return form


def _page(found: Assessment, **refused: ActionForm) -> str:
    """The page of an assessment, with the form that was refused, if one was."""
    person, on, at = viewer(), today(), now()
    outline = get_outline(found.version_id)
    asked = outline.form(found.form)
    can_answer = permissions.can_assess(person, found) and rules.why_not_answer(found, at) is None
    can_decide = permissions.can_accept(person, found, on) and rules.why_not_accept(found) is None
    managing = permissions.can_manage(person, found)
    told = found.answered_at is not None and permissions.can_read_answers(person, found)
    forms: dict[str, ActionForm | None] = {
        "form": _reply_form(found) if can_answer else None,
        "declining": DeclineForm() if can_answer else None,
        "passing": PassOnForm() if can_answer else None,
        "accepting": AcceptForm() if can_decide else None,
    }
    return render_template(
        "assessments/assessment.html",
        assessment=found,
        asked=asked,
        answers=shown_answers(asked, outline.levels, found.answers) if told else (),
        stated=words.stated(found) if told else "",
        label=words.LABELS[found.status],
        colour=words.COLOURS[found.status],
        next_step=words.NEXT[found.status] if managing else "",
        ask_again=managing and found.status in words.ASK_AGAIN,
        managing=managing and found.status is AssessmentStatus.ASKED,
        why_not_remind=rules.why_not_remind(found, at, 0) if managing else None,
        without_account=words.WITHOUT_ACCOUNT,
        may_follow=enrolments.may_see(person, found.enrolment_id),
        **{name: refused.get(name, shown) if shown is not None else None for name, shown in forms.items()},
    )
