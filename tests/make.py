"""Test makers: one plain function a model, valid by default, nothing random but the id."""

from datetime import UTC, datetime
from typing import Any

from tracker.accounts.models import Person

LONG_AGO = datetime(2020, 1, 1, tzinfo=UTC)


def make_person(
    email: str = "ada@example.org", given_name: str = "Ada", family_name: str = "Osei", **more: Any
) -> Person:
    """Somebody with an account and no password."""
    values = {"email": email, "given_name": given_name, "family_name": family_name, "fs_uniquifier": email}
    return Person(**({"created_at": LONG_AGO} | values | more))
