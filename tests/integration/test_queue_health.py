"""Both sides see what waits and how long it usually takes; what waits long is offered; the lead sees where."""

from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from typing import Any
from uuid import uuid4

import pytest
import sqlalchemy as sa
import time_machine
from flask import Flask
from flask.testing import FlaskClient

from tests.browsing import sign_in
from tests.make import make_centre, make_grant, make_person, make_supervision
from tests.world import World, make_world, seen
from tracker.accounts.models import Person, Role
from tracker.accounts.queries import find_person
from tracker.core.db import db
from tracker.core.forms import given
from tracker.enrolments.models import Enrolment
from tracker.enrolments.queries import get_enrolment
from tracker.logbook import claim_actions
from tracker.logbook.lapse_actions import recheck
from tracker.logbook.models import Claim, ClaimStatus
from tracker.logbook.offer_actions import offer_waiting
from tracker.logbook.queries import get_claim
from tracker.logbook.waits import usual_said, usual_wait
from tracker.notifications.models import Notice, NoticeKind
from tracker.progress.models import LapseCause
from tracker.reports.bottlenecks import bottlenecks_of
from tracker.reports.queue import queue_of

NOON = datetime(2026, 3, 3, 12, tzinfo=UTC)


@pytest.fixture
def clock() -> Iterator[Any]:
    with time_machine.travel(NOON, tick=False) as traveller:
        yield traveller


@pytest.fixture
def world(app: Flask, clock: Any) -> World:
    return make_world()


def told(kind: NoticeKind) -> list[Any]:
    return list(db.session.scalars(sa.select(Notice.person_id).where(Notice.kind == kind)))


def colleague_of(world: World, **more: Any) -> Person:
    colleague = make_person("colleague@hospital.example", "Colin", "Ward")
    db.session.add(colleague)
    db.session.flush()
    db.session.add(make_supervision(world.enrolment, colleague.id, **more))
    db.session.commit()
    db.session.expire(world.enrolment, ["supervisions"])
    get_enrolment(world.trainee, world.enrolment.id)
    return colleague


def fresh(world: World, claim: Claim) -> Claim:
    db.session.expire_all()
    return get_claim(world.supervisor, claim.id)


def decided_after(world: World, clock: Any, code: str, days: int) -> Claim:
    """A claim that was submitted now and signed off some days later."""
    claim = world.submitted(code)
    clock.shift(timedelta(days=days))
    claim_actions.sign_off(world.supervisor, claim.id, seen(claim), claim.level_claimed or 1, "Well done.")
    db.session.commit()
    return claim


def three_decisions(world: World, clock: Any) -> None:
    """Decisions after 1, 3 and 8 days: two returns and a sign-off."""
    for days in (1, 3):
        claim = world.submitted("GEN-1")
        clock.shift(timedelta(days=days))
        claim_actions.return_(world.supervisor, claim.id, seen(claim), "Say more.")
        db.session.commit()
    decided_after(world, clock, "GEN-1", 8)


def test_the_usual_wait_is_the_median_of_what_was_decided(world: World, clock: Any) -> None:
    decided_after(world, clock, "GEN-1", 4)
    assert usual_wait([world.supervisor.id]) is None  # one decision does not say what is usual
    assert usual_said(None) == ""


def test_three_decisions_say_what_is_usual(world: World, clock: Any) -> None:
    three_decisions(world, clock)
    assert usual_wait([world.supervisor.id]) == 3
    assert usual_wait([world.lead.id]) is None
    assert usual_said(3) == "3 days"
    assert usual_said(0) == "less than a day"


def test_a_recheck_that_fails_is_no_answer_to_a_submission(world: World, clock: Any) -> None:
    three_decisions(world, clock)
    claim = db.session.scalars(sa.select(Claim)).one()
    claim.status, claim.lapse_cause = ClaimStatus.LAPSED, LapseCause.CHANGE
    db.session.commit()
    clock.shift(timedelta(days=400))
    recheck(world.supervisor, claim.id, seen(fresh(world, claim)), holds=False, looked_at="Not any more.")
    assert usual_wait([world.supervisor.id]) == 3


def test_both_sides_see_how_long_it_usually_takes(world: World, client: FlaskClient, clock: Any) -> None:
    three_decisions(world, clock)
    claim = world.submitted("NM-1")
    db.session.commit()
    sign_in(client, world.trainee)
    competency = f"/enrolments/{world.enrolment.id}/competencies/{world.id_of('NM-1')}"
    for page in (competency, f"/claims/{claim.id}", f"/progress/{world.enrolment.id}"):
        assert "A decision usually takes 3 days." in client.get(page).text
    sign_in(client, world.supervisor)
    assert "Your decisions usually take 3 days." in client.get("/queue").text


def test_what_waits_long_is_offered_to_the_deputy_once(world: World, clock: Any) -> None:
    deputy = colleague_of(world)
    claim = world.submitted()
    db.session.commit()
    clock.shift(timedelta(days=14) - timedelta(seconds=1))
    assert offer_waiting(14) == 0
    clock.shift(timedelta(seconds=1))
    assert [offer_waiting(14) for _ in range(3)] == [1, 0, 0]
    assert told(NoticeKind.DECISION_OFFERED) == [deputy.id]
    clock.shift(timedelta(days=60))
    assert offer_waiting(14) == 0
    assert claim.id in {row.to_sign for row in queue_of(given(find_person(deputy.email)), clock_day())}


def clock_day() -> Any:
    return datetime.now(UTC).date()


def test_without_a_deputy_the_training_lead_is_told(world: World, clock: Any) -> None:
    world.submitted()
    db.session.commit()
    clock.shift(timedelta(days=15))
    assert offer_waiting(14) == 1
    assert told(NoticeKind.DECISION_STUCK) == [world.lead.id]
    assert told(NoticeKind.DECISION_OFFERED) == []


def test_a_claim_that_is_submitted_again_can_be_offered_again(world: World, clock: Any) -> None:
    colleague_of(world)
    claim = world.submitted()
    db.session.commit()
    clock.shift(timedelta(days=15))
    offer_waiting(14)
    claim = fresh(world, claim)
    claim_actions.return_(world.supervisor, claim.id, seen(claim), "Say more.")
    db.session.commit()
    db.session.expire_all()
    assert offer_waiting(14) == 0
    clock.shift(timedelta(days=1))
    again = make_again(world)
    clock.shift(timedelta(days=15))
    assert offer_waiting(14) == 1
    assert again.attempt == 2
    assert len(told(NoticeKind.DECISION_OFFERED)) == 2


def make_again(world: World) -> Claim:
    enrolment = get_enrolment(world.trainee, world.enrolment.id)
    asked = claim_actions.Submission(uuid4(), 2, "")
    again = claim_actions.submit(world.trainee, enrolment, world.competencies["GEN-1"], asked)
    db.session.commit()
    return again


def test_the_lead_sees_for_whom_and_in_what_it_waits(world: World, client: FlaskClient, clock: Any) -> None:
    colleague_of(world)
    world.submitted("GEN-1")
    clock.shift(timedelta(days=9))
    world.submitted("NM-1")
    db.session.commit()
    clock.shift(timedelta(days=1))
    sign_in(client, world.lead)
    page = " ".join(client.get("/waiting").text.split())
    assert "2 claims wait for a decision." in page
    for name in ("Colin Ward", "Supervisor Osei"):
        row = page[page.index(f">{name}<") :]
        assert row.index("the oldest 10 days") < row.index("2 wait")
    assert page.index("Colin Ward") < page.index("Supervisor Osei")
    assert "GEN-1 Wash hands." in page


@pytest.mark.parametrize(("approved", "whom"), [(True, "Colin Ward"), (False, "Lead Osei")])
def test_a_second_signature_waits_for_those_who_can_give_it(
    world: World, clock: Any, *, approved: bool, whom: str
) -> None:
    colleague_of(world, approved=approved)
    (first,) = (each for each in world.enrolment.supervisions if each.supervisor_id == world.supervisor.id)
    first.approved = False
    claim = world.submitted("GEN-1")
    claim_actions.sign_off(world.supervisor, claim.id, seen(claim), 2, "Well done.")
    db.session.commit()
    assert claim.status is ClaimStatus.AWAITING_COUNTERSIGN
    found = bottlenecks_of(sa.select(Enrolment.id), clock_day())
    assert [pile.name for pile in found.people] == [whom]


def test_another_centres_lead_sees_nothing_of_it(world: World, client: FlaskClient, clock: Any) -> None:
    world.submitted("GEN-1")
    elsewhere = make_centre("York")
    other = make_person("york@hospital.example", "Yolanda", "York")
    db.session.add_all([elsewhere, other])
    db.session.flush()
    db.session.add(make_grant(other.id, Role.TRAINING_LEAD, centre_id=elsewhere.id))
    db.session.commit()
    sign_in(client, other)
    assert "Nothing waits for a decision." in client.get("/waiting").text
    assert "GEN-1" not in client.get("/signals").text
    sign_in(client, world.supervisor)
    assert client.get("/waiting").status_code == 404
    assert client.get("/signals").status_code == 404


def test_what_is_worth_a_look_is_shown_to_lead_and_moderator(world: World, client: FlaskClient, clock: Any) -> None:
    decided_after(world, clock, "GEN-1", 0)  # signed in the same second
    moderator = make_person("moderator@hospital.example", "Moira", "Moss")
    db.session.add(moderator)
    db.session.flush()
    db.session.add(make_grant(moderator.id, Role.MODERATOR, centre_id=world.enrolment.centre_id))
    db.session.commit()
    for person in (world.lead, moderator):
        sign_in(client, person)
        page = " ".join(client.get("/signals").text.split())
        assert "Supervisor Osei for Trainee Osei, 3 March 2026" in page
        assert "The tracker cannot know this" in page
