"""The pages of who supervises whom, and who covers for whom."""

from collections.abc import Mapping
from typing import Any
from uuid import UUID

from flask import Blueprint, redirect, render_template, url_for
from flask.typing import ResponseReturnValue

from tracker.accounts.queries import viewer
from tracker.core.clock import today
from tracker.core.errors import NotFound
from tracker.core.forms import ActionForm, given
from tracker.enrolments import actions, permissions, team_queries
from tracker.enrolments.forms import ApprovalForm, CoverForm
from tracker.enrolments.models import SupervisionRole
from tracker.enrolments.team_queries import Candidate

bp = Blueprint("enrolments", __name__)
ROLES = {SupervisionRole.SUPERVISOR: "supervises", SupervisionRole.ASSESSOR: "assesses"}


@bp.route("/leave-cover", methods=["GET", "POST"])
def leave_cover() -> ResponseReturnValue:
    """A supervisor's own leave cover, and naming who covers."""
    person, on = viewer(), today()
    supervised = team_queries.list_supervised(person.id, on)
    covers = team_queries.covers_of(person.id, on)
    if not supervised and not covers:
        raise NotFound
    form = _cover_form(team_queries.list_candidates({each.centre_id for each in supervised}, on), person.id)
    itself: dict[Any, str] = {person.id: person.name}
    form.covered.choices, form.covered.data = itself, person.id
    if supervised and form.validate_on_submit():
        actions.arrange_cover(person, form.facts())
        return redirect(url_for("enrolments.leave_cover", done="arranged"))
    trainees = [each.trainee.name for each in supervised]
    page = render_template(
        "enrolments/leave_cover.html", covers=covers, form=form, trainees=trainees, own=person.id, press=ActionForm()
    )
    return page, 422 if form.errors else 200


def _cover_form(candidates: Mapping[UUID, Candidate], covered_id: UUID | None = None) -> CoverForm:
    form = CoverForm()
    form.cover.choices = _named(candidates, covered_id)
    return form


def _named(candidates: Mapping[UUID, Candidate], but: UUID | None = None) -> dict[Any, str]:
    named = {person_id: each.name for person_id, each in candidates.items() if person_id != but}
    return {"": "Choose a supervisor"} | named


@bp.post("/leave-cover/<uuid:supervision_id>/end")
def end_cover(supervision_id: UUID) -> ResponseReturnValue:
    """End leave cover early."""
    form, covers = ActionForm(), team_queries.list_same_cover(supervision_id)
    training = team_queries.enrolments_of(covers)[covers[0].enrolment_id]
    if not permissions.can_end_cover(viewer(), training, covers[0], today()):
        raise NotFound
    own = viewer().id in {covers[0].covers_for_id, covers[0].supervisor_id}
    if form.validate_on_submit():
        actions.end_cover(viewer(), supervision_id, given(form.key.data))
    if own:
        return redirect(url_for("enrolments.leave_cover", done="ended"))
    return redirect(url_for("enrolments.supervision", centre_id=training.centre_id, done="ended"))


@bp.route("/centres/<uuid:centre_id>/supervision", methods=["GET", "POST"])
def supervision(centre_id: UUID) -> ResponseReturnValue:
    """Who supervises whom in a centre, who signs alone, and who covers for whom."""
    centre = team_queries.get_led_centre(viewer(), centre_id, today())
    candidates = team_queries.list_candidates([centre.id], today())
    form = _cover_form(candidates)
    form.covered.choices = _named(candidates)
    if form.validate_on_submit():
        actions.arrange_cover(viewer(), form.facts())
        return redirect(url_for("enrolments.supervision", centre_id=centre.id, done="arranged"))
    page = render_template(
        "enrolments/supervision.html",
        centre=centre,
        team=team_queries.list_team(viewer(), centre.id, today()),
        covers=team_queries.covers_in(viewer(), centre.id, today()),
        roles=ROLES,
        form=form,
        press=ActionForm(formdata=None),
        own=viewer().id,
    )
    return page, 422 if form.errors else 200


@bp.post("/supervisions/<uuid:supervision_id>/approval")
def approval(supervision_id: UUID) -> ResponseReturnValue:
    """The training lead says whether a supervisor signs alone."""
    found, training = team_queries.get_led_supervision(viewer(), supervision_id, today())
    form, centre_id = ApprovalForm(), training.centre_id
    if not form.validate_on_submit():
        return redirect(url_for("enrolments.supervision", centre_id=centre_id))
    approved = form.approved.data == "yes"
    actions.approve(viewer(), found.id, given(form.key.data), approved=approved)
    done = "approved" if approved else "not_approved"
    return redirect(url_for("enrolments.supervision", centre_id=centre_id, done=done))
