"""Keeping the mapping between two versions."""

from collections.abc import Collection

import sqlalchemy as sa

from tracker.core.db import db
from tracker.core.errors import BadInput, Problem
from tracker.curricula.mapping import Pair, why_not_mapping
from tracker.curricula.mapping_queries import codes_of
from tracker.curricula.models import RequirementMapping, Version


def keep_mapping(old: Version, new: Version, pairs: Collection[Pair], file: str) -> None:
    """Let these lines be the whole mapping from one version to another. `file` names it where a line is wrong.

    Raises BadInput with every problem. Needs: curricula loaded.
    """
    one_scheme = old.curriculum_id == new.curriculum_id and old.id != new.id
    wrong = why_not_mapping(codes_of(old), codes_of(new), pairs, one_scheme=one_scheme)
    if wrong:
        raise BadInput([Problem(file, 0, sentence, "Correct the line.") for sentence in wrong])
    between = sa.and_(RequirementMapping.from_version_id == old.id, RequirementMapping.to_version_id == new.id)
    db.session.execute(sa.delete(RequirementMapping).where(between))
    for pair in pairs:
        line = RequirementMapping(from_version_id=old.id, to_version_id=new.id, kind=pair.kind)
        line.from_code, line.to_code = pair.from_code, pair.to_code
        db.session.add(line)
    db.session.flush()
