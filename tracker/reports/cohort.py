"""A cohort: the trainees of a centre on one curriculum, by section."""

from collections import Counter
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import date
from typing import Any
from uuid import UUID

import sqlalchemy as sa

from tracker.accounts.models import Person
from tracker.core.clock import today
from tracker.core.db import db
from tracker.curricula.models import Curriculum, SectionKind, Version
from tracker.curricula.outline import Outline, SectionOutline
from tracker.curricula.queries import get_outline
from tracker.enrolments.models import Centre, ChosenArea, Enrolment
from tracker.enrolments.queries import visible_ids
from tracker.progress.models import SectionSum

NOTHING = (0, 0, 0)


@dataclass(frozen=True)
class Cell:
    """One trainee in one section. A total of 0: the trainee does not take it."""

    done: int
    waiting: int
    total: int

    @property
    def percent(self) -> int:
        """Done over all, in whole percent, rounded down; -1 where there is nothing to do."""
        return 100 * self.done // self.total if self.total else -1

    @property
    def band(self) -> str:
        """How dark the cell is drawn: none, some, most or all; the numbers in it say it exactly."""
        if self.done == self.total:
            return "all"
        return "none" if self.done == 0 else "most" if 2 * self.done >= self.total else "some"


@dataclass(frozen=True)
class Row:
    """One trainee of a cohort. Order: cells as the cohort's columns."""

    enrolment_id: UUID
    trainee: str
    starts_on: date
    areas: tuple[str, ...]
    started: str  # month and year
    whole: Cell
    cells: tuple[Cell, ...]
    credits: int


@dataclass(frozen=True)
class Cohort:
    """The trainees of a centre on one curriculum."""

    centre: str
    curriculum: str
    columns: tuple[tuple[str, str], ...]  # code and title of each section at the top that somebody takes
    rows: tuple[Row, ...]
    areas: tuple[tuple[str, str], ...]  # code and title, to filter by
    years: tuple[int, ...]  # in which somebody started, to filter by


def visible_in(viewer: Person, centre: Centre) -> sa.Select[UUID]:
    """The enrolments of a centre whose records the viewer may see."""
    return all_in(centre).where(Enrolment.id.in_(visible_ids(viewer, today())))


def all_in(centre: Centre) -> sa.Select[UUID]:
    """Every enrolment of a centre: for commands, which only an operator runs."""
    return sa.select(Enrolment.id).where(Enrolment.centre_id == centre.id)


def curricula_of(enrolment_ids: sa.Select[UUID]) -> Sequence[tuple[str, int]]:
    """The curricula of these enrolments. Shape: code and how many. Order: most first."""
    counted = (
        sa.select(Curriculum.code, sa.func.count())
        .join(Version, Version.curriculum_id == Curriculum.id)
        .join(Enrolment, Enrolment.version_id == Version.id)
        .where(Enrolment.id.in_(enrolment_ids))
        .group_by(Curriculum.code)
        .order_by(sa.func.count().desc(), Curriculum.code)
    )
    return [(code, number) for code, number in db.session.execute(counted)]


def cohort_of(centre: Centre, enrolment_ids: sa.Select[UUID], curriculum_code: str) -> Cohort:
    """The cohort of these enrolments on one curriculum. Order: rows by family name."""
    found = db.session.execute(_enrolments(enrolment_ids, curriculum_code)).all()
    outlines = {row.version_id: get_outline(row.version_id) for row in found}
    areas = _areas(enrolment_ids, curriculum_code)
    sections = _top_sections(outlines.values(), frozenset[UUID]().union(*areas.values()))
    sums = _sums(enrolment_ids, curriculum_code)
    plans: dict[tuple[UUID, frozenset[UUID]], Plan] = {}
    rows = []
    for row in found:
        taken = (row.version_id, areas.get(row.id, frozenset()))
        if taken not in plans:
            plans[taken] = Plan.of(outlines[row.version_id], taken[1], sections)
        rows.append(_row(row, plans[taken], sums.get(row.id, {})))
    return Cohort(
        centre=centre.name,
        curriculum=next((outline.title for outline in outlines.values()), curriculum_code),
        columns=tuple((section.code, section.title) for section in sections),
        rows=tuple(rows),
        areas=tuple((section.code, section.title) for section in sections if section.kind is SectionKind.AREA),
        years=tuple(sorted({row.starts_on.year for row in rows})),
    )


def _enrolments(enrolment_ids: sa.Select[UUID], curriculum_code: str) -> sa.Select[*tuple[Any, ...]]:
    columns = (Enrolment.id, Enrolment.version_id, Enrolment.starts_on, Person.given_name, Person.family_name)
    return (
        sa.select(*columns)
        .join(Person, Person.id == Enrolment.trainee_id)
        .where(*_on(enrolment_ids, curriculum_code))
        .order_by(Person.family_name, Person.given_name, Enrolment.id)
    )


def _on(enrolment_ids: sa.Select[UUID], curriculum_code: str) -> tuple[sa.ColumnElement[bool], ...]:
    versions = sa.select(Version.id).join(Version.curriculum).where(Curriculum.code == curriculum_code)
    return Enrolment.id.in_(enrolment_ids), Enrolment.version_id.in_(versions)


def _top_sections(outlines: Iterable[Outline], area_ids: frozenset[UUID]) -> list[SectionOutline]:
    """The sections at the top of any of the versions that somebody takes, each code once.

    Order: as in the newest version that has it.
    """
    by_code: dict[str, SectionOutline] = {}
    for outline in sorted(outlines, key=lambda outline: -outline.number):
        for section in outline.sections:
            if section.parent_id is None and (section.kind is not SectionKind.AREA or section.id in area_ids):
                by_code.setdefault(section.code, section)
    return list(by_code.values())


def _areas(enrolment_ids: sa.Select[UUID], curriculum_code: str) -> dict[UUID, frozenset[UUID]]:
    chosen = sa.select(ChosenArea.enrolment_id, ChosenArea.section_id).join(
        Enrolment, Enrolment.id == ChosenArea.enrolment_id
    )
    areas: dict[UUID, set[UUID]] = {}
    for enrolment_id, section_id in db.session.execute(chosen.where(*_on(enrolment_ids, curriculum_code))):
        areas.setdefault(enrolment_id, set()).add(section_id)
    return {enrolment_id: frozenset(section_ids) for enrolment_id, section_ids in areas.items()}


def _sums(enrolment_ids: sa.Select[UUID], curriculum_code: str) -> dict[UUID, dict[UUID, tuple[int, int, int]]]:
    """Done, waiting and credits by enrolment and section."""
    columns = (
        SectionSum.enrolment_id,
        SectionSum.section_id,
        SectionSum.done,
        SectionSum.waiting,
        SectionSum.credits,
    )
    chosen = sa.select(*columns).join(Enrolment, Enrolment.id == SectionSum.enrolment_id)
    sums: dict[UUID, dict[UUID, tuple[int, int, int]]] = {}
    for enrolment_id, section_id, done, waiting, credits in db.session.execute(
        chosen.where(*_on(enrolment_ids, curriculum_code))
    ):
        sums.setdefault(enrolment_id, {})[section_id] = (done, waiting, credits)
    return sums


@dataclass(frozen=True)
class Plan:
    """What trainees with the same areas on the same version have to do. Order: as the cohort's columns."""

    section_ids: tuple[UUID | None, ...]  # None: not theirs
    totals: tuple[int, ...]
    areas: tuple[str, ...]

    @classmethod
    def of(cls, outline: Outline, area_ids: frozenset[UUID], columns: Sequence[SectionOutline]) -> "Plan":
        """The plan of somebody who takes these areas."""
        totals = Counter(outline.within(each.section_id)[0] for each in outline.chosen(area_ids))
        own = {section.code: section.id for section in outline.sections if section.id in totals}
        section_ids = tuple(own.get(section.code) for section in columns)
        areas = tuple(section.code for section in outline.sections if section.id in area_ids)
        return cls(section_ids, tuple(totals[each] if each else 0 for each in section_ids), areas)


def _row(found: Any, plan: Plan, sums: dict[UUID, tuple[int, int, int]]) -> Row:
    own = [sums.get(section_id, NOTHING) if section_id else NOTHING for section_id in plan.section_ids]
    cells = tuple(Cell(done, waiting, total) for (done, waiting, _), total in zip(own, plan.totals, strict=True))
    whole = Cell(sum(done for done, _, _ in own), sum(waiting for _, waiting, _ in own), sum(plan.totals))
    name = f"{found.given_name} {found.family_name}"
    return Row(
        found.id,
        name,
        found.starts_on,
        plan.areas,
        f"{found.starts_on:%b %Y}",
        whole,
        cells,
        sum(credits for _, _, credits in own),
    )


def chosen_rows(cohort: Cohort, area: str, year: int | None, sort: str) -> list[Row]:
    """The rows in an area and of a start year, sorted.

    `sort` is name, started, whole or a section's code; with "-" before it, downwards.
    """
    rows = [
        row for row in cohort.rows if (not area or area in row.areas) and (year is None or row.starts_on.year == year)
    ]
    name, downwards = sort.removeprefix("-"), sort.startswith("-")
    codes = [code for code, _ in cohort.columns]
    keys = {"started": lambda row: row.starts_on, "whole": lambda row: row.whole.percent}
    if name in codes:
        rows.sort(key=lambda row: row.cells[codes.index(name)].percent, reverse=downwards)
    elif name in keys:
        rows.sort(key=keys[name], reverse=downwards)
    elif downwards:
        rows.reverse()
    return rows
