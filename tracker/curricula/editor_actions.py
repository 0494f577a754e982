"""Making drafts on the web, changing them, publishing and withdrawing."""

from uuid import uuid4

from sqlalchemy.exc import DataError, IntegrityError

from tracker.accounts.models import Person
from tracker.core.clock import now, today, zone
from tracker.core.db import db
from tracker.core.errors import Refused, Stale, allow, refuse_if
from tracker.curricula import actions, checks, drafts, permissions, queries, rules
from tracker.curricula.document import Document
from tracker.curricula.models import DraftChange, Version, VersionStatus
from tracker.curricula.plain_data import to_data
from tracker.curricula.schema import Flaw


def begin(actor: Person, document: Document) -> Version:
    """Keep a new curriculum as its first draft. Loads: curriculum. Raises Forbidden, Refused when its code is taken."""
    allow(permissions.can_begin(actor, today()))
    if drafts.is_taken(document.code):
        raise Refused(f"There is a curriculum {document.code} already. Choose another code.")
    return _new_draft(actor, document, 1, "Begun")


def draft_from(actor: Person, version: Version) -> Version:
    """Make the next version of the curriculum, a draft that says the same. Loads: curriculum. Raises Forbidden.

    A draft of the actor's that still says the same is not made a second time.
    """
    allow(permissions.can_draft(actor, version.curriculum_id, today()))
    actions.lock_curriculum(version.curriculum.code)
    newest = queries.find_newest(version.curriculum.code) or version
    untouched = newest.status is VersionStatus.DRAFT and newest.digest == version.digest
    if untouched and newest.made_by_id == actor.id:
        return newest
    return _new_draft(actor, queries.build_document(version), newest.number + 1, f"Made from version {version.number}")


def _new_draft(actor: Person, document: Document, number: int, what: str) -> Version:
    version = actions.add_version(actions.lock_curriculum(document.code), document, number)
    version.made_by_id = actor.id
    _note(actor, version, what)
    return version


def edit(actor: Person, version: Version, shown: str, document: Document, what: str) -> None:
    """Let a draft hold the document, which was made from what was shown. Raises Forbidden, Refused, Stale."""
    allow(permissions.can_edit(actor, version, today()))
    refuse_stale(version, shown)
    try:
        with db.session.begin_nested():
            actions.rewrite_draft(version, document)
    except (IntegrityError, DataError) as error:
        raise Refused("A number in it is too large or too small to be kept. Change the number or setting.") from error
    _note(actor, version, what)


def publish(actor: Person, version: Version, shown: str) -> None:
    """Freeze a draft that was shown, and has no problems. Raises Forbidden, Refused, Stale."""
    led = drafts.has_scheme_lead(version.curriculum_id, today())
    allow(permissions.can_publish(actor, version, led, today()))
    refuse_if(rules.why_not_publish(version))
    refuse_stale(version, shown)
    if flaws := flaws_of(queries.build_document(version)):
        raise Refused(f"It has {len(flaws)} problems, which its draft page lists. Mend them first.")
    actions.publish_version(version)
    _note(actor, version, "Published")


def withdraw(actor: Person, version: Version) -> None:
    """Let a version take no new trainees. Raises Forbidden, Refused."""
    led = drafts.has_scheme_lead(version.curriculum_id, today())
    allow(permissions.can_publish(actor, version, led, today()))
    drafts.lock_version(version)
    actions.withdraw_version(version)
    _note(actor, version, "Withdrawn")


def flaws_of(document: Document) -> list[Flaw]:
    """Everything that keeps a draft from being published. Order: as found, from the top."""
    return checks.flaws_of(to_data(document))


def refuse_stale(version: Version, shown: str) -> None:
    """Lock the version. Raises Stale when it is not what was shown any more, and says who changed what."""
    drafts.lock_version(version)
    refuse_if(rules.why_not_edit(version))
    if version.digest == shown:
        return
    last = next(iter(drafts.list_changes(version.id)), None)
    who = f"{last.by.name} changed it at {last.at.astimezone(zone()):%H:%M} ({last.what})" if last else "It was changed"
    raise Stale(f"{who} after you opened the page. Open the draft again and make your change in what is there now.")


def _note(actor: Person, version: Version, what: str) -> None:
    db.session.add(DraftChange(id=uuid4(), version_id=version.id, by_id=actor.id, at=now(), what=what[:200]))
    db.session.flush()
