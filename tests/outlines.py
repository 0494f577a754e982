"""Outlines without a database: a document as rules and pages read it, and trainees on it."""

from collections.abc import Iterator, Mapping
from dataclasses import replace
from datetime import date
from decimal import Decimal
from typing import Any
from uuid import UUID, uuid4

from tracker.curricula.conditions import Condition, DayOfYear, Due, ReviewHeld, SectionRule
from tracker.curricula.document import Competency, Document, Milestone, Module, Section
from tracker.curricula.models import RequirementKind, SectionKind
from tracker.curricula.outline import Outline, RequirementOutline, SectionOutline
from tracker.curricula.plain_data import from_data
from tracker.progress.models import Stage
from tracker.progress.requirements import Held, Situation, Stood
from tracker.progress.training_time import Break

STARTS = date(2025, 10, 1)
SINCE = date(2026, 3, 3)
TODAY = date(2027, 9, 10)
IN_TIME = date(2027, 9, 15)
WINDOW = ReviewHeld("ANNUAL", DayOfYear(1, 9), DayOfYear(30, 9), 2)
END_OF_YEAR_TWO = Due(day=30, month_of_year=9, year=2)


def outline_of(document: Document) -> Outline:
    """The outline that a document has once it is imported."""
    placed = [(section, place) for top in document.sections for section, place in _placed(top, ())]
    return Outline(
        version_id=uuid4(),
        code=document.code,
        number=1,
        title=document.title,
        owner=document.owner,
        length_months=document.length_months,
        levels=document.scale.levels if document.scale else (),
        kinds=document.kinds,
        assessments=document.assessments,
        sections=tuple(place for _, place in placed),
        requirements=tuple(each for section, place in placed for each in _requirements(document, section, place.id)),
        signatures=document.signatures,
        outcomes=document.outcomes,
        reviews=document.reviews,
        milestones=document.milestones,
    )


def _placed(section: Section, above: tuple[UUID, ...]) -> Iterator[tuple[Section, SectionOutline]]:
    parent_id = above[-1] if above else None
    place = SectionOutline(uuid4(), section.code, section.title, section.kind, parent_id, above, section.rule)
    yield section, place
    for part in section.sections:
        yield from _placed(part, (*above, place.id))


def _requirements(document: Document, section: Section, section_id: UUID) -> Iterator[RequirementOutline]:
    for competency in section.competencies:
        yield _competency(document, competency, section_id)
    for module in section.modules:
        yield _module(module, section_id)


def _competency(document: Document, competency: Competency, section_id: UUID) -> RequirementOutline:
    kind = next(kind for kind in document.kinds if kind.code == competency.kind)
    return RequirementOutline(
        id=uuid4(),
        code=competency.code,
        title=competency.statement,
        section_id=section_id,
        requirement_kind=RequirementKind.COMPETENCY,
        text=competency.guidance,
        expected_month=competency.expected_month,
        points=competency.points,
        weight=competency.weight,
        kind=kind.code,
        rule=kind.evidence,
        level=kind.level,
    )


def _module(module: Module, section_id: UUID) -> RequirementOutline:
    return RequirementOutline(
        id=uuid4(),
        code=module.code,
        title=module.title,
        section_id=section_id,
        requirement_kind=RequirementKind.MODULE,
        text=module.about,
        expected_month=module.expected_month,
        points=module.points,
        weight=module.weight,
        credits=module.credits,
    )


def make_situation(
    outline: Outline,
    stages: Mapping[str, Stage],
    *,
    reviews: tuple[Held, ...] = (),
    breaks: tuple[Break, ...] = (),
    working_fraction: Decimal = Decimal(1),
) -> Situation:
    """Somebody since October 2025 who takes every area, supervised by A. Osei; stages by the codes of requirements."""
    ids = {each.code: each.id for each in outline.requirements}
    counts = {"components": 1, "mark_hundredths": 6000}
    return Situation(
        starts_on=STARTS,
        working_fraction=working_fraction,
        area_ids=frozenset(section.id for section in outline.sections if section.kind is SectionKind.AREA),
        supervisors=("A. Osei",),
        stood={ids[code]: Stood(stage, counts, 3, SINCE) for code, stage in stages.items()},
        reviews=reviews,
        breaks=breaks,
    )


def competencies(section: str, number: int, **more: Any) -> list[dict[str, Any]]:
    """So many competencies of one section, numbered from 1, each done once."""
    return [{"code": f"{section}-{at}", "statement": "Do it.", "kind": "once"} | more for at in range(1, number + 1)]


def module(code: str) -> dict[str, Any]:
    """A module of 20 credits."""
    parts = [{"code": "EX", "title": "Examination", "weight_percent": 100}]
    return {"code": code, "title": "A module", "credits": 20, "pass_mark_percent": 40, "components": parts}


SCHEME: dict[str, Any] = {
    "code": "S",
    "title": "A scheme",
    "length_months": 36,
    "scale": {"title": "Help", "levels": [{"value": 1, "title": "Alone"}]},
    "kinds": [{"code": "once", "title": "Once", "level": 1, "evidence": {"entries": 1}}],
    "reviews": [{"code": "ANNUAL", "title": "Annual review"}],
    "sections": [
        {"code": "A", "title": "Section A", "kind": "area", "competencies": competencies("A", 4)},
        {"code": "B", "title": "Section B", "kind": "area", "competencies": competencies("B", 3)},
        {"code": "PHASE-2", "title": "Phase 2", "kind": "generic", "modules": [module("M-1"), module("M-2")]},
        {"code": "REST", "title": "The rest", "kind": "generic", "competencies": competencies("R", 1, weight=100)},
    ],
}


def scheme(condition: Condition, due: Due = END_OF_YEAR_TWO, **rules: SectionRule) -> Outline:
    """The outline of SCHEME with one milestone, and with other rules for some sections."""
    document = from_data(SCHEME)
    sections = tuple(replace(each, rule=rules.get(each.code, each.rule)) for each in document.sections)
    return outline_of(replace(document, sections=sections, milestones=(Milestone("Y2", "Year 2", due, condition),)))
