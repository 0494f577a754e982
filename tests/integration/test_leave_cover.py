"""Leave cover: from its first day to its last somebody else supervises, and the pages and the record say for whom."""

import json
from collections.abc import Iterator
from datetime import UTC, date, datetime
from uuid import uuid4

import pytest
import sqlalchemy as sa
import time_machine
from flask import Flask
from flask.testing import FlaskClient

from tests.browsing import sign_in
from tests.integration.test_second_signature import notices_to
from tests.make import make_enrolment, make_person, make_supervision
from tests.world import World, make_world, seen
from tracker.accounts.models import Person
from tracker.core.db import db
from tracker.core.errors import Forbidden, NotFound, Refused
from tracker.enrolments import team_queries
from tracker.enrolments.actions import CoverAsked, approve, arrange_cover, end_cover
from tracker.enrolments.models import Supervision
from tracker.enrolments.queries import get_enrolment, may_see
from tracker.logbook import claim_actions, rules
from tracker.logbook.lapse_actions import recheck
from tracker.logbook.models import Claim, ClaimStatus
from tracker.logbook.queries import history_of
from tracker.notifications.models import NoticeKind
from tracker.record.models import Event
from tracker.reports.queue import queue_of

FIRST, LAST = date(2026, 4, 10), date(2026, 4, 12)
BEFORE = datetime(2026, 4, 1, 9, tzinfo=UTC)


@pytest.fixture
def clock(app: Flask) -> Iterator[time_machine.Traveller]:
    with time_machine.travel(BEFORE, tick=False) as coordinates:
        yield coordinates


@pytest.fixture
def world(clock: time_machine.Traveller) -> World:
    return make_world()


@pytest.fixture
def colleague(world: World) -> Person:
    """Somebody who supervises another trainee in the same centre."""
    person = make_person("c@hospital.example", "Chris", "Lund")
    another = make_person("t@hospital.example", "Tam", "Roe")
    training = make_enrolment(another.id, world.enrolment.version_id, world.enrolment.centre_id)
    for layer in ([person, another], [training]):
        db.session.add_all(layer)
        db.session.flush()
    db.session.add(make_supervision(training, person.id))
    db.session.commit()
    sa.orm.attributes.set_committed_value(person, "grants", [])
    return person


def asked(world: World, cover: Person, **more: object) -> CoverAsked:
    values = {"key": uuid4(), "covered_id": world.supervisor.id, "cover_id": cover.id}
    return CoverAsked(**(values | {"starts_on": FIRST, "ends_on": LAST} | more))  # type: ignore[arg-type]


def covers() -> list[Supervision]:
    return list(db.session.scalars(sa.select(Supervision).where(Supervision.covers_for_id.is_not(None))))


def again(world: World) -> None:
    """Read the people round the training as they are now."""
    db.session.expire(world.enrolment, ["supervisions"])
    get_enrolment(world.trainee, world.enrolment.id)


@pytest.mark.parametrize(
    ("day", "covers_then"),
    [(date(2026, 4, 9), False), (FIRST, True), (LAST, True), (date(2026, 4, 13), False)],
)
def test_cover_begins_on_its_first_day_and_ends_on_its_last(
    world: World, colleague: Person, clock: time_machine.Traveller, day: date, covers_then: bool
) -> None:
    arrange_cover(world.supervisor, asked(world, colleague))
    again(world)
    clock.move_to(datetime(day.year, day.month, day.day, 12, tzinfo=UTC))
    claim = world.submitted()
    assert may_see(colleague, world.enrolment.id) is covers_then
    assert [each.code for each in queue_of(colleague, day)] == (["GEN-1"] if covers_then else [])
    if covers_then:
        claim_actions.sign_off(colleague, claim.id, seen(claim), 2, "")
        assert claim.status is ClaimStatus.SIGNED_OFF
    else:
        with pytest.raises(Forbidden):
            claim_actions.sign_off(colleague, claim.id, seen(claim), 2, "")


def signed_by_cover(world: World, colleague: Person, clock: time_machine.Traveller) -> tuple[Claim, Event]:
    arrange_cover(world.supervisor, asked(world, colleague))
    again(world)
    clock.move_to(datetime(2026, 4, 11, 12, tzinfo=UTC))
    claim = world.submitted()
    return claim, claim_actions.sign_off(colleague, claim.id, seen(claim), 2, "")


def test_the_record_and_the_history_say_for_whom_was_signed(
    world: World, colleague: Person, clock: time_machine.Traveller
) -> None:
    claim, event = signed_by_cover(world, colleague, clock)
    assert json.loads(event.body)["facts"]["for"] == str(world.supervisor.id)
    step = history_of(claim)[-1]
    assert step.covers_for is not None
    assert (step.actor_name, step.covers_for.name) == ("Chris Lund", "Supervisor Osei")


def test_who_signs_in_their_own_right_signs_for_nobody(world: World) -> None:
    """The control of the test above."""
    claim = world.submitted()
    event = claim_actions.sign_off(world.supervisor, claim.id, seen(claim), 2, "")
    assert "for" not in json.loads(event.body)["facts"]


def test_the_pages_say_who_covers_for_whom_and_until_when(
    client: FlaskClient, world: World, colleague: Person, clock: time_machine.Traveller
) -> None:
    arrange_cover(world.supervisor, asked(world, colleague))
    again(world)
    clock.move_to(datetime(2026, 4, 11, 12, tzinfo=UTC))
    claim = world.submitted()
    db.session.commit()
    sign_in(client, colleague)
    page = client.get(f"/claims/{claim.id}").text
    assert "Chris Lund (covering for Supervisor Osei until 12 April 2026)" in page
    assert "You decide covering for Supervisor Osei until 12 April 2026. The record says so." in page


def test_everybody_concerned_is_told(world: World, colleague: Person) -> None:
    arrange_cover(world.lead, asked(world, colleague))
    for person in (colleague, world.supervisor, world.trainee):
        assert NoticeKind.COVER_NAMED in notices_to(person)


def test_the_same_press_arranges_it_once(world: World, colleague: Person) -> None:
    press = asked(world, colleague)
    assert arrange_cover(world.supervisor, press) == arrange_cover(world.supervisor, press) == 1
    assert len(covers()) == 1


def test_cover_of_oneself_or_over_already_is_refused(world: World, colleague: Person) -> None:
    with pytest.raises(Refused, match="Nobody covers for themselves"):
        arrange_cover(world.supervisor, asked(world, world.supervisor))
    with pytest.raises(Refused, match="ends before it begins"):
        arrange_cover(world.supervisor, asked(world, colleague, ends_on=date(2026, 4, 9)))
    with pytest.raises(Refused, match="over already"):
        arrange_cover(world.supervisor, asked(world, colleague, starts_on=date(2026, 3, 1), ends_on=date(2026, 3, 31)))


def test_cover_neither_begins_in_the_past_nor_outlasts_who_is_away(world: World, colleague: Person) -> None:
    with pytest.raises(Refused, match="begin in the past"):
        arrange_cover(world.supervisor, asked(world, colleague, starts_on=date(2026, 3, 31)))
    own_supervision(world).ends_on = date(2026, 4, 11)
    db.session.flush()
    with pytest.raises(Refused, match="no longer supervises anybody"):
        arrange_cover(world.supervisor, asked(world, colleague, starts_on=LAST))
    press = asked(world, colleague)
    assert arrange_cover(world.supervisor, press) == arrange_cover(world.supervisor, press) == 1
    assert [each.ends_on for each in covers()] == [date(2026, 4, 11)]


def test_a_recheck_under_cover_says_for_whom(
    world: World, colleague: Person, clock: time_machine.Traveller, monkeypatch: pytest.MonkeyPatch
) -> None:
    claim, _ = signed_by_cover(world, colleague, clock)
    monkeypatch.setattr(rules, "why_not_recheck", lambda *_: None)  # due or not is another matter
    event = recheck(colleague, claim.id, seen(claim), holds=True, looked_at="Watched it done.")
    assert json.loads(event.body)["facts"]["for"] == str(world.supervisor.id)
    assert history_of(claim)[-1].covers_for_id == world.supervisor.id


def test_the_trainee_never_covers(world: World, colleague: Person) -> None:
    with pytest.raises(Refused, match="nobody signs for themselves"):
        arrange_cover(world.supervisor, asked(world, world.trainee))


def test_the_database_refuses_who_covers_for_themselves_and_cover_without_an_end(world: World) -> None:
    own = sa.update(Supervision).where(Supervision.supervisor_id == world.supervisor.id)
    for values in ({"covers_for_id": world.supervisor.id, "ends_on": LAST}, {"covers_for_id": world.lead.id}):
        with pytest.raises(sa.exc.IntegrityError), db.session.begin_nested():
            db.session.execute(own.values(values))
    db.session.execute(own.values(covers_for_id=world.lead.id, ends_on=LAST))  # The control.


@pytest.mark.parametrize("who", ["trainee", "stranger"])
def test_nobody_else_arranges_cover(world: World, colleague: Person, who: str) -> None:
    with pytest.raises(Forbidden):
        arrange_cover(getattr(world, who), asked(world, colleague))


def test_only_a_supervisor_of_the_centre_is_asked(world: World) -> None:
    with pytest.raises(NotFound):
        arrange_cover(world.supervisor, asked(world, world.stranger))


def test_cover_that_is_ended_early_ends_at_once(world: World, colleague: Person, clock: time_machine.Traveller) -> None:
    arrange_cover(world.supervisor, asked(world, colleague))
    clock.move_to(datetime(2026, 4, 11, 12, tzinfo=UTC))
    end_cover(world.supervisor, covers()[0].id, uuid4())
    assert covers()[0].ends_on == FIRST
    assert not may_see(colleague, world.enrolment.id)
    assert NoticeKind.COVER_ENDED in notices_to(colleague)


def test_cover_that_is_ended_before_it_begins_leaves_no_row_and_two_events(world: World, colleague: Person) -> None:
    arrange_cover(world.supervisor, asked(world, colleague))
    end_cover(world.supervisor, covers()[0].id, uuid4())
    assert covers() == []
    assert list(db.session.scalars(sa.select(Event.kind).order_by(Event.seq))) == ["cover_arranged", "cover_ended"]


def test_a_stranger_does_not_end_cover(world: World, colleague: Person) -> None:
    arrange_cover(world.supervisor, asked(world, colleague))
    with pytest.raises(Forbidden):
        end_cover(world.stranger, covers()[0].id, uuid4())


def test_who_is_approved_nowhere_covers_with_a_second_signature(world: World, colleague: Person) -> None:
    db.session.execute(sa.update(Supervision).where(Supervision.supervisor_id == colleague.id).values(approved=False))
    arrange_cover(world.supervisor, asked(world, colleague))
    assert [each.approved for each in covers()] == [False]


def test_a_training_lead_who_covers_themselves_does_not_sign_alone_by_that(world: World, colleague: Person) -> None:
    training = db.session.scalars(sa.select(Supervision).where(Supervision.supervisor_id == colleague.id)).one()
    db.session.add(make_supervision(get_enrolment(colleague, training.enrolment_id), world.lead.id, approved=False))
    db.session.execute(sa.update(Supervision).where(Supervision.supervisor_id == colleague.id).values(approved=False))
    arrange_cover(world.lead, asked(world, world.lead))
    arrange_cover(world.lead, asked(world, colleague))  # The control: the lead approves another by it.
    assert {each.supervisor_id: each.approved for each in covers()} == {world.lead.id: False, colleague.id: True}


def own_supervision(world: World) -> Supervision:
    chosen = sa.select(Supervision).where(Supervision.supervisor_id == world.supervisor.id)
    return db.session.scalars(chosen).one()


def test_the_training_lead_says_who_signs_alone(world: World) -> None:
    supervision, key = own_supervision(world), uuid4()
    approve(world.lead, supervision.id, key, approved=False)
    approve(world.lead, supervision.id, key, approved=False)
    assert world.signed().status is ClaimStatus.AWAITING_COUNTERSIGN
    approve(world.lead, supervision.id, uuid4(), approved=True)
    assert world.signed("NM-1").status is ClaimStatus.SIGNED_OFF
    assert notices_to(world.supervisor)[:1] == [NoticeKind.SUPERVISOR_NOT_APPROVED]
    with pytest.raises(Refused, match="decided already"):
        approve(world.lead, supervision.id, uuid4(), approved=True)


@pytest.mark.parametrize("who", ["trainee", "supervisor", "stranger"])
def test_nobody_else_says_who_signs_alone(world: World, who: str) -> None:
    with pytest.raises(NotFound):
        approve(getattr(world, who), own_supervision(world).id, uuid4(), approved=False)


def day(name: str, on: date) -> dict[str, object]:
    return {f"{name}-day": on.day, f"{name}-month": on.month, f"{name}-year": on.year}


def test_a_supervisor_arranges_and_ends_cover_on_the_page(client: FlaskClient, world: World, colleague: Person) -> None:
    form = {"key": uuid4().hex, "version": 0, "covered": str(world.supervisor.id), "cover": str(colleague.id)}
    sign_in(client, world.supervisor)
    answer = client.post("/leave-cover", data=form | day("starts_on", FIRST) | day("ends_on", LAST))
    assert answer.location == "/leave-cover?done=arranged"
    page = client.get("/leave-cover").text
    assert "<strong>Chris Lund</strong> covers for Supervisor Osei" in page
    ended = client.post(f"/leave-cover/{covers()[0].id}/end", data={"key": uuid4().hex, "version": 0})
    assert ended.location == "/leave-cover?done=ended"
    assert covers() == []


def test_the_training_lead_sees_who_supervises_whom(client: FlaskClient, world: World, colleague: Person) -> None:
    sign_in(client, world.lead)
    address = f"/centres/{world.enrolment.centre_id}/supervision"
    page = client.get(address).text
    for name in ("Trainee Osei", "Supervisor Osei", "Tam Roe", "Chris Lund"):
        assert name in page
    press = {"key": uuid4().hex, "version": 0, "approved": "no"}
    answer = client.post(f"/supervisions/{own_supervision(world).id}/approval", data=press)
    assert answer.location == f"{address}?done=not_approved"
    assert "not yet approved" in client.get(address).text


def test_cover_of_somebody_else_is_not_arranged_by_a_changed_form(
    client: FlaskClient, world: World, colleague: Person
) -> None:
    form = {"key": uuid4().hex, "version": 0, "covered": str(colleague.id), "cover": str(world.supervisor.id)}
    sign_in(client, world.supervisor)
    client.post("/leave-cover", data=form | day("starts_on", FIRST) | day("ends_on", LAST))
    assert [each.covers_for_id for each in covers()] != [colleague.id]
    assert team_queries.covers_of(colleague.id, FIRST) == []
