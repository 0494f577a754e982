"""The one form that a mailed link opens, without an account. The link is the secret: a GET changes nothing."""

from flask import Blueprint, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue

from tracker.assessments import answering_actions as actions
from tracker.assessments import queries
from tracker.assessments.answer_form import answer_form
from tracker.assessments.forms import DeclineForm, LinkReplyForm, PassOnForm
from tracker.assessments.models import Assessment, AssessmentLink
from tracker.core.errors import NotFound
from tracker.core.forms import ActionForm, given
from tracker.curricula.queries import get_outline

bp = Blueprint("links", __name__, url_prefix="/assess/by-mail")
UNKNOWN = (
    "We do not know this link. Mail programs sometimes cut a long one in two: copy all of it from the mail. "
    "If it still does not open, tell whoever asked you to ask again."
)


class UnknownLink(NotFound):
    """A link that never led anywhere."""

    def __init__(self) -> None:
        super().__init__(UNKNOWN)


@bp.route("/<token>", methods=["GET", "POST"])
def form(token: str) -> ResponseReturnValue:
    """The form; sending it uses the link up."""
    link, found = _find(token)
    reply = _reply_form(found)
    if reply.validate_on_submit():
        actions.answer_by_link(token, reply.reply(given(reply.assessor_name.data)))
        return redirect(url_for("links.thanks", done="answered"))
    return _page(token, link, found, **({"form": reply} if reply.is_submitted() else {}))


@bp.post("/<token>/decline")
def decline(token: str) -> ResponseReturnValue:
    """Say no, with a reason."""
    (link, found), declining = _find(token), DeclineForm()
    if declining.validate_on_submit():
        actions.decline_by_link(token, given(declining.key.data), given(declining.reason.data))
        return redirect(url_for("links.thanks", done="declined"))
    return _page(token, link, found, declining=declining)


@bp.post("/<token>/pass-on")
def pass_on(token: str) -> ResponseReturnValue:
    """Pass it on to another address."""
    (link, found), passing = _find(token), PassOnForm()
    if passing.validate_on_submit():
        actions.pass_on_by_link(token, given(passing.pass_to.data))
        return redirect(url_for("links.thanks", done="passed_on"))
    return _page(token, link, found, passing=passing)


@bp.post("/<token>/extend")
def extend(token: str) -> ResponseReturnValue:
    """Take another 30 days."""
    _find(token)
    actions.extend_by_link(token)
    return redirect(url_for("links.form", token=token, done="extended"))


@bp.get("/thanks")
def thanks() -> ResponseReturnValue:
    """What happens next. It says nothing about anybody."""
    return render_template("assessments/thanks.html", done=request.args.get("done", ""))


def _find(token: str) -> tuple[AssessmentLink, Assessment]:
    """The link and what it is for, whether or not it still leads there. Raises UnknownLink."""
    link = queries.find_link(token)
    if link is None:
        raise UnknownLink
    return link, given(queries.find_assessment(link.assessment_id))


def _reply_form(found: Assessment) -> LinkReplyForm:
    outline = get_outline(found.version_id)
    asked = outline.form(found.form)
    form = answer_form(asked, outline.levels, LinkReplyForm)
    form.for_registered(asked.needs_registration)
    return form


def _page(token: str, link: AssessmentLink, found: Assessment, **refused: ActionForm) -> ResponseReturnValue:
    """The form with what was typed. Raises LinkOver when the link leads nowhere any more."""
    actions.check_open(link, found)
    forms: dict[str, ActionForm] = {"form": _reply_form(found), "declining": DeclineForm(), "passing": PassOnForm()}
    page = render_template(
        "assessments/link.html",
        assessment=found,
        asked=get_outline(found.version_id).form(found.form),
        token=token,
        extended=request.args.get("done") == "extended",
        **(forms | refused),
    )
    return page, 422 if refused else 200
