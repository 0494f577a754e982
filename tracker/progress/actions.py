"""Keeping the projection true, in the transaction of the change."""

from collections.abc import Sequence
from dataclasses import dataclass
from uuid import UUID

import sqlalchemy as sa

from tracker.core.clock import today
from tracker.core.db import db
from tracker.curricula.queries import get_outline
from tracker.enrolments.models import Enrolment
from tracker.progress.facts import Counted, Facts, count
from tracker.progress.models import WAITING, SectionSum, Stage, Standing


def restate(enrolment: Enrolment, requirement_id: UUID, facts: Facts) -> None:
    """Work out where a requirement stands from its owner's facts, and keep it and the sums of its sections.

    Needs: the enrolment locked before the facts were read, so that nobody else's are missing from them.
    """
    outline = get_outline(enrolment.version_id)
    requirement = outline.requirement(requirement_id)
    counted = Counted(facts.counts, None)
    if requirement.rule is not None:
        counted = count(requirement.rule, facts.entries, enrolment.starts_on, today())
    standing = db.session.get(Standing, (enrolment.id, requirement_id), populate_existing=True)
    before = standing.stage if standing else Stage.NOT_STARTED
    if standing is None:
        standing = Standing(enrolment_id=enrolment.id, requirement_id=requirement_id)
        db.session.add(standing)
    standing.stage, standing.level, standing.since = facts.stage, facts.level, facts.since
    standing.counts, standing.changes_on, standing.names_id = counted.counts, counted.changes_on, facts.names_id
    step = _Step(
        done=(facts.stage is Stage.DONE) - (before is Stage.DONE),
        waiting=(facts.stage in WAITING) - (before in WAITING),
    )
    _move_sums(enrolment.id, outline.within(requirement.section_id), step, requirement.credits or 0)


@dataclass(frozen=True)
class _Step:
    """By how much one requirement moves the sums of its sections: each 1, 0 or -1."""

    done: int
    waiting: int


def _move_sums(enrolment_id: UUID, section_ids: Sequence[UUID], step: _Step, credits_each: int) -> None:
    if not step.done and not step.waiting:
        return
    chosen = sa.select(SectionSum).where(
        SectionSum.enrolment_id == enrolment_id, SectionSum.section_id.in_(section_ids)
    )
    sums = {row.section_id: row for row in db.session.scalars(chosen.execution_options(populate_existing=True))}
    for section_id in section_ids:
        if section_id not in sums:
            sums[section_id] = SectionSum(enrolment_id=enrolment_id, section_id=section_id)
            sums[section_id].done = sums[section_id].waiting = sums[section_id].credits = 0
            db.session.add(sums[section_id])
        sums[section_id].done += step.done
        sums[section_id].waiting += step.waiting
        sums[section_id].credits += step.done * credits_each
