"""What pages cost: beside their floors, as statements, and with ten times the trainees."""

from collections.abc import Callable, Iterator
from dataclasses import dataclass
from uuid import UUID

from flask import Flask
from sqlalchemy import event
from werkzeug.test import EnvironBuilder

from tracker.core.db import db
from tracker.operations.bench.figures import Figure, side_by_side
from tracker.operations.bench.floors import bare_app
from tracker.operations.bench.place import Place, asked

PAGE_LIMIT, GROWTH_LIMIT, STATEMENTS_LIMIT = 3, 1.2, 6


@dataclass(frozen=True)
class Page:
    """A page as somebody asks for it, and its floor."""

    name: str
    ours: Callable[[], bytes]
    floor: Callable[[], bytes]


def pages_of(place: Place) -> list[Page]:
    """The pages whose cost is measured."""
    bare, cast = _bare(place), place.cast

    def page(name: str, path: str, person_id: UUID, floor: str) -> Page:
        return Page(name, place.page(path, person_id), asked(bare, EnvironBuilder(floor).get_environ()))

    progress, cohort = f"/progress/{cast.enrolment_id}", f"/cohort/{cast.centre_id}"
    return [
        page("progress page", progress, cast.trainee_id, progress),
        page("supervisor's queue", "/queue", cast.supervisor_id, f"/queue/{cast.supervisor_id}"),
        page("lead's cohort", cohort, cast.lead_id, cohort),
    ]


def _bare(place: Place) -> Flask:
    with place.app.app_context():
        return bare_app(db.engine)


def beside_floors(pages: list[Page], times: int) -> Iterator[Figure]:
    """The CPU time of each page beside its floor's."""
    for page in pages:
        ours, floor = side_by_side(page.ours, page.floor, times)
        yield Figure(f"{page.name}, CPU", "ms", ours, floor, most=PAGE_LIMIT)


def as_they_grow(small: Place, large: Place, times: int) -> Iterator[Figure]:
    """The CPU time of each page with many trainees over its time with few: the pages are of the same size."""
    for few, many in zip(pages_of(small), pages_of(large), strict=True):
        at_large, at_small = side_by_side(many.ours, few.ours, times)
        what = f"{few.name} with {large.trainees} trainees over {small.trainees}"
        yield Figure(what, "ms", at_large, at_small, most=GROWTH_LIMIT)


def statements(tiny: Place, large: Place) -> Iterator[Figure]:
    """How many statements a page takes, beside how many it takes with ten trainees."""
    for few, many in zip(pages_of(tiny), pages_of(large), strict=True):
        at_large, at_tiny = _count(large, many), _count(tiny, few)
        limit = STATEMENTS_LIMIT if few.name == "progress page" else None
        yield Figure(f"{few.name}, SQL statements", "", at_large, most=limit)
        yield Figure(f"{few.name}, SQL statements over those with {tiny.trainees} trainees", "", at_large, at_tiny, 1)


def _count(place: Place, page: Page) -> int:
    """The statements of one page, without BEGIN and the like."""
    page.ours()
    seen: list[str] = []

    def note(*arguments: object) -> None:
        seen.append(str(arguments[2]))

    with place.app.app_context():
        engine = db.engine
    event.listen(engine, "before_cursor_execute", note)
    page.ours()
    event.remove(engine, "before_cursor_execute", note)
    return sum(not statement.startswith("BEGIN") for statement in seen)
