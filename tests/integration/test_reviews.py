"""Reviews: who puts them on record, what of them is provable, and what a milestone makes of them."""

import json
from collections.abc import Iterator
from datetime import date, timedelta
from typing import Any
from uuid import UUID, uuid4

import pytest
import sqlalchemy as sa
import time_machine
from flask import Flask
from flask.testing import FlaskClient

from tests.browsing import sign_in
from tests.integration.test_reports import counted_statements, printed, text_of
from tests.make import make_break
from tests.world import SCHEME, World, make_world
from tracker.accounts.models import Person
from tracker.core.db import db
from tracker.core.errors import Forbidden, Refused
from tracker.enrolments.queries import get_enrolment
from tracker.notifications.models import Notice, NoticeKind
from tracker.record.models import Event
from tracker.reports.progress import report_on
from tracker.reviews import actions
from tracker.reviews.actions import ReviewFacts
from tracker.reviews.models import Review

TODAY = date(2026, 9, 10)
WITH_REVIEWS: dict[str, Any] = SCHEME | {
    "outcomes": [
        {"code": "well", "title": "Going well", "meaning": "Nothing more is needed."},
        {"code": "time", "title": "More time needed"},
        {"code": "end", "title": "Training complete"},
    ],
    "reviews": [
        {"code": "R1", "title": "First annual review", "expected_month": 9, "outcomes": ["well", "time"]},
        {"code": "R2", "title": "Final review", "milestone": "Y1"},
    ],
    "milestones": [
        {
            "code": "Y1",
            "title": "End of the first year",
            "due": {"day": 30, "month_of_year": 9, "year": 1},
            "condition": {
                "all": [
                    {"section": "GEN"},
                    {
                        "review": "R1",
                        "from": {"day": 1, "month_of_year": 9},
                        "to": {"day": 30, "month_of_year": 9},
                        "year": 1,
                    },
                ]
            },
        }
    ],
}


@pytest.fixture
def world(app: Flask) -> Iterator[World]:
    with time_machine.travel(TODAY):
        yield make_world(WITH_REVIEWS)


def facts(held_on: date = TODAY, code: str = "R1", outcome: str = "well") -> ReviewFacts:
    return ReviewFacts(uuid4(), held_on, code, outcome, "I ask for more cases.", "Two more by May.")


def answers(**more: str) -> dict[str, str]:
    day = {"held_on-day": "10", "held_on-month": "9", "held_on-year": "2026"}
    texts = {"code": "R1", "outcome": "well", "trainee_note": "All good.", "holder_note": "Go on."}
    return {"key": str(uuid4()), "version": "0"} | day | texts | more


def address(world: World, end: str = "") -> str:
    return f"/enrolments/{world.enrolment.id}/reviews{end}"


@pytest.mark.parametrize("who", ["supervisor", "lead"])
def test_a_supervisor_or_training_lead_puts_a_review_on_record(world: World, who: str) -> None:
    review = actions.hold_review(getattr(world, who), world.enrolment, facts())
    event = db.session.get_one(Event, review.event_seq)
    body = json.loads(event.body)
    assert (body["kind"], body["facts"]["review"], body["facts"]["outcome"]) == ("review_held", "R1", "well")
    assert "more cases" not in event.body.decode()
    (notice,) = db.session.scalars(sa.select(Notice).where(Notice.kind == NoticeKind.REVIEW_HELD))
    assert (notice.person_id, notice.path) == (world.trainee.id, address(world))


@pytest.mark.parametrize("who", ["trainee", "stranger"])
def test_nobody_else_does(world: World, who: str) -> None:
    with pytest.raises(Forbidden):
        actions.hold_review(getattr(world, who), world.enrolment, facts())


def test_the_same_press_is_the_same_review(world: World) -> None:
    said = facts()
    first, second = (actions.hold_review(world.supervisor, world.enrolment, said) for _ in range(2))
    assert first.id == second.id
    assert db.session.scalar(sa.select(sa.func.count()).select_from(Review)) == 1


@pytest.mark.parametrize(
    ("said", "why"),
    [
        (facts(TODAY + timedelta(days=1)), "still to come"),
        (facts(date(2026, 1, 4)), "before the training began"),
        (facts(code="R9"), "no such review"),
        (facts(outcome="end"), "cannot have that outcome"),
    ],
)
def test_what_cannot_be_is_refused_with_a_sentence(world: World, said: ReviewFacts, why: str) -> None:
    with pytest.raises(Refused, match=why):
        actions.hold_review(world.supervisor, world.enrolment, said)


def test_a_review_that_is_none_of_the_curriculums_can_have_any_outcome(world: World) -> None:
    assert actions.hold_review(world.lead, world.enrolment, facts(code="", outcome="end")).code == ""


def test_the_page_takes_a_review_and_shows_it_to_the_trainee(client: FlaskClient, world: World) -> None:
    sign_in(client, world.supervisor)
    page = client.get(address(world, "/new")).text
    assert "First annual review" in page
    assert "Nothing more is needed." in page
    answer = client.post(address(world, "/new"), data=answers())
    assert answer.location == address(world) + "?done=recorded"
    sign_in(client, world.trainee)
    shown = client.get(address(world)).text
    for said in ("First annual review, 10 September 2026", "Going well", "All good.", "Go on.", "Held by Supervisor"):
        assert said in shown
    assert "Final review, for End of the first year" in shown
    assert "Put a review on record" not in shown


@pytest.mark.parametrize(
    ("wrong", "said"),
    [
        ({"holder_note": ""}, "Say what was agreed"),
        ({"code": ""}, "Choose which review it was."),
        ({"outcome": "end"}, "This review cannot have that outcome."),
        ({"held_on-year": ""}, "year"),
    ],
)
def test_an_answer_that_is_wrong_comes_back_with_its_text(
    client: FlaskClient, world: World, wrong: dict[str, str], said: str
) -> None:
    sign_in(client, world.supervisor)
    answer = client.post(address(world, "/new"), data=answers() | wrong)
    assert answer.status_code == 422
    assert said in answer.text
    assert "All good." in answer.text


def test_a_review_to_come_is_refused_on_the_page(client: FlaskClient, world: World) -> None:
    sign_in(client, world.supervisor)
    answer = client.post(address(world, "/new"), data=answers(**{"held_on-day": "11"}))
    assert answer.status_code == 409
    assert "still to come" in answer.text


def test_a_curriculum_without_reviews_is_never_a_dead_end(app: Flask, client: FlaskClient) -> None:
    world = make_world()
    sign_in(client, world.lead)
    assert "What did it come to?" not in client.get(address(world, "/new")).text
    answer = client.post(address(world, "/new"), data=answers(code="-", outcome=""))
    assert answer.status_code == 302, answer.text


def milestone_of(world: World) -> Any:
    (only,) = report_on(enrolment_of(world.trainee, world.enrolment.id), TODAY).milestones
    return only


def enrolment_of(person: Person, enrolment_id: UUID) -> Any:
    db.session.expire_all()
    return get_enrolment(person, enrolment_id)


def test_a_milestone_asks_for_the_review_until_it_is_held(world: World) -> None:
    world.signed("GEN-1")
    section, review = milestone_of(world).missing
    assert section == "1 of 2 done in Generic: finish GEN-2."
    assert review.startswith("First annual review not held between 1 September 2026 and 30 September 2026: ask your")
    actions.hold_review(world.lead, world.enrolment, facts())
    assert milestone_of(world).missing == ("1 of 2 done in Generic: finish GEN-2.",)


def test_a_break_is_shown_and_moves_the_due_date(client: FlaskClient, world: World) -> None:
    db.session.add(make_break(world.enrolment.id, date(2026, 3, 1), date(2026, 3, 31)))
    db.session.commit()
    sign_in(client, world.trainee)
    text = " ".join(client.get(f"/progress/{world.enrolment.id}").text.split())
    assert "On a break from 1 March 2026 to 31 March 2026" in text
    assert "Due 31 October 2026." in text
    assert "month 8" in text


def test_page_command_and_document_show_the_same_milestone(app: Flask, client: FlaskClient, world: World) -> None:
    sentence = "0 of 2 done in Generic: finish two more, GEN-1 next."
    (progress,) = printed(app, "progress", "trainee@hospital.example")["enrolments"]
    (found,) = progress["milestones"]
    assert (found["code"], found["due_on"], found["state"]) == ("Y1", "2026-09-30", "due")
    assert found["missing"][0] == sentence
    sign_in(client, world.trainee)
    with counted_statements() as statements:
        page = client.get(f"/progress/{world.enrolment.id}").text
    assert sentence in page
    assert len(statements) <= 6 + 5, statements  # five of these read the outline, once
    with counted_statements() as statements:
        client.get(f"/progress/{world.enrolment.id}")
    assert len(statements) <= 6, statements
    document = text_of(client.get(f"/progress/{world.enrolment.id}/report.pdf").data)
    assert "End of the first year" in document
