"""A small department for tests: a trainee on a scheme of three competencies, and the people round them."""

from dataclasses import dataclass
from datetime import date
from typing import Any
from uuid import UUID, uuid4

import sqlalchemy as sa
from sqlalchemy.orm import selectinload

from tests.make import make_centre, make_enrolment, make_grant, make_person, make_supervision
from tracker.accounts.models import Person, Role
from tracker.core.db import db
from tracker.curricula.actions import import_document
from tracker.curricula.models import Competency
from tracker.curricula.plain_data import from_data
from tracker.curricula.queries import get_outline
from tracker.enrolments.models import ChosenArea, Enrolment
from tracker.enrolments.queries import get_enrolment
from tracker.logbook import claim_actions, queries
from tracker.logbook.claim_actions import Seen, Submission
from tracker.logbook.content import claim_digest
from tracker.logbook.entry_actions import EntryFacts, Saving, save_entry
from tracker.logbook.models import Claim, EntryKind, EntryStatus, LogEntry, Part

STARTS = date(2026, 1, 5)
SCHEME: dict[str, Any] = {
    "code": "SCHEME",
    "title": "Training scheme",
    "language": "en",
    "length_months": 24,
    "owner": "The tests",
    "scale": {
        "title": "Supervision",
        "levels": [
            {"value": 1, "title": "Observes"},
            {"value": 2, "title": "Works supervised"},
            {"value": 3, "title": "Works alone"},
        ],
    },
    "assessments": [{"code": "DOPS", "title": "Directly observed"}],
    "kinds": [
        {"code": "once", "title": "Once", "meaning": "Done once.", "level": 2, "evidence": {"entries": 1}},
        {
            "code": "often",
            "title": "Often",
            "meaning": "Done often.",
            "level": 3,
            "evidence": {"entries": 3, "days": 2, "reflections": 1},
        },
    ],
    "sections": [
        {
            "code": "GEN",
            "title": "Generic",
            "kind": "generic",
            "competencies": [
                {"code": "GEN-1", "statement": "Wash hands.", "guidance": "Seen.", "kind": "once", "expected_month": 3},
                {"code": "GEN-2", "statement": "Keep records.", "guidance": "Shown.", "kind": "often"},
            ],
        },
        {
            "code": "NM",
            "title": "Nuclear medicine",
            "kind": "area",
            "competencies": [
                {"code": "NM-1", "statement": "Elute a generator.", "guidance": "Logged.", "kind": "once"}
            ],
        },
        {
            "code": "RE",
            "title": "Renal technology",
            "kind": "area",
            "competencies": [{"code": "RE-1", "statement": "Test the water.", "guidance": "Kept.", "kind": "once"}],
        },
    ],
}


@dataclass(frozen=True)
class World:
    """Everybody in it has an account; nobody has a password."""

    trainee: Person
    supervisor: Person
    lead: Person
    stranger: Person
    enrolment: Enrolment
    competencies: dict[str, Competency]

    def logged(self, code: str = "GEN-1", on: date = date(2026, 3, 2), **more: object) -> LogEntry:
        """An entry in the trainee's log that counts towards one competency."""
        return save_entry(self.trainee, self.enrolment, make_entry_facts(on, **more), saving(self.id_of(code)))

    def submitted(self, code: str = "GEN-1") -> Claim:
        """A claim that waits for the supervisor."""
        self.logged(code)
        level = get_outline(self.enrolment.version_id).requirement(self.id_of(code)).level or 1
        return claim_actions.submit(
            self.trainee, self.enrolment, self.competencies[code], Submission(uuid4(), level, "Please look.")
        )

    def signed(self, code: str = "GEN-1") -> Claim:
        """A claim that the supervisor signed off."""
        claim = self.submitted(code)
        claim_actions.sign_off(self.supervisor, claim.id, seen(claim), claim.level_claimed or 1, "Well done.")
        return claim

    def id_of(self, code: str) -> UUID:
        """The id of a competency."""
        return self.competencies[code].id


def make_world(scheme: dict[str, Any] | None = None) -> World:
    """A trainee in nuclear medicine since January 2026, a supervisor, a training lead and a stranger."""
    version = import_document(from_data(scheme or SCHEME), publish=True)
    names = ("trainee", "supervisor", "lead", "stranger")
    people = [make_person(f"{name}@hospital.example", name.title(), "Osei") for name in names]
    trainee, supervisor, lead, stranger = people
    centre = make_centre()
    db.session.add_all([*people, centre])
    db.session.flush()
    enrolment = make_enrolment(trainee.id, version.id, centre.id, starts_on=STARTS)
    db.session.add(enrolment)
    db.session.flush()
    area = next(section for section in get_outline(version.id).sections if section.code == "NM")
    db.session.add_all(
        [
            ChosenArea(enrolment_id=enrolment.id, section_id=area.id),
            make_supervision(enrolment, supervisor.id),
            make_grant(lead.id, Role.TRAINING_LEAD, centre_id=centre.id),
        ]
    )
    db.session.commit()
    found = db.session.scalars(sa.select(Competency).where(Competency.version_id == version.id))
    return World(
        _with_grants(trainee),
        _with_grants(supervisor),
        _with_grants(lead),
        _with_grants(stranger),
        get_enrolment(trainee, enrolment.id),
        {competency.code: competency for competency in found},
    )


def _with_grants(person: Person) -> Person:
    chosen = sa.select(Person).where(Person.id == person.id).options(selectinload(Person.grants))
    return db.session.scalars(chosen.execution_options(populate_existing=True)).one()


def make_entry_facts(performed_on: date | None = date(2026, 3, 2), **more: object) -> EntryFacts:
    """Work done once under supervision, declared to hold no patient details."""
    values: dict[str, object] = {
        "kind": EntryKind.PROCEDURE,
        "title": "Daily uniformity of the gamma camera",
        "performed_on": performed_on,
        "place": "Room 2",
        "times": 1,
        "part": Part.SUPERVISED,
        "minutes": 30,
        "equipment": "",
        "reflection": "",
        "action_plan": "",
        "assessment": "",
        "assessor": "",
        "no_patient_details": True,
    }
    return EntryFacts(**(values | more))  # type: ignore[arg-type] # the names are checked at run time


def saving(*competency_ids: UUID, status: EntryStatus = EntryStatus.LOGGED) -> Saving:
    """A new entry towards these competencies."""
    return Saving(uuid4(), 0, status, frozenset(competency_ids))


def seen(claim: Claim, **more: object) -> Seen:
    """The press of a button on the claim as it is now."""
    evidence = queries.evidence_of(claim)
    digest = claim_digest(claim, evidence, claim.enrolment.version.digest)
    return Seen(**({"key": uuid4(), "version": claim.version, "digest": digest} | more))  # type: ignore[arg-type]
