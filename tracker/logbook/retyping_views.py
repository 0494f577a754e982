"""The page on which an entry is filed under the right type."""

from uuid import UUID

from flask import Blueprint, redirect, render_template, url_for
from flask.typing import ResponseReturnValue

from tracker.accounts.queries import viewer
from tracker.core.errors import allow
from tracker.core.forms import given
from tracker.enrolments import queries as enrolments
from tracker.enrolments.models import Enrolment
from tracker.logbook import permissions, queries, retyping_rules
from tracker.logbook import retyping_actions as actions
from tracker.logbook.entry_forms import RetypeForm
from tracker.logbook.models import EntryKind, LogEntry, Part
from tracker.logbook.resting import locked_by
from tracker.logbook.retyping_actions import Retyping
from tracker.logbook.words import KINDS, PARTS

bp = Blueprint("retyping", __name__)


@bp.route("/entries/<uuid:entry_id>/retype", methods=["GET", "POST"])
def retype(entry_id: UUID) -> ResponseReturnValue:
    """The trainee says as what an entry should count."""
    found = queries.get_entry(viewer(), entry_id)
    allow(permissions.can_change(viewer(), found))
    enrolment, form = enrolments.get_enrolment(viewer(), found.enrolment_id), RetypeForm()
    form.to.choices, refused = _choices(enrolment, found)
    if form.validate_on_submit():
        actions.retype(viewer(), found.id, _asked(found, given(form.key.data), form.to.data))
        return redirect(url_for("entries.entry", entry_id=found.id, done="retyped"))
    page = render_template(
        "logbook/retype.html",
        entry=found,
        form=form,
        refused=refused,
        why_not=retyping_rules.why_not_retype(found, locked_by(found.id)),
        kinds=KINDS,
        parts=PARTS,
    )
    return page, 422 if form.errors else 200


def _asked(entry: LogEntry, key: UUID, to: str) -> Retyping:
    return Retyping(key, part=Part(to)) if entry.kind is EntryKind.DOCUMENT else Retyping(key, form=to)


def _choices(enrolment: Enrolment, entry: LogEntry) -> tuple[dict[str, str], dict[str, str]]:
    """As what the entry can count, and as what it cannot, with the sentence that says why."""
    if entry.kind is EntryKind.DOCUMENT:
        return {part.value: label for part, label in PARTS.items()}, {}
    was, forms = actions.form_of(enrolment, entry), actions.forms_of(enrolment)
    why_not = {code: retyping_rules.why_not_form(entry, was, form) for code, form in forms.items()}
    can = {code: forms[code].title for code, sentence in why_not.items() if sentence is None}
    return can, {forms[code].title: sentence for code, sentence in why_not.items() if sentence is not None}
