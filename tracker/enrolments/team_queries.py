"""Who supervises whom in a centre, and who covers for whom."""

from collections.abc import Collection, Iterable, Sequence
from dataclasses import dataclass
from datetime import date
from functools import cache
from typing import Any
from uuid import UUID

import sqlalchemy as sa
from sqlalchemy.orm import aliased

from tracker.accounts.models import Person
from tracker.core.db import db
from tracker.core.errors import NotFound
from tracker.curricula.models import Version
from tracker.enrolments.models import Centre, Enrolment, Supervision, SupervisionRole
from tracker.enrolments.permissions import leads, leads_centre
from tracker.enrolments.queries import ON, VIEWER, in_force, seen_by, visible_ids, with_people

SIGNS = Supervision.role == SupervisionRole.SUPERVISOR
OWN = Supervision.covers_for_id.is_(None)


@dataclass(frozen=True)
class Cover:
    """Who covers for whom, from when to when: one of its supervisions stands for all of them."""

    supervision_id: UUID
    covered: str
    cover: str
    covered_id: UUID
    starts_on: date
    ends_on: date
    trainings: int


@dataclass(frozen=True)
class Candidate:
    """Somebody who may be asked to cover: a supervisor of the centre, and one training that they may see."""

    name: str
    approved: bool
    enrolment_id: UUID


def list_supervised(person_id: UUID, on: date) -> Sequence[Enrolment]:
    """What the person supervises themselves from that day on. Loads: as with_people. Order: by id."""
    running = sa.or_(Supervision.ends_on.is_(None), Supervision.ends_on >= on)
    own = sa.select(Supervision.enrolment_id).where(Supervision.supervisor_id == person_id, SIGNS, OWN, running)
    found = db.session.scalars(with_people().where(Enrolment.id.in_(own))).unique().all()
    return sorted(found, key=lambda enrolment: enrolment.id)


def list_candidates(centre_ids: Collection[UUID], on: date) -> dict[UUID, Candidate]:
    """Who supervises in these centres on that day, and whether they are approved anywhere. Order: by family name."""
    chosen = (
        sa.select(Supervision.supervisor_id, Supervision.approved, Supervision.enrolment_id)
        .add_columns(Person.given_name, Person.family_name)
        .join(Enrolment, Enrolment.id == Supervision.enrolment_id)
        .join(Person, Person.id == Supervision.supervisor_id)
        .where(Enrolment.centre_id.in_(centre_ids), SIGNS, OWN, in_force(Supervision, on), Person.active)
        .order_by(Person.family_name, Person.given_name, Person.id, Supervision.approved)
    )
    return {
        row.supervisor_id: Candidate(f"{row.given_name} {row.family_name}", row.approved, row.enrolment_id)
        for row in db.session.execute(chosen)  # An approved supervision comes last, and stands.
    }


def covers_of(person_id: UUID, on: date) -> list[Cover]:
    """The leave cover of a person and by them that is not over on that day. Order: by first day."""
    return _sets(db.session.execute(covers_with(), {VIEWER.key: person_id, ON.key: on}))


def covers_in(viewer: Person, centre_id: UUID, on: date) -> list[Cover]:
    """The leave cover in a centre, as the viewer may see it, that is not over on that day. Order: by first day."""
    here = sa.and_(Enrolment.centre_id == centre_id, Enrolment.id.in_(visible_ids(viewer, on)))
    return _sets(db.session.execute(_covers(here), seen_by(viewer, on)))


@cache
def covers_with() -> sa.Select[Any]:
    """The leave cover of VIEWER and by them that is not over on ON. Order: by first day."""
    return _covers(sa.or_(Supervision.covers_for_id == VIEWER, Supervision.supervisor_id == VIEWER))


def _covers(which: sa.ColumnElement[bool]) -> sa.Select[Any]:
    covered = aliased(Person)
    return (
        sa.select(Supervision.id, Supervision.supervisor_id, Supervision.covers_for_id, Supervision.starts_on)
        .add_columns(Supervision.ends_on, Person.given_name, Person.family_name)
        .add_columns(covered.given_name.label("covered_given"), covered.family_name.label("covered_family"))
        .join(Enrolment, Enrolment.id == Supervision.enrolment_id)
        .join(Person, Person.id == Supervision.supervisor_id)
        .join(covered, covered.id == Supervision.covers_for_id)
        .where(which, Supervision.ends_on >= ON)
        .order_by(Supervision.starts_on, covered.family_name, Person.family_name, Supervision.id)
    )


def _sets(found: Iterable[Any]) -> list[Cover]:
    """What was arranged together, as one cover."""
    sets: dict[tuple[Any, ...], list[Any]] = {}
    for row in found:
        sets.setdefault((row.supervisor_id, row.covers_for_id, row.starts_on, row.ends_on), []).append(row)
    return [_cover(rows) for rows in sets.values()]


def _cover(rows: Sequence[Any]) -> Cover:
    row = rows[0]
    covered, cover = f"{row.covered_given} {row.covered_family}", f"{row.given_name} {row.family_name}"
    return Cover(row.id, covered, cover, row.covers_for_id, row.starts_on, row.ends_on, len(rows))


def list_same_cover(supervision_id: UUID) -> Sequence[Supervision]:
    """All that was arranged together with this cover. Order: by training. Raises NotFound."""
    one = db.session.get(Supervision, supervision_id)
    if one is None or one.covers_for_id is None:
        raise NotFound
    together = (
        Supervision.supervisor_id == one.supervisor_id,
        Supervision.covers_for_id == one.covers_for_id,
        Supervision.starts_on == one.starts_on,
        Supervision.ends_on == one.ends_on,
    )
    chosen = sa.select(Supervision).where(*together).order_by(Supervision.enrolment_id).with_for_update()
    return db.session.scalars(chosen).all()


def enrolments_of(supervisions: Sequence[Supervision]) -> dict[UUID, Enrolment]:
    """The enrolments of these supervisions, by id. Loads: as with_people."""
    ids = [each.enrolment_id for each in supervisions]
    found = db.session.scalars(with_people().where(Enrolment.id.in_(ids))).unique()
    return {enrolment.id: enrolment for enrolment in found}


def list_team(viewer: Person, centre_id: UUID, on: date) -> Sequence[Any]:
    """Who supervises or assesses whom in a centre from that day on, of those whose record the viewer may see.

    Order: by trainee, then the longest serving first.

    Columns: id, enrolment_id, trainee_given, trainee_family, curriculum, supervisor_id, given_name, family_name, role,
    starts_on, ends_on, approved, covered (a family name, or nothing).
    """
    trainee, covered = aliased(Person), aliased(Person)
    running = sa.or_(Supervision.ends_on.is_(None), Supervision.ends_on >= on)
    chosen = (
        sa.select(Supervision.id, Supervision.enrolment_id, Supervision.supervisor_id, Supervision.role)
        .add_columns(
            Supervision.starts_on, Supervision.ends_on, Supervision.approved, Version.title.label("curriculum")
        )
        .add_columns(trainee.given_name.label("trainee_given"), trainee.family_name.label("trainee_family"))
        .add_columns(Person.given_name, Person.family_name, covered.family_name.label("covered"))
        .join(Enrolment, Enrolment.id == Supervision.enrolment_id)
        .join(Version, Version.id == Enrolment.version_id)
        .join(trainee, trainee.id == Enrolment.trainee_id)
        .join(Person, Person.id == Supervision.supervisor_id)
        .outerjoin(covered, covered.id == Supervision.covers_for_id)
        .where(Enrolment.centre_id == centre_id, running, Enrolment.id.in_(visible_ids(viewer, on)))
        .order_by(trainee.family_name, trainee.given_name, Supervision.enrolment_id, Supervision.starts_on)
    )
    return db.session.execute(chosen).all()


def get_led_centre(viewer: Person, centre_id: UUID, on: date) -> Centre:
    """The centre, if the viewer leads it on that day. Needs: grants loaded. Raises NotFound."""
    centre = db.session.get(Centre, centre_id)
    if centre is None or not leads_centre(viewer, centre_id, on):
        raise NotFound
    return centre


def get_led_supervision(viewer: Person, supervision_id: UUID, on: date) -> tuple[Supervision, Enrolment]:
    """The supervision, locked, if the viewer leads its training on that day. Needs: grants loaded. Raises NotFound."""
    chosen = sa.select(Supervision).where(Supervision.id == supervision_id).with_for_update()
    supervision = db.session.scalar(chosen)
    if supervision is None:
        raise NotFound
    enrolment = enrolments_of([supervision])[supervision.enrolment_id]
    if not leads(viewer, enrolment, on):
        raise NotFound
    return supervision, enrolment
