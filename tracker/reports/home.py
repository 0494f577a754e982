"""Where a person starts: what they may do here, worked out from grants and relations."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date
from uuid import UUID

import sqlalchemy as sa

from tracker.accounts.models import Grant, Person, Role
from tracker.assessments.queries import is_asked
from tracker.core.db import db
from tracker.curricula.models import Version
from tracker.enrolments.models import Centre, Enrolment, Supervision
from tracker.enrolments.queries import in_force, list_led_centres, visible_ids
from tracker.moderation.final_queries import waiting_finals
from tracker.moderation.models import FinalAssessment, Visit
from tracker.moderation.visit_queries import waiting_visits

MODERATING = (Role.MODERATOR, Role.EXAMINER)


@dataclass(frozen=True)
class Doors:
    """What a person may open. Shape: enrolments are (id, name of trainee, curriculum)."""

    own: Sequence[tuple[UUID, str, str]]
    supervises: bool
    centres: Sequence[Centre]
    moderated: Sequence[tuple[UUID, str, str]]
    assesses: bool  # is asked to, at present
    visits: Sequence[Visit] = ()  # to make
    finals: Sequence[FinalAssessment] = ()  # to make

    @property
    def only(self) -> str | None:
        """The one door, where there is just one: "own", "queue" (with what "assess" shows), "cohort" or "assess"."""
        doors = ["own"] * len(self.own) + ["queue"] * self.supervises + ["cohort"] * len(self.centres)
        doors += ["assess"] * (self.assesses and not self.supervises)
        return doors[0] if len(doors) == 1 and not (self.moderated or self.visits or self.finals) else None


def doors_of(person: Person, on: date) -> Doors:
    """What the person may open on that day."""
    return Doors(
        own=_named(Enrolment.trainee_id == person.id),
        supervises=_supervises(person, on),
        centres=list_led_centres(person, on),
        moderated=_moderated(person, on),
        visits=waiting_visits(person, on) if _is_any(person, Role.MODERATOR) else (),
        finals=waiting_finals(person, on) if _is_any(person, Role.EXAMINER) else (),
        assesses=is_asked(person),
    )


def _supervises(person: Person, on: date) -> bool:
    supervised = sa.exists().where(Supervision.supervisor_id == person.id, in_force(Supervision, on))
    return bool(db.session.scalar(sa.select(supervised)))


def _is_any(person: Person, *roles: Role) -> bool:
    return any(grant.role in roles for grant in person.grants)


def _moderated(person: Person, on: date) -> Sequence[tuple[UUID, str, str]]:
    """The records that a moderator or examiner may read, their own and those of a centre they lead left out."""
    if not _is_any(person, *MODERATING):
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
