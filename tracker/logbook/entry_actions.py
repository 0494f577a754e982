"""Writing in the logbook."""

from collections.abc import Sequence
from dataclasses import asdict, dataclass
from datetime import date
from uuid import UUID

import sqlalchemy as sa

from tracker.accounts.models import Person
from tracker.core.clock import now
from tracker.core.db import db
from tracker.core.errors import NotFound, Stale, allow, refuse_if
from tracker.curricula.models import Competency
from tracker.enrolments import queries as enrolments
from tracker.enrolments.models import Enrolment
from tracker.enrolments.placing import present_ids
from tracker.enrolments.queries import lock_enrolment
from tracker.equipment.models import Revision
from tracker.evidence.actions import keep
from tracker.evidence.files import Received
from tracker.logbook import permissions, queries, rules
from tracker.logbook.facts import facts_of
from tracker.logbook.models import EntryKind, EntryStatus, LogEntry, Part, SharedEntry
from tracker.logbook.overlap import Same
from tracker.logbook.resting import locked_by
from tracker.progress.actions import restate

FIRST = 1  # the version of an entry that was saved once; a new one is sent as version 0


@dataclass(frozen=True)
class EntryFacts:
    """What the trainee wrote on the page of an entry."""

    kind: EntryKind
    title: str
    performed_on: date | None
    place: str
    times: int
    part: Part | None
    minutes: int | None
    equipment: str
    reflection: str
    action_plan: str
    assessment: str
    assessor: str
    no_patient_details: bool


@dataclass(frozen=True)
class Saving:
    """How an entry is saved: under which id, on top of which version, as a draft or in the log."""

    entry_id: UUID
    version: int  # 0: the entry is new
    status: EntryStatus
    competency_ids: frozenset[UUID]
    also: Sequence[Same] = ()  # what is the same elsewhere, for which it counts too
    received: Sequence[Received] = ()  # files that are stored and have no row yet
    used: Sequence[Revision] = ()  # what of the department's equipment it was done with


def save_entry(actor: Person, enrolment: Enrolment, facts: EntryFacts, saving: Saving) -> LogEntry:
    """Write a new entry or change one. The same press of the button twice is one entry.

    Raises Forbidden, Refused when a claim rests on the entry, Stale when it was changed in another window.
    """
    allow(permissions.can_log(actor, enrolment))
    refuse_if(rules.why_not_competencies(facts.kind, len(saving.competency_ids)))
    entry = queries.find_entry(saving.entry_id)
    if entry is None:
        entry = _new_entry(actor, enrolment, saving.entry_id)
    elif entry.trainee_id != actor.id or entry.enrolment_id != enrolment.id:
        raise NotFound
    elif _says_the_same(entry, facts, saving):
        return entry  # The button was pressed twice.
    else:
        _check_changeable(entry, saving)
    touched = _touched(actor, enrolment, entry, saving)
    for each in touched:
        lock_enrolment(each.id, each.version_id)
    before = _counting(entry)
    _write(actor, entry, facts, saving)
    db.session.add(entry)
    db.session.flush()
    _share(entry, saving)
    for each in touched:
        for competency_id in present_ids(each, before | _counting(entry)):
            restate(each, competency_id, facts_of(each, competency_id))
    return entry


def _touched(actor: Person, enrolment: Enrolment, entry: LogEntry, saving: Saving) -> list[Enrolment]:
    """The enrolments in which the entry counts, before or after. Order: by id, in which all of them are locked."""
    shared = {same.enrolment_id for same in saving.also} | queries.shared_with(entry.id)
    others = [enrolments.get_enrolment(actor, each) for each in shared - {enrolment.id}]
    for other in others:
        allow(permissions.can_log(actor, other))
    return sorted([enrolment, *others], key=lambda each: each.id)


def _share(entry: LogEntry, saving: Saving) -> None:
    """Let the entry count in the other enrolments that were ticked, and in no others."""
    wanted = {same.enrolment_id for same in saving.also} - {entry.enrolment_id}
    kept = queries.shared_with(entry.id)
    gone = sa.delete(SharedEntry).where(SharedEntry.entry_id == entry.id, SharedEntry.enrolment_id.in_(kept - wanted))
    if kept - wanted:
        db.session.execute(gone)
    db.session.add_all(SharedEntry(entry_id=entry.id, enrolment_id=each) for each in wanted - kept)
    db.session.flush()


def _new_entry(actor: Person, enrolment: Enrolment, entry_id: UUID) -> LogEntry:
    entry = LogEntry(id=entry_id, enrolment_id=enrolment.id, trainee_id=actor.id, written_at=now(), version=0)
    entry.competencies, entry.files, entry.used = [], [], []
    return entry


def _says_the_same(entry: LogEntry, facts: EntryFacts, saving: Saving) -> bool:
    """Whether the entry is as it was sent: then there is nothing to write."""
    linked = saving.competency_ids | {same.competency_id for same in saving.also}
    same_links = {competency.id for competency in entry.competencies} == linked
    same_files = {each.sha256 for each in saving.received} <= {file.sha256 for file in entry.files}
    written = all(getattr(entry, name) == value for name, value in asdict(facts).items())
    same_used = {revision.id for revision in saving.used} == {revision.id for revision in entry.used}
    same = written and same_links and same_files and same_used
    return same and entry.status in {saving.status, EntryStatus.LOGGED}


def _check_changeable(entry: LogEntry, saving: Saving) -> None:
    if entry.version != max(saving.version, FIRST):
        raise Stale(
            "You changed this entry in another window after you opened it here. Your text is below: copy what you want "
            "to keep, open the entry again, and add it there."
        )
    refuse_if(rules.why_not_change(locked_by(entry.id), fixed=entry.fixed))


def _counting(entry: LogEntry) -> set[UUID]:
    """The competencies towards which the entry counts as it stands."""
    if entry.status is not EntryStatus.LOGGED:
        return set()
    return {competency.id for competency in entry.competencies}


def _write(actor: Person, entry: LogEntry, facts: EntryFacts, saving: Saving) -> None:
    for name, value in asdict(facts).items():
        setattr(entry, name, value)
    if entry.status is not EntryStatus.LOGGED:  # A logged entry does not become a draft again.
        entry.status = saving.status
    linked = saving.competency_ids | {same.competency_id for same in saving.also}
    chosen = sa.select(Competency).where(Competency.id.in_(linked))
    entry.competencies = list(db.session.scalars(chosen.order_by(Competency.position)))
    entry.files = [*entry.files, *(keep(actor, each) for each in saving.received)]
    entry.used = list(saving.used)
    entry.counts_as_form = entry.counts_as_part = None  # What it is was chosen anew.
    entry.version += 1
    entry.changed_at = now()


def delete_draft(actor: Person, entry: LogEntry) -> None:
    """Delete a draft: nobody else has seen it. Raises Forbidden, Refused."""
    allow(permissions.can_change(actor, entry))
    entry = queries.find_entry(entry.id) or entry
    refuse_if(rules.why_not_delete(entry, locked_by(entry.id)))
    db.session.execute(sa.delete(SharedEntry).where(SharedEntry.entry_id == entry.id))
    db.session.delete(entry)


def remove_file(actor: Person, entry: LogEntry, file_id: UUID) -> None:
    """Take a file off an entry on which no claim rests. Raises Forbidden, Refused, NotFound."""
    allow(permissions.can_change(actor, entry))
    entry = queries.find_entry(entry.id) or entry
    refuse_if(rules.why_not_change(locked_by(entry.id), fixed=entry.fixed))
    kept = [file for file in entry.files if file.id != file_id]
    if len(kept) == len(entry.files):
        raise NotFound
    entry.files = kept
    entry.version += 1
    entry.changed_at = now()
