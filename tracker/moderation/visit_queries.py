"""Visits as they may be seen, and what their samples are drawn from."""

from collections.abc import Sequence
from datetime import date
from uuid import UUID

import sqlalchemy as sa
from sqlalchemy.orm import joinedload, selectinload
from sqlalchemy.orm.attributes import set_committed_value

from tracker.accounts.models import Person
from tracker.core.clock import today
from tracker.core.db import db
from tracker.core.errors import NotFound, Stale
from tracker.curricula.models import Curriculum, Version
from tracker.enrolments.models import Centre, Enrolment
from tracker.logbook.models import Claim, ClaimStatus, ClaimStep
from tracker.moderation.drawing import Candidate
from tracker.moderation.models import Sample, Stratum, Visit
from tracker.moderation.permissions import can_open_visit, can_read_visit

WITH_PLACE = (
    joinedload(Visit.centre, innerjoin=True),
    joinedload(Visit.curriculum, innerjoin=True),
    joinedload(Visit.moderator, innerjoin=True),
    joinedload(Visit.opened_by, innerjoin=True),
)
WITH_SAMPLES = selectinload(Visit.samples).options(
    joinedload(Sample.claim, innerjoin=True).options(
        joinedload(Claim.competency, innerjoin=True), joinedload(Claim.signed_off_by)
    ),
    joinedload(Sample.enrolment, innerjoin=True).options(
        joinedload(Enrolment.trainee, innerjoin=True), joinedload(Enrolment.version, innerjoin=True)
    ),
)


def list_visits(viewer: Person) -> list[Visit]:
    """The visits that the viewer makes, or could have opened. Loads: place and people. Order: the latest first."""
    rows = db.session.scalars(sa.select(Visit).options(*WITH_PLACE).order_by(Visit.opens_on.desc(), Visit.event_seq))
    return [visit for visit in rows if can_read_visit(viewer, visit, today())]


def get_visit(viewer: Person, visit_id: UUID) -> Visit:
    """The visit, if the viewer may see it. Loads: place, people, samples with claim and trainee. Raises NotFound."""
    visit = db.session.scalar(sa.select(Visit).options(*WITH_PLACE, WITH_SAMPLES).where(Visit.id == visit_id))
    if visit is None or not can_read_visit(viewer, visit, today()):
        raise NotFound
    return visit


def lock_visit(visit: Visit) -> None:
    """Hold a visit until the end of the transaction, with its outcome and verdicts as they are now. Needs: samples."""
    db.session.refresh(visit, ["outcome", "comment", "held_at", "held_seq"], with_for_update=True)
    columns = (Sample.id, Sample.verdict, Sample.note, Sample.version)
    present = {row.id: row for row in db.session.execute(sa.select(*columns).where(Sample.visit_id == visit.id))}
    for sample in visit.samples:
        for name in ("verdict", "note", "version"):
            set_committed_value(sample, name, getattr(present[sample.id], name))


def lock_place(centre_id: UUID) -> None:
    """Hold a centre until the end of the transaction: visits to it are opened by one at a time. Raises NotFound."""
    if db.session.scalar(sa.select(Centre.id).where(Centre.id == centre_id).with_for_update(key_share=True)) is None:
        raise NotFound


def sample_of(visit: Visit, sample_id: UUID) -> Sample:
    """A sample of that visit. Raises NotFound."""
    found = next((sample for sample in visit.samples if sample.id == sample_id), None)
    if found is None:
        raise NotFound
    return found


def check_fresh(sample: Sample, version: int | None) -> None:
    """Raises Stale when the verdict changed since that version was shown."""
    if sample.version != version:
        raise Stale("You gave this sample a verdict in another window. Look at it as it is now, then decide.")


def list_places(viewer: Person, on: date) -> dict[str, str]:
    """Where the viewer may open a visit, with how that is called, by "centre curriculum". Order: by name."""
    rows = db.session.execute(
        sa.select(Centre.id, Centre.name, Curriculum.id.label("curriculum_id"), Curriculum.code)
        .select_from(Enrolment)
        .join(Centre, Centre.id == Enrolment.centre_id)
        .join(Version, Version.id == Enrolment.version_id)
        .join(Curriculum, Curriculum.id == Version.curriculum_id)
        .distinct()
        .order_by(Centre.name, Curriculum.code)
    )
    return {
        f"{row.id} {row.curriculum_id}": f"{row.name}: {row.code}"
        for row in rows
        if can_open_visit(viewer, row.id, row.curriculum_id, on)
    }


def enrolments_at(centre_id: UUID, curriculum_id: UUID) -> sa.Select[UUID]:
    """The ids of the enrolments of a curriculum at a centre, in whichever version."""
    versions = sa.select(Version.id).where(Version.curriculum_id == curriculum_id)
    return sa.select(Enrolment.id).where(Enrolment.centre_id == centre_id, Enrolment.version_id.in_(versions))


def list_candidates(enrolment_ids: sa.Select[UUID]) -> list[Candidate]:
    """Every decision that stands on a claim of these enrolments: signed off, countersigned or returned."""
    last = sa.select(sa.func.max(ClaimStep.event_seq)).where(ClaimStep.claim_id == Claim.id).scalar_subquery()
    decided = Claim.status.in_([ClaimStatus.SIGNED_OFF, ClaimStatus.RETURNED])
    columns = (Claim.id, Claim.enrolment_id, Claim.status, Claim.countersigned_by_id, last.label("seq"))
    rows = db.session.execute(sa.select(*columns).where(Claim.enrolment_id.in_(enrolment_ids), decided))
    return [Candidate(row.id, row.enrolment_id, _stratum(row.status, row.countersigned_by_id), row.seq) for row in rows]


def _stratum(status: ClaimStatus, countersigned_by_id: UUID | None) -> Stratum:
    if status is ClaimStatus.RETURNED:
        return Stratum.RETURNED
    return Stratum.COUNTERSIGNED if countersigned_by_id else Stratum.SIGNED_OFF


def get_recorded(event_seq: int) -> Visit:
    """The visit that an event opened. Loads: place and people."""
    return db.session.scalars(sa.select(Visit).options(*WITH_PLACE).where(Visit.event_seq == event_seq)).one()


def waiting_visits(moderator: Person, on: date) -> Sequence[Visit]:
    """The visits that the moderator is to make, their days not over. Loads: place. Order: the first to end first."""
    open_ones = sa.and_(Visit.moderator_id == moderator.id, Visit.held_at.is_(None), Visit.closes_on >= on)
    chosen = sa.select(Visit).options(*WITH_PLACE).where(open_ones)
    return db.session.scalars(chosen.order_by(Visit.closes_on, Visit.event_seq)).all()
