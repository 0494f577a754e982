"""Reading evidence files. Who may see one is decided by what it is attached to."""

from collections.abc import Collection, Sequence
from uuid import UUID

import sqlalchemy as sa

from tracker.accounts.models import Person
from tracker.core.db import db
from tracker.evidence.models import EvidenceFile


def list_own_files(viewer: Person, ids: Collection[UUID]) -> Sequence[EvidenceFile]:
    """Those of the files that the viewer attached; others are left out. Order: as they were stored."""
    own = sa.select(EvidenceFile).where(EvidenceFile.id.in_(ids), EvidenceFile.owner_id == viewer.id)
    return db.session.scalars(own.order_by(EvidenceFile.stored_at, EvidenceFile.id)).all()
