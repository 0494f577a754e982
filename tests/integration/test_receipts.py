"""Receipts by mail: who gets one, when, and that it proves what it says."""

from collections.abc import Iterator
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from email import message_from_bytes
from typing import Any
from uuid import uuid4

import pytest
import sqlalchemy as sa
import time_machine
from flask import Flask

from tests.integration.test_notary import one_more, sealed
from tests.signed_above import ASKING, sign
from tests.world import World, make_world
from tracker.accounts.models import Person
from tracker.core import mail
from tracker.core.db import db
from tracker.core.mail import OutgoingMail
from tracker.enrolments.models import Supervision
from tracker.enrolments.queries import get_enrolment
from tracker.notifications.actions import choose_mail_time
from tracker.notifications.models import MailTime
from tracker.operations.receipting import post_receipts
from tracker.portfolio.bundle import make_bundle
from tracker.record import checkpoints
from tracker.record.models import Event
from tracker.record.verifier import verify
from tracker.reviews.signature_actions import revoke_signature

NOON = datetime(2026, 3, 10, 12, tzinfo=UTC)


@pytest.fixture
def clock() -> Iterator[Any]:
    with time_machine.travel(NOON, tick=False) as traveller:
        yield traveller


@pytest.fixture
def world(app: Flask, clock: Any) -> World:
    world = make_world()
    world.signed("GEN-1")
    db.session.commit()
    return world


def posted() -> dict[str, OutgoingMail]:
    """The receipts that were written, by the address they go to."""
    rows = db.session.scalars(sa.select(OutgoingMail).where(OutgoingMail.subject.startswith("Receipt")))
    return {row.to_address: row for row in rows}


def post_after(clock: Any, minutes: int = 3) -> int:
    sealed()
    clock.shift(timedelta(minutes=minutes))
    return post_receipts()


def test_trainee_and_supervisor_get_a_receipt_once_it_is_sealed(world: World, clock: Any) -> None:
    clock.shift(timedelta(minutes=3))
    assert post_receipts() == 0
    sealed()
    assert post_receipts() == 2
    assert set(posted()) == {"trainee@hospital.example", "supervisor@hospital.example"}
    assert {row.subject for row in posted().values()} == {"Receipt: GEN-1: signed off"}
    assert post_receipts() == 0


def test_a_receipt_holds_against_the_bundle_and_only_as_it_was_written(world: World, clock: Any) -> None:
    post_after(clock)
    message = posted()["trainee@hospital.example"]
    assert message.attachments is not None
    assert list(message.attachments) == ["event-2.receipt.txt"]
    receipt = message.attachments["event-2.receipt.txt"].encode()
    leaf = db.session.scalars(sa.select(Event.leaf).where(Event.seq == 2)).one()
    assert leaf.hex() in message.text
    assert "/events/2" in message.text
    one_more()
    sealed()
    bundle = make_bundle(db.session.get_one(Person, world.trainee.id))
    keys = dict.fromkeys(checkpoints.list_vkeys())
    assert verify(bundle, keys, receipt)[0] == "VALID"
    changed = receipt.replace(b"index 1", b"index 0")
    assert verify(bundle, keys, changed)[0] == "INVALID"


def test_the_file_that_arrives_is_the_receipt(world: World, app: Flask, clock: Any, monkeypatch: Any) -> None:
    post_after(clock)
    row = posted()["trainee@hospital.example"]
    kept = dict(row.attachments or {})
    monkeypatch.setitem(app.config, "DEMO", True)
    mail.deliver(row)
    message = message_from_bytes(next(mail.outbox().glob(f"*{row.id}.eml")).read_bytes())
    arrived = {part.get_filename(): part.get_payload(decode=True) for part in message.walk() if part.get_filename()}
    assert arrived == {name: text.encode() for name, text in kept.items()}
    assert row.attachments is None


def test_receipts_are_collected_for_a_while(world: World, clock: Any) -> None:
    assert post_after(clock, minutes=1) == 0
    replace(world, enrolment=get_enrolment(world.trainee, world.enrolment.id)).signed("NM-1")
    db.session.commit()
    sealed()
    clock.shift(timedelta(minutes=1))
    assert post_receipts() == 4
    assert [row.subject for row in posted().values()] == ["Receipts for 2 decisions"] * 2


def test_receipts_wait_for_the_morning(world: World, clock: Any) -> None:
    clock.move_to(datetime(2026, 3, 11, 2, tzinfo=UTC))
    sealed()
    assert post_receipts() == 0
    clock.move_to(datetime(2026, 3, 11, 12, tzinfo=UTC))
    assert post_receipts() == 2


def test_who_may_no_longer_see_the_record_gets_no_receipt(world: World, clock: Any) -> None:
    ended = sa.update(Supervision).where(Supervision.supervisor_id == world.supervisor.id)
    db.session.execute(ended.values(ends_on=NOON.date() - timedelta(days=1)))
    db.session.commit()
    post_after(clock)
    assert set(posted()) == {"trainee@hospital.example"}


def test_who_wants_no_notices_gets_receipts_since_they_are_proof(world: World, clock: Any) -> None:
    choose_mail_time(world.supervisor, MailTime.NEVER)
    db.session.commit()
    post_after(clock)
    assert set(posted()) == {"trainee@hospital.example", "supervisor@hospital.example"}


def test_signatures_of_sections_and_their_revocation_have_receipts(app: Flask, clock: Any) -> None:
    world = make_world(ASKING)
    for code in ("GEN-1", "GEN-2"):
        world.signed(code)
    signature = sign(world)
    revoke_signature(world.supervisor, world.enrolment, signature.id, uuid4(), "Too early.")
    db.session.commit()
    post_after(clock)
    said = posted()["trainee@hospital.example"].text
    assert "GEN: section signed" in said
    assert "Signature of a section or of the whole revoked" in said


def test_what_is_only_submitted_gets_no_receipt(app: Flask, clock: Any) -> None:
    make_world().submitted("NM-1")
    db.session.commit()
    assert post_after(clock) == 1
    assert posted() == {}
