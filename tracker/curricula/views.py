"""The pages of curricula: what there is, and what a version asks for."""

from collections.abc import Iterator
from typing import NamedTuple

from flask import Blueprint, render_template, request, url_for
from flask.typing import ResponseReturnValue

from tracker.accounts.queries import viewer
from tracker.core.clock import today
from tracker.curricula import drafts, permissions, queries
from tracker.curricula.checkpoints import checkpoints_of
from tracker.curricula.conditions import rule_sentence
from tracker.curricula.document import Kind
from tracker.curricula.form_rows import form_row
from tracker.curricula.mapping_queries import find_previous
from tracker.curricula.models import SectionKind, Version, VersionStatus
from tracker.curricula.outline import ComponentOutline, Outline, RequirementOutline, SectionOutline
from tracker.curricula.rules import evidence_parts, joined, validity_sentence

bp = Blueprint("curricula", __name__)
TAKEN = {
    SectionKind.GENERIC: "For every trainee.",
    SectionKind.AREA: "An area: for trainees who take it.",
    SectionKind.THEME: "",
}


DONE = {
    "published": "It is published: trainees can be enrolled on it, and it does not change any more.",
    "withdrawn": "It is withdrawn: nobody new is enrolled on it.",
}


class May(NamedTuple):
    """What the viewer can do with a version: edit it, for it is a draft; make a draft from it; withdraw it."""

    edit: bool
    draft: bool
    withdraw: bool


class VersionRow(NamedTuple):
    """A version in the list."""

    address: str
    title: str
    reference: str
    length: str


class KindRow(NamedTuple):
    """A kind of competency, and the evidence that it asks for."""

    title: str
    meaning: str
    level: str
    asked: tuple[str, ...]
    valid: str


class ComponentRow(NamedTuple):
    """An assessed part of a module."""

    title: str
    weight: str
    pass_mark: str


class RequirementRow(NamedTuple):
    """A competency or module with what there is to know of it."""

    code: str
    title: str
    text: str
    facts: str
    components: tuple[ComponentRow, ...]


class SectionRow(NamedTuple):
    """A section with its own requirements; the level is that of its heading."""

    level: int
    code: str
    title: str
    taken: str
    competencies: tuple[RequirementRow, ...]
    modules: tuple[RequirementRow, ...]


@bp.get("/curricula")
def curricula() -> ResponseReturnValue:
    """The published versions."""
    rows = [
        VersionRow(
            url_for("curricula.version", code=version.curriculum.code, number=version.number),
            version.title,
            f"{version.curriculum.code}, version {version.number}",
            f"{version.head['length_months']} months",
        )
        for version in queries.list_published()
    ]
    own = [
        VersionRow(_draft_address(each), each.title, f"{each.curriculum.code}, version {each.number}", "Draft")
        for each in drafts.list_drafts(viewer())
    ]
    can_begin = permissions.can_begin(viewer(), today())
    return render_template("curricula/curricula.html", rows=rows, own=own, can_begin=can_begin)


@bp.get("/curricula/<code>/<int:number>")
def version(code: str, number: int) -> ResponseReturnValue:
    """One version: what evidence its kinds ask for, and each section with its competencies and modules."""
    found = drafts.get_seen(viewer(), code, number)
    outline = queries.get_outline(found.id)
    return render_template(
        "curricula/version.html",
        outline=outline,
        withdrawn=found.status is VersionStatus.WITHDRAWN,
        done=DONE.get(request.args.get("done", "")),
        may=_may(found),
        previous=find_previous(found),
        kinds=[_kind_row(outline, kind) for kind in outline.kinds],
        levels=[(f"Level {level.value}: {level.title}", level.meaning) for level in outline.levels],
        forms=[form_row(form) for form in outline.assessments],
        checkpoints=checkpoints_of(outline),
        sections=list(_section_rows(outline)),
    )


def _may(version: Version) -> May:
    """What the viewer can do with a version."""
    on, draft = today(), version.status is VersionStatus.DRAFT
    led = drafts.has_scheme_lead(version.curriculum_id, on)
    published = version.status is VersionStatus.PUBLISHED
    return May(
        draft,
        permissions.can_draft(viewer(), version.curriculum_id, on),
        published and permissions.can_publish(viewer(), version, led, on),
    )


def _draft_address(version: Version) -> str:
    """Where a draft is edited."""
    return url_for("editor.draft", code=version.curriculum.code, number=version.number)


def _kind_row(outline: Outline, kind: Kind) -> KindRow:
    asked, valid = tuple(evidence_parts(kind.evidence)), validity_sentence(kind.validity_months)
    return KindRow(kind.title, kind.meaning, _level(outline, kind.level), asked, valid)


def _level(outline: Outline, value: int) -> str:
    title = next((level.title for level in outline.levels if level.value == value), "")
    return f"level {value} ({title})" if title else f"level {value}"


def _section_rows(outline: Outline) -> Iterator[SectionRow]:
    for section in outline.sections:
        own = [requirement for requirement in outline.requirements if requirement.section_id == section.id]
        yield SectionRow(
            min(2 + section.depth, 5),
            section.code,
            section.title,
            _taken(outline, section),
            tuple(_competency_row(outline, requirement) for requirement in own if requirement.rule is not None),
            tuple(_module_row(requirement) for requirement in own if requirement.rule is None),
        )


def _taken(outline: Outline, section: SectionOutline) -> str:
    """Who takes a section at the top, where there is a choice, and when it is complete, if not with all of it."""
    choice = any(each.kind is SectionKind.AREA for each in outline.sections)
    return " ".join(filter(None, [TAKEN[section.kind] if choice else "", rule_sentence(section.rule)]))


def _competency_row(outline: Outline, requirement: RequirementOutline) -> RequirementRow:
    kind = next(kind for kind in outline.kinds if kind.code == requirement.kind)
    own_level = f"Level {requirement.level}" if requirement.level != kind.level else ""
    scopes = f"Register scope: {joined(requirement.register_scopes, 'and')}" if requirement.register_scopes else ""
    facts = [kind.title, own_level, _expected(requirement), _shares(requirement), scopes]
    return RequirementRow(requirement.code, requirement.title, requirement.text, _facts(facts), ())


def _module_row(requirement: RequirementOutline) -> RequirementRow:
    attempts = requirement.attempts_allowed
    facts = [
        requirement.provider or "",
        f"{requirement.credits} credits" + (f" at level {requirement.study_level}" if requirement.study_level else ""),
        f"Passed at {requirement.pass_mark_percent} %",
        f"{attempts} attempts" if attempts and attempts > 1 else "One attempt" if attempts else "",
        _expected(requirement),
        _shares(requirement),
    ]
    components = tuple(map(_component_row, requirement.components))
    return RequirementRow(requirement.code, requirement.title, requirement.text, _facts(facts), components)


def _component_row(component: ComponentOutline) -> ComponentRow:
    pass_mark = "None of its own" if component.pass_mark_percent is None else f"{component.pass_mark_percent} %"
    must = ", must be passed" if component.must_pass else ""
    return ComponentRow(component.title, f"{component.weight_percent} %", pass_mark + must)


def _expected(requirement: RequirementOutline) -> str:
    return f"Expected by month {requirement.expected_month}" if requirement.expected_month else ""


def _shares(requirement: RequirementOutline) -> str:
    """What it counts for, where that is not as usual."""
    points = f"{requirement.points} points" if requirement.points > 1 else ""
    weight = f"weight {requirement.weight}" if requirement.weight > 1 else ""
    return ", ".join(filter(None, [points, weight]))


def _facts(facts: list[str]) -> str:
    return ". ".join(filter(None, facts))
