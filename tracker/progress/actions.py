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

OF_ENROLMENT = sa.bindparam("of_enrolment", type_=sa.Uuid())
STANDING = sa.and_(
    Standing.enrolment_id == OF_ENROLMENT, Standing.requirement_id == sa.bindparam("of_requirement", type_=sa.Uuid())
)
STAGE = sa.select(Standing.stage).where(STANDING)
MOVE = sa.update(Standing).where(STANDING)
ADD_TO_SUM = (
    sa.update(SectionSum)
    .where(
        SectionSum.enrolment_id == OF_ENROLMENT, SectionSum.section_id == sa.bindparam("of_section", type_=sa.Uuid())
    )
    .values(
        done=SectionSum.done + sa.bindparam("done_by", type_=sa.Integer()),
        waiting=SectionSum.waiting + sa.bindparam("waiting_by", type_=sa.Integer()),
        credits=SectionSum.credits + sa.bindparam("credits_by", type_=sa.Integer()),
    )
)
NEW_SUM = sa.insert(SectionSum)


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
    standing.lapses_on, standing.lapse_cause = facts.lapses_on(requirement.validity_months), facts.lapse_cause
    db.session.flush()
    _move_sums(enrolment.id, outline.within(requirement.section_id), _Step.of(before, facts.stage), requirement.credits)


def restage(enrolment: Enrolment, requirement_id: UUID, facts: Facts) -> bool:
    """Move a requirement to another stage, where nothing that is counted for it has changed. Needs: as restate.

    Gives False, and does nothing, when the requirement has no Standing yet.
    """
    outline = get_outline(enrolment.version_id)
    requirement = outline.requirement(requirement_id)
    connection = db.session.connection()
    which = {"of_enrolment": enrolment.id, "of_requirement": requirement_id}
    before = connection.execute(STAGE, which).scalar()
    if before is None:
        return False
    moved = {"stage": facts.stage, "level": facts.level, "since": facts.since, "names_id": facts.names_id}
    lapse = {"lapses_on": facts.lapses_on(requirement.validity_months), "lapse_cause": facts.lapse_cause}
    connection.execute(MOVE, which | moved | lapse)
    _move_sums(enrolment.id, outline.within(requirement.section_id), _Step.of(before, facts.stage), requirement.credits)
    return True


@dataclass(frozen=True)
class _Step:
    """By how much one requirement moves the sums of its sections: each 1, 0 or -1."""

    done: int
    waiting: int

    @classmethod
    def of(cls, before: Stage, after: Stage) -> "_Step":
        """The step from one stage to another."""
        return cls(
            done=(after is Stage.DONE) - (before is Stage.DONE),
            waiting=(after in WAITING) - (before in WAITING),
        )


def _move_sums(enrolment_id: UUID, section_ids: Sequence[UUID], step: _Step, credits_each: int | None) -> None:
    if not step.done and not step.waiting:
        return
    connection = db.session.connection()
    by = {"done": step.done, "waiting": step.waiting, "credits": step.done * (credits_each or 0)}
    steps = {f"{name}_by": number for name, number in by.items()}
    for section_id in section_ids:
        which = {"of_enrolment": enrolment_id, "of_section": section_id}
        if not connection.execute(ADD_TO_SUM, which | steps).rowcount:
            connection.execute(NEW_SUM, {"enrolment_id": enrolment_id, "section_id": section_id} | by)
