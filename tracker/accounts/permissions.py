"""What a person's grants let them be."""

from collections.abc import Iterable
from datetime import date

from tracker.accounts.models import Grant, Role


def runs_on(grant: Grant, on: date) -> bool:
    """Whether a grant is in force on that day; its last day counts."""
    return grant.starts_on <= on and (grant.ends_on is None or on <= grant.ends_on)


def has_role(grants: Iterable[Grant], role: Role, on: date) -> bool:
    """Whether one of the grants gives the role on that day, whatever its scope."""
    return any(grant.role is role and runs_on(grant, on) for grant in grants)
