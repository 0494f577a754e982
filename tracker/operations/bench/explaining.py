"""What it costs to explain where trainees stand: pure work, so measured without a server."""

import gc
import time
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import replace
from datetime import date, timedelta
from decimal import Decimal
from statistics import median
from uuid import UUID

from tracker.core.db import db
from tracker.curricula.actions import import_document
from tracker.curricula.conditions import AllOf, AnyOf, DayOfYear, Due, OverallDone, ReviewHeld, SectionDone
from tracker.curricula.document import Document, Milestone, Review
from tracker.curricula.outline import Outline
from tracker.curricula.queries import get_outline
from tracker.operations.bench.curriculum import bench_document
from tracker.operations.bench.figures import MILLISECONDS, Figure
from tracker.operations.bench.place import Place
from tracker.progress.explain import explain
from tracker.progress.facts import EntryFact, count
from tracker.progress.models import Stage
from tracker.progress.requirements import Held, Situation, Stood

REQUIREMENTS, ENTRIES, COHORT = 130, 600, 200
ONE_LIMIT, COHORT_LIMIT = 5, 500
STARTS, TODAY = date(2025, 10, 1), date(2026, 9, 10)
STAGES = (Stage.IN_PROGRESS, Stage.DONE, Stage.IN_PROGRESS, Stage.SUBMITTED)
YEAR = AllOf(
    (
        SectionDone("S01", 50),
        ReviewHeld("ANNUAL", DayOfYear(1, 9), DayOfYear(30, 9), 1),
        AnyOf((SectionDone("S02"), AllOf((OverallDone(60), SectionDone("S03"))))),
    )
)


def explaining(place: Place, times: int) -> Iterator[Figure]:
    """One trainee with what was logged counted afresh, and a cohort as the projection holds it."""
    with place.app.app_context():
        version = import_document(_document(), publish=False)
        outline = get_outline(version.id)
        db.session.rollback()
    logged = _logged(outline)
    one = _cpu(lambda: explain(outline, _situation(_counted(outline, logged)), TODAY), times)
    yield Figure(f"explaining a trainee, {REQUIREMENTS} requirements and {ENTRIES} entries", "ms", one, most=ONE_LIMIT)
    situation = _situation(_counted(outline, logged))
    cohort = _cpu(lambda: [explain(outline, situation, TODAY) for _ in range(COHORT)], max(3, times // 20))
    yield Figure(f"explaining a cohort of {COHORT}", "ms", cohort, most=COHORT_LIMIT)


def _document() -> Document:
    """The bench's curriculum with a section more, and with milestones."""
    document = bench_document()
    more = replace(document.sections[0], code="S13")
    competencies = tuple(replace(each, code=each.code.replace("S01", "S13")) for each in more.competencies)
    milestones = tuple(
        Milestone(f"Y{year}", f"Year {year}", Due(day=30, month_of_year=9, year=year), YEAR) for year in (1, 2)
    )
    return replace(
        document,
        code=f"{document.code}-EXPLAINED",
        reviews=(Review(code="ANNUAL", title="Annual review"),),
        milestones=milestones,
        sections=(*document.sections, replace(more, competencies=competencies)),
    )


def _logged(outline: Outline) -> Mapping[UUID, Sequence[EntryFact]]:
    """The entries, dealt out to the requirements in turn."""
    logged: dict[UUID, list[EntryFact]] = {each.id: [] for each in outline.requirements}
    assert len(logged) == REQUIREMENTS
    for number in range(ENTRIES):
        requirement = outline.requirements[number % REQUIREMENTS]
        day = STARTS + timedelta(days=number // 2)
        form = "DOPS" if number % 7 == 0 else ""
        logged[requirement.id].append(EntryFact(day, part="supervised", assessment=form, reflection=number % 3 == 0))
    return logged


def _counted(outline: Outline, logged: Mapping[UUID, Sequence[EntryFact]]) -> Mapping[UUID, Mapping[str, int]]:
    return {
        each.id: count(each.rule, logged[each.id], STARTS, TODAY).counts
        for each in outline.requirements
        if each.rule is not None
    }


def _situation(counted: Mapping[UUID, Mapping[str, int]]) -> Situation:
    stood = {
        requirement_id: Stood(STAGES[number % len(STAGES)], counts, 3, TODAY)
        for number, (requirement_id, counts) in enumerate(counted.items())
    }
    return Situation(STARTS, Decimal(1), frozenset(), ("A. Osei",), stood, (Held("ANNUAL", TODAY),))


def _cpu(measured: Callable[[], object], times: int) -> float:
    """The median CPU time. Unit: milliseconds."""
    measured()
    gc.collect()
    taken = []
    for _ in range(times):
        begun = time.process_time()
        measured()
        taken.append((time.process_time() - begun) * MILLISECONDS)
    return median(taken)
