"""A distance-learning award for the tests of modules."""

from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from uuid import UUID, uuid4

import sqlalchemy as sa
from sqlalchemy.orm import selectinload

from tests.make import (
    make_centre,
    make_component,
    make_curriculum,
    make_enrolment,
    make_grant,
    make_module,
    make_person,
    make_section,
    make_supervision,
    make_version,
)
from tracker.accounts.models import Person, Role
from tracker.core.db import db
from tracker.curricula.models import Component, Module, VersionStatus
from tracker.enrolments.models import Enrolment, SupervisionRole
from tracker.enrolments.queries import get_enrolment
from tracker.learning import actions, queries
from tracker.learning.actions import ConfirmFacts, MarkFact, MarksFacts
from tracker.learning.models import MarkStatus, Registration
from tracker.record.models import Event


@dataclass(frozen=True)
class Award:
    """A trainee on an award with one module of an examination and coursework, and the people round it."""

    trainee: Person
    supervisor: Person
    lead: Person
    stranger: Person
    enrolment: Enrolment
    module: Module
    exam: Component
    work: Component

    def registered(self) -> Registration:
        """The trainee is on the module."""
        return actions.register(self.trainee, self.enrolment, self.module.id, date(2026, 1, 5))

    def marked(
        self, exam: str, work: str | None = None, attempt: int = 1, status: MarkStatus = MarkStatus.RATIFIED
    ) -> Registration:
        """The trainee records these marks."""
        registration = queries.find_registration(self.enrolment.id, self.module.id) or self.registered()
        marks = [MarkFact(self.exam.id, Decimal(exam), status)]
        if work is not None:
            marks.append(MarkFact(self.work.id, Decimal(work), status))
        facts = MarksFacts(registration.version, attempt, tuple(marks))
        return actions.record_marks(self.trainee, self.enrolment, registration.id, facts)

    def confirmed_by(self, actor: Person, key: UUID | None = None) -> Event:
        """The actor confirms the result as it stands."""
        registration = queries.find_registration(self.enrolment.id, self.module.id)
        assert registration is not None
        return actions.confirm(
            actor, self.enrolment, registration.id, ConfirmFacts(key or uuid4(), registration.version)
        )


def new_award() -> Award:
    """The award and its people, in the database."""
    trainee, supervisor, lead, stranger = (
        make_person(f"{name.lower()}@example.org", name) for name in ("Tess", "Sam", "Lena", "Stan")
    )
    curriculum, centre = make_curriculum("PGDIP"), make_centre()
    version = make_version(
        curriculum.id, title="Distance-learning award", head={"length_months": 24}, status=VersionStatus.DRAFT
    )
    section = make_section(version.id)
    module = make_module(version.id, section.id)
    exam = make_component(module.id, "EX", pass_mark_percent=Decimal(40))
    work = make_component(module.id, "CW", title="Coursework", position=1)
    enrolment = make_enrolment(trainee.id, version.id, centre.id)
    layers: tuple[list[object], ...] = (
        [trainee, supervisor, lead, stranger, curriculum, centre],
        [version, make_grant(lead.id, Role.TRAINING_LEAD, centre_id=centre.id)],
        [section, enrolment],
        [module, make_supervision(enrolment, supervisor.id)],
        [exam, work, make_supervision(enrolment, stranger.id, role=SupervisionRole.ASSESSOR)],
    )
    for layer in layers:
        db.session.add_all(layer)
        db.session.flush()
    version.status = VersionStatus.PUBLISHED
    db.session.flush()
    with_grants = sa.select(Person).options(selectinload(Person.grants)).execution_options(populate_existing=True)
    db.session.scalars(with_grants).all()
    return Award(trainee, supervisor, lead, stranger, get_enrolment(trainee, enrolment.id), module, exam, work)
