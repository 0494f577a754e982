"""The pages of the logbook: the list, one entry, writing one, and its files."""

from typing import Any
from uuid import UUID

from flask import Blueprint, g, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue

from tracker.accounts.queries import viewer
from tracker.core.clock import today
from tracker.core.errors import NotFound, allow
from tracker.core.forms import given
from tracker.core.web import before_writing
from tracker.curricula.queries import get_outline
from tracker.enrolments import queries as enrolments
from tracker.enrolments.models import Enrolment
from tracker.enrolments.placing import present_ids
from tracker.equipment.models import Revision
from tracker.equipment.queries import list_equipment
from tracker.equipment.rules import in_use_on
from tracker.evidence.files import NotReceived, Received, receive
from tracker.evidence.sending import send
from tracker.logbook import entry_actions as actions
from tracker.logbook import permissions, queries, rules
from tracker.logbook.entry_actions import Saving
from tracker.logbook.entry_forms import EntryForm
from tracker.logbook.models import EntryStatus, LogEntry
from tracker.logbook.overlap import chosen_same, list_same, parted
from tracker.logbook.resting import locked_by
from tracker.logbook.words import KINDS, PARTS

bp = Blueprint("entries", __name__)
LAST_PAGE = 10_000
TOO_LARGE = 413


@bp.get("/enrolments/<uuid:enrolment_id>/log")
def log(enrolment_id: UUID) -> ResponseReturnValue:
    """An enrolment's entries, latest first; drafts only for their trainee."""
    enrolment = enrolments.get_enrolment(viewer(), enrolment_id)
    page = min(max(1, request.args.get("page", 1, type=int)), LAST_PAGE)
    entries, more = queries.list_entries(viewer(), enrolment.id, page)
    own = permissions.can_log(viewer(), enrolment)
    return render_template("logbook/log.html", enrolment=enrolment, entries=entries, page=page, more=more, own=own)


@bp.get("/entries/<uuid:entry_id>")
def entry(entry_id: UUID) -> ResponseReturnValue:
    """One entry as it stands."""
    found = queries.get_entry(viewer(), entry_id)
    own = permissions.can_change(viewer(), found)
    holds = locked_by(found.id) if own else []
    return render_template(
        "logbook/entry.html",
        entry=found,
        own=own,
        why_not_change=rules.why_not_change(holds, fixed=found.fixed),
        why_not_delete=rules.why_not_delete(found, holds),
        kinds=KINDS,
        parts=PARTS,
    )


def receive_files() -> None:
    """Check and store what was uploaded before the write transaction begins."""
    g.received, g.not_received = [], []
    for upload in request.files.getlist("files"):
        if upload.filename:
            outcome = receive(upload)
            (g.received if isinstance(outcome, Received) else g.not_received).append(outcome)


@bp.route("/enrolments/<uuid:enrolment_id>/log/new", methods=["GET", "POST"])
@before_writing(receive_files)
def new_entry(enrolment_id: UUID) -> ResponseReturnValue:
    """A page that starts with "what did you do?"; with ?again=ENTRY, the same again."""
    enrolment = enrolments.get_enrolment(viewer(), enrolment_id)
    allow(permissions.can_log(viewer(), enrolment))
    form = _form(enrolment, _model(enrolment))
    if not form.is_submitted() and (chosen := request.args.get("competency", type=UUID)):
        form.competency_ids.data = [chosen]
    return _write(enrolment, form, None)


def _model(enrolment: Enrolment) -> LogEntry | None:
    """The entry that is to be done again, if one of the viewer's own was named."""
    again = request.args.get("again", type=UUID)
    if again is None or request.method == "POST":
        return None
    found = queries.get_entry(viewer(), again)
    if found.enrolment_id != enrolment.id:
        raise NotFound
    return found


@bp.route("/entries/<uuid:entry_id>/change", methods=["GET", "POST"])
@before_writing(receive_files)
def change_entry(entry_id: UUID) -> ResponseReturnValue:
    """Change an entry on which no claim rests."""
    found = queries.get_entry(viewer(), entry_id)
    allow(permissions.can_change(viewer(), found))
    enrolment = enrolments.get_enrolment(viewer(), found.enrolment_id)
    form = _form(enrolment, found)
    if not form.is_submitted():
        form.version.data = found.version
        form.performed_on.process(None, found.performed_on)  # with its three parts
        form.action_plan.data, form.reflection.data = found.action_plan, found.reflection
    return _write(enrolment, form, found)


def _form(enrolment: Enrolment, entry: LogEntry | None) -> EntryForm:
    """The form with its choices, filled from an entry: what is the same each time, not what was learned that day."""
    form = EntryForm()
    form.sections = _competencies(enrolment)
    labels: dict[Any, str] = {key: label for inner in form.sections.values() for key, label in inner.items()}
    form.competency_ids.choices = labels
    form.same = list_same(viewer(), enrolment)
    elsewhere: dict[Any, str] = {each: same.label for each, same in form.same.items()}
    form.also_ids.choices = elsewhere
    if not form.is_submitted():
        form.also_ids.data = list(form.same)
    form.offered = {each.id: each for each in list_equipment(enrolment.centre_id)}
    used: dict[Any, str] = {each: f"{it.name} ({it.revisions[-1].name})" for each, it in form.offered.items()}
    form.used_ids.choices = used
    outline = get_outline(enrolment.version_id)
    form.assessment.choices = {"": "None"} | {each.code: each.title for each in outline.assessments}
    if entry is not None and not form.is_submitted():
        form.title.data, form.place.data, form.equipment.data = entry.title, entry.place, entry.equipment
        form.kind.data, form.part.data = entry.kind.value, entry.part.value if entry.part else None
        form.times.data, form.assessment.data, form.assessor.data = entry.times, entry.assessment, entry.assessor
        form.used_ids.data = [revision.equipment_id for revision in entry.used]
        linked = [competency.id for competency in entry.competencies]
        about = [each for each in present_ids(enrolment, linked) if each not in form.same]
        also = [each for each in linked if each in form.same]
        form.competency_ids.data, form.also_ids.data = parted(form.same, [*about, *also])
        if entry.minutes is not None:
            form.hours.data, form.minutes.data = divmod(entry.minutes, 60)
    return form


def _competencies(enrolment: Enrolment) -> dict[str, dict[UUID, str]]:
    """The competencies that apply, by the title of their section. Order: as in the curriculum."""
    outline = get_outline(enrolment.version_id)
    sections: dict[str, dict[UUID, str]] = {}
    for requirement in outline.chosen(enrolments.area_ids(enrolment)):
        if requirement.rule is not None:
            title = outline.section(requirement.section_id).title
            sections.setdefault(title, {})[requirement.id] = f"{requirement.code} {requirement.title}"
    return sections


def _write(enrolment: Enrolment, form: EntryForm, entry: LogEntry | None) -> ResponseReturnValue:
    """Show the form, or save what was sent."""
    if form.is_submitted() and _is_sendable(form):
        saved = actions.save_entry(viewer(), enrolment, form.facts(), _saving(form, entry))
        return redirect(url_for("entries.entry", entry_id=saved.id, done=saved.status.value))
    if form.is_submitted():
        form.no_patient_details.data = False  # The trainee looks again before ticking again.
    too_large = any(problem.too_large for problem in g.get("not_received", []))
    page = render_template("logbook/write.html", enrolment=enrolment, form=form, entry=entry)
    return page, TOO_LARGE if too_large else 422 if form.errors else 200


def _is_sendable(form: EntryForm) -> bool:
    """Whether all that was sent can be kept; every problem is noted on its field."""
    status = EntryStatus.LOGGED if request.form.get("save") == "log" else EntryStatus.DRAFT
    problems: list[NotReceived] = g.not_received
    form.received_problems = [problem.sentence for problem in problems]
    return form.validate_as(status, today())


def _saving(form: EntryForm, entry: LogEntry | None) -> Saving:
    received: list[Received] = g.received
    return Saving(
        entry_id=entry.id if entry else given(form.key.data),
        version=given(form.version.data) if entry else 0,
        status=EntryStatus.LOGGED if request.form.get("save") == "log" else EntryStatus.DRAFT,
        competency_ids=frozenset(form.competency_ids.data or ()),
        also=chosen_same(form.same, form.also_ids.data or (), form.competency_ids.data or ()),
        received=received,
        used=_used(form),
    )


def _used(form: EntryForm) -> list[Revision]:
    """What was ticked, in the revision that was in use on the day of the entry."""
    day = form.performed_on.data or today()
    return [in_use_on(form.offered[each].revisions, day) for each in form.used_ids.data or ()]


@bp.post("/entries/<uuid:entry_id>/delete")
def delete_entry(entry_id: UUID) -> ResponseReturnValue:
    """Delete a draft."""
    found = queries.get_entry(viewer(), entry_id)
    actions.delete_draft(viewer(), found)
    return redirect(url_for("entries.log", enrolment_id=found.enrolment_id, done="deleted"))


@bp.get("/entries/<uuid:entry_id>/files/<uuid:file_id>")
def file(entry_id: UUID, file_id: UUID) -> ResponseReturnValue:
    """A file of an entry that the viewer may see, as an attachment."""
    found = queries.get_entry(viewer(), entry_id)
    for attached in found.files:
        if attached.id == file_id:
            return send(attached)
    raise NotFound


@bp.post("/entries/<uuid:entry_id>/files/<uuid:file_id>/remove")
def remove_file(entry_id: UUID, file_id: UUID) -> ResponseReturnValue:
    """Take a file off an entry."""
    found = queries.get_entry(viewer(), entry_id)
    actions.remove_file(viewer(), found, file_id)
    return redirect(url_for("entries.entry", entry_id=found.id, done="removed"))
