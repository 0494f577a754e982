"""The pages of multi-source feedback for the trainee and the supervisors."""

from typing import Any
from uuid import UUID

from flask import Blueprint, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue

from tracker.accounts.queries import viewer
from tracker.assessments import msf_actions as actions
from tracker.assessments import msf_closing as closing
from tracker.assessments import msf_permissions as permissions
from tracker.assessments import msf_queries as queries
from tracker.assessments import msf_rules as rules
from tracker.assessments.answer_form import AnswerForm, answer_form, answers
from tracker.assessments.answers import shown_answers
from tracker.assessments.msf_collation import TEXTS
from tracker.assessments.msf_forms import MoreForm, OpenForm, ReleaseForm, release_form
from tracker.assessments.msf_models import ColleagueStatus, CommentStatus, FeedbackRound, RoundStatus
from tracker.core.clock import now, today
from tracker.core.errors import NotFound, allow
from tracker.core.forms import given
from tracker.curricula.document import Form
from tracker.curricula.outline import Outline
from tracker.curricula.queries import get_outline
from tracker.enrolments import queries as enrolments
from tracker.enrolments.models import Enrolment
from tracker.enrolments.permissions import current_supervisions, is_trainee, supervises
from tracker.logbook.queries import get_competency

bp = Blueprint("feedback", __name__)
STATUS = {
    RoundStatus.OPEN: ("Open", "blue"),
    RoundStatus.TOO_FEW: ("Too few answers", "orange"),
    RoundStatus.COLLATED: ("Collated", "green"),
}
DONE = {
    "opened": "Your colleagues are asked by email. Nothing is shown before enough of them have answered.",
    "asked": "Saved. Whoever was named anew is asked by email.",
    "reminded": "Whoever has not answered yet gets another email.",
    "rated": "Your own rating is saved.",
    "closed": "The round is over, and the answers were put together.",
    "released": "Saved. The trainee is told.",
}


@bp.get("/enrolments/<uuid:enrolment_id>/feedback")
def rounds(enrolment_id: UUID) -> ResponseReturnValue:
    """The rounds of an enrolment."""
    enrolment = enrolments.get_enrolment(viewer(), enrolment_id)
    found = queries.list_rounds(viewer(), enrolment.id)
    has_form = bool(_forms(get_outline(enrolment.version_id)))
    return render_template(
        "assessments/feedback.html",
        enrolment=enrolment,
        own=is_trainee(viewer(), enrolment),
        rows=[(each.id, _title(each), each.opened_at, *STATUS[each.status]) for each in found],
        can_open=has_form and permissions.can_open(viewer(), enrolment, today()),
        why_not=rules.why_not_open(any(each.status is RoundStatus.OPEN for each in found)),
        has_form=has_form,
    )


@bp.route("/enrolments/<uuid:enrolment_id>/feedback/new", methods=["GET", "POST"])
def open_round(enrolment_id: UUID) -> ResponseReturnValue:
    """Ask colleagues."""
    enrolment = enrolments.get_enrolment(viewer(), enrolment_id)
    allow(permissions.can_open(viewer(), enrolment, today()))
    form = _open_form(enrolment)
    if form.validate_on_submit():
        chosen = form.competency_id.data
        competency = get_competency(enrolment, UUID(chosen)) if chosen else None
        asked = actions.open_round(viewer(), enrolment, form.opening(), competency)
        return redirect(url_for("feedback.round_", round_id=asked.id, done="opened"))
    own = is_trainee(viewer(), enrolment)
    return render_template("assessments/feedback_open.html", enrolment=enrolment, form=form, own=own), form.status


def _open_form(enrolment: Enrolment) -> OpenForm:
    outline, form = get_outline(enrolment.version_id), OpenForm()
    forms = _forms(outline)
    if not forms:
        raise NotFound
    form.form.choices = {each.code: each.title for each in forms}
    competencies = outline.chosen(enrolments.area_ids(enrolment))
    theirs = {str(each.id): f"{each.code} {each.title}" for each in competencies if each.rule is not None}
    form.competency_id.choices = {"": "None: it stands for itself"} | theirs
    _offer(form, enrolment)
    if not form.is_submitted():
        form.form.data = forms[0].code
    return form


def _offer(form: MoreForm, enrolment: Enrolment) -> None:
    """Who can be ticked; the trainee's own address is none; four weeks, unless another day is entered."""
    form.own_address = enrolment.trainee.email
    people = [each.supervisor for each in current_supervisions(enrolment, today())]
    form.offer({each.id: (each.name, each.email) for each in people if each.id != enrolment.trainee_id})
    if not form.is_submitted():
        form.closes_on.process(None, today() + rules.USUAL_LENGTH)


def _forms(outline: Outline) -> list[Form]:
    return [form for form in outline.assessments if rules.is_for_many(form)]


@bp.get("/feedback/<uuid:round_id>")
def round_(round_id: UUID) -> ResponseReturnValue:
    """One round: what to do next, and, once it is collated, what colleagues said."""
    return _page(queries.get_round(viewer(), round_id))


@bp.get("/entries/<uuid:entry_id>/said")
def said(entry_id: UUID) -> ResponseReturnValue:
    """Where the answers are that an entry stands for: an assessment, or a round of feedback."""
    if queries.find_seen(viewer(), entry_id) is not None:
        return redirect(url_for("feedback.round_", round_id=entry_id))
    return redirect(url_for("assessments.assessment", assessment_id=entry_id))


@bp.route("/feedback/<uuid:round_id>/more", methods=["GET", "POST"])
def ask_more(round_id: UUID) -> ResponseReturnValue:
    """Ask more colleagues, or set a later day."""
    asked = queries.get_round(viewer(), round_id)
    allow(permissions.can_open(viewer(), asked.enrolment, today()))
    form = MoreForm()
    form.known = queries.list_addresses(asked.id)
    _offer(form, asked.enrolment)
    if form.validate_on_submit():
        actions.ask_more(viewer(), asked.id, form.asked, given(form.closes_on.data))
        return redirect(url_for("feedback.round_", round_id=asked.id, done="asked"))
    page = {"asked": asked, "form": form, "already": len(form.known), "why_not": rules.why_not_go_on(asked)}
    return render_template("assessments/feedback_more.html", **page), form.status


@bp.post("/feedback/<uuid:round_id>/remind")
def remind(round_id: UUID) -> ResponseReturnValue:
    """Write again to whoever has not answered."""
    asked = queries.get_round(viewer(), round_id)
    actions.remind(viewer(), asked.id)
    return redirect(url_for("feedback.round_", round_id=asked.id, done="reminded"))


@bp.route("/feedback/<uuid:round_id>/self", methods=["GET", "POST"])
def rate_self(round_id: UUID) -> ResponseReturnValue:
    """The trainee answers the same questions."""
    asked = queries.get_round(viewer(), round_id)
    allow(permissions.can_rate_self(viewer(), asked))
    outline, form = get_outline(asked.version_id), actions.form_of(asked.version_id, asked.form)
    own = answer_form(form, outline.levels, AnswerForm)
    if own.validate_on_submit():
        actions.rate_self(viewer(), asked.id, answers(own))
        return redirect(url_for("feedback.round_", round_id=asked.id, done="rated"))
    page = {"asked": asked, "title": form.title, "form": own, "why_not": rules.why_not_rate_self(asked)}
    return render_template("assessments/feedback_self.html", **page), own.status


@bp.post("/feedback/<uuid:round_id>/close")
def close(round_id: UUID) -> ResponseReturnValue:
    """A supervisor ends the round before its day."""
    asked = queries.get_round(viewer(), round_id)
    closing.close(viewer(), asked.id)
    return redirect(url_for("feedback.round_", round_id=asked.id, done="closed"))


@bp.post("/feedback/<uuid:round_id>/release")
def release(round_id: UUID) -> ResponseReturnValue:
    """A supervisor says which comments the trainee reads."""
    asked = queries.get_round(viewer(), round_id)
    allow(permissions.can_read_comments(viewer(), asked, today()))
    form = _release_form(asked)
    if form.validate_on_submit():
        closing.release(viewer(), asked.id, given(form.key.data), form.released())
        return redirect(url_for("feedback.round_", round_id=asked.id, done="released"))
    return _page(asked, form)


def _release_form(asked: FeedbackRound) -> ReleaseForm:
    return release_form(queries.list_comments(asked, *CommentStatus), _labels(asked), request.form)


def _labels(asked: FeedbackRound) -> dict[str, str]:
    return {field.code: field.label for field in actions.form_of(asked.version_id, asked.form).asked}


def _title(asked: FeedbackRound) -> str:
    return actions.form_of(asked.version_id, asked.form).title


def _page(asked: FeedbackRound, refused: ReleaseForm | None = None) -> ResponseReturnValue:
    reads = permissions.can_read_comments(viewer(), asked, today())
    supervisor = supervises(viewer(), asked.enrolment, today())
    page = {
        "asked": asked,
        "title": _title(asked),
        "done": DONE.get(request.args.get("done", "")),
        "status": STATUS[asked.status],
        "own": permissions.can_rate_self(viewer(), asked),
        "can_open": permissions.can_open(viewer(), asked.enrolment, today()),
        "rated": asked.self_answers is not None,
        "numbers": _numbers(asked) if supervisor else {},
        "why_not_close": rules.why_not_close(asked),
        "why_not_remind": rules.why_not_remind(asked, now()),
        "releasing": (refused or _release_form(asked)) if reads else None,
    }
    return render_template("assessments/feedback_round.html", **page, **_results(asked)), 422 if refused else 200


def _numbers(asked: FeedbackRound) -> dict[str, int]:
    """How many were asked and did what: for supervisors, who see that it goes on."""
    counted = queries.count_colleagues(asked.id)
    numbers = {"asked": sum(counted.values()), "declined": counted[ColleagueStatus.DECLINED]}
    return numbers | {"answered": asked.answered}


def _results(asked: FeedbackRound) -> dict[str, Any]:
    """The sums, the released comments and the trainee's own words, for those who may read them."""
    if not permissions.can_read_sums(viewer(), asked):
        return {"sums": (), "comments": [], "own_words": ()}
    outline, form = get_outline(asked.version_id), actions.form_of(asked.version_id, asked.form)
    released = queries.list_comments(asked, CommentStatus.RELEASED)
    texts = [field for field in form.asked if field.kind in TEXTS]
    words = {code: text for code, text in (asked.self_answers or {}).items() if code in {each.code for each in texts}}
    return {
        "sums": closing.sums_of(asked),
        "comments": [(field.label, [each.text for each in released if each.question == field.code]) for field in texts],
        "own_words": shown_answers(form, outline.levels, words),
    }
