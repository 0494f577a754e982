"""Reading mappings between versions, and what changed from one to the other."""

from collections.abc import Collection, Iterable
from uuid import UUID

import sqlalchemy as sa
from sqlalchemy.orm import aliased

from tracker.core.db import db
from tracker.curricula.diff import Diff, coded, compare
from tracker.curricula.mapping import Coded, Pair
from tracker.curricula.models import MappingKind, Requirement, RequirementMapping, Version, VersionStatus
from tracker.curricula.queries import build_document


def list_pairs(from_version_id: UUID, to_version_id: UUID) -> list[Pair]:
    """The lines of the mapping between two versions. Order: by codes."""
    chosen = sa.select(RequirementMapping).where(
        RequirementMapping.from_version_id == from_version_id, RequirementMapping.to_version_id == to_version_id
    )
    ordered = chosen.order_by(RequirementMapping.from_code, RequirementMapping.to_code)
    return [Pair(row.from_code, row.to_code, row.kind) for row in db.session.scalars(ordered)]


def find_previous(version: Version) -> int | None:
    """The number of the version before, of those that anybody may read."""
    earlier = sa.select(sa.func.max(Version.number)).where(
        Version.curriculum_id == version.curriculum_id,
        Version.number < version.number,
        Version.status != VersionStatus.DRAFT,
    )
    return db.session.scalar(earlier)


def diff_of(old: Version, new: Version) -> Diff:
    """What changed from one version to another, by the mapping that is kept. Needs: curriculum loaded."""
    return compare(build_document(old), build_document(new), list_pairs(old.id, new.id))


def codes_of(version: Version) -> Coded:
    """The requirements of a version by their codes. Order: as the document has them. Needs: curriculum loaded."""
    return coded(build_document(version))


def same_elsewhere(requirement_ids: Iterable[UUID], version_ids: Collection[UUID]) -> dict[UUID, set[UUID]]:
    """What the mappings of these versions, or of one with itself, call the same as each of these requirements.

    Versions of one curriculum are left out: there, "same" tells where a sign-off goes, not what else it counts for.
    """
    here, there = aliased(Requirement), aliased(Requirement)
    pair, one, other = RequirementMapping, aliased(Version), aliased(Version)
    chosen = (
        sa.select(here.id, there.id)
        .select_from(pair)
        .join(here, sa.and_(here.version_id == pair.from_version_id, here.code == pair.from_code))
        .join(there, sa.and_(there.version_id == pair.to_version_id, there.code == pair.to_code))
        .join(one, one.id == pair.from_version_id)
        .join(other, other.id == pair.to_version_id)
        .where(
            pair.kind == MappingKind.SAME,
            pair.from_version_id.in_(version_ids),
            pair.to_version_id.in_(version_ids),
            sa.or_(one.id == other.id, one.curriculum_id != other.curriculum_id),
        )
    )
    found: dict[UUID, set[UUID]] = {}
    wanted = set(requirement_ids)
    for first, second in db.session.execute(chosen):
        for requirement_id, same_id in ((first, second), (second, first)):
            if requirement_id in wanted and requirement_id != same_id:
                found.setdefault(requirement_id, set()).add(same_id)
    return found
