"""Whether files and rows belong together: rows whose file is gone, and files that no row ever named."""

from collections.abc import Iterator
from datetime import timedelta
from pathlib import Path

import sqlalchemy as sa

from tracker.core import storage
from tracker.core.clock import now
from tracker.core.db import db
from tracker.evidence.models import EvidenceFile

GRACE = timedelta(days=1)  # far longer than an upload may wait for its row


def missing() -> list[str]:
    """The digests that rows name and that have no file. Order: as they are written."""
    return sorted(digest for digest in _named() if not storage.path_of(digest).is_file())


def orphans() -> list[Path]:
    """Files that no row names, since their upload was refused or broke off, and that are older than the grace."""
    old = [path for path in _files() if _is_old(path)]  # before the rows: what is named meanwhile is not old
    named = _named()
    return sorted(path for path in old if path.name not in named)


def sweep() -> int:
    """Delete the orphans. Gives how many. A file that was sent again meanwhile stays."""
    return sum(_take_away(path) for path in orphans())


def _take_away(path: Path) -> bool:
    """Move the file aside first: whoever stored it again before that has made it new, afterwards finds none."""
    aside = path.with_name(f"{path.name}.swept")
    path.rename(aside)
    if not _is_old(aside):
        aside.rename(path)
        return False
    aside.unlink()
    return True


def _named() -> set[str]:
    return set(db.session.scalars(sa.select(EvidenceFile.sha256).distinct()))


def _files() -> Iterator[Path]:
    return (path for path in storage.folder().glob("*/*") if path.is_file())


def _is_old(path: Path) -> bool:
    return path.stat().st_mtime < (now() - GRACE).timestamp()
