"""What is made of feedback: too few answers show nothing, enough are shown as sums, and count."""

import json
from collections.abc import Iterator
from datetime import UTC, date, datetime
from uuid import uuid4

import pytest
import sqlalchemy as sa
import time_machine
from flask import Flask

from tests.feedback import (
    COLLEAGUES,
    FEWEST,
    OWN,
    answer,
    answered,
    as_person,
    collated,
    current,
    feedback_world,
    mails_to,
    page_of,
    reply,
    told,
)
from tests.world import World
from tracker.assessments import msf_actions, msf_closing
from tracker.assessments.msf_models import (
    RoundStatus,
)
from tracker.core.db import db
from tracker.core.errors import Forbidden, Refused
from tracker.logbook.models import EntryKind, LogEntry
from tracker.notifications.models import NoticeKind
from tracker.progress.models import Standing
from tracker.record import verify
from tracker.record.decision import THE_TRACKER
from tracker.record.models import Event

LAST_DAY = date(2026, 3, 31)
NOON = datetime(2026, 3, 10, 12, tzinfo=UTC)


@pytest.fixture
def clock() -> Iterator[time_machine.Traveller]:
    with time_machine.travel(NOON, tick=False) as coordinates:
        yield coordinates


@pytest.fixture
def world(app: Flask, clock: time_machine.Traveller) -> World:
    return feedback_world()


# Ending


def test_with_one_answer_fewer_nothing_is_shown(app: Flask, world: World, clock: time_machine.Traveller) -> None:
    asked = answered(world, FEWEST - 1)
    msf_actions.rate_self(world.trainee, asked.id, OWN)
    db.session.commit()
    with pytest.raises(Refused, match=f"{FEWEST} must"):
        msf_closing.close(world.supervisor, asked.id)
    clock.move_to(datetime(2026, 4, 1, 12, tzinfo=UTC))
    assert msf_closing.close_due() == 1
    assert current(asked).status is RoundStatus.TOO_FEW
    for person in (world.trainee, world.supervisor, world.lead):
        page = page_of(app, person, asked)
        assert "Works well with others" not in page
        assert "Comment number" not in page
    assert db.session.get(LogEntry, asked.id) is None
    assert NoticeKind.FEEDBACK_TOO_FEW in told(world.trainee)


def test_with_enough_answers_the_sums_are_shown(app: Flask, world: World, clock: time_machine.Traveller) -> None:
    """The control of the test above: one answer more, and the same page shows them."""
    asked = answered(world, FEWEST)
    msf_actions.rate_self(world.trainee, asked.id, OWN)
    db.session.commit()
    clock.move_to(datetime(2026, 4, 1, 12, tzinfo=UTC))
    assert msf_closing.close_due() == 1
    for person in (world.trainee, world.supervisor, world.lead):
        page = page_of(app, person, asked)
        assert "Works well with others" in page
        assert f"What {FEWEST} colleagues answered" in page


def test_sums_are_not_shown_while_the_round_is_open(app: Flask, world: World) -> None:
    asked = answered(world, FEWEST)
    for person in (world.trainee, world.supervisor):
        assert "Works well with others" not in page_of(app, person, asked)


def test_a_round_ends_when_everybody_has_answered_and_the_worker_decides(world: World) -> None:
    asked = answered(world, len(COLLEAGUES) - 1)
    assert msf_closing.close_due() == 0
    answer(COLLEAGUES[-1])
    assert current(asked).status is RoundStatus.OPEN  # not in the request of the last colleague
    assert msf_closing.close_due() == 1
    assert current(asked).status is RoundStatus.COLLATED
    event = db.session.scalars(sa.select(Event).where(Event.kind == "feedback_collated")).one()
    body = json.loads(event.body)
    assert body["actor"] == str(THE_TRACKER)


def test_a_round_with_too_few_answers_goes_on_with_more_colleagues(world: World, clock: time_machine.Traveller) -> None:
    asked = answered(world, FEWEST - 1)
    clock.move_to(datetime(2026, 4, 1, 12, tzinfo=UTC))
    msf_closing.close_due()
    more = [COLLEAGUES[0], "late@elsewhere.example"]
    msf_actions.ask_more(world.trainee, asked.id, more, date(2026, 4, 20))
    db.session.commit()
    answer("late@elsewhere.example")
    assert mails_to(COLLEAGUES[0]) == 1
    msf_closing.close(world.supervisor, asked.id)
    db.session.commit()
    assert current(asked).status is RoundStatus.COLLATED


def test_the_trainee_rates_themselves_before_they_see_the_sums(app: Flask, world: World) -> None:
    asked = answered(world)
    msf_closing.close(world.supervisor, asked.id)
    db.session.commit()
    assert "Works well with others" not in page_of(app, world.trainee, asked)
    client = as_person(app, world.trainee)
    assert client.post(f"/feedback/{asked.id}/self", data=reply(answer_team="very")).status_code == 302
    assert "Your own rating: very" in client.get(f"/feedback/{asked.id}").text
    assert client.post(f"/feedback/{asked.id}/self", data=reply(answer_team="yes")).status_code == 409


def test_only_a_supervisor_ends_a_round_early(world: World) -> None:
    asked = answered(world)
    for person in (world.trainee, world.lead):
        with pytest.raises(Forbidden):
            msf_closing.close(person, asked.id)


# What it counts for


def test_collated_feedback_counts_as_an_observed_assessment(world: World) -> None:
    asked = collated(world, code="GEN-2")
    entry = db.session.scalars(
        sa.select(LogEntry).where(LogEntry.id == asked.id).options(sa.orm.selectinload(LogEntry.competencies))
    ).one()
    assert (entry.kind, entry.assessment) == (EntryKind.OBSERVED_ASSESSMENT, "MSF")
    assert [each.code for each in entry.competencies] == ["GEN-2"]
    assert entry.assessor == f"{FEWEST} colleagues, who are not named"
    standing = db.session.scalars(sa.select(Standing).where(Standing.requirement_id == world.id_of("GEN-2"))).one()
    assert standing.counts["entries"] == 1


def test_an_entry_leads_to_the_answers_that_it_stands_for(app: Flask, world: World) -> None:
    asked = collated(world)
    client = as_person(app, world.supervisor)
    assert f"/entries/{asked.id}/said" in client.get(f"/entries/{asked.id}").text
    assert client.get(f"/entries/{asked.id}/said").headers["Location"] == f"/feedback/{asked.id}"
    given = uuid4()
    assert (
        as_person(app, world.stranger).get(f"/entries/{asked.id}/said").headers["Location"]
        == f"/assessments/{asked.id}"
    )
    assert client.get(f"/entries/{given}/said").headers["Location"] == f"/assessments/{given}"


def test_feedback_that_counts_for_no_competency_is_logged_all_the_same(world: World) -> None:
    asked = collated(world)
    assert db.session.get(LogEntry, asked.id) is not None
    assert list(verify.faults()) == []
