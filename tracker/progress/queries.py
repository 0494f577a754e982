"""Reading where trainees stand."""

from collections.abc import Mapping, Sequence
from datetime import date
from typing import Any
from uuid import UUID

import sqlalchemy as sa

from tracker.core.db import db
from tracker.enrolments.models import Enrolment
from tracker.enrolments.naming import called, signers
from tracker.enrolments.queries import area_ids
from tracker.progress.models import SectionSum, Standing
from tracker.progress.requirements import Held, Situation, Stood
from tracker.progress.sections import NONE_SIGNED
from tracker.progress.signatures import Signed
from tracker.progress.training_time import Break


def get_situation(
    enrolment: Enrolment,
    on: date,
    reviews: Sequence[Held] = (),
    breaks: Sequence[Break] = (),
    signed: Mapping[UUID | None, Signed] = NONE_SIGNED,
) -> Situation:
    """What the explaining engine needs to know of an enrolment.

    Only milestones need the reviews and breaks, and only sections and the whole what was signed above the items.

    Needs: supervisions, supervisors and areas loaded.
    """
    said = (Standing.stage, Standing.counts, Standing.level, Standing.since, Standing.names_id)
    columns = (Standing.requirement_id, *said, Standing.lapses_on, Standing.lapse_cause)
    rows = db.session.execute(sa.select(*columns).where(Standing.enrolment_id == enrolment.id))
    return Situation(
        starts_on=enrolment.starts_on,
        working_fraction=enrolment.working_fraction,
        area_ids=area_ids(enrolment),
        supervisors=signers(enrolment, on),
        stood={row.requirement_id: Stood(*row[1:]) for row in rows},
        people=called(enrolment, on),
        reviews=tuple(reviews),
        breaks=tuple(breaks),
        signed=signed,
    )


def breaks_of(enrolment: Enrolment, on: date) -> tuple[Break, ...]:
    """The breaks of an enrolment; one that is still open lasts until that day. Needs: breaks loaded."""
    return tuple(Break(each.starts_on, each.ends_on or max(on, each.starts_on)) for each in enrolment.breaks)


def sums_of(enrolment_ids: sa.Select[UUID]) -> sa.Select[*tuple[Any, ...]]:
    """The section sums of these enrolments. Columns: enrolment_id, section_id, done, waiting, credits."""
    columns = (
        SectionSum.enrolment_id,
        SectionSum.section_id,
        SectionSum.done,
        SectionSum.waiting,
        SectionSum.credits,
    )
    return sa.select(*columns).where(SectionSum.enrolment_id.in_(enrolment_ids))
