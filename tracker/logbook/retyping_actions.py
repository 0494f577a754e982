"""Filing an entry under the right type. Kind of event: entry_retyped (`entry`, its `digest`, `form` or `part`)."""

from dataclasses import dataclass
from uuid import UUID

from tracker.accounts.models import Person
from tracker.core.clock import today
from tracker.core.db import db
from tracker.core.errors import NotFound, allow, refuse_if
from tracker.curricula.document import Form
from tracker.curricula.queries import get_outline
from tracker.enrolments import queries as enrolments
from tracker.enrolments.models import Enrolment
from tracker.enrolments.permissions import current_supervisors
from tracker.enrolments.placing import present_ids
from tracker.logbook import permissions, queries, retyping_rules
from tracker.logbook.content import entry_digest
from tracker.logbook.facts import facts_of
from tracker.logbook.models import LogEntry, Part
from tracker.logbook.resting import locked_by
from tracker.notifications.actions import About, tell
from tracker.notifications.models import NoticeKind
from tracker.progress.actions import restate
from tracker.record.actions import append
from tracker.record.decision import Decision
from tracker.record.models import Event
from tracker.record.queries import find_event

LONGEST_ABOUT = 40


@dataclass(frozen=True)
class Retyping:
    """As what an entry is to count: under a form, or as work with a part in it. The key is the press of the button."""

    key: UUID
    form: str | None = None
    part: Part | None = None


def retype(actor: Person, entry_id: UUID, asked: Retyping) -> Event:
    """Let an entry count as what it was; what was written and signed stays as it is. Raises Forbidden, Refused."""
    entry = queries.find_entry(entry_id)
    if entry is None:
        raise NotFound
    allow(permissions.can_change(actor, entry))
    decision = _decision(actor, entry, asked)
    if earlier := find_event(decision):
        return earlier
    enrolment = enrolments.get_enrolment(actor, entry.enrolment_id)
    refuse_if(why_not(enrolment, entry, asked))
    if asked.form is not None:
        entry.counts_as_form = asked.form
    if asked.part is not None:
        entry.counts_as_part = asked.part.value
    db.session.flush()
    _restate(actor, entry, enrolment)
    return append(decision)


def why_not(enrolment: Enrolment, entry: LogEntry, asked: Retyping) -> str | None:
    """Why the entry cannot be retyped so, if it cannot."""
    sentence = retyping_rules.why_not_retype(entry, locked_by(entry.id))
    if sentence is None and asked.form is not None:
        was, to = form_of(enrolment, entry), forms_of(enrolment).get(asked.form)
        return retyping_rules.why_not_form(entry, was, to) if to else "The curriculum has no such form."
    if sentence is None and asked.part is not None:
        return retyping_rules.why_not_part(entry, asked.part)
    return sentence


def forms_of(enrolment: Enrolment) -> dict[str, Form]:
    """The forms of the curriculum, by code."""
    return {form.code: form for form in get_outline(enrolment.version_id).assessments}


def form_of(enrolment: Enrolment, entry: LogEntry) -> Form | None:
    """The form under which the entry counts."""
    return forms_of(enrolment).get(entry.counts_as_form or entry.assessment)


def _decision(actor: Person, entry: LogEntry, asked: Retyping) -> Decision:
    facts = {"entry": str(entry.id), "digest": entry_digest(entry)}
    facts |= {"form": asked.form} if asked.form is not None else {}
    facts |= {"part": asked.part.value} if asked.part is not None else {}
    return Decision("entry_retyped", actor.id, entry.enrolment_id, asked.key, facts, {})


def _restate(actor: Person, entry: LogEntry, enrolment: Enrolment) -> None:
    """Count anew wherever the entry counts, and tell those who supervise."""
    others = [enrolments.get_enrolment(actor, each) for each in queries.shared_with(entry.id)]
    touched = sorted([enrolment, *others], key=lambda each: each.id)
    for each in touched:
        enrolments.lock_enrolment(each.id, each.version_id)
    linked = [competency.id for competency in entry.competencies]
    for each in touched:
        for competency_id in present_ids(each, linked):
            restate(each, competency_id, facts_of(each, competency_id))
    codes = ", ".join(competency.code for competency in entry.competencies)[:LONGEST_ABOUT]
    for person in current_supervisors(enrolment, today()):
        tell(person.id, NoticeKind.ENTRY_RETYPED, actor, About(enrolment.id, codes, f"/entries/{entry.id}"))
