"""Who may make, change, publish and withdraw versions of a curriculum. Pure; needs the person's grants loaded."""

from datetime import date
from uuid import UUID

from tracker.accounts.models import Person, Role
from tracker.accounts.permissions import has_role, runs_on
from tracker.curricula.models import Version

MAKERS = (Role.TRAINING_LEAD, Role.SCHEME_LEAD)


def can_begin(person: Person, on: date) -> bool:
    """Whether the person may begin a curriculum. Source: docs/adr/0001-who-edits-a-curriculum.md."""
    return any(has_role(person.grants, role, on) for role in MAKERS)


def can_draft(person: Person, curriculum_id: UUID, on: date) -> bool:
    """Whether the person may make a draft from a version: their curriculum's lead, or one who trains people on it."""
    return any(
        grant.role in MAKERS and runs_on(grant, on) and grant.curriculum_id in {curriculum_id, None}
        for grant in person.grants
    )


def leads_scheme(person: Person, curriculum_id: UUID, on: date) -> bool:
    """Whether the person is a scheme lead of the curriculum."""
    return any(
        grant.role is Role.SCHEME_LEAD and runs_on(grant, on) and grant.curriculum_id == curriculum_id
        for grant in person.grants
    )


def can_edit(person: Person, version: Version, on: date) -> bool:
    """Whether the person may see and change the version while it is a draft: its maker, or the scheme's lead."""
    return leads_scheme(person, version.curriculum_id, on) or _made(person, version, on)


def can_publish(person: Person, version: Version, has_scheme_lead: bool, on: date) -> bool:
    """Whether the person may publish or withdraw the version: its maker only where the scheme has no lead."""
    led = leads_scheme(person, version.curriculum_id, on)
    return led or (not has_scheme_lead and _made(person, version, on))


def _made(person: Person, version: Version, on: date) -> bool:
    return version.made_by_id == person.id and can_begin(person, on)
