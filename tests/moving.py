"""A scheme in two versions, and a trainee between them."""

from copy import deepcopy
from typing import Any

import sqlalchemy as sa
from sqlalchemy.orm import selectinload

from tests.world import SCHEME, World, make_world
from tracker.accounts.models import Person
from tracker.core.db import begin_write, db
from tracker.curricula.actions import import_document
from tracker.curricula.mapping import Pair
from tracker.curricula.mapping_actions import keep_mapping
from tracker.curricula.models import Competency, MappingKind
from tracker.curricula.plain_data import from_data
from tracker.enrolments.models import Enrolment
from tracker.enrolments.queries import get_enrolment
from tracker.logbook.models import ClaimEvidence, EntryCompetency
from tracker.operations import moving
from tracker.operations.moving_plan import Plan, Route, route_between
from tracker.progress.models import SectionSum, Stage, Standing

# What the second version does: GEN-1 reworded, NM-1 re-ruled, GEN-2 split, GEN-5 new, GEN-3 and GEN-4 merged.
WIDE: dict[str, Any] = deepcopy(SCHEME)
WIDE["sections"][0]["competencies"] += [
    {"code": "GEN-3", "statement": "Lift safely.", "guidance": "Seen.", "kind": "once"},
    {"code": "GEN-4", "statement": "Push safely.", "guidance": "Seen.", "kind": "once"},
    {"code": "GEN-6", "statement": "Send faxes.", "guidance": "Sent.", "kind": "once"},
]
MAPPING = [
    Pair("GEN-2", "GEN-2", MappingKind.SPLIT),
    Pair("GEN-2", "GEN-2b", MappingKind.SPLIT),
    Pair("GEN-3", "GEN-3", MappingKind.MERGED),
    Pair("GEN-4", "GEN-3", MappingKind.MERGED),
]

PART = "is a part of GEN-2, which was split: its entries count, but for assessments."


def second() -> dict[str, Any]:
    data = deepcopy(WIDE)
    data["kinds"].append({"code": "twice", "title": "Twice", "level": 2, "evidence": {"entries": 2}})
    generic = data["sections"][0]["competencies"]
    generic[0]["statement"] = "Wash both hands."
    generic[2:] = [
        {"code": "GEN-2b", "statement": "Check records.", "guidance": "Shown.", "kind": "once"},
        {"code": "GEN-3", "statement": "Move loads safely.", "guidance": "Seen.", "kind": "once"},
        {"code": "GEN-5", "statement": "Speak plainly.", "guidance": "Heard.", "kind": "once"},
    ]
    data["sections"][1]["competencies"][0]["kind"] = "twice"
    return data


def make_moving_world() -> World:
    """A trainee with something of every sort: signed, under way, untouched."""
    world = make_world(WIDE)
    for code in ("GEN-1", "NM-1", "GEN-3", "GEN-4", "GEN-6"):
        world.signed(code)
    world.logged("GEN-2")
    db.session.commit()
    return world


def make_route(world: World) -> Route:
    """The way to the second version, with its mapping."""
    new = import_document(from_data(second()), publish=True)
    keep_mapping(world.enrolment.version, new, MAPPING, "mapping")
    db.session.commit()
    return route_between(world.enrolment.version, new)


def moved(world: World, route: Route) -> Plan:
    begin_write()
    plan = moving.move(None, world.enrolment.id, route)
    db.session.commit()
    know_grants()
    return plan


def know_grants() -> None:
    """Load everybody's grants again: what was loaded before a write began is forgotten."""
    with_grants = sa.select(Person).options(selectinload(Person.grants)).execution_options(populate_existing=True)
    db.session.scalars(with_grants).all()


def undone(world: World) -> None:
    begin_write()
    moving.undo(None, world.enrolment.id)
    db.session.commit()


def stood(world: World) -> dict[str, Stage]:
    rows = db.session.execute(
        sa.select(Competency.code, Standing.stage)
        .join(Standing, Standing.requirement_id == Competency.id)
        .where(Standing.enrolment_id == world.enrolment.id)
    )
    return {row.code: row.stage for row in rows}


def snapshot() -> dict[str, list[tuple[Any, ...]]]:
    """Every row that says where a trainee stands, and what was signed."""
    kept = (Standing, SectionSum, EntryCompetency, ClaimEvidence, Enrolment)
    return {
        model.__tablename__: sorted(map(tuple, db.session.execute(sa.select(*model.__table__.columns)).all()), key=repr)
        for model in kept
    }


def present(world: World, code: str) -> tuple[Enrolment, Competency]:
    """The enrolment as it is now, and a competency of the version that it follows."""
    enrolment = get_enrolment(world.trainee, world.enrolment.id)
    chosen = sa.select(Competency).where(Competency.version_id == enrolment.version_id, Competency.code == code)
    return enrolment, db.session.scalars(chosen).one()
