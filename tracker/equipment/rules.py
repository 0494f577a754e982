"""When a change can be registered: None means yes, otherwise the sentence a person reads."""

from collections.abc import Sequence
from datetime import date

from tracker.equipment.models import Equipment, Revision


def why_not_change(equipment: Equipment, name: str, since_on: date) -> str | None:
    """Needs: revisions loaded. Source: revisions follow each other, so that a day has one of them."""
    latest = equipment.revisions[-1]
    if name in {revision.name for revision in equipment.revisions}:
        return f"{equipment.name} had a revision called {name} before. Give this one another name."
    if since_on < latest.since_on:
        began = f"{latest.since_on.day} {latest.since_on:%B} {latest.since_on.year}"
        return f"{latest.name} is in use since {began}: what comes after it cannot be older."
    return None


def in_use_on(revisions: Sequence[Revision], day: date) -> Revision:
    """The revision that was in use on a day; the first one on the days before. Needs: ordered by day."""
    begun = [revision for revision in revisions if revision.since_on <= day]
    return begun[-1] if begun else revisions[0]
