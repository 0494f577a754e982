"""The final assessment: who examines, what must be there first, and that its outcome is given once."""

import json
from collections.abc import Iterator
from datetime import UTC, date, datetime, timedelta
from typing import Any
from uuid import uuid4

import pytest
import sqlalchemy as sa
import time_machine
from flask import Flask
from flask.testing import FlaskClient
from sqlalchemy.exc import IntegrityError

from tests.browsing import sign_in
from tests.integration.test_reviews import facts as review_facts
from tests.make import make_grant, make_supervision
from tests.signed_above import ASKING, complete, sign
from tests.visiting import Outside, in_days, known, outside
from tests.world import World, make_world
from tracker.accounts.models import Person, Role
from tracker.core.db import db
from tracker.core.errors import Forbidden, NotFound, Refused
from tracker.curricula.queries import get_outline
from tracker.moderation import final_actions as actions
from tracker.moderation import final_data
from tracker.moderation.final_actions import Assignment, Found
from tracker.moderation.final_queries import get_candidate, get_final
from tracker.moderation.models import FinalAssessment
from tracker.notifications.models import Notice, NoticeKind
from tracker.record.models import Event
from tracker.reviews.actions import hold_review

NOW = datetime(2026, 4, 7, 12, tzinfo=UTC)
OPENS, CLOSES = date(2026, 4, 13), date(2026, 4, 17)
DURING, AFTER = datetime(2026, 4, 14, 12, tzinfo=UTC), datetime(2026, 4, 18, 12, tzinfo=UTC)


@pytest.fixture
def world(app: Flask) -> Iterator[World]:
    with time_machine.travel(NOW, tick=False):
        yield make_world(ASKING)


@pytest.fixture
def people(world: World) -> Outside:
    return outside(world)


def signed_whole(world: World) -> None:
    complete(world, "GEN-1", "GEN-2", "NM-1")
    for code in ("GEN", "NM", None):
        sign(world, code)
    db.session.commit()


def assigned(world: World, people: Outside, actor: Person | None = None, **more: Any) -> FinalAssessment:
    values: dict[str, Any] = {"key": uuid4(), "examiner_id": people.examiner.id, "opens_on": OPENS, "closes_on": CLOSES}
    lead = actor or people.scheme_lead
    final = actions.assign(lead, get_candidate(lead, world.enrolment.id), Assignment(**(values | more)))
    db.session.commit()
    return get_final(known(final.examiner_id), final.id)


def found(outcome: str = "pass", **more: Any) -> Found:
    parts = dict.fromkeys(("portfolio", "viva"), outcome)
    values: dict[str, Any] = {"key": uuid4(), "parts": parts, "outcome": outcome, "questions": "Why?", "notes": "Good."}
    return Found(**(values | more))


def test_an_examiner_reads_in_the_days_and_puts_the_outcome_on_record(
    client: FlaskClient, world: World, people: Outside
) -> None:
    signed_whole(world)
    final = assigned(world, people)
    for moment, status in ((NOW, 404), (DURING, 200), (AFTER, 404)):
        with time_machine.travel(moment, tick=False):
            sign_in(client, people.examiner)
            assert client.get(f"/progress/{world.enrolment.id}").status_code == status
            assert client.get(f"/progress/{people.other.enrolment.id}").status_code == 404
    with time_machine.travel(DURING, tick=False):
        event = actions.record_final(people.examiner, final, found())
    body = json.loads(event.body)
    assert (body["kind"], body["facts"]["outcome"]) == ("final_assessment_recorded", "pass")
    assert body["facts"]["parts"] == [
        {"outcome": "pass", "part": "portfolio"},
        {"outcome": "pass", "part": "viva"},
    ]
    assert "Why?" not in event.body.decode()


def test_only_the_schemes_lead_assigns(world: World, people: Outside) -> None:
    for person in (world.lead, world.supervisor, world.trainee):
        with pytest.raises(Forbidden):
            assigned(world, people, person)
    for person in (people.examiner, people.moderator, world.stranger):
        with pytest.raises(NotFound):
            assigned(world, people, person)


@pytest.mark.parametrize("part", ["supervised", "reviewed", "led"])
def test_an_examiner_had_no_part_in_the_training(world: World, people: Outside, part: str) -> None:
    if part == "supervised":
        db.session.add(make_supervision(world.enrolment, people.examiner.id, ends_on=date(2026, 1, 31)))
        why = "has supervised the trainee"
    elif part == "led":
        here = {"centre_id": world.enrolment.centre_id, "ends_on": date(2026, 1, 31)}
        db.session.add(make_grant(people.examiner.id, Role.TRAINING_LEAD, **here))
        why = "has led training where the trainee works"
    else:
        here = {"centre_id": world.enrolment.centre_id, "ends_on": NOW.date()}
        grant = make_grant(people.examiner.id, Role.TRAINING_LEAD, **here)
        db.session.add(grant)
        db.session.commit()
        hold_review(known(people.examiner.id), world.enrolment, review_facts(date(2026, 4, 1), "", ""))
        db.session.delete(grant)
        why = "has held the trainee's reviews"
    db.session.commit()
    with pytest.raises(Refused, match=why) as refused:
        assigned(world, people)
    assert "An examiner had no part in training or managing the candidate" in refused.value.sentence


def test_it_is_asked_again_when_the_outcome_is_put_on_record(world: World, people: Outside) -> None:
    signed_whole(world)
    final = assigned(world, people)
    db.session.add(make_supervision(world.enrolment, people.examiner.id, ends_on=date(2026, 1, 31)))
    db.session.commit()
    with time_machine.travel(DURING, tick=False), pytest.raises(Refused, match="has supervised"):
        actions.record_final(people.examiner, final, found())


def test_somebody_without_the_role_does_not_examine(world: World, people: Outside) -> None:
    with pytest.raises(Refused, match="no examiner"):
        assigned(world, people, examiner_id=world.stranger.id)


def test_nobody_asks_themselves_to_examine(client: FlaskClient, world: World, people: Outside) -> None:
    curriculum_id = world.enrolment.version.curriculum_id
    db.session.add(make_grant(people.scheme_lead.id, Role.EXAMINER, curriculum_id=curriculum_id))
    db.session.commit()
    with pytest.raises(Refused, match="Nobody asks themselves"):
        assigned(world, people, examiner_id=people.scheme_lead.id)
    sign_in(client, people.scheme_lead)
    page = client.get(f"/enrolments/{world.enrolment.id}/final-assessments/new").text
    assert f'value="{people.examiner.id}"' in page
    assert f'value="{people.scheme_lead.id}"' not in page
    final = assigned(world, people)
    final.examiner_id = people.scheme_lead.id
    with pytest.raises(IntegrityError, match="nobody_asks_themselves"):
        db.session.flush()


def test_the_whole_is_signed_before_the_outcome_where_the_curriculum_asks(world: World, people: Outside) -> None:
    complete(world, "GEN-1", "GEN-2", "NM-1")
    final = assigned(world, people)
    with time_machine.travel(DURING, tick=False), pytest.raises(Refused, match="has not signed the whole training"):
        actions.record_final(people.examiner, final, found())


def test_where_the_curriculum_does_not_ask_the_outcome_needs_no_signature(app: Flask) -> None:
    with time_machine.travel(NOW, tick=False):
        world = make_world()
        people = outside(world)
        final = assigned(world, people)
    with time_machine.travel(DURING, tick=False):
        assert actions.record_final(people.examiner, final, found()).kind == "final_assessment_recorded"


@pytest.mark.parametrize(("moment", "why"), [(NOW, "begins on 13 April 2026"), (AFTER, "ended on 17 April 2026")])
def test_outside_its_days_there_is_no_outcome(world: World, people: Outside, moment: datetime, why: str) -> None:
    signed_whole(world)
    final = assigned(world, people)
    with time_machine.travel(moment, tick=False), pytest.raises(Refused, match=why):
        actions.record_final(people.examiner, final, found())


def test_an_outcome_is_given_once_and_another_attempt_is_a_new_one(world: World, people: Outside) -> None:
    signed_whole(world)
    final, said = assigned(world, people), found("refer")
    with time_machine.travel(DURING, tick=False):
        first, second = (actions.record_final(people.examiner, final, said) for _ in range(2))
        assert first.seq == second.seq
        with pytest.raises(Refused, match="on record already"):
            actions.record_final(people.examiner, final, found())
        with pytest.raises(Refused, match="Release it first"):
            assigned(world, people)
        actions.release(people.scheme_lead, get_final(people.scheme_lead, final.id), uuid4())
        again = assigned(world, people)
        assert (again.attempt, again.id != final.id) == (2, True)
        assert actions.record_final(people.examiner, again, found()).seq > first.seq
    assert final.outcome == "refer"


def test_until_there_is_an_outcome_another_examiner_takes_the_place(world: World, people: Outside) -> None:
    first = assigned(world, people)
    db.session.add(make_grant(people.moderator.id, Role.EXAMINER, centre_id=people.moderator.grants[0].centre_id))
    db.session.commit()
    second = assigned(world, people, examiner_id=people.moderator.id)
    assert (second.id, second.attempt, second.examiner_id) == (first.id, 1, people.moderator.id)
    with time_machine.travel(DURING, tick=False):
        with pytest.raises(NotFound):
            get_final(known(people.examiner.id), first.id)
        with pytest.raises(Forbidden):
            actions.record_final(people.examiner, second, found())


@pytest.mark.parametrize("replaced", [NOW, datetime(2026, 4, 13, 12, tzinfo=UTC), DURING])
def test_a_replaced_examiner_sees_the_record_on_no_day(
    client: FlaskClient, world: World, people: Outside, replaced: datetime
) -> None:
    assigned(world, people)
    db.session.add(make_grant(people.moderator.id, Role.EXAMINER, centre_id=people.moderator.grants[0].centre_id))
    db.session.commit()
    with time_machine.travel(replaced, tick=False):
        assigned(world, people, examiner_id=people.moderator.id)
    known(people.examiner.id)
    for moment in (replaced, datetime(2026, 4, 13, 18, tzinfo=UTC), DURING):
        with time_machine.travel(max(moment, replaced), tick=False):
            sign_in(client, people.examiner)
            assert client.get(f"/progress/{world.enrolment.id}").status_code == 404
    with time_machine.travel(DURING, tick=False):  # the control: whoever took the place sees it
        sign_in(client, people.moderator)
        assert client.get(f"/progress/{world.enrolment.id}").status_code == 200


def test_the_same_press_assigns_once(world: World, people: Outside) -> None:
    key = uuid4()
    assert assigned(world, people, key=key).id == assigned(world, people, key=key).id
    count = sa.select(sa.func.count()).select_from(Event).where(Event.kind == "examiner_assigned")
    assert db.session.scalar(count) == 1


def test_the_trainee_and_the_lead_read_it_when_it_is_released(
    client: FlaskClient, world: World, people: Outside
) -> None:
    signed_whole(world)
    final = assigned(world, people)
    address = f"/final-assessments/{final.id}"
    with time_machine.travel(DURING, tick=False):
        actions.record_final(people.examiner, final, found())
        db.session.commit()
        for person in (world.trainee, world.lead):
            sign_in(client, person)
            assert client.get(address).status_code == 404
        sign_in(client, people.scheme_lead)
        press = {"key": str(uuid4()), "version": "0"}
        with time_machine.travel(DURING + timedelta(minutes=6), tick=False):
            late = client.post(f"{address}/release", data=press)
            assert (late.status_code, "Type your password" in late.text) == (422, True)
        assert client.post(f"{address}/release", data=press).status_code == 302
        for person in (world.trainee, world.lead):
            sign_in(client, person)
            assert "Why?" in client.get(address).text
        sign_in(client, world.supervisor)
        assert client.get(address).status_code == 404
    (told,) = db.session.scalars(sa.select(Notice).where(Notice.kind == NoticeKind.FINAL_RELEASED))
    assert (told.person_id, told.path) == (world.trainee.id, address)


def test_an_outcome_that_is_none_of_the_curriculums_is_refused(world: World, people: Outside) -> None:
    signed_whole(world)
    final = assigned(world, people)
    with time_machine.travel(DURING, tick=False):
        for wrong in (found("brilliant"), found(parts={"portfolio": "pass"})):
            with pytest.raises(Refused, match="cannot have that outcome"):
                actions.record_final(people.examiner, final, wrong)


def test_the_outcomes_are_the_curriculums_where_it_has_them(app: Flask) -> None:
    own = [{"code": "complete", "title": "Complete"}, {"code": "well", "title": "Going well"}]
    review = {"code": "FINAL", "title": "Final review", "outcomes": ["complete"]}
    with time_machine.travel(NOW, tick=False):
        world = make_world(ASKING | {"outcomes": own, "reviews": [review]})
    outline = get_outline(world.enrolment.version_id)
    assert [each.code for each in final_data.outcomes(outline)] == ["complete"]


def test_the_pages_lead_through_an_assessment(client: FlaskClient, world: World, people: Outside) -> None:
    signed_whole(world)
    sign_in(client, people.scheme_lead)
    asking = f"/enrolments/{world.enrolment.id}/final-assessments/new"
    assert asking in client.get("/final-assessments?name=trainee").text
    form = {"key": str(uuid4()), "version": "0", "examiner": str(people.examiner.id)}
    answer = client.post(asking, data=form | in_days(OPENS, CLOSES))
    assert answer.status_code == 302
    address = answer.location.split("?")[0]
    with time_machine.travel(DURING, tick=False):
        sign_in(client, people.examiner)
        assert f"{address}/record" in client.get(address).text
        said = {"part_portfolio": "pass", "part_viva": "additions", "outcome": "additions", "notes": "Two gaps."}
        asked = {"key": str(uuid4()), "version": "0"}
        assert client.post(f"{address}/record", data=asked | said | {"part_viva": ""}).status_code == 422
        assert client.post(f"{address}/record", data=asked | said).status_code == 302
        assert "Viva: Pass after minor additions" in client.get(address).text
