"""Noticing that the database is older than what was sealed, or another one: then nothing more is put on record."""

from pathlib import Path

from tracker.record import outside, places
from tracker.record.checkpoints import find_checkpoint, get_tree, sealed_to
from tracker.record.queries import head_seq
from tracker.record.verifier import Checkpoint, Wrong

WHAT_TO_DO = (
    "Pages can be read, and nothing is put on record until whoever runs the tracker has put it right: restore the "
    "newest backup, or run tracker record rebuild; where both fail, tracker record adopt."
)
_kept: dict[Path, tuple[tuple[int, int] | None, str | None]] = {}


def why_not_append() -> str | None:
    """Why nothing may be put on record, asked for every event: the database is read when the copy outside changed.

    Source: the tracker's promise that an old backup cannot quietly fork the history.
    """
    folder = places.checkpoint_folder()
    stamp = outside.stamp(folder)
    known = _kept.get(folder)
    if known is None or known[0] != stamp:
        known = (stamp, _compare(folder))
        _kept[folder] = known
    return known[1]


def look_again() -> str | None:
    """The same, compared now. What is found first is made known to the other processes."""
    folder = places.checkpoint_folder()
    before = _kept.get(folder, (None, None))[1]
    stamp, why = outside.stamp(folder), _compare(folder)
    if (why is None) != (before is None):
        outside.touch(folder)
        stamp = outside.stamp(folder)
    _kept[folder] = (stamp, why)
    return why


def why_blind() -> str | None:
    """Why an old backup would not be noticed now: the copy outside is missing, though there was something to keep."""
    folder = places.checkpoint_folder()
    if outside.stamp(folder) is not None or not sealed_to():
        return None
    return (
        f"No checkpoint is kept in {folder}, so an old backup would not be noticed: set TRACKER_CHECKPOINT_FOLDER to "
        "where it is. The next checkpoint is kept there."
    )


def _compare(folder: Path) -> str | None:
    """The copy is read before the database, which only grows meanwhile."""
    try:
        sealed = outside.read_checkpoint(folder)
    except Wrong as unreadable:
        return f"The checkpoint that is kept outside the database cannot be read ({unreadable}). {WHAT_TO_DO}"
    return None if sealed is None else _why_not(sealed)


def _why_not(sealed: Checkpoint) -> str | None:
    head = head_seq()
    if head < sealed.size:
        return (
            f"The database is older than the record: it ends at event {head}, and {sealed.size} events were sealed. "
            f"{WHAT_TO_DO}"
        )
    row = find_checkpoint(sealed.size)
    if (row.root if row else get_tree().root(sealed.size)) != sealed.root:
        return f"The first {sealed.size} events in the database are not the ones that were sealed. {WHAT_TO_DO}"
    return None
