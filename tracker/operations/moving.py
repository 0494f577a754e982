"""Moving trainees between versions of a curriculum, and back: one event each; nothing that was signed is touched."""

from collections.abc import Collection, Iterator, Sequence
from typing import Any
from uuid import UUID, uuid4

import sqlalchemy as sa
from sqlalchemy.orm import joinedload

from tracker.accounts.models import Person
from tracker.core.clock import now, today
from tracker.core.db import db
from tracker.core.errors import NotFound, refuse_if
from tracker.curricula.models import Module, Requirement, RequirementKind, Version
from tracker.curricula.queries import get_outline
from tracker.enrolments.models import Carried, CarriedRequirement, ChosenArea, Enrolment, EnrolmentMove
from tracker.enrolments.permissions import current_supervisions
from tracker.enrolments.placing import present_ids
from tracker.enrolments.queries import lock_enrolment, with_people
from tracker.learning.facts import facts_for
from tracker.learning.models import Registration
from tracker.learning.queries import taken_as
from tracker.logbook.facts import facts_of
from tracker.logbook.models import Claim, EntryCompetency
from tracker.logbook.queries import ids_in
from tracker.notifications.actions import About, tell
from tracker.notifications.models import NoticeKind
from tracker.operations.moving_plan import Plan, Route, called, plan_for
from tracker.progress.actions import restate
from tracker.progress.models import SectionSum, Standing
from tracker.record.actions import append
from tracker.record.decision import OPERATOR, Decision
from tracker.record.models import Event

WEAKEST = [Carried.WHOLE, Carried.TO_CONFIRM, Carried.EVIDENCE, Carried.PART]


def list_on(version: Version, named: Collection[str] = ()) -> list[UUID]:
    """The enrolments that follow the version, or those of them that are named by id or by the trainee's address.

    Order: by family name. Raises NotFound for a name that fits none.
    """
    rows = db.session.execute(_with_addresses().where(Enrolment.version_id == version.id)).all()
    chosen = _named(rows, named, f"No training that follows {called(version)}")
    return [row.id for row in (chosen if named else rows)]


def list_moved(named: Collection[str]) -> dict[UUID, UUID]:
    """The enrolments that are named, of those that moved to the version that they follow, each with its curriculum.

    Order: by family name. Raises NotFound for a name that fits none.
    """
    moves = sa.and_(
        EnrolmentMove.enrolment_id == Enrolment.id,
        EnrolmentMove.to_version_id == Enrolment.version_id,
        EnrolmentMove.undone_seq.is_(None),
    )
    rows = db.session.execute(_with_addresses().where(sa.exists().where(moves))).all()
    return {row.id: row.curriculum_id for row in _named(rows, named, "No training that moved")}


def _with_addresses() -> sa.Select[*tuple[Any, ...]]:
    return (
        sa.select(Enrolment.id, Person.email, Version.curriculum_id)
        .join(Person, Person.id == Enrolment.trainee_id)
        .join(Version, Version.id == Enrolment.version_id)
        .order_by(Person.family_name, Person.given_name, Enrolment.starts_on, Enrolment.id)
    )


def _named(rows: Sequence[Any], named: Collection[str], none: str) -> list[Any]:
    """The rows whose id or address is named. Raises NotFound."""
    names = {name.strip().casefold() for name in named}
    unknown = names - {str(row.id) for row in rows} - {row.email.casefold() for row in rows}
    if unknown:
        raise NotFound(f"{none} is named {', '.join(sorted(unknown))}.")
    return [row for row in rows if {str(row.id), row.email.casefold()} & names]


def plan(enrolment_id: UUID, route: Route) -> Plan:
    """What the move of one enrolment would do. Raises NotFound."""
    return plan_for(_load(enrolment_id), route)


def move(actor: Person | None, enrolment_id: UUID, route: Route) -> Plan:
    """Let one enrolment follow another version of its curriculum. Without an actor, it is the operator's decision.

    Raises Refused, NotFound.
    """
    lock_enrolment(enrolment_id)
    enrolment = _load(enrolment_id)
    planned = plan_for(enrolment, route)
    refuse_if(planned.why_not)
    moved = _new_move(enrolment, route)
    db.session.add(moved)
    db.session.flush()
    db.session.add_all(_carry(planned, moved))
    _follow(enrolment, _version(route.new.id), planned.area_ids)
    _tell(actor, enrolment, NoticeKind.ENROLMENT_MOVED)
    facts = {
        "from": route.old.digest,
        "to": route.new.digest,
        "mapping": route.mapping_digest,
        "counts": planned.counts,
    }
    moved.event_seq = _record(actor, enrolment, "enrolment_moved", facts)
    db.session.flush()
    return planned


def undo(actor: Person | None, enrolment_id: UUID) -> Version:
    """Let an enrolment follow the version from which it moved last, as before. Gives that version.

    Raises Refused when something was put on record for the trainee since, NotFound.
    """
    lock_enrolment(enrolment_id)
    enrolment = _load(enrolment_id)
    moved = _last_move(enrolment)
    refuse_if(_why_not_undo(enrolment, moved))
    if moved is None:
        raise NotFound
    old = _version(moved.from_version_id)
    _give_back_entries(enrolment, moved)
    db.session.execute(sa.delete(CarriedRequirement).where(CarriedRequirement.move_id == moved.id))
    _follow(enrolment, old, frozenset(UUID(area_id) for area_id in moved.from_area_ids))
    _tell(actor, enrolment, NoticeKind.ENROLMENT_MOVE_UNDONE)
    moved.undone_seq = _record(actor, enrolment, "enrolment_move_undone", {"move": moved.event_seq})
    db.session.flush()
    return old


def rebuild(enrolment: Enrolment) -> None:
    """Work out again where the trainee stands, from what was logged, claimed and registered. Needs: it is locked."""
    for projection in (Standing, SectionSum):
        db.session.execute(sa.delete(projection).where(projection.enrolment_id == enrolment.id))
    outline = get_outline(enrolment.version_id)
    for requirement_id in present_ids(enrolment, set(_touched(enrolment.id))):
        is_module = outline.requirement(requirement_id).requirement_kind is RequirementKind.MODULE
        facts = facts_for(taken_as(enrolment, requirement_id)) if is_module else facts_of(enrolment, requirement_id)
        restate(enrolment, requirement_id, facts)
    db.session.flush()


def rebuild_each(enrolment_ids: Collection[UUID]) -> None:
    """The same for each of these, in the order in which all of them are locked."""
    for enrolment_id in sorted(enrolment_ids):
        lock_enrolment(enrolment_id)
        rebuild(_load(enrolment_id))


def _touched(enrolment_id: UUID) -> Iterator[UUID]:
    """Every requirement for which there is an entry, a claim or a registration, of whatever version."""
    logged = sa.select(EntryCompetency.competency_id).where(EntryCompetency.entry_id.in_(ids_in(enrolment_id)))
    yield from db.session.scalars(logged.distinct())
    yield from db.session.scalars(sa.select(Claim.competency_id).where(Claim.enrolment_id == enrolment_id))
    yield from db.session.scalars(sa.select(Registration.module_id).where(Registration.enrolment_id == enrolment_id))


def _load(enrolment_id: UUID) -> Enrolment:
    enrolment = db.session.scalars(with_people().where(Enrolment.id == enrolment_id)).unique().one_or_none()
    if enrolment is None:
        raise NotFound
    return enrolment


def _version(version_id: UUID) -> Version:
    chosen = sa.select(Version).options(joinedload(Version.curriculum, innerjoin=True)).where(Version.id == version_id)
    return db.session.scalars(chosen).one()


def _new_move(enrolment: Enrolment, route: Route) -> EnrolmentMove:
    return EnrolmentMove(
        enrolment_id=enrolment.id,
        from_version_id=route.old.id,
        to_version_id=route.new.id,
        from_area_ids=sorted(str(area.section_id) for area in enrolment.areas),
        moved_at=now(),
    )


def _carry(planned: Plan, moved: EnrolmentMove) -> Iterator[CarriedRequirement]:
    """What stands for what: the old version's requirements, and through them those of the versions before."""
    chosen = sa.select(CarriedRequirement).where(CarriedRequirement.enrolment_id == planned.enrolment_id)
    found = dict(planned.links)
    for earlier in db.session.scalars(chosen).all():
        for (from_id, to_id), carried in planned.links.items():
            if from_id == earlier.to_requirement_id:
                through = (earlier.from_requirement_id, to_id)
                found[through] = max(earlier.carried, carried, found.get(through, Carried.WHOLE), key=WEAKEST.index)
    for (from_id, to_id), carried in found.items():
        row = CarriedRequirement(enrolment_id=planned.enrolment_id, move_id=moved.id, carried=carried)
        row.from_requirement_id, row.to_requirement_id = from_id, to_id
        yield row


def _follow(enrolment: Enrolment, version: Version, areas: frozenset[UUID]) -> None:
    """Let the enrolment follow a version, and work out where the trainee stands in it."""
    enrolment.version_id, enrolment.version = version.id, version
    enrolment.areas = [ChosenArea(enrolment_id=enrolment.id, section_id=area_id) for area_id in sorted(areas)]
    db.session.flush()
    rebuild(enrolment)


def _tell(actor: Person | None, enrolment: Enrolment, kind: NoticeKind) -> None:
    about = About(enrolment.id, called(enrolment.version), f"/progress/{enrolment.id}")
    people = {supervision.supervisor_id for supervision in current_supervisions(enrolment, today())}
    for person_id in sorted(people | {enrolment.trainee_id}):
        tell(person_id, kind, actor, about)


def _record(actor: Person | None, enrolment: Enrolment, kind: str, facts: dict[str, Any]) -> int:
    actor_id = actor.id if actor else OPERATOR
    return append(Decision(kind, actor_id, enrolment.id, uuid4(), facts, {})).seq


def _last_move(enrolment: Enrolment) -> EnrolmentMove | None:
    chosen = sa.select(EnrolmentMove).where(
        EnrolmentMove.enrolment_id == enrolment.id,
        EnrolmentMove.to_version_id == enrolment.version_id,
        EnrolmentMove.undone_seq.is_(None),
    )
    return db.session.scalars(chosen.order_by(EnrolmentMove.event_seq.desc()).limit(1)).first()


def _why_not_undo(enrolment: Enrolment, moved: EnrolmentMove | None) -> str | None:
    """Source: what was decided after a move was decided under the version that it led to."""
    if moved is None:
        return f"{enrolment.trainee.name} did not move to {called(enrolment.version)}: there is nothing to undo."
    last = db.session.scalar(sa.select(sa.func.max(Event.seq)).where(Event.enrolment_id == enrolment.id))
    if last != moved.event_seq:
        return (
            f"Event {last} was put on record for {enrolment.trainee.name} after the move, under "
            f"{called(enrolment.version)}: the move cannot be undone any more."
        )
    registered = sa.select(Module.code).join(Registration, Registration.module_id == Module.id)
    of_new = registered.where(Registration.enrolment_id == enrolment.id, Module.version_id == moved.to_version_id)
    if code := db.session.scalar(of_new.limit(1)):
        return f"{code} was registered after the move, under {called(enrolment.version)}: it cannot be undone any more."
    return None


def _give_back_entries(enrolment: Enrolment, moved: EnrolmentMove) -> None:
    """Let what was logged since the move count for what its requirements came from. Nothing of it is signed yet.

    An entry for what is new keeps that: should the trainee move again, it counts.
    """
    pairs = sa.select(CarriedRequirement.from_requirement_id, CarriedRequirement.to_requirement_id)
    old = pairs.join(Requirement, Requirement.id == CarriedRequirement.from_requirement_id).where(
        CarriedRequirement.move_id == moved.id, Requirement.version_id == moved.from_version_id
    )
    for from_id, to_id in db.session.execute(old).all():
        linked = sa.select(EntryCompetency.entry_id).where(EntryCompetency.competency_id == to_id)
        logged = linked.where(EntryCompetency.entry_id.in_(ids_in(enrolment.id)))
        for entry_id in db.session.scalars(logged).all():
            db.session.merge(EntryCompetency(entry_id=entry_id, competency_id=from_id))
    db.session.flush()
    given_back = sa.select(CarriedRequirement.to_requirement_id).where(CarriedRequirement.move_id == moved.id)
    own = ids_in(enrolment.id)
    db.session.execute(
        sa.delete(EntryCompetency).where(
            EntryCompetency.entry_id.in_(own), EntryCompetency.competency_id.in_(given_back)
        )
    )
