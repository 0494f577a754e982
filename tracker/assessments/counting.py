"""A done assessment as the log entry that it is: it counts towards its competency, and nobody changes it."""

from tracker.assessments.content import minutes_of, shown_assessor
from tracker.assessments.models import Assessment
from tracker.assessments.rules import entry_kind
from tracker.core.clock import now
from tracker.core.db import db
from tracker.enrolments.placing import present_ids
from tracker.enrolments.queries import lock_enrolment
from tracker.logbook.content import entry_digest
from tracker.logbook.facts import facts_of
from tracker.logbook.models import EntryStatus, LogEntry
from tracker.progress.actions import restate


def count_it(assessment: Assessment) -> str:
    """Log the assessment and restate where its trainee stands. Gives the digest of the entry."""
    enrolment = assessment.enrolment
    lock_enrolment(enrolment.id, enrolment.version_id)
    entry = _entry(assessment)
    db.session.add(entry)
    db.session.flush()
    assessment.entry_id = entry.id
    for competency_id in present_ids(enrolment, [assessment.competency_id]):
        restate(enrolment, competency_id, facts_of(enrolment, competency_id))
    return entry_digest(entry)


def _entry(assessment: Assessment) -> LogEntry:
    at = now()
    entry = LogEntry(
        id=assessment.id,
        enrolment_id=assessment.enrolment_id,
        trainee_id=assessment.trainee_id,
        status=EntryStatus.LOGGED,
        kind=entry_kind(assessment.form),
        title=assessment.title,
        performed_on=assessment.performed_on,
        times=1,
        minutes=minutes_of(assessment.answers),
        assessment=assessment.form,
        assessor=shown_assessor(assessment),
        no_patient_details=True,  # declared when it was asked for, and looked for in the answers
        fixed=True,
        version=1,
        written_at=at,
        changed_at=at,
    )
    entry.competencies, entry.files, entry.used = [assessment.competency], [], []
    return entry
