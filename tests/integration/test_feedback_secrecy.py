"""Nobody learns who said what about a trainee, and comments pass a supervisor first."""

from collections.abc import Iterator
from datetime import UTC, date, datetime
from uuid import uuid4

import pytest
import sqlalchemy as sa
import time_machine
from flask import Flask

from tests.feedback import (
    COLLEAGUES,
    answered,
    as_person,
    collated,
    comments,
    feedback_world,
    page_of,
    told,
)
from tests.make import make_supervision
from tests.world import World
from tracker.assessments import msf_closing
from tracker.assessments.msf_models import (
    CommentStatus,
    FeedbackAnswer,
    FeedbackColleague,
    FeedbackComment,
)
from tracker.core.db import db
from tracker.core.errors import Refused
from tracker.enrolments.models import SupervisionRole
from tracker.notifications.models import NoticeKind
from tracker.record.models import Event, Opening

LAST_DAY = date(2026, 3, 31)
NOON = datetime(2026, 3, 10, 12, tzinfo=UTC)


@pytest.fixture
def clock() -> Iterator[time_machine.Traveller]:
    with time_machine.travel(NOON, tick=False) as coordinates:
        yield coordinates


@pytest.fixture
def world(app: Flask, clock: time_machine.Traveller) -> World:
    return feedback_world()


# Who said what


def test_no_event_says_who_was_asked_or_who_answered(world: World) -> None:
    asked = collated(world)
    msf_closing.release(world.supervisor, asked.id, uuid4(), set())
    db.session.commit()
    colleagues = {str(each) for each in db.session.scalars(sa.select(FeedbackColleague.id))}
    answers = {str(each) for each in db.session.scalars(sa.select(FeedbackAnswer.id))}
    written = [*(event.body.decode() for event in db.session.scalars(sa.select(Event))), *_openings()]
    for text in written:
        assert not any(each in text for each in (colleagues | answers | set(COLLEAGUES)))
    kinds = [event.kind for event in db.session.scalars(sa.select(Event).order_by(Event.seq))]
    assert kinds == ["feedback_opened", "feedback_collated", "feedback_released"]  # none for an answer


def _openings() -> list[str]:
    return [opening.text or "" for opening in db.session.scalars(sa.select(Opening))]


def test_an_answer_is_kept_without_its_author_its_time_and_its_place(world: World) -> None:
    names = {column.name for table in (FeedbackAnswer, FeedbackComment) for column in table.__table__.columns}
    assert names == {"id", "round_id", "answers", "question", "text", "status", "decided_by_id"}
    assert {column.name for column in FeedbackColleague.__table__.columns} == {"id", "round_id", "address", "status"}
    answered(world, 8)
    if db.engine.dialect.name == "sqlite":
        for table in ("feedback_answer", "feedback_comment"):
            with pytest.raises(sa.exc.OperationalError, match="rowid"):
                db.session.execute(sa.text(f"SELECT rowid FROM {table}"))


def test_no_page_of_the_trainee_names_a_colleague(app: Flask, world: World) -> None:
    asked = collated(world)
    client = as_person(app, world.trainee)
    places = (
        f"/feedback/{asked.id}",
        f"/feedback/{asked.id}/more",
        f"/feedback/{asked.id}/self",
        f"/enrolments/{world.enrolment.id}/feedback",
        f"/enrolments/{world.enrolment.id}/assessments",
        "/notices",
        f"/entries/{asked.id}",
    )
    for place in places:
        page = client.get(place)
        assert page.status_code in {200, 302}, place
        assert not any(address in page.text for address in COLLEAGUES), place


def test_comments_come_in_another_order_than_they_were_written(app: Flask, world: World) -> None:
    asked = collated(world, 8)
    page = page_of(app, world.supervisor, asked)
    shown = [page.index(text) for text in sorted(comments(asked), key=lambda text: comments(asked)[text].id)]
    assert shown == sorted(shown)


# Comments


def test_the_trainee_reads_what_a_supervisor_released_and_nothing_else(app: Flask, world: World) -> None:
    asked = collated(world)
    for person in (world.trainee, world.lead):
        assert "Comment number" not in page_of(app, person, asked)
    found = comments(asked)
    sent = {f"comment_{each.id.hex}": "hold_back" for each in found.values()}
    sent[f"comment_{found['Comment number 2.'].id.hex}"] = "release"
    supervisor = as_person(app, world.supervisor)
    assert "Comment number 1." in supervisor.get(f"/feedback/{asked.id}").text
    done = supervisor.post(f"/feedback/{asked.id}/release", data={"key": uuid4().hex, "version": "0"} | sent)
    assert done.status_code == 302
    for person in (world.trainee, world.lead, world.supervisor):
        page = page_of(app, person, asked)
        assert "Comment number 2." in page
        assert "Comment number 1." not in page
    assert NoticeKind.FEEDBACK_RELEASED in told(world.trainee)


def test_every_comment_is_decided_on_at_once(app: Flask, world: World) -> None:
    asked = collated(world)
    supervisor = as_person(app, world.supervisor)
    refused = supervisor.post(f"/feedback/{asked.id}/release", data={"key": uuid4().hex, "version": "0"})
    assert refused.status_code == 422
    assert {each.status for each in comments(asked).values()} == {CommentStatus.WAITING}


def test_the_same_press_sent_twice_by_a_browser_is_answered_twice_alike(app: Flask, world: World) -> None:
    asked = collated(world)
    sent = {f"comment_{each.id.hex}": "release" for each in comments(asked).values()}
    supervisor = as_person(app, world.supervisor)
    pressed = {"key": uuid4().hex, "version": "0"} | sent
    answers = [supervisor.post(f"/feedback/{asked.id}/release", data=pressed).status_code for _ in range(2)]
    assert answers == [302, 302]
    assert supervisor.post(f"/feedback/{asked.id}/release", data=pressed | {"key": uuid4().hex}).status_code == 409
    assert "for you to read first" not in page_of(app, world.supervisor, asked)


def test_the_same_press_releases_once_and_what_is_decided_stays(world: World) -> None:
    asked, key = collated(world), uuid4()
    released = {comments(asked)["Comment number 1."].id}
    first = msf_closing.release(world.supervisor, asked.id, key, released)
    db.session.commit()
    assert msf_closing.release(world.supervisor, asked.id, key, released).seq == first.seq
    with pytest.raises(Refused, match="read already"):
        msf_closing.release(world.supervisor, asked.id, uuid4(), set())


def test_a_training_lead_and_an_assessor_read_no_comment_before_it_is_released(app: Flask, world: World) -> None:
    asked = collated(world)
    assessor = make_supervision(world.enrolment, world.stranger.id, role=SupervisionRole.ASSESSOR)
    db.session.add(assessor)
    db.session.commit()
    for person in (world.lead, world.stranger):
        client = as_person(app, person)
        assert "Comment number" not in client.get(f"/feedback/{asked.id}").text
        assert client.post(f"/feedback/{asked.id}/release", data={}).status_code == 403


def test_a_round_that_is_open_is_not_there_for_others(app: Flask, world: World) -> None:
    asked = answered(world)
    for person in (world.lead, world.stranger):
        assert as_person(app, person).get(f"/feedback/{asked.id}").status_code == 404


def test_comments_wait_in_the_queue_of_supervisors_until_they_are_read(app: Flask, world: World) -> None:
    asked = collated(world)
    for person, waits in ((world.supervisor, True), (world.trainee, False)):
        assert (f"/feedback/{asked.id}" in as_person(app, person).get("/queue").text) is waits
    msf_closing.release(world.supervisor, asked.id, uuid4(), set())
    db.session.commit()
    assert f"/feedback/{asked.id}" not in as_person(app, world.supervisor).get("/queue").text
