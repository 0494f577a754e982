"""Two at once above the items and from outside: one signature, one visit, one outcome."""

from datetime import timedelta
from uuid import uuid4

import pytest
import sqlalchemy as sa
from flask import Flask

from tests.integration.test_races import events_of, live, more_supervisors, press, signed_in
from tests.signed_above import ASKING, section_id
from tests.visiting import in_days, outside
from tests.world import World, make_world, seen
from tracker.core.clock import today
from tracker.core.db import db
from tracker.curricula.queries import get_outline
from tracker.enrolments.queries import get_enrolment
from tracker.moderation import final_actions, visit_actions
from tracker.moderation.final_actions import Assignment
from tracker.moderation.final_queries import get_candidate
from tracker.moderation.models import Verdict, Visit
from tracker.moderation.visit_actions import Judgement, Opening
from tracker.moderation.visit_queries import get_visit
from tracker.record import verify
from tracker.reviews.to_sign import section_to_sign

pytestmark = pytest.mark.races
__all__ = ["live"]
PRESSES = 4


def signing(world: World, key: str) -> dict[str, object]:
    enrolment = get_enrolment(world.supervisor, world.enrolment.id)
    shown = section_to_sign(get_outline(enrolment.version_id), enrolment, section_id(world), today())
    return {"key": key, "version": "0", "digest": shown.digest, "comment": "All seen."}


def test_the_same_press_many_times_is_one_signature(live: Flask) -> None:
    world = make_world(ASKING)
    world.signed("GEN-1")
    world.signed("GEN-2")
    db.session.commit()
    forms = [signing(world, uuid4().hex)] * PRESSES
    addresses = [f"/enrolments/{world.enrolment.id}/sections/{section_id(world)}/sign"] * PRESSES
    assert press(signed_in(live, [world.supervisor] * PRESSES), forms, addresses) == {302: PRESSES}
    assert events_of("section_signed") == 1


def test_of_many_supervisors_one_signs_the_section(live: Flask) -> None:
    world = make_world(ASKING)
    supervisors = more_supervisors(world)
    world.signed("GEN-1")
    world.signed("GEN-2")
    db.session.commit()
    forms = [signing(world, uuid4().hex) for _ in supervisors]
    addresses = [f"/enrolments/{world.enrolment.id}/sections/{section_id(world)}/sign"] * len(supervisors)
    assert press(signed_in(live, supervisors), forms, addresses) == {302: 1, 409: len(supervisors) - 1}
    assert events_of("section_signed") == 1
    assert list(verify.faults()) == []


def test_a_signature_against_the_revocation_of_an_item_leaves_none_that_holds_wrongly(live: Flask) -> None:
    world = make_world(ASKING)
    claim = world.signed("GEN-1")
    world.signed("GEN-2")
    db.session.commit()
    taken = seen(claim)
    revoking = {"key": uuid4().hex, "version": taken.version, "digest": taken.digest, "comment": "Not theirs."}
    forms = [signing(world, uuid4().hex), revoking]
    addresses = [f"/enrolments/{world.enrolment.id}/sections/{section_id(world)}/sign", f"/claims/{claim.id}/revoke"]
    answers = press(signed_in(live, [world.supervisor, world.supervisor]), forms, addresses)
    assert answers in ({302: 2}, {302: 1, 409: 1})
    enrolment = get_enrolment(world.supervisor, world.enrolment.id)
    shown = section_to_sign(get_outline(enrolment.version_id), enrolment, section_id(world), today())
    assert shown.lacks
    assert list(verify.faults()) == []


def test_the_same_press_opens_one_visit_and_holds_it_once(live: Flask) -> None:
    world = make_world()
    people = outside(world)
    world.signed("GEN-1")
    db.session.commit()
    days = in_days(today(), today() + timedelta(days=3))
    place = f"{world.enrolment.centre_id} {world.enrolment.version.curriculum_id}"
    form: dict[str, object] = {
        "key": uuid4().hex,
        "version": "0",
        "place": place,
        "moderator": str(people.moderator.id),
        "each": "1",
    }
    opening = press(signed_in(live, [world.lead] * PRESSES), [form | days] * PRESSES, ["/visits/new"] * PRESSES)
    assert opening == {302: PRESSES}
    assert events_of("visit_opened") == 1
    visit = get_visit(world.lead, db.session.scalars(sa.select(Visit.id)).one())
    visit_actions.judge(people.moderator, visit, visit.samples[0].id, Judgement(Verdict.AGREES))
    db.session.commit()
    last: dict[str, object] = {"key": uuid4().hex, "version": "0", "outcome": "satisfied", "comment": "All well."}
    moderators = signed_in(live, [people.moderator] * PRESSES)
    assert press(moderators, [last] * PRESSES, [f"/visits/{visit.id}/outcome"] * PRESSES) == {302: PRESSES}
    assert events_of("visit_held") == 1


def test_two_outcomes_of_a_visit_at_once_are_one(live: Flask) -> None:
    world = make_world()
    people = outside(world)
    world.signed("GEN-1")
    db.session.commit()
    asked = Opening(
        uuid4(), world.enrolment.centre_id, world.enrolment.version.curriculum_id, people.moderator.id, today(), today()
    )
    visit = get_visit(world.lead, visit_actions.open_visit(world.lead, asked).id)
    visit_actions.judge(people.moderator, visit, visit.samples[0].id, Judgement(Verdict.AGREES))
    db.session.commit()
    last: list[dict[str, object]] = [
        {"key": uuid4().hex, "version": "0", "outcome": "satisfied", "comment": "All well."} for _ in range(2)
    ]
    answers = press(signed_in(live, [people.moderator] * 2), last, [f"/visits/{visit.id}/outcome"] * 2)
    assert answers == {302: 1, 409: 1}
    assert events_of("visit_held") == 1


def test_two_final_outcomes_at_once_are_one(live: Flask) -> None:
    world = make_world()
    people = outside(world)
    asked = Assignment(uuid4(), people.examiner.id, today(), today())
    candidate = get_candidate(people.scheme_lead, world.enrolment.id)
    final_id = final_actions.assign(people.scheme_lead, candidate, asked).id
    db.session.commit()
    said: dict[str, object] = {
        "version": "0",
        "part_portfolio": "pass",
        "part_viva": "pass",
        "outcome": "pass",
        "notes": "Good.",
    }
    forms = [said | {"key": uuid4().hex} for _ in range(2)]
    answers = press(signed_in(live, [people.examiner] * 2), forms, [f"/final-assessments/{final_id}/record"] * 2)
    assert answers == {302: 1, 409: 1}
    assert events_of("final_assessment_recorded") == 1
