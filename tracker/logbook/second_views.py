"""What several supervisors of a trainee do with one claim, or one with several."""

from uuid import UUID

from flask import Blueprint, redirect, url_for
from flask.typing import ResponseReturnValue

from tracker.accounts.factor import take_factor
from tracker.accounts.queries import viewer
from tracker.core.clock import today
from tracker.core.errors import Refused, allow
from tracker.core.forms import given
from tracker.core.web import before_writing
from tracker.logbook import permissions, queries
from tracker.logbook import second_actions as actions
from tracker.logbook.claim_views import claim_page, decision_form, handing_forms
from tracker.logbook.models import Claim

bp = Blueprint("second", __name__)
MOST_TOGETHER = 20  # as many as can be read with care on one page


@bp.post("/claims/<uuid:claim_id>/countersign")
@before_writing(take_factor)
def countersign(claim_id: UUID) -> ResponseReturnValue:
    """Another person gives the second signature."""
    found = queries.get_claim(viewer(), claim_id)
    allow(permissions.can_countersign(viewer(), found, today()))
    form = decision_form(found)
    form.level.validators, form.level.validate_choice = [], False
    if form.validate_on_submit():
        actions.countersign(viewer(), found.id, form.seen(), form.comment.data or "")
        return redirect(url_for("reports.queue", done="countersigned", code=found.competency.code))
    return claim_page(found, decision=form), 422


@bp.post("/claims/<uuid:claim_id>/pass-on")
def pass_on(claim_id: UUID) -> ResponseReturnValue:
    """Another supervisor is asked to decide."""
    found = _to_hand_on(claim_id)
    form = handing_forms(viewer(), found, today()).get("passing")
    if form is None:
        raise Refused("Nobody else supervises this training today. Decline it: then the training lead is told.")
    if form.validate_on_submit():
        actions.pass_on(viewer(), found.id, form.seen(), given(form.to.data), form.note.data or "")
        return redirect(url_for("reports.queue", done="passed_on", code=found.competency.code))
    return claim_page(found, passing=form), 422


@bp.post("/claims/<uuid:claim_id>/decline")
def decline(claim_id: UUID) -> ResponseReturnValue:
    """The supervisor says who should rather decide, and why."""
    found = _to_hand_on(claim_id)
    form = handing_forms(viewer(), found, today())["declining"]
    if form.validate_on_submit():
        actions.decline(viewer(), found.id, form.seen(), given(form.reason.data), form.rather.data)
        return redirect(url_for("reports.queue", done="declined", code=found.competency.code))
    return claim_page(found, declining=form), 422


def _to_hand_on(claim_id: UUID) -> Claim:
    found = queries.get_claim(viewer(), claim_id)
    allow(permissions.can_sign_off(viewer(), found, today()))
    return found
