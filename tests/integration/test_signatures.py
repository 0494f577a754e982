"""Signatures above the items: who gives them, on what, and what undoes them."""

import json
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from uuid import uuid4

import pytest
import sqlalchemy as sa
import time_machine
from flask import Flask

from tests.signed_above import ASKING, NOW, ONCE, complete, facts, revoke_claim, section_id, sentence_of, sign
from tests.world import World, make_world, seen
from tracker.core.db import db
from tracker.core.errors import Forbidden, NotFound, Refused, Reused, Stale
from tracker.enrolments.queries import get_enrolment
from tracker.logbook.ageing_actions import restate_due
from tracker.logbook.lapse_actions import recheck
from tracker.logbook.models import Claim
from tracker.notifications.models import Notice, NoticeKind
from tracker.record.models import Event
from tracker.reports.progress import report_on
from tracker.reviews import signature_actions as actions
from tracker.reviews.models import Signature, SignatureItem
from tracker.reviews.signature_actions import SignatureFacts


@pytest.fixture
def world(app: Flask) -> Iterator[World]:
    with time_machine.travel(NOW, tick=False):
        yield make_world(ASKING)


def test_a_complete_section_waits_for_the_supervisor_and_is_met_when_signed(world: World) -> None:
    complete(world)
    assert sentence_of(world) == "All 2 done. Complete, waits for the supervisor's signature."
    sign(world)
    assert sentence_of(world) == "All 2 done. Signed by Supervisor Osei on 7 April 2026."


def test_a_signature_is_an_event_that_refers_to_each_sign_off(world: World) -> None:
    claims = complete(world)
    signature = sign(world)
    event = db.session.get_one(Event, signature.event_seq)
    body = json.loads(event.body)
    offs = sa.select(Event.seq).where(Event.kind == "claim_signed_off").order_by(Event.seq)
    assert body["kind"] == "section_signed"
    assert body["facts"]["events"] == db.session.scalars(offs).all()
    assert len(body["facts"]["events"]) == len(claims)
    assert body["facts"]["content"] == signature.digest
    assert "All seen." not in event.body.decode()
    (notice,) = db.session.scalars(sa.select(Notice).where(Notice.kind == NoticeKind.SECTION_SIGNED))
    assert notice.person_id == world.trainee.id


def test_the_same_press_is_the_same_signature(world: World) -> None:
    complete(world)
    said = facts(world)
    first, second = (actions.sign_section(world.supervisor, world.enrolment, section_id(world), said) for _ in range(2))
    assert first.id == second.id
    other = SignatureFacts(said.key, said.digest, "Other words.")
    with pytest.raises(Reused):
        actions.sign_section(world.supervisor, world.enrolment, section_id(world), other)


def test_a_section_that_is_signed_is_not_signed_again(world: World) -> None:
    complete(world)
    sign(world)
    with pytest.raises(Refused, match="signed already"):
        sign(world)


def test_an_incomplete_section_is_refused_with_what_lacks(world: World) -> None:
    complete(world, "GEN-1")
    with pytest.raises(Refused, match="1 of 2 done in Generic"):
        sign(world)


def test_what_changed_since_it_was_shown_is_refused(world: World) -> None:
    complete(world)
    with pytest.raises(Stale, match="changed after you opened"):
        sign(world, digest="0" * 64)


@pytest.mark.parametrize("who", ["trainee", "stranger", "lead"])
def test_nobody_but_whom_the_curriculum_names_signs_a_section(world: World, who: str) -> None:
    complete(world)
    with pytest.raises(Forbidden):
        sign(world, actor=getattr(world, who))


def test_a_section_that_is_not_the_trainees_cannot_be_signed(world: World) -> None:
    with pytest.raises(NotFound):
        sign(world, "RE")


def test_a_revoked_item_makes_the_signature_void_and_the_event_stays(world: World) -> None:
    claim, _ = complete(world)
    signature = sign(world)
    revoke_claim(world, claim)
    said = sentence_of(world)
    assert said.startswith("1 of 2 done: 1 to go. Was signed by Supervisor Osei on 7 April 2026, which is void since ")
    assert said.endswith("because the sign-off of GEN-1 was revoked: to be signed again when all is done.")
    assert db.session.get_one(Event, signature.event_seq).kind == "section_signed"


def test_a_void_signature_stays_void_when_the_item_is_signed_again_until_the_section_is(world: World) -> None:
    claim, _ = complete(world)
    sign(world)
    revoke_claim(world, claim)
    world.signed("GEN-1")
    assert sentence_of(world).endswith("waits for the supervisor's signature again.")
    sign(world)
    assert sentence_of(world) == "All 2 done. Signed by Supervisor Osei on 7 April 2026."
    assert db.session.scalar(sa.select(sa.func.count()).select_from(Signature)) == 2


def test_a_recheck_that_holds_leaves_the_signature_and_what_is_to_be_signed(app: Flask) -> None:
    valid_for_a_year = ASKING | {"kinds": [kind | {"validity_months": 12} for kind in ONCE]}
    with time_machine.travel(NOW, tick=False) as clock:
        world = make_world(valid_for_a_year)
        claim, _ = complete(world)
        sign(world)
        shown = facts(world).digest
        clock.move_to(datetime(2027, 3, 20, 12, tzinfo=UTC))
        recheck(world.supervisor, claim.id, seen(claim), holds=True, looked_at="Watched it done.")
        assert "void" not in sentence_of(world)
        assert facts(world).digest == shown
        db.session.commit()
        clock.move_to(datetime(2027, 4, 8, 12, tzinfo=UTC))  # the other lapses, and is rechecked
        restate_due()
        get_enrolment(world.trainee, world.enrolment.id)
        other = db.session.scalars(sa.select(Claim).where(Claim.id != claim.id)).one()
        recheck(world.supervisor, other.id, seen(other), holds=True, looked_at="Watched it done.")
        assert "void" in sentence_of(world)
        sign(world)
        assert "void" not in sentence_of(world)


def test_without_what_it_rests_on_a_signature_would_not_become_void(world: World) -> None:
    """The control: it is the items that make it void."""
    claim, _ = complete(world)
    sign(world)
    db.session.execute(sa.delete(SignatureItem))
    revoke_claim(world, claim)
    assert "void" not in sentence_of(world)


def test_the_whole_is_signed_by_the_lead_when_every_section_is(world: World) -> None:
    complete(world, "GEN-1", "GEN-2", "NM-1")
    with pytest.raises(Refused, match="Generic is complete: waits for the supervisor's signature"):
        sign(world, None)
    sign(world)
    sign(world, "NM")
    (told,) = db.session.scalars(sa.select(Notice).where(Notice.kind == NoticeKind.TRAINING_WAITING))
    assert told.person_id == world.lead.id
    with pytest.raises(Forbidden):
        sign(world, None, actor=world.supervisor)
    signature = sign(world, None)
    body = json.loads(db.session.get_one(Event, signature.event_seq).body)
    assert (body["kind"], len(body["facts"]["events"])) == ("training_signed", 5)
    assert report_on(world.enrolment, NOW.date()).signature.startswith("The whole training is signed by Lead Osei")


def test_a_revoked_section_makes_the_whole_void(world: World) -> None:
    complete(world, "GEN-1", "GEN-2", "NM-1")
    section, _, _ = sign(world), sign(world, "NM"), sign(world, None)
    actions.revoke_signature(world.supervisor, world.enrolment, section.id, uuid4(), "Too early.")
    said = report_on(world.enrolment, NOW.date()).signature
    assert "void since 7 April 2026 because the signature of GEN was revoked" in said
    assert "because it was revoked" in sentence_of(world)


def test_the_signer_revokes_for_a_day_and_the_lead_afterwards(world: World) -> None:
    complete(world)
    signature = sign(world)
    with time_machine.travel(NOW + timedelta(hours=25), tick=False):
        with pytest.raises(Refused, match="more than 24 hours ago"):
            actions.revoke_signature(world.supervisor, world.enrolment, signature.id, uuid4(), "Too early.")
        key = uuid4()
        first, second = (
            actions.revoke_signature(world.lead, world.enrolment, signature.id, key, "Too early.") for _ in range(2)
        )
    assert first.seq == second.seq
    assert signature.reason == "Too early."
    with pytest.raises(Refused, match="revoked already"):
        actions.revoke_signature(world.lead, world.enrolment, signature.id, uuid4(), "Again.")
