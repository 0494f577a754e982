"""The form that a colleague opens by a mailed link, without an account and without being known by what they answer."""

from flask import Blueprint, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue

from tracker.assessments import msf_answering as actions
from tracker.assessments import msf_queries as queries
from tracker.assessments.answer_form import AnswerForm, answer_form, answers
from tracker.assessments.link_views import UnknownLink
from tracker.assessments.msf_actions import form_of
from tracker.assessments.msf_models import FeedbackColleague, FeedbackRound
from tracker.core.forms import given
from tracker.curricula.queries import get_outline

bp = Blueprint("feedback_links", __name__, url_prefix="/feedback/by-mail")


@bp.route("/<token>", methods=["GET", "POST"])
def form(token: str) -> ResponseReturnValue:
    """The form; sending it uses the link up."""
    colleague, asked = _find(token)
    actions.check_open(colleague, asked)
    outline, filled_in = get_outline(asked.version_id), form_of(asked.version_id, asked.form)
    reply = answer_form(filled_in, outline.levels, AnswerForm)
    if reply.validate_on_submit():
        actions.answer(token, answers(reply))
        return redirect(url_for("feedback_links.thanks"))
    page = {"asked": asked, "form": filled_in, "reply": reply, "token": token}
    return render_template("assessments/feedback_link.html", **page), reply.status


@bp.post("/<token>/decline")
def decline(token: str) -> ResponseReturnValue:
    """Say that one would rather not."""
    _find(token)
    actions.decline(token)
    return redirect(url_for("feedback_links.thanks", done="declined"))


@bp.get("/thanks")
def thanks() -> ResponseReturnValue:
    """What happens next. It says nothing about anybody."""
    return render_template("assessments/feedback_thanks.html", declined=request.args.get("done") == "declined")


def _find(token: str) -> tuple[FeedbackColleague, FeedbackRound]:
    """The colleague and the round of a link, whether or not it still leads there. Raises UnknownLink."""
    colleague = queries.find_colleague(token)
    if colleague is None:
        raise UnknownLink
    return colleague, given(queries.find_round(colleague.round_id))
