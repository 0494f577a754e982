"""The pages of what changed in the department, and of rechecking what rests on it."""

from typing import Any
from uuid import UUID

from flask import Blueprint, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue

from tracker.accounts.factor import take_factor
from tracker.accounts.queries import viewer
from tracker.core.clock import today
from tracker.core.errors import allow
from tracker.core.forms import given
from tracker.core.web import before_writing
from tracker.equipment import actions as equipment_actions
from tracker.equipment import rules as equipment_rules
from tracker.equipment.forms import ChangeForm
from tracker.equipment.models import Equipment
from tracker.equipment.queries import get_equipment
from tracker.equipment.words import KINDS as EQUIPMENT_KINDS
from tracker.logbook import lapse_actions as actions
from tracker.logbook import lapse_queries, permissions, queries, rules
from tracker.logbook.content import claim_digest
from tracker.logbook.lapse_forms import RecheckForm
from tracker.logbook.models import Claim
from tracker.logbook.proofs import proofs_of
from tracker.logbook.words import KINDS, PARTS
from tracker.progress.validity import ends_soon

bp = Blueprint("lapse", __name__)


@bp.route("/equipment/<uuid:equipment_id>", methods=["GET", "POST"])
def equipment(equipment_id: UUID) -> ResponseReturnValue:
    """One thing that a centre works with, its revisions, and registering a change.

    What the change touches is shown before it is registered: the first button looks, the second registers.
    """
    found, form = get_equipment(viewer(), equipment_id), ChangeForm()
    if not form.is_submitted() or not form.validate() or _is_refused(found, form):
        return _equipment_page(found, form), form.status
    if request.form.get("press") != "register":
        touched = lapse_queries.list_touched(viewer(), found) if form.needs_recheck.data == "yes" else ((), 0)
        return _equipment_page(found, form, touched=touched)
    change = equipment_actions.register_change(viewer(), found.id, form.facts())
    done = "asked" if change.needs_recheck else "registered"
    return redirect(url_for("lapse.equipment", equipment_id=found.id, done=done))


def _is_refused(found: Equipment, form: ChangeForm) -> bool:
    """Whether the change cannot be; why is noted on its field. A second press of the same button can."""
    why_not = equipment_rules.why_not_change(found, given(form.revision.data), given(form.since_on.data))
    if why_not and given(form.key.data) not in {revision.id for revision in found.revisions}:
        form.revision.errors = [*form.revision.errors, why_not]
        return True
    return False


def _equipment_page(found: Equipment, form: ChangeForm, **more: Any) -> str:
    revisions = [
        (each.name, each.since_on, each.what_changed, each.needs_recheck, each.asked_at)
        for each in reversed(found.revisions)
    ]
    return render_template(
        "equipment/thing.html", thing=found, kind=EQUIPMENT_KINDS[found.kind], revisions=revisions, form=form, **more
    )


@bp.route("/claims/<uuid:claim_id>/recheck", methods=["GET", "POST"])
@before_writing(take_factor)
def recheck(claim_id: UUID) -> ResponseReturnValue:
    """A supervisor says whether a sign-off still holds."""
    found, form = queries.get_claim(viewer(), claim_id), RecheckForm()
    allow(permissions.can_recheck(viewer(), found, today()))
    if form.validate_on_submit():
        holds = form.holds.data == "yes"
        actions.recheck(viewer(), found.id, form.seen(), holds=holds, looked_at=given(form.looked_at.data))
        done = "rechecked" if holds else "returned"
        return redirect(url_for("reports.queue", done=done, code=found.competency.code))
    return _recheck_page(found, form), form.status


def _recheck_page(found: Claim, form: RecheckForm) -> str:
    """The sign-off with what it rests on, as it was and as it is now."""
    evidence, named = queries.evidence_of(found), lapse_queries.list_named(found)
    if not form.errors:
        form.version.data = found.version
        form.digest.data = claim_digest(found, evidence, queries.version_of(found).digest)
    used = [
        (thing.name, was.name, now_used.name, now_used.since_on, now_used.what_changed)
        for (thing, was), now_used in zip(named, lapse_queries.in_use(named, today()), strict=True)
    ]
    return render_template(
        "logbook/recheck.html",
        claim=found,
        why_not=rules.why_not_recheck(found, ends_soon(lapse_queries.lapses_on(found), today())),
        used=used,
        evidence=evidence,
        marks={},
        mark_words={},
        kinds=KINDS,
        parts=PARTS,
        steps=(steps := queries.history_of(found)),
        proofs=proofs_of(steps),
        form=form,
    )
