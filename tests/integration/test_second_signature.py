"""Two signatures: who gives the second, and that it is another person's."""

from datetime import UTC, date, datetime, timedelta
from typing import Any

import pytest
import sqlalchemy as sa
import time_machine
from flask import Flask

from tests.make import make_person, make_supervision
from tests.world import SCHEME, World, make_world, seen
from tracker.accounts.models import Person
from tracker.core.db import db
from tracker.core.errors import Forbidden, Refused, Reused
from tracker.curricula.queries import get_outline
from tracker.enrolments.models import Supervision
from tracker.logbook import claim_actions, rules
from tracker.logbook.models import Claim, ClaimStatus
from tracker.logbook.queries import history_of, visible_claims
from tracker.logbook.second_actions import countersign
from tracker.notifications.models import Notice, NoticeKind
from tracker.progress.models import Stage, Standing
from tracker.progress.queries import get_situation
from tracker.progress.requirements import explain_requirement
from tracker.reports.queue import queue_of

ON = date(2026, 4, 1)
NINE = datetime(2026, 4, 1, 9, tzinfo=UTC)
TWO_SIGN: dict[str, Any] = SCHEME | {"signatures": {"countersign": True}}


@pytest.fixture
def world(app: Flask) -> World:
    return make_world(TWO_SIGN)


def add_supervisor(world: World, email: str = "second@hospital.example", **more: Any) -> Person:
    person = make_person(email, "Akin", "Bello")
    db.session.add(person)
    db.session.flush()
    db.session.add(make_supervision(world.enrolment, person.id, **more))
    db.session.commit()
    db.session.refresh(world.enrolment, ["supervisions"])
    sa.orm.attributes.set_committed_value(person, "grants", [])
    for each in world.enrolment.supervisions:
        db.session.refresh(each, ["supervisor"])
    return person


def signed_once(world: World) -> Claim:
    claim = world.submitted()
    claim_actions.sign_off(world.supervisor, claim.id, seen(claim), 2, "I saw it.")
    return claim


def notices_to(person: Person) -> list[NoticeKind]:
    return list(db.session.scalars(sa.select(Notice.kind).where(Notice.person_id == person.id)))


def status_of(claim: Claim) -> ClaimStatus:
    return claim.status


def stage_of(world: World) -> Stage:
    return db.session.get_one(Standing, (world.enrolment.id, world.id_of("GEN-1")), populate_existing=True).stage


def test_where_two_must_sign_the_first_signature_waits(world: World) -> None:
    second = add_supervisor(world)
    claim = signed_once(world)
    assert (claim.status, claim.signed_off_by_id) == (ClaimStatus.AWAITING_COUNTERSIGN, world.supervisor.id)
    assert stage_of(world) is Stage.SIGNED
    assert NoticeKind.COUNTERSIGN_WAITING in notices_to(second)
    assert NoticeKind.COUNTERSIGN_WAITING not in notices_to(world.lead)


@time_machine.travel(NINE, tick=False)
def test_what_waits_for_a_second_signature_says_who_signed(world: World) -> None:
    add_supervisor(world)
    signed_once(world)
    requirement = get_outline(world.enrolment.version_id).requirement(world.id_of("GEN-1"))
    explained = explain_requirement(requirement, get_situation(world.enrolment, ON), ON)
    assert explained.sentence == (
        "Signed at level 2 by Supervisor Osei, waits for a second signature since 1 April 2026."
    )


def test_the_second_signature_signs_it_off(world: World) -> None:
    second = add_supervisor(world)
    claim = signed_once(world)
    event = countersign(second, claim.id, seen(claim), "So did I.")
    assert (event.kind, claim.status) == ("claim_countersigned", ClaimStatus.SIGNED_OFF)
    assert (claim.signed_off_by_id, claim.countersigned_by_id) == (world.supervisor.id, second.id)
    assert stage_of(world) is Stage.DONE
    assert notices_to(world.trainee) == [NoticeKind.CLAIM_SIGNED, NoticeKind.CLAIM_SIGNED_OFF]
    assert NoticeKind.CLAIM_COUNTERSIGNED in notices_to(world.supervisor)


def test_pressing_countersign_twice_is_one_event(world: World) -> None:
    claim = signed_once(world)
    pressed = seen(claim)
    first = countersign(world.lead, claim.id, pressed, "")
    assert countersign(world.lead, claim.id, pressed, "").seq == first.seq


def test_pressing_again_is_the_same_signature_when_who_signs_alone_changed_meanwhile(app: Flask) -> None:
    world = make_world()
    claim = world.submitted()
    pressed = seen(claim)
    first = claim_actions.sign_off(world.supervisor, claim.id, pressed, 2, "I saw it.")
    world.enrolment.supervisions[0].approved = False
    assert claim_actions.sign_off(world.supervisor, claim.id, pressed, 2, "I saw it.").seq == first.seq
    with pytest.raises(Reused):
        claim_actions.sign_off(world.supervisor, claim.id, pressed, 2, "I saw something else.")


def test_with_nobody_else_the_training_lead_is_asked_and_may_countersign(world: World) -> None:
    claim = signed_once(world)
    assert NoticeKind.COUNTERSIGN_WAITING in notices_to(world.lead)
    assert [each.code for each in queue_of(world.lead, ON)] == ["GEN-1"]
    countersign(world.lead, claim.id, seen(claim), "")
    assert claim.status is ClaimStatus.SIGNED_OFF


def test_the_queue_shows_it_to_who_can_countersign_and_not_to_who_signed(world: World) -> None:
    second = add_supervisor(world)
    signed_once(world)
    assert [(each.code, each.second) for each in queue_of(second, ON)] == [("GEN-1", True)]
    assert queue_of(world.supervisor, ON) == []
    assert queue_of(world.stranger, ON) == []


@pytest.mark.parametrize("who", ["supervisor", "trainee", "stranger"])
def test_neither_who_signed_first_nor_the_trainee_nor_a_stranger_countersigns(world: World, who: str) -> None:
    claim = signed_once(world)
    with pytest.raises(Forbidden):
        countersign(getattr(world, who), claim.id, seen(claim), "")


@pytest.mark.parametrize("who", ["supervisor", "trainee"])
def test_the_rule_refuses_a_second_signature_by_the_same_person_and_the_trainee(world: World, who: str) -> None:
    claim = signed_once(world)
    why_not = rules.why_not_countersign(claim, getattr(world, who).id)
    assert why_not == "The second signature is another person's than the first, and never the trainee's."
    assert rules.why_not_countersign(claim, world.lead.id) is None


@pytest.mark.parametrize(("who", "refused"), [("supervisor", True), ("trainee", True), ("lead", False)])
def test_the_database_refuses_a_second_signature_by_the_same_person_and_the_trainee(
    world: World, who: str, refused: bool
) -> None:
    """The control: it takes another person's."""
    claim = signed_once(world)
    values = {"countersigned_by_id": getattr(world, who).id, "countersigned_at": NINE, "status": "signed_off"}
    second = sa.update(Claim).where(Claim.id == claim.id).values(values)
    if refused:
        with pytest.raises(sa.exc.IntegrityError):
            db.session.execute(second)
    else:
        db.session.execute(second)


def test_who_is_not_approved_signs_first_and_never_second(app: Flask) -> None:
    world = make_world()
    new = add_supervisor(world, approved=False)
    claim = world.submitted()
    claim_actions.sign_off(new, claim.id, seen(claim), 2, "")
    assert status_of(claim) is ClaimStatus.AWAITING_COUNTERSIGN
    another = add_supervisor(world, "third@hospital.example", approved=False)
    with pytest.raises(Forbidden):
        countersign(another, claim.id, seen(claim), "")
    countersign(world.supervisor, claim.id, seen(claim), "")
    assert status_of(claim) is ClaimStatus.SIGNED_OFF


def test_who_is_approved_signs_alone(app: Flask) -> None:
    world = make_world()
    add_supervisor(world, approved=False)
    assert world.signed().status is ClaimStatus.SIGNED_OFF


def test_instead_of_the_second_signature_it_may_be_returned(world: World) -> None:
    second = add_supervisor(world)
    claim = signed_once(world)
    claim_actions.return_(second, claim.id, seen(claim), "Not the right camera.")
    assert (claim.status, claim.signed_off_by_id, stage_of(world)) == (ClaimStatus.RETURNED, None, Stage.RETURNED)
    assert NoticeKind.COUNTERSIGN_REFUSED in notices_to(world.supervisor)
    assert [step.kind.value for step in history_of(claim)] == ["submitted", "signed", "returned"]


def test_who_signed_first_may_think_again_until_the_second_signature(world: World) -> None:
    claim = signed_once(world)
    claim_actions.return_(world.supervisor, claim.id, seen(claim), "I was mistaken.")
    assert claim.status is ClaimStatus.RETURNED


def test_a_claim_that_is_signed_once_is_not_withdrawn(world: World) -> None:
    claim = signed_once(world)
    with pytest.raises(Refused, match="it has its first signature and waits for the second"):
        claim_actions.withdraw(world.trainee, claim.id, seen(claim))


@pytest.mark.parametrize("first", [True, False])
def test_both_who_signed_may_revoke_within_a_day_of_the_second_signature(world: World, first: bool) -> None:
    with time_machine.travel(NINE, tick=False) as clock:
        second = add_supervisor(world)
        claim = signed_once(world)
        clock.shift(timedelta(days=3))
        countersign(second, claim.id, seen(claim), "")
        clock.shift(timedelta(hours=23))
        claim_actions.revoke(world.supervisor if first else second, claim.id, seen(claim), "A slip.")
    assert claim.status is ClaimStatus.REVOKED


def test_a_day_after_the_second_signature_the_training_lead_revokes(world: World) -> None:
    with time_machine.travel(NINE, tick=False) as clock:
        second = add_supervisor(world)
        claim = signed_once(world)
        countersign(second, claim.id, seen(claim), "")
        clock.shift(timedelta(hours=25))
        with pytest.raises(Refused, match="more than 24 hours ago"):
            claim_actions.revoke(second, claim.id, seen(claim), "A slip.")
        claim_actions.revoke(world.lead, claim.id, seen(claim), "A slip.")
    assert claim.status is ClaimStatus.REVOKED


def test_who_countersigned_keeps_what_they_signed(world: World) -> None:
    second = add_supervisor(world)
    claim = signed_once(world)
    countersign(second, claim.id, seen(claim), "")
    last_day = sa.update(Supervision).where(Supervision.supervisor_id == second.id).values(ends_on=date(2026, 1, 6))
    db.session.execute(last_day)
    assert [each.id for each in db.session.scalars(visible_claims(second))] == [claim.id]
