"""Sections and trainings that are complete and wait for somebody's signature."""

from collections.abc import Collection, Iterable, Iterator, Mapping
from dataclasses import dataclass, field
from datetime import date
from decimal import Decimal
from functools import cache
from typing import Any
from uuid import UUID

import sqlalchemy as sa

from tracker.accounts.models import Grant, Person, Role
from tracker.accounts.permissions import has_role
from tracker.core.db import db
from tracker.curricula.conditions import Signer
from tracker.curricula.models import Version
from tracker.curricula.outline import Outline
from tracker.curricula.queries import get_outline
from tracker.enrolments.models import ChosenArea, Enrolment
from tracker.enrolments.queries import ON, VIEWER, in_force, seen_by, supervised_ids
from tracker.progress.explain import Explanation, explain
from tracker.progress.models import SectionSum, Standing
from tracker.progress.requirements import Situation, Stood
from tracker.reviews.signature_queries import signed_in

WHOLE = Decimal(1)  # what is done is done, however much of the week somebody works


@dataclass(frozen=True)
class Due:
    """A section, or a whole training, that waits for the person's signature."""

    trainee: str
    title: str
    path: str


@dataclass
class _Training:
    """A training with a section in which all may be done, and as what the person may sign for it."""

    outline: Outline
    trainee: str
    signs_as: set[Signer]
    starts_on: date
    done: dict[UUID, int] = field(default_factory=dict)  # by section


def signatures_due(person: Person, on: date, supervised: Collection[UUID]) -> list[Due]:
    """What waits for this supervisor's or training lead's signature. Order: by trainee, then as in the curriculum.

    `supervised`: the versions that those whom they supervise follow; where none of them asks for such a signature,
    nothing is looked for.
    """
    leads = has_role(person.grants, Role.TRAINING_LEAD, on)
    if not leads and not any(_asks(get_outline(version_id)) for version_id in supervised):
        return []
    trainings = _gathered(db.session.execute(_trainings(leads=leads), seen_by(person, on)))
    trainings = {enrolment_id: each for enrolment_id, each in trainings.items() if _could_be_signed(each)}
    if not trainings:
        return []
    ids = sa.select(Enrolment.id).where(Enrolment.id.in_(list(trainings)))
    signed, stood, areas = signed_in(ids), _stood(ids), _areas(ids)
    found = list[Due]()
    for enrolment_id, each in trainings.items():
        taken, given = frozenset(areas.get(enrolment_id, ())), signed.get(enrolment_id, {})
        situation = Situation(each.starts_on, WHOLE, taken, (), stood.get(enrolment_id, {}), signed=given)
        found += _due(enrolment_id, each, explain(each.outline, situation, on))
    return found


def _asks(outline: Outline) -> bool:
    return bool(outline.signatures.section or outline.signatures.whole)


@cache
def _trainings(*, leads: bool) -> sa.Select[*tuple[Any, ...]]:
    """The trainings for which VIEWER may sign, with what is done in each section, in one statement."""
    is_led = sa.exists().where(
        Grant.person_id == VIEWER,
        Grant.role == Role.TRAINING_LEAD,
        Grant.centre_id == Enrolment.centre_id,
        sa.or_(Grant.curriculum_id.is_(None), Grant.curriculum_id == Version.curriculum_id),
        sa.or_(Grant.enrolment_id.is_(None), Grant.enrolment_id == Enrolment.id),
        in_force(Grant, ON),
    )
    led: sa.ColumnElement[bool] = is_led if leads else sa.false()
    supervised = Enrolment.id.in_(supervised_ids())
    return (
        sa.select(
            Enrolment.id,
            Enrolment.version_id,
            Enrolment.starts_on,
            Person.given_name,
            Person.family_name,
            supervised.label("supervised"),
            led.label("led"),
            SectionSum.section_id,
            SectionSum.done,
        )
        .join(Version, Version.id == Enrolment.version_id)
        .join(Person, Person.id == Enrolment.trainee_id)
        .join(SectionSum, SectionSum.enrolment_id == Enrolment.id)
        .where(Enrolment.trainee_id != VIEWER, SectionSum.done > 0, sa.or_(supervised, led) if leads else supervised)
        .order_by(Person.family_name, Person.given_name, Enrolment.id)
    )


def _gathered(rows: Iterable[Any]) -> dict[UUID, _Training]:
    found: dict[UUID, _Training] = {}
    for row in rows:
        if row.id not in found:
            signs_as = {Signer.SUPERVISOR, Signer.ASSESSOR} if row.supervised else set()
            signs_as |= {Signer.TRAINING_LEAD} if row.led else set()
            name = f"{row.given_name} {row.family_name}"
            found[row.id] = _Training(get_outline(row.version_id), name, signs_as, row.starts_on)
        found[row.id].done[row.section_id] = row.done
    return found


def _could_be_signed(training: _Training) -> bool:
    """Whether it is worth a closer look: a section whose rule asks for all has all, or its rule asks for less."""
    asked = training.outline.signatures
    if not {asked.section, asked.whole} & training.signs_as:
        return False
    number = _numbers(training.outline)
    return any(
        training.done[each.id] >= number[each.id] or not each.rule.asks_for_all
        for each in training.outline.sections
        if each.id in training.done
    )


def _numbers(outline: Outline) -> Mapping[UUID, int]:
    """How many requirements are in each section and the sections in it."""
    number: dict[UUID, int] = {}
    for requirement in outline.requirements:
        for section_id in outline.within(requirement.section_id):
            number[section_id] = number.get(section_id, 0) + 1
    return number


def _stood(ids: sa.Select[UUID]) -> dict[UUID, dict[UUID, Stood]]:
    """Where each requirement of these trainings stands: how far, and not on what."""
    found: dict[UUID, dict[UUID, Stood]] = {}
    columns = (Standing.enrolment_id, Standing.requirement_id, Standing.stage)
    for row in db.session.execute(sa.select(*columns).where(Standing.enrolment_id.in_(ids))):
        found.setdefault(row.enrolment_id, {})[row.requirement_id] = Stood(row.stage, {})
    return found


def _areas(ids: sa.Select[UUID]) -> dict[UUID, set[UUID]]:
    found: dict[UUID, set[UUID]] = {}
    columns = (ChosenArea.enrolment_id, ChosenArea.section_id)
    for row in db.session.execute(sa.select(*columns).where(ChosenArea.enrolment_id.in_(ids))):
        found.setdefault(row.enrolment_id, set()).add(row.section_id)
    return found


def _due(enrolment_id: UUID, training: _Training, found: Explanation) -> Iterator[Due]:
    asked = training.outline.signatures
    for each in found.sections:
        if asked.section in training.signs_as and each.waits_for_signature:
            yield Due(
                training.trainee, each.section.title, f"/enrolments/{enrolment_id}/sections/{each.section.id}/sign"
            )
    complete = all(each.met for each in found.sections if each.section.parent_id is None)
    if asked.whole in training.signs_as and complete and found.signature and not found.signature.met:
        yield Due(training.trainee, "The whole training", f"/enrolments/{enrolment_id}/sign")
