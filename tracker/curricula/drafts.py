"""Reading versions as those see them who make curricula, and what was done to a draft."""

from collections.abc import Sequence
from datetime import date
from uuid import UUID

import sqlalchemy as sa
from sqlalchemy.orm import joinedload

from tracker.accounts.models import Grant, Person, Role
from tracker.core.clock import today
from tracker.core.db import db
from tracker.core.errors import NotFound
from tracker.curricula import permissions
from tracker.curricula.models import Curriculum, DraftChange, Version, VersionStatus
from tracker.curricula.queries import find_version, list_versions

MOST_CHANGES = 10


def get_seen(viewer: Person, code: str, number: int) -> Version:
    """The version as the viewer sees it: a draft is its maker's and the scheme lead's. Loads: curriculum.

    Raises NotFound.
    """
    version = find_version(code, number)
    if version is None or not _sees(viewer, version):
        raise NotFound
    return version


def list_drafts(viewer: Person) -> list[Version]:
    """The drafts that the viewer can work on. Loads: curriculum. Order: by code, then number."""
    return [each for each in list_versions() if each.status is VersionStatus.DRAFT and _sees(viewer, each)]


def _sees(viewer: Person, version: Version) -> bool:
    return version.status is not VersionStatus.DRAFT or permissions.can_edit(viewer, version, today())


def lock_version(version: Version) -> None:
    """Let nobody else change the version until this request ends, and read it afresh."""
    db.session.refresh(version, ["status", "digest", "title", "head"], with_for_update={"of": Version})


def has_scheme_lead(curriculum_id: UUID, on: date) -> bool:
    """Whether anybody leads the scheme on that day."""
    held = sa.and_(Grant.starts_on <= on, sa.or_(Grant.ends_on.is_(None), Grant.ends_on >= on))
    leads = sa.and_(Grant.role == Role.SCHEME_LEAD, Grant.curriculum_id == curriculum_id)
    return bool(db.session.scalar(sa.select(sa.exists().where(leads, held))))


def is_taken(code: str) -> bool:
    """Whether there is a curriculum of that code."""
    return bool(db.session.scalar(sa.select(sa.exists().where(Curriculum.code == code))))


def list_changes(version_id: UUID) -> Sequence[DraftChange]:
    """The last changes to a draft. Loads: by. Order: the newest first."""
    chosen = sa.select(DraftChange).where(DraftChange.version_id == version_id).options(joinedload(DraftChange.by))
    return db.session.scalars(chosen.order_by(DraftChange.at.desc(), DraftChange.id).limit(MOST_CHANGES)).all()
