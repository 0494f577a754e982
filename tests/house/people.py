"""The people and things that `access.csv` names: one of each kind round one trainee's record."""

from dataclasses import dataclass
from datetime import UTC, date, datetime
from typing import Any
from uuid import UUID

import sqlalchemy as sa
from flask import Flask

from tests.asking import answered, ask, ask_by_mail, make_reply, token_of
from tests.browsing import cookie_name, sign_in
from tests.equipment import registered
from tests.feedback import collated, link_of, opened, scheme_with_feedback
from tests.house.outside import outside_things
from tests.make import (
    make_centre,
    make_component,
    make_curriculum,
    make_enrolment,
    make_grant,
    make_module,
    make_person,
    make_registration,
    make_section,
    make_supervision,
    make_version,
)
from tests.world import World, make_world
from tracker.accounts.models import Person, Role, SignedIn
from tracker.assessments.answering_actions import answer
from tracker.core import storage
from tracker.core.db import db
from tracker.curricula.editor_actions import draft_from
from tracker.curricula.models import VersionStatus
from tracker.enrolments.models import Enrolment, SupervisionRole
from tracker.evidence.models import EvidenceFile
from tracker.logbook.models import ClaimStep, EntryFile, EntryStatus, LogEntry

NOON = datetime(2026, 3, 10, 12, tzinfo=UTC)
LEFT_ON = date(2026, 1, 31)


@dataclass(frozen=True)
class Company:
    """The session cookie of each kind of person, and what the names in the paths stand for."""

    cookies: dict[str, str]
    things: dict[str, Any]


def gather(app: Flask) -> Company:
    """Everybody, signed in, and everything, in the database."""
    world = make_world(scheme_with_feedback() | {"signatures": {"section": "supervisor", "whole": "training_lead"}})
    people = _people(world)
    things = _things(world)
    things |= outside_things(world, people)
    award = _award(world, things)
    for enrolment in (world.enrolment, award):
        _relate(enrolment, people)
    _grant(world, people)
    _add_assessments(world, people, things)
    _add_feedback(world, things)
    draft_from(world.lead, world.enrolment.version)  # SCHEME, version 2
    db.session.commit()
    cookies = {"anonymous": ""} | {kind: _sign_in(app, person) for kind, person in people.items()}
    things["own_event"] = db.session.scalar(sa.select(sa.func.min(ClaimStep.event_seq)))
    things["own_session"] = db.session.scalar(sa.select(SignedIn.id).where(SignedIn.person_id == world.trainee.id))
    db.session.remove()
    return Company(cookies, things)


def _sign_in(app: Flask, person: Person) -> str:
    client = app.test_client()
    sign_in(client, person)
    cookie = client.get_cookie(cookie_name(app))
    assert cookie is not None
    return f"{cookie.key}={cookie.value}"


def _people(world: World) -> dict[str, Person]:
    """Kinds in the order of the columns. The other trainee is at the same centre."""
    known = {"trainee": world.trainee, "supervisor": world.supervisor, "training_lead": world.lead}
    kinds = ("other_trainee", "former_supervisor", "assessor", "other_lead", *(role.value for role in GRANTED))
    others = {kind: make_person(f"{kind}@hospital.example", kind, "Bell") for kind in kinds}
    db.session.add_all(others.values())
    db.session.flush()
    theirs = make_enrolment(others["other_trainee"].id, world.enrolment.version_id, world.enrolment.centre_id)
    db.session.add(theirs)
    return known | others


GRANTED = (Role.SCHEME_LEAD, Role.MODERATOR, Role.EXAMINER, Role.ADMINISTRATOR, Role.AUDITOR)


def _relate(enrolment: Enrolment, people: dict[str, Person]) -> None:
    former = make_supervision(enrolment, people["former_supervisor"].id, ends_on=LEFT_ON)
    assessor = make_supervision(enrolment, people["assessor"].id, role=SupervisionRole.ASSESSOR)
    db.session.add_all([former, assessor])


def _grant(world: World, people: dict[str, Person]) -> None:
    """The scheme lead has the curriculum, those from outside the centre; nobody has more."""
    other, here = make_centre("York"), world.enrolment.centre_id
    db.session.add(other)
    db.session.flush()
    scopes: dict[Role, dict[str, UUID]] = {
        Role.SCHEME_LEAD: {"curriculum_id": world.enrolment.version.curriculum_id},
        Role.MODERATOR: {"centre_id": here},
        Role.EXAMINER: {"centre_id": here},
    }
    db.session.add(make_grant(people["other_lead"].id, Role.TRAINING_LEAD, centre_id=other.id))
    db.session.add_all(make_grant(people[role.value].id, role, **scopes.get(role, {})) for role in GRANTED)


def _things(world: World) -> dict[str, Any]:
    """What is in the trainee's logbook."""
    draft = LogEntry(
        enrolment_id=world.enrolment.id,
        trainee_id=world.trainee.id,
        status=EntryStatus.DRAFT,
        written_at=NOON,
        changed_at=NOON,
    )
    entry = world.logged("GEN-2")
    things: dict[str, Any] = {
        "own_enrolment": world.enrolment.id,
        "centre": world.enrolment.centre_id,
        "own_draft": draft.id,
        "own_entry": entry.id,
        "own_file": _attach(entry, world.trainee),
        "submitted_claim": world.submitted("NM-1").id,
        "signed_claim": world.signed("GEN-1").id,
        "equipment": registered(world).id,
        "open_competency": world.id_of("GEN-2"),
        "own_supervision": world.enrolment.supervisions[0].id,
        "another_area": world.id_of("RE-1"),
    }
    db.session.add(draft)
    return things


def _add_feedback(world: World, things: dict[str, Any]) -> None:
    """A round of feedback that is collated, and one that is open."""
    things["collated_round"] = collated(world).id
    addresses = [f"asked{number}@elsewhere.example" for number in range(8)]
    things["open_round"] = opened(world, addresses=addresses).id
    things["feedback_link"] = link_of(addresses[0]).rsplit("/", 1)[1]


def _add_assessments(world: World, people: dict[str, Person], things: dict[str, Any]) -> None:
    """One that the assessor is asked for, one that the supervisor gave, one that was answered without an account."""
    given = ask(world, code="GEN-2")
    answer(world.supervisor, given.id, make_reply("Supervisor Osei"))
    _, open_link = ask_by_mail(world, "kim@elsewhere.example", code="GEN-2")
    things |= {
        "answered_assessment": answered(world).id,
        "asked_assessment": ask(world, code="GEN-2", person_id=people["assessor"].id).id,
        "given_assessment": given.id,
        "open_link": token_of(open_link),
    }


def _attach(entry: LogEntry, owner: Person) -> UUID:
    stored = storage.store(b"What the camera showed.")
    values = {"sha256": stored.sha256, "size_bytes": stored.size_bytes, "media_type": "text/plain", "name": "notes.txt"}
    file = EvidenceFile(owner_id=owner.id, stored_at=NOON, **values)
    db.session.add(file)
    db.session.flush()
    db.session.add(EntryFile(entry_id=entry.id, file_id=file.id))
    return file.id


def _award(world: World, things: dict[str, Any]) -> Enrolment:
    """The trainee takes an award at the same centre, with the same supervisor: one module begun, one not."""
    trainee, curriculum = world.trainee, make_curriculum("AWARD")
    version = make_version(curriculum.id, title="Award", head={"length_months": 24}, status=VersionStatus.DRAFT)
    section = make_section(version.id)
    begun, free = (make_module(version.id, section.id, code, position=at) for at, code in enumerate(("M1", "M2")))
    enrolment = make_enrolment(trainee.id, version.id, world.enrolment.centre_id)
    for layer in (
        [curriculum],
        [version],
        [section, enrolment],
        [begun, free],
        [
            make_component(begun.id),
            make_supervision(enrolment, world.supervisor.id),
            make_registration(enrolment.id, begun.id, trainee.id),
        ],
    ):
        db.session.add_all(layer)
        db.session.flush()
    version.status = VersionStatus.PUBLISHED
    db.session.flush()
    things |= {"own_award": enrolment.id, "begun_module": begun.id, "free_module": free.id}
    return enrolment
