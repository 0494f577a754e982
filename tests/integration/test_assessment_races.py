"""Two at once on one assessment: real files, real commits, one outcome."""

from uuid import uuid4

import pytest
import sqlalchemy as sa
from flask import Flask

from tests.asking import answered, ask, ask_by_mail, reply_form
from tests.integration.test_races import events_of, live, press, signed_in
from tests.world import make_world
from tracker.assessments import answering_actions
from tracker.assessments.models import Assessment, AssessmentStatus
from tracker.core.db import db
from tracker.logbook.models import LogEntry
from tracker.record import verify

__all__ = ["live"]  # a fixture
pytestmark = pytest.mark.races


def statuses() -> list[AssessmentStatus]:
    return list(db.session.scalars(sa.select(Assessment.status)))


def test_of_many_answers_through_one_link_one_is_kept(live: Flask) -> None:
    _, path = ask_by_mail(make_world())
    browsers = [live.test_client() for _ in range(4)]
    assert press(browsers, [reply_form() for _ in browsers], [path] * 4) == {302: 1, 410: 3}
    assert events_of("assessment_answered") == 1
    assert statuses() == [AssessmentStatus.ANSWERED]


def test_the_same_press_many_times_at_once_is_one_answer(live: Flask) -> None:
    _, path = ask_by_mail(make_world())
    browsers = [live.test_client() for _ in range(4)]
    assert press(browsers, [reply_form()] * 4, [path] * 4) == {302: 4}
    assert events_of("assessment_answered") == 1


def test_an_answer_against_passing_on_has_one_outcome(live: Flask) -> None:
    _, path = ask_by_mail(make_world())
    forms: list[dict[str, object]] = [
        reply_form(),
        {"key": uuid4().hex, "version": "0", "pass_to": "kim@other.example"},
    ]
    answers = press([live.test_client(), live.test_client()], forms, [path, path + "/pass-on"])
    assert answers == {302: 1, 410: 1}
    assert statuses() in ([AssessmentStatus.ANSWERED], [AssessmentStatus.ASKED])
    assert events_of("assessment_answered") == (statuses() == [AssessmentStatus.ANSWERED])


def test_an_answer_by_account_twice_at_once_is_counted_once(live: Flask) -> None:
    world = make_world()
    asked = ask(world)
    browsers = signed_in(live, [world.supervisor] * 2)
    answers = press(browsers, [reply_form(), reply_form()], [f"/assessments/{asked.id}/answer"] * 2)
    assert answers == {302: 1, 409: 1}
    assert db.session.scalar(sa.select(sa.func.count()).select_from(LogEntry)) == 1
    assert list(verify.faults()) == []


def test_accepting_against_not_accepting_has_one_outcome(live: Flask) -> None:
    world = make_world()
    asked = answered(world)
    browsers = signed_in(live, [world.supervisor] * 2)
    form: dict[str, object] = {"version": "0", "reason": "I do not know them."}
    forms = [form | {"key": uuid4().hex} for _ in range(2)]
    addresses = [f"/assessments/{asked.id}/{move}" for move in ("accept", "not-accept")]
    assert press(browsers, forms, addresses) == {302: 1, 409: 1}
    assert events_of("assessment_accepted") + events_of("assessment_not_accepted") == 1


def test_without_its_guard_the_race_would_be_lost(live: Flask, monkeypatch: pytest.MonkeyPatch) -> None:
    """The control: with the check that a link still leads somewhere taken away, several are taken."""
    _, path = ask_by_mail(make_world())
    monkeypatch.setattr(answering_actions, "check_open", lambda *_: None)
    browsers = [live.test_client() for _ in range(4)]
    assert press(browsers, [reply_form() for _ in browsers], [path] * 4)[302] > 1
    assert events_of("assessment_answered") > 1
