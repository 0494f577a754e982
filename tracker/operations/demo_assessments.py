"""The demo's assessments: one that its supervisor gave, and one that waits for somebody without an account."""

from datetime import date
from uuid import UUID

import sqlalchemy as sa

from tracker.accounts.models import Person
from tracker.assessments.answering_actions import answer
from tracker.assessments.answers import Answers
from tracker.assessments.asking_actions import Request, ask
from tracker.assessments.content import Reply, Statement
from tracker.core.clock import now
from tracker.core.db import db
from tracker.curricula.models import Competency
from tracker.enrolments.models import Enrolment
from tracker.enrolments.queries import list_own_enrolments
from tracker.notifications.models import Notice
from tracker.operations.population.calendar import DAY, make_id, seeded

SEED = "demo assessments"
OUTSIDER = "priya.nair@imaging.example"
MESSAGE = "You watched both studies. It would help me to hear how I explained the camera to the second patient."
FORM = "DOPS"
ANSWERS: Answers = {
    "help_given": 3,
    "help_next": 3,
    "times_before": "5 to 9 times",
    "difficulty": "as usual",
    "strengths": "You gowned without a fault, checked each label aloud, and stopped when one did not match.",
    "to_improve": "Say what you are waiting for: the others in the room thought that you had finished.",
    "agreed_action": "Lead the next session from the checklist, and let the others read it back.",
    "minutes_watching": 25,
    "minutes_feedback": 10,
}


def add_assessments(trainee: Person, supervisor: Person, as_of: date) -> None:
    """Ask for two assessments as the trainee would, and give one of them as the supervisor would."""
    enrolment = next(each for each in list_own_enrolments(trainee) if each.areas)
    day = as_of - 2 * DAY
    given = Request(_key("given"), FORM, "Made up the morning's kits", day, person_id=supervisor.id)
    asked = ask(trainee, enrolment, _competency(enrolment, "NM-02"), given)
    said = Statement(supervisor.name, "Lead clinical technologist", "RCT", "04417")
    answer(supervisor, asked.id, Reply(_key("answer"), said, ANSWERS))
    waits = Request(_key("waits"), FORM, "Acquired a bone study and a renal study", day, MESSAGE, address=OUTSIDER)
    ask(trainee, enrolment, _competency(enrolment, "NM-09"), waits)
    unposted = sa.update(Notice).where(Notice.mailed_at.is_(None))
    db.session.execute(unposted.values(mailed_at=now()))  # like all that was told before the visitor came


def _competency(enrolment: Enrolment, code: str) -> Competency:
    chosen = sa.select(Competency).where(Competency.version_id == enrolment.version_id, Competency.code == code)
    return db.session.scalars(chosen).one()


def _key(name: str) -> UUID:
    return make_id(seeded(SEED, name))
