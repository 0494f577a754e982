"""Reading curricula: versions by their names, a version's outline, and the document it came from."""

from collections.abc import Iterator, Sequence
from dataclasses import replace
from decimal import Decimal
from typing import Any
from uuid import UUID

import sqlalchemy as sa
from sqlalchemy.orm import contains_eager, with_polymorphic

from tracker.core.db import db
from tracker.core.errors import NotFound
from tracker.curricula.document import Document, Kind
from tracker.curricula.models import (
    Competency,
    Component,
    Curriculum,
    Module,
    Requirement,
    Section,
    Version,
    VersionStatus,
)
from tracker.curricula.outline import ComponentOutline, Outline, RequirementOutline, SectionOutline
from tracker.curricula.plain_data import from_data, kind_from_data, percent, scale_from_data, uses_of
from tracker.curricula.plain_parts import (
    form_from_data,
    grade_from_data,
    milestone_from_data,
    outcome_from_data,
    review_from_data,
    rule_from_data,
    signatures_from_data,
)

MOST_KEPT = 64  # outlines, each of some 100 kB
_kept: dict[UUID, Outline] = {}


def parse_reference(text: str) -> tuple[str, int | None]:
    """The code and number in "CODE@2", or the code and None in "CODE". Raises ValueError."""
    code, at, number = text.strip().partition("@")
    if not code or (at and not (number.isascii() and number.isdecimal() and int(number) > 0)):
        raise ValueError(f"{text!r} names no version: write a code, or a code and a number such as CODE@2.")
    return code, int(number) if at else None


def find_version(code: str, number: int | None = None) -> Version | None:
    """The version of that number; without a number, the newest published one. Loads: curriculum."""
    chosen = _versions().where(Curriculum.code == code).order_by(None).order_by(Version.number.desc())
    if number is None:
        return db.session.scalars(chosen.where(Version.status == VersionStatus.PUBLISHED).limit(1)).first()
    return db.session.scalars(chosen.where(Version.number == number)).first()


def find_newest(code: str) -> Version | None:
    """The version with the highest number, published or not. Loads: curriculum."""
    newest = _versions().where(Curriculum.code == code).order_by(None).order_by(Version.number.desc())
    return db.session.scalars(newest.limit(1)).first()


def get_version(code: str, number: int) -> Version:
    """The version that anybody signed in may read: not a draft. Loads: curriculum. Raises NotFound."""
    version = find_version(code, number)
    if version is None or version.status is VersionStatus.DRAFT:
        raise NotFound
    return version


def list_versions() -> Sequence[Version]:
    """Every version, drafts too. Loads: curriculum. Order: by code, then number."""
    return db.session.scalars(_versions()).all()


def list_published() -> Sequence[Version]:
    """The versions that take new trainees. Loads: curriculum. Order: by code, then number."""
    return db.session.scalars(_versions().where(Version.status == VersionStatus.PUBLISHED)).all()


def _versions() -> sa.Select[Version]:
    named = sa.select(Version).join(Version.curriculum).options(contains_eager(Version.curriculum))
    return named.order_by(Curriculum.code, Version.number)


def get_outline(version_id: UUID) -> Outline:
    """The version as rules and pages read it; kept for the next reader unless it is a draft. Raises NotFound."""
    if version_id in _kept:
        return _kept[version_id]
    version = db.session.scalar(_versions().where(Version.id == version_id))
    if version is None:
        raise NotFound
    outline = _outline(version)
    if version.status is not VersionStatus.DRAFT:
        if len(_kept) >= MOST_KEPT:
            _kept.clear()
        _kept[version_id] = outline
    return outline


def _outline(version: Version) -> Outline:
    head = version.head
    kinds = tuple(map(kind_from_data, head.get("kinds", ())))
    return Outline(
        version_id=version.id,
        code=version.curriculum.code,
        number=version.number,
        title=version.title,
        owner=head.get("owner", ""),
        length_months=head["length_months"],
        levels=scale_from_data(head["scale"]).levels if "scale" in head else (),
        kinds=kinds,
        assessments=tuple(map(form_from_data, head.get("assessments", ()))),
        sections=tuple(_section_outlines(version.id)),
        requirements=tuple(_requirement_outlines(version.id, {kind.code: kind for kind in kinds})),
        signatures=signatures_from_data(head.get("signatures", {})),
        entry_requirements=tuple(head.get("entry_requirements", ())),
        outcomes=tuple(map(outcome_from_data, head.get("outcomes", ()))),
        reviews=tuple(map(review_from_data, head.get("reviews", ()))),
        milestones=tuple(map(milestone_from_data, head.get("milestones", ()))),
        grades=tuple(map(grade_from_data, head.get("grades", ()))),
    )


def _section_outlines(version_id: UUID) -> Iterator[SectionOutline]:
    above: dict[UUID, tuple[UUID, ...]] = {}
    for row in _section_rows(version_id):
        ancestors = (*above[row.parent_id], row.parent_id) if row.parent_id else ()
        above[row.id] = ancestors
        rule = rule_from_data(row.details.get("rule", "all"))
        yield SectionOutline(row.id, row.code, row.title, row.kind, row.parent_id, ancestors, rule)


def _requirement_outlines(version_id: UUID, kinds: dict[str, Kind]) -> Iterator[RequirementOutline]:
    components = _component_rows(version_id)
    for row in _requirement_rows(version_id):
        if isinstance(row, Module):
            yield _module_outline(row, components.get(row.id, []))
        elif isinstance(row, Competency):
            yield _competency_outline(row, kinds)


def _competency_outline(row: Competency, kinds: dict[str, Kind]) -> RequirementOutline:
    kind = kinds.get(row.kind or "")
    return RequirementOutline(
        id=row.id,
        code=row.code,
        title=row.title,
        section_id=row.section_id,
        requirement_kind=row.requirement_kind,
        text=row.guidance or "",
        expected_month=row.expected_month,
        points=row.details.get("points", 1),
        weight=row.details.get("weight", 1),
        register_scopes=tuple(row.details.get("register_scopes", ())),
        kind=row.kind,
        rule=kind.evidence if kind else None,
        level=kind.level if kind and row.level is None else row.level,
        validity_months=kind.validity_months if kind else None,
    )


def _module_outline(row: Module, components: Sequence[Component]) -> RequirementOutline:
    return RequirementOutline(
        id=row.id,
        code=row.code,
        title=row.title,
        section_id=row.section_id,
        requirement_kind=row.requirement_kind,
        text=row.details.get("about", ""),
        expected_month=row.expected_month,
        points=row.details.get("points", 1),
        weight=row.details.get("weight", 1),
        provider=row.provider,
        study_level=row.study_level,
        credits=row.credits,
        pass_mark_percent=_percent(row.pass_mark_percent),
        attempts_allowed=row.attempts_allowed,
        components=tuple(map(_component_outline, components)),
    )


def _component_outline(row: Component) -> ComponentOutline:
    weight, pass_mark = percent(row.weight_percent), _percent(row.pass_mark_percent)
    return ComponentOutline(row.id, row.code, row.title, weight, pass_mark, row.must_pass)


def _percent(number: Decimal | None) -> Decimal | None:
    return None if number is None else percent(number)


def _section_rows(version_id: UUID) -> Sequence[Section]:
    return db.session.scalars(
        sa.select(Section).where(Section.version_id == version_id).order_by(Section.position)
    ).all()


def _requirement_rows(version_id: UUID) -> Sequence[Requirement]:
    either = with_polymorphic(Requirement, [Competency, Module])
    return db.session.scalars(sa.select(either).where(either.version_id == version_id).order_by(either.position)).all()


def _component_rows(version_id: UUID) -> dict[UUID, list[Component]]:
    """The components of each module of the version. Order: as the document has them."""
    chosen = sa.select(Component).join(Module, Component.module_id == Module.id).where(Module.version_id == version_id)
    components: dict[UUID, list[Component]] = {}
    for row in db.session.scalars(chosen.order_by(Component.position)):
        components.setdefault(row.module_id, []).append(row)
    return components


def build_document(version: Version) -> Document:
    """The document that a version holds: importing it again changes nothing. Needs: curriculum loaded."""
    head = {name: value for name, value in version.head.items() if name != "uses"}
    named = {"code": version.curriculum.code, "title": version.title}
    document = from_data(head | named | {"sections": _section_data(version.id)})
    return replace(document, uses=uses_of(version.head))


def _section_data(version_id: UUID) -> list[dict[str, Any]]:
    """The tree of sections as plain data. The rows come a section before its parts."""
    top: list[dict[str, Any]] = []
    by_id: dict[UUID, dict[str, Any]] = {}
    for row in _section_rows(version_id):
        data = {"code": row.code, "title": row.title, "kind": row.kind.value} | row.details
        data |= {"competencies": [], "modules": [], "sections": []}
        by_id[row.id] = data
        (by_id[row.parent_id]["sections"] if row.parent_id else top).append(data)
    components = _component_rows(version_id)
    for requirement in _requirement_rows(version_id):
        data = by_id[requirement.section_id]
        if isinstance(requirement, Module):
            data["modules"].append(_module_data(requirement, components.get(requirement.id, [])))
        elif isinstance(requirement, Competency):
            data["competencies"].append(_competency_data(requirement))
    return top


def _competency_data(row: Competency) -> dict[str, Any]:
    text = {"code": row.code, "statement": row.title, "guidance": row.guidance, "kind": row.kind}
    return _given(text | {"level": row.level, "expected_month": row.expected_month}) | row.details


def _module_data(row: Module, components: Sequence[Component]) -> dict[str, Any]:
    names = (
        "code",
        "title",
        "provider",
        "study_level",
        "credits",
        "pass_mark_percent",
        "attempts_allowed",
        "expected_month",
    )
    values = {name: getattr(row, name) for name in names}
    return _given(values) | row.details | {"components": list(map(_component_data, components))}


def _component_data(row: Component) -> dict[str, Any]:
    names = ("code", "title", "weight_percent", "pass_mark_percent", "must_pass")
    return _given({name: getattr(row, name) for name in names})


def _given(values: dict[str, Any]) -> dict[str, Any]:
    return {name: value for name, value in values.items() if value is not None}
