"""Who looks after what a centre works with. Needs: the person's grants loaded."""

from datetime import date
from uuid import UUID

from tracker.accounts.models import Person, Role
from tracker.enrolments.permissions import runs


def can_look_after(viewer: Person, centre_id: UUID, supervised: frozenset[UUID], on: date) -> bool:
    """A training lead of the centre, or somebody who supervises there: `supervised` has the centres where they do."""
    leads = any(
        grant.role is Role.TRAINING_LEAD and grant.centre_id == centre_id and runs(grant, on) for grant in viewer.grants
    )
    return leads or centre_id in supervised
