"""Who may read which report. Needs: the person's grants loaded."""

from datetime import date

from tracker.accounts.models import Person, Role
from tracker.enrolments.models import Centre
from tracker.enrolments.permissions import runs


def can_read_cohort(viewer: Person, centre: Centre, on: date) -> bool:
    """A training lead reads the cohort of their centre."""
    return any(
        grant.role is Role.TRAINING_LEAD and grant.centre_id == centre.id and runs(grant, on) for grant in viewer.grants
    )
