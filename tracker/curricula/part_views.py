"""The pages on which the parts of a draft are added, changed, moved to another section and removed."""

from typing import Any

from flask import Blueprint, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue

from tracker.accounts.queries import viewer
from tracker.core.errors import NotFound
from tracker.curricula import editing, editor_actions
from tracker.curricula.document import Document
from tracker.curricula.editing import Place
from tracker.curricula.editor_forms import (
    AssessmentForm,
    LevelForm,
    PartForm,
    SettingForm,
    SourceForm,
    about_form,
    competency_form,
    kind_hints,
    section_form,
    settings_of,
    small_form,
    taken_codes,
)
from tracker.curricula.editor_views import EDIT, draft_address, open_draft
from tracker.curricula.form_rows import form_asks
from tracker.curricula.kind_forms import kind_form
from tracker.curricula.models import Version
from tracker.curricula.module_forms import module_form

bp = Blueprint("parts", __name__)
NAME = "<any(sections, competencies, modules, kinds, levels, assessments, settings, sources):name>"
SMALL: dict[str, type[PartForm]] = {
    "levels": LevelForm,
    "assessments": AssessmentForm,
    "settings": SettingForm,
    "sources": SourceForm,
}
CALLED = {
    "sections": "section",
    "competencies": "competency",
    "modules": "module",
    "kinds": "kind of competency",
    "levels": "level",
    "assessments": "assessment",
    "settings": "setting",
    "sources": "source",
}


@bp.route(f"{EDIT}/about", methods=["GET", "POST"])
def about(code: str, number: int) -> ResponseReturnValue:
    """Change what the draft says of itself: title, length, owner, and what its levels are called."""
    version, document = open_draft(code, number)
    form = about_form(document)
    if form.validate_on_submit():
        changed = editing.describe(document, form.values())
        if form.scale.data:
            changed = editing.name_scale(changed, form.scale.data)
        return _saved(version, changed, "Title and length changed", "saved")
    form.digest.data = version.digest
    return render_template("curricula/about.html", version=version, form=form, document=document), form.status


@bp.route(f"{EDIT}/new/{NAME}", methods=["GET", "POST"])
def add_part(code: str, number: int, name: str) -> ResponseReturnValue:
    """Add a part to the draft."""
    version, document = open_draft(code, number)
    form = _form(document, name, None, request.args.get("section", ""))
    if form.validate_on_submit():
        part = form.part()
        changed = editing.add(
            document, name, {key: value for key, value in part.items() if value is not None}, form.section_code()
        )
        return _saved(version, changed, f"{_code(part)} added", "added", Place(name, _code(part)))
    return _page(version, document, form, name, None)


@bp.route(f"{EDIT}/{NAME}/<item>", methods=["GET", "POST"])
def change_part(code: str, number: int, name: str, item: str) -> ResponseReturnValue:
    """Change a part of the draft, and move it into another section."""
    version, document = open_draft(code, number)
    place = Place(name, item)
    form = _form(document, name, place, "")
    if form.validate_on_submit():
        part = form.part()
        changed, new = editing.change(document, place, part), Place(name, _code(part))
        if name in editing.IN_SECTIONS:
            changed = editing.move_into(changed, new, form.section_code())
        return _saved(version, changed, f"{new.code} changed", "saved", new)
    return _page(version, document, form, name, place)


@bp.post(f"{EDIT}/{NAME}/<item>/remove")
def remove_part(code: str, number: int, name: str, item: str) -> ResponseReturnValue:
    """Take a part out of the draft."""
    version, document = open_draft(code, number)
    changed = editing.remove(document, Place(name, item))
    return _saved(version, changed, f"{item} removed", "removed")


def _saved(
    version: Version, document: Document, what: str, done: str, place: Place | None = None
) -> ResponseReturnValue:
    """Keep the changed draft, then show where the part is; a kind shows what it asks for now."""
    editor_actions.edit(viewer(), version, request.form["digest"], document, what)
    if place is not None and place.name == "kinds":
        where: Any = {"code": version.curriculum.code, "number": version.number}
        return redirect(url_for("parts.change_part", **where, name="kinds", item=place.code, done=done))
    return redirect(draft_address(version, done, f"{place.name}-{place.code}" if place else ""))


def _form(document: Document, name: str, place: Place | None, section: str) -> PartForm:
    """The form of a new part, or of the one at a place. Raises NotFound."""
    part = editing.find(document, place) if place else None
    if place and name in editing.IN_SECTIONS:
        section = editing.holder(document, place)
    form = _made(document, name, part, section)
    form.known, form.taken = settings_of(document), taken_codes(document, name, place)
    return form


def _made(document: Document, name: str, part: dict[str, Any] | None, section: str) -> PartForm:
    match name:
        case "sections":
            return section_form(document, part, section)
        case "competencies":
            return competency_form(document, part, section)
        case "modules":
            return module_form(document, part, section)
        case "kinds":
            return kind_form(document, part)
        case _:
            return small_form(SMALL[name], part)


def _page(version: Version, document: Document, form: PartForm, name: str, place: Place | None) -> ResponseReturnValue:
    form.digest.data = version.digest
    hints = kind_hints(document)
    page = {
        "version": version,
        "document": document,
        "name": name,
        "called": CALLED[name],
        "place": place,
        "why_not_remove": editing.why_not_remove(document, place) if place else "",
        "hints": hints,
        "asks": hints.get(place.code, "") if place and name == "kinds" else "",
        "form_asks": form_asks(document.form(place.code)) if place and name == "assessments" else (),
        "saved": request.args.get("done") in {"saved", "added"},
        "settings": [(setting.code, setting.value) for setting in document.settings],
    }
    return render_template("curricula/part.html", form=form, **page), form.status


def _code(part: dict[str, Any]) -> str:
    code = part.get("code", part.get("value"))
    if code is None:
        raise NotFound
    return str(code)
