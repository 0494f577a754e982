"""The page of what a centre works with."""

from uuid import UUID

from flask import Blueprint, redirect, render_template, url_for
from flask.typing import ResponseReturnValue

from tracker.accounts.queries import viewer
from tracker.core.clock import today
from tracker.core.errors import NotFound
from tracker.equipment import actions, queries
from tracker.equipment.forms import EquipmentForm
from tracker.equipment.rules import in_use_on
from tracker.equipment.words import KINDS

bp = Blueprint("equipment", __name__)


@bp.get("/equipment")
def centres() -> ResponseReturnValue:
    """Where the viewer looks after what people work with; with one centre, that page."""
    found = queries.list_centres(viewer())
    if not found:
        raise NotFound
    if len(found) == 1:
        return redirect(url_for("equipment.equipment", centre_id=found[0].id))
    return render_template("equipment/centres.html", centres=[(centre.id, centre.name) for centre in found])


@bp.route("/centres/<uuid:centre_id>/equipment", methods=["GET", "POST"])
def equipment(centre_id: UUID) -> ResponseReturnValue:
    """What the centre works with and what of it is in use; and registering something."""
    centre, form = queries.get_centre(viewer(), centre_id), EquipmentForm()
    if form.validate_on_submit():
        actions.register(viewer(), centre, form.facts())
        return redirect(url_for("equipment.equipment", centre_id=centre.id, done="registered"))
    rows = [
        (each.id, KINDS[each.kind], each.name, current.name, current.since_on)
        for each in queries.list_equipment(centre.id)
        for current in [in_use_on(each.revisions, today())]
    ]
    return render_template("equipment/equipment.html", centre=centre, rows=rows, form=form), form.status
