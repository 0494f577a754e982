"""People without an account are not woken by mail."""

from datetime import UTC, datetime

import pytest
import sqlalchemy as sa
import time_machine
from flask import Flask

from tests.asking import OUTSIDER, ask_by_mail
from tests.feedback import COLLEAGUES, feedback_world, opened
from tests.world import make_world
from tracker.core.db import db
from tracker.core.mail import OutgoingMail

LATE = datetime(2026, 6, 10, 22, 30, tzinfo=UTC)  # half past eleven in London
MORNING = datetime(2026, 6, 11, 6, tzinfo=UTC)


def leaves(address: str) -> datetime:
    return db.session.scalars(sa.select(OutgoingMail.next_try_at).where(OutgoingMail.to_address == address)).one()


def test_a_link_that_is_asked_for_at_night_leaves_in_the_morning(app: Flask) -> None:
    with time_machine.travel(LATE, tick=False):
        ask_by_mail(make_world())
        assert leaves(OUTSIDER) == MORNING


def test_feedback_that_is_asked_for_at_night_is_mailed_in_the_morning(app: Flask) -> None:
    with time_machine.travel(LATE, tick=False):
        opened(feedback_world())
        assert {leaves(address) for address in COLLEAGUES} == {MORNING}


def test_what_is_asked_for_by_day_leaves_at_once(app: Flask) -> None:
    with time_machine.travel(MORNING, tick=False):
        ask_by_mail(make_world())
        assert leaves(OUTSIDER) == MORNING


def test_the_demo_has_no_night(app: Flask, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setitem(app.config, "DEMO", True)
    with time_machine.travel(LATE, tick=False):
        ask_by_mail(make_world())
        assert leaves(OUTSIDER) == LATE
