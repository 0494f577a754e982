"""The pages of a draft: beginning one, its tree and its problems, publishing, and withdrawing a version."""

from collections.abc import Iterator
from typing import Any, NamedTuple

from flask import Blueprint, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue

from tracker.accounts.queries import viewer
from tracker.core.clock import today
from tracker.core.errors import NotFound, allow, refuse_if
from tracker.curricula import drafts, editing, editor_actions, permissions, rules
from tracker.curricula.conditions import rule_sentence
from tracker.curricula.document import Competency, Document, Module, Section
from tracker.curricula.editing import DOWN, UP, Place
from tracker.curricula.editor_forms import ConfirmForm, NewForm, kind_hints
from tracker.curricula.models import SectionKind, Version
from tracker.curricula.queries import build_document
from tracker.curricula.schema import Flaw

bp = Blueprint("editor", __name__)
EDIT = "/curricula/<code>/<int:number>/edit"
STEPS = {"up": UP, "down": DOWN}
MOST_PROBLEMS = 50
TAKEN = {
    SectionKind.GENERIC: "For every trainee.",
    SectionKind.AREA: "An area, for those who choose it.",
    SectionKind.THEME: "",
}
DONE = {
    "begun": "The draft is made. Only you and those who lead the scheme see it.",
    "added": "Added.",
    "saved": "Saved.",
    "removed": "Removed.",
    "moved": "Moved.",
}


class PartRow(NamedTuple):
    """A competency or module in the tree."""

    name: str
    code: str
    title: str
    facts: str
    first: bool
    last: bool


class SectionRow(NamedTuple):
    """A section in the tree; the level is that of its heading."""

    level: int
    code: str
    title: str
    facts: str
    first: bool
    last: bool
    parts: tuple[PartRow, ...]


class Problem(NamedTuple):
    """What must be mended before publishing, and where."""

    address: str
    sentence: str


def open_draft(code: str, number: int) -> tuple[Version, Document]:
    """The draft as its editor sees it; a form must have been made from what is there now.

    Raises NotFound, Forbidden, Refused, Stale.
    """
    version = drafts.get_seen(viewer(), code, number)
    allow(permissions.can_edit(viewer(), version, today()))
    refuse_if(rules.why_not_edit(version))
    if request.method == "POST":
        editor_actions.refuse_stale(version, request.form.get("digest", ""))
    return version, build_document(version)


def draft_address(version: Version, done: str = "", anchor: str = "") -> str:
    """Where the draft is edited, at a part of it."""
    code, number = version.curriculum.code, version.number
    return url_for("editor.draft", code=code, number=number, done=done or None, _anchor=anchor or None)


@bp.route("/curricula/new", methods=["GET", "POST"])
def begin() -> ResponseReturnValue:
    """Begin a curriculum."""
    allow(permissions.can_begin(viewer(), today()))
    form = NewForm()
    if form.validate_on_submit() and drafts.is_taken(form.code.data or ""):
        form.code.errors = [f"There is a curriculum {form.code.data} already. Choose another code."]
    elif form.is_submitted() and not form.errors:
        document = Document(**form.values() | {"owner": form.owner.data or "", "code": form.code.data, "sections": ()})
        return redirect(draft_address(editor_actions.begin(viewer(), document), "begun"))
    return render_template("curricula/begin.html", form=form), form.status


@bp.post("/curricula/<code>/<int:number>/draft")
def make_draft(code: str, number: int) -> ResponseReturnValue:
    """Make a draft from a version."""
    version = drafts.get_seen(viewer(), code, number)
    return redirect(draft_address(editor_actions.draft_from(viewer(), version), "begun"))


@bp.route(EDIT, methods=["GET", "POST"])
def draft(code: str, number: int) -> ResponseReturnValue:
    """The whole draft with its problems; a button moves a part up or down."""
    version, document = open_draft(code, number)
    if request.method == "POST":
        return _move(version, document)
    return render_template(
        "curricula/draft.html",
        version=version,
        document=document,
        form=ConfirmForm(digest=version.digest),
        done=DONE.get(request.args.get("done", "")),
        sections=list(_section_rows(document.sections, kind_titles(document), 3)),
        kinds=[(kind.code, kind.title, kind_hints(document)[kind.code]) for kind in document.kinds],
        lists=_head_lists(document),
        problems=problems_of(version, document),
        changes=[(change.at, change.by.name, change.what) for change in drafts.list_changes(version.id)],
    )


def _move(version: Version, document: Document) -> ResponseReturnValue:
    name, _, rest = request.form.get("move", "").partition("/")
    part_code, _, direction = rest.partition("/")
    if name not in editing.IN_SECTIONS or direction not in STEPS:
        raise NotFound
    moved = editing.move(document, Place(name, part_code), STEPS[direction])
    editor_actions.edit(viewer(), version, version.digest, moved, f"{part_code} moved {direction}")
    return redirect(draft_address(version, "moved", f"{name}-{part_code}"))


def kind_titles(document: Document) -> dict[str, str]:
    """The title of each kind."""
    return {kind.code: kind.title for kind in document.kinds}


def _section_rows(sections: tuple[Section, ...], kinds: dict[str, str], level: int) -> Iterator[SectionRow]:
    for at, section in enumerate(sections):
        facts = " ".join(filter(None, [TAKEN[section.kind], rule_sentence(section.rule)]))
        parts = (*_competency_rows(section.competencies, kinds), *_module_rows(section.modules))
        ends = (at == 0, at == len(sections) - 1)
        yield SectionRow(min(level, 6), section.code, section.title, facts, *ends, parts)
        yield from _section_rows(section.sections, kinds, level + 1)


def _competency_rows(competencies: tuple[Competency, ...], kinds: dict[str, str]) -> Iterator[PartRow]:
    for at, each in enumerate(competencies):
        facts = [kinds.get(each.kind, each.kind), f"month {each.expected_month}" if each.expected_month else ""]
        ends = (at == 0, at == len(competencies) - 1)
        yield PartRow("competencies", each.code, each.statement, ", ".join(filter(None, facts)), *ends)


def _module_rows(modules: tuple[Module, ...]) -> Iterator[PartRow]:
    for at, each in enumerate(modules):
        facts = f"{each.credits} credits, {len(each.components)} components"
        yield PartRow("modules", each.code, each.title, facts, at == 0, at == len(modules) - 1)


def _head_lists(document: Document) -> list[tuple[str, str, str, list[tuple[str, str]]]]:
    """What else the draft lists: name, heading, what one is called, and each with its code."""
    levels = document.scale.levels if document.scale else ()
    return [
        ("levels", "Levels", "level", [(str(each.value), f"{each.value}: {each.title}") for each in levels]),
        ("assessments", "Assessments", "assessment", [(e.code, f"{e.code}: {e.title}") for e in document.assessments]),
        ("settings", "Settings", "setting", [(e.code, f"{e.code} = {e.value}: {e.title}") for e in document.settings]),
        ("sources", "Sources", "source", [(e.code, f"{e.code}: {e.title}") for e in document.sources]),
    ]


def problems_of(version: Version, document: Document) -> list[Problem]:
    """What must be mended before the draft can be published, each with the page that mends it."""
    flaws = editor_actions.flaws_of(document)[:MOST_PROBLEMS]
    return [_problem(version, document, flaw) for flaw in flaws]


def _problem(version: Version, document: Document, flaw: Flaw) -> Problem:
    where: Any = {"code": version.curriculum.code, "number": version.number}
    if flaw.path == ("sections",):
        return Problem(url_for("parts.add_part", **where, name="sections"), "There is no section yet. Add one.")
    place = editing.place_of(document, flaw.path)
    sentence = f"{flaw.what} {flaw.mend}"
    if place is None:
        own = flaw.path[:1] in {("title",), ("length_months",), ("owner",), ("scale",)}
        return Problem(url_for("parts.about", **where) if own else "", sentence)
    return Problem(url_for("parts.change_part", **where, name=place.name, item=place.code), f"{place.code}: {sentence}")


@bp.route("/curricula/<code>/<int:number>/publish", methods=["GET", "POST"])
def publish(code: str, number: int) -> ResponseReturnValue:
    """Say what publishing means, then freeze the draft."""
    version = drafts.get_seen(viewer(), code, number)
    led = drafts.has_scheme_lead(version.curriculum_id, today())
    allow(permissions.can_publish(viewer(), version, led, today()))
    form = ConfirmForm(digest=version.digest)
    if form.validate_on_submit():
        editor_actions.publish(viewer(), version, request.form.get("digest", ""))
        return redirect(_version_address(version, "published"))
    refuse_if(rules.why_not_publish(version))
    document = build_document(version)
    page = {"version": version, "problems": problems_of(version, document), "counts": _counts(document)}
    return render_template("curricula/publish.html", form=form, **page), form.status


def _counts(document: Document) -> str:
    sections = list(document.every_section())
    numbers = {
        "section": len(sections),
        "competency": sum(len(section.competencies) for section in sections),
        "module": sum(len(section.modules) for section in sections),
        "kind of competency": len(document.kinds),
        "milestone": len(document.milestones),
    }
    plurals = {"competency": "competencies", "kind of competency": "kinds of competency"}
    said = [f"{n} {name if n == 1 else plurals.get(name, name + 's')}" for name, n in numbers.items() if n]
    return rules.joined(said, "and")


@bp.route("/curricula/<code>/<int:number>/withdraw", methods=["GET", "POST"])
def withdraw(code: str, number: int) -> ResponseReturnValue:
    """Say what withdrawing means, then let the version take no new trainees."""
    version = drafts.get_seen(viewer(), code, number)
    led = drafts.has_scheme_lead(version.curriculum_id, today())
    allow(permissions.can_publish(viewer(), version, led, today()))
    refuse_if(rules.why_not_withdraw(version))
    form = ConfirmForm(digest=version.digest)
    if form.validate_on_submit():
        editor_actions.withdraw(viewer(), version)
        return redirect(_version_address(version, "withdrawn"))
    return render_template("curricula/withdraw.html", form=form, version=version), form.status


def _version_address(version: Version, done: str) -> str:
    return url_for("curricula.version", code=version.curriculum.code, number=version.number, done=done)
