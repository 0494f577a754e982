"""Bench mode: the trainee shows a code on the phone, and the assessor types it on any machine."""

from uuid import UUID

from flask import Blueprint, g, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue

from tracker.accounts.queries import viewer
from tracker.assessments import answering_actions, asking_actions, queries
from tracker.assessments.forms import CodeForm
from tracker.assessments.tokens import spaced
from tracker.assessments.waiting import list_waiting
from tracker.core.clock import today
from tracker.core.errors import Refused
from tracker.core.web import before_writing

bp = Blueprint("bench", __name__)


@bp.post("/assessments/<uuid:assessment_id>/code")
def code(assessment_id: UUID) -> ResponseReturnValue:
    """Show a code for a request. It is shown this once: another press makes another."""
    found = queries.get_assessment(viewer(), assessment_id)
    shown = spaced(asking_actions.show_code(viewer(), found.id))
    return render_template("assessments/code.html", assessment=found, code=shown)


def look_up_code() -> None:
    """Look a typed code up before the write transaction begins, so that a wrong one is counted whatever follows."""
    g.assessment_id, g.code_problem = None, "Nobody is shown this code now. Check it, or ask the trainee for a new one."
    try:
        g.assessment_id = answering_actions.type_code(viewer(), request.form.get("code", ""))
    except Refused as refused:
        g.code_problem = refused.sentence


@bp.route("/assess", methods=["GET", "POST"])
@before_writing(look_up_code)
def bench() -> ResponseReturnValue:
    """What one is asked to assess, and a field for a code."""
    form = CodeForm()
    if form.validate_on_submit():
        if g.assessment_id is not None:
            taken = answering_actions.take_over(viewer(), g.assessment_id, str(form.code.data))
            return redirect(url_for("assessments.assessment", assessment_id=taken.id))
        form.code.errors = [*form.code.errors, g.code_problem]
    waiting = list_waiting(viewer(), today())
    return render_template("assessments/bench.html", form=form, assessments=waiting), form.status
