"""When an entry that was filed under the wrong type may be retyped without a new signature: None means yes.

What was written stays as it was, and so does its digest; only what it counts as is another, and that is on record.
"""

from collections.abc import Sequence
from uuid import UUID

from tracker.curricula.document import Form
from tracker.curricula.rules import EvidenceRule
from tracker.logbook.models import EntryKind, EntryStatus, LogEntry, Part
from tracker.logbook.rules import ASSESSMENTS, Hold


def why_not_retype(entry: LogEntry, holds: Sequence[Hold]) -> str | None:
    """Source: a draft is changed instead, and what is signed is what was shown."""
    if entry.status is not EntryStatus.LOGGED:
        return "This is a draft: change it instead."
    if waiting := ", ".join(hold.code for hold in holds if hold.waits):
        return f"{waiting} waits for sign-off with this entry as it is. Wait for the decision, or withdraw it first."
    return None


def why_not_form(entry: LogEntry, was: Form | None, to: Form) -> str | None:
    """`was`: the form under which it counts now, if any. Source: the same assessor could have signed the other form.

    Whoever fills in some forms must be on a register, and what several colleagues said is no assessment by one.
    """
    if entry.kind not in ASSESSMENTS:
        return "Only an observed assessment or a case discussion is filed under a form."
    if was is not None and was.code == to.code:
        return f"It counts as {to.code} already."
    if to.fewest_answers or (was is not None and was.fewest_answers):
        return f"{to.code} and this are not both filled in by one assessor, so one does not stand for the other."
    if to.needs_registration and (was is None or not was.needs_registration):
        return f"Whoever fills in {to.code} must be on a register, and here that was not asked: ask for a new one."
    return None


def why_not_part(entry: LogEntry, part: Part) -> str | None:
    """Source: a document says nothing of a part in the work, and whoever did the work can say what it was."""
    if entry.kind is not EntryKind.DOCUMENT:
        return "Only a document can be filed as work of yours: what was logged as work says already what your part was."
    if entry.counts_as_part == part.value:
        return "It counts as that already."
    return None


def misfits(rule: EvidenceRule | None, entries: Sequence[LogEntry]) -> list[tuple[UUID, str]]:
    """The entries, by id and title, that the rule does not count for the type under which they are filed."""
    if rule is None:
        return []
    forms = {form for mix in rule.assessments for form in mix.any_of}
    other = [each for each in entries if forms and each.kind in ASSESSMENTS and _form(each) not in forms]
    said_nothing = [each for each in entries if rule.part and each.kind is EntryKind.DOCUMENT and not _part(each)]
    return [(each.id, each.title) for each in [*other, *said_nothing]]


def _form(entry: LogEntry) -> str:
    return entry.counts_as_form or entry.assessment


def _part(entry: LogEntry) -> str:
    return entry.counts_as_part or (entry.part.value if entry.part else "")
