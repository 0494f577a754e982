"""Who may read which report. Needs: the person's grants loaded."""

from datetime import date

from tracker.accounts.models import Person, Role
from tracker.enrolments.models import Centre
from tracker.enrolments.permissions import runs

OVERSEEING = frozenset({Role.TRAINING_LEAD, Role.MODERATOR})


def can_see_waits(viewer: Person, on: date) -> bool:
    """A training lead sees where things wait at their centre."""
    return any(grant.role is Role.TRAINING_LEAD and runs(grant, on) for grant in viewer.grants)


def can_see_signals(viewer: Person, on: date) -> bool:
    """A training lead and a moderator are shown what to look at, where they may read the records."""
    return any(grant.role in OVERSEEING and runs(grant, on) for grant in viewer.grants)


def can_read_cohort(viewer: Person, centre: Centre, on: date) -> bool:
    """A training lead reads the cohort of their centre."""
    return any(
        grant.role is Role.TRAINING_LEAD and grant.centre_id == centre.id and runs(grant, on) for grant in viewer.grants
    )
