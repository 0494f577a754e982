"""Where a person starts: what they may do here, worked out from grants and relations."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date
from uuid import UUID

import sqlalchemy as sa

from tracker.accounts.models import Grant, Person, Role
from tracker.core.db import db
from tracker.curricula.models import Version
from tracker.enrolments.models import Centre, Enrolment, Supervision
from tracker.enrolments.queries import in_force, list_led_centres, visible_ids

MODERATING = (Role.MODERATOR, Role.EXAMINER)


@dataclass(frozen=True)
class Doors:
    """What a person may open. Shape: enrolments are (id, name of trainee, curriculum)."""

    own: Sequence[tuple[UUID, str, str]]
    supervises: bool
    centres: Sequence[Centre]
    moderated: Sequence[tuple[UUID, str, str]]

    @property
    def only(self) -> str | None:
        """The one door, where there is just one: "own", "queue" or "cohort"."""
        doors = ["own"] * len(self.own) + ["queue"] * self.supervises + ["cohort"] * len(self.centres)
        return doors[0] if len(doors) == 1 and not self.moderated else None


def doors_of(person: Person, on: date) -> Doors:
    """What the person may open on that day."""
    return Doors(
        own=_named(Enrolment.trainee_id == person.id),
        supervises=_supervises(person, on),
        centres=list_led_centres(person, on),
        moderated=_moderated(person, on),
    )


def _supervises(person: Person, on: date) -> bool:
    supervised = sa.exists().where(Supervision.supervisor_id == person.id, in_force(Supervision, on))
    return bool(db.session.scalar(sa.select(supervised)))


def _moderated(person: Person, on: date) -> Sequence[tuple[UUID, str, str]]:
    """The records that a moderator or examiner may read, their own and those of a centre they lead left out."""
    if not any(grant.role in MODERATING for grant in person.grants):
        return []
    led = sa.select(Grant.centre_id).where(
        Grant.person_id == person.id, Grant.role == Role.TRAINING_LEAD, in_force(Grant, on)
    )
    others = (Enrolment.trainee_id != person.id, Enrolment.centre_id.not_in(led))
    return _named(Enrolment.id.in_(visible_ids(person, on)), *others)


def _named(*which: sa.ColumnElement[bool]) -> Sequence[tuple[UUID, str, str]]:
    chosen = (
        sa.select(Enrolment.id, Person.given_name, Person.family_name, Version.title)
        .join(Person, Person.id == Enrolment.trainee_id)
        .join(Version, Version.id == Enrolment.version_id)
        .where(*which)
        .order_by(Person.family_name, Person.given_name, Enrolment.starts_on)
    )
    return [(row.id, f"{row.given_name} {row.family_name}", row.title) for row in db.session.execute(chosen)]
