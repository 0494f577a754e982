"""Two at once on one round of feedback: real files, real commits, one outcome, and every answer counted."""

from uuid import uuid4

import pytest
import sqlalchemy as sa
from flask import Flask

from tests.feedback import COLLEAGUES, collated, comments, feedback_world, link_of, opened, reply
from tests.integration.test_races import events_of, live, press, signed_in
from tracker.assessments import msf_answering
from tracker.assessments.msf_models import FeedbackAnswer, FeedbackRound
from tracker.core.db import db

__all__ = ["live"]  # a fixture
pytestmark = pytest.mark.races


def kept() -> tuple[int, int]:
    """How many answers are kept, and how many the round counts."""
    answers = db.session.scalar(sa.select(sa.func.count()).select_from(FeedbackAnswer)) or 0
    return answers, db.session.scalars(sa.select(FeedbackRound.answered)).one()


def test_of_many_answers_through_one_link_one_is_kept(live: Flask) -> None:
    opened(feedback_world())
    path = link_of(COLLEAGUES[0])
    browsers = [live.test_client() for _ in range(4)]
    assert press(browsers, [reply() for _ in browsers], [path] * 4) == {302: 1, 410: 3}
    assert kept() == (1, 1)


def test_without_its_guard_that_race_would_be_lost(live: Flask, monkeypatch: pytest.MonkeyPatch) -> None:
    """The control: with the check that a link still leads somewhere taken away, each answer is taken."""
    opened(feedback_world())
    path = link_of(COLLEAGUES[0])
    monkeypatch.setattr(msf_answering, "check_open", lambda *_: None)
    browsers = [live.test_client() for _ in range(4)]
    assert press(browsers, [reply() for _ in browsers], [path] * 4) == {302: 4}
    assert kept()[0] == 4


def test_colleagues_who_answer_at_once_are_all_counted(live: Flask) -> None:
    opened(feedback_world())
    paths = [link_of(address) for address in COLLEAGUES[:4]]
    browsers = [live.test_client() for _ in paths]
    assert press(browsers, [reply() for _ in paths], paths) == {302: 4}
    assert kept() == (4, 4)


def test_two_supervisors_who_release_at_once_have_one_outcome(live: Flask) -> None:
    world = feedback_world()
    asked = collated(world)
    browsers = signed_in(live, [world.supervisor] * 2)
    decided: dict[str, object] = {f"comment_{each.id.hex}": "release" for each in comments(asked).values()}
    forms: list[dict[str, object]] = [{"key": uuid4().hex, "version": "0"} | decided for _ in browsers]
    answers = press(browsers, forms, [f"/feedback/{asked.id}/release"] * 2)
    assert answers == {302: 1, 409: 1}
    assert events_of("feedback_released") == 1
