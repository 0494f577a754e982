"""What `access.csv` names of what people from outside do: a signature, a visit with its sample, a final assessment."""

from collections.abc import Mapping
from datetime import date
from typing import Any
from uuid import UUID, uuid4

import sqlalchemy as sa

from tests.world import World
from tracker.accounts.models import Person
from tracker.core.clock import now
from tracker.core.db import db
from tracker.curricula.queries import get_outline
from tracker.logbook.models import Claim, ClaimStatus
from tracker.moderation.models import FinalAssessment, Sample, Stratum, Visit
from tracker.record.actions import append
from tracker.record.decision import Decision
from tracker.reviews.models import Signature

DAYS = {"opens_on": date(2026, 3, 1), "closes_on": date(2026, 3, 31)}


def outside_things(world: World, people: Mapping[str, Person]) -> dict[str, Any]:
    """A section that the supervisor signed, a visit of the moderator, and a final assessment to be made."""
    section = next(each for each in get_outline(world.enrolment.version_id).sections if each.code == "GEN")
    signature, visit = _signature(world, section.id), _visit(world, people["moderator"])
    final = _final(world, people["examiner"], people["scheme_lead"])
    db.session.add_all([signature, visit, final])
    db.session.flush()
    sample = _sample(world, visit)
    db.session.add(sample)
    names = {"own_section": section.id, "own_signature": signature.id, "visit": visit.id}
    return names | {"sample": sample.id, "final": final.id}


def _event(kind: str, actor: Person, enrolment_id: UUID | None) -> int:
    return append(Decision(kind, actor.id, enrolment_id, uuid4(), {}, {})).seq


def _signature(world: World, section_id: UUID) -> Signature:
    own = {"enrolment_id": world.enrolment.id, "trainee_id": world.trainee.id, "version_id": world.enrolment.version_id}
    event_seq = _event("section_signed", world.supervisor, world.enrolment.id)
    signed = {"signed_by_id": world.supervisor.id, "signed_at": now(), "digest": "0" * 64, "event_seq": event_seq}
    return Signature(section_id=section_id, **own, **signed)


def _visit(world: World, moderator: Person) -> Visit:
    place = {"centre_id": world.enrolment.centre_id, "curriculum_id": world.enrolment.version.curriculum_id}
    drawn = {"seed": "0" * 64, "each": 1, "drawn_from": [], "left_out": 0}
    event_seq = _event("visit_opened", world.lead, None)
    opened = {"opened_by_id": world.lead.id, "opened_at": now(), "event_seq": event_seq}
    return Visit(moderator_id=moderator.id, **place, **DAYS, **drawn, **opened)


def _sample(world: World, visit: Visit) -> Sample:
    claim_id = db.session.scalars(sa.select(Claim.id).where(Claim.status == ClaimStatus.SIGNED_OFF)).one()
    drawn = {"position": 1, "stratum": Stratum.SIGNED_OFF, "decided_seq": visit.event_seq}
    return Sample(visit_id=visit.id, claim_id=claim_id, enrolment_id=world.enrolment.id, **drawn)


def _final(world: World, examiner: Person, scheme_lead: Person) -> FinalAssessment:
    own = {"enrolment_id": world.enrolment.id, "trainee_id": world.trainee.id, "attempt": 1, "parts": {}}
    event_seq = _event("examiner_assigned", scheme_lead, world.enrolment.id)
    asked = {"assigned_by_id": scheme_lead.id, "assigned_at": now(), "event_seq": event_seq}
    return FinalAssessment(examiner_id=examiner.id, **own, **DAYS, **asked)
