"""A moderator's visit: who opens it, who is drawn, what the moderator sees and when, and what comes of it."""

import json
from collections.abc import Iterator
from datetime import UTC, date, datetime
from typing import Any
from uuid import UUID, uuid4

import pytest
import sqlalchemy as sa
import time_machine
from flask import Flask
from flask.testing import FlaskClient

from tests.browsing import sign_in
from tests.make import make_grant, make_supervision
from tests.visiting import Outside, known, outside
from tests.world import World, make_world, seen
from tracker.accounts.models import Person, Role
from tracker.core.db import db
from tracker.core.errors import Forbidden, NotFound, Refused, Reused, Stale
from tracker.logbook import claim_actions
from tracker.logbook.models import Claim, ClaimStatus
from tracker.moderation import visit_actions as actions
from tracker.moderation.drawing import Candidate, draw
from tracker.moderation.models import Stratum, Verdict, Visit, VisitOutcome
from tracker.moderation.visit_actions import Judgement, Opening
from tracker.moderation.visit_queries import get_visit
from tracker.notifications.models import Notice, NoticeKind
from tracker.record.models import Event

NOW = datetime(2026, 4, 7, 12, tzinfo=UTC)
OPENS, CLOSES = date(2026, 4, 13), date(2026, 4, 17)
DURING, AFTER = datetime(2026, 4, 14, 12, tzinfo=UTC), datetime(2026, 4, 18, 12, tzinfo=UTC)


@pytest.fixture
def world(app: Flask) -> Iterator[World]:
    with time_machine.travel(NOW, tick=False):
        yield make_world()


@pytest.fixture
def people(world: World) -> Outside:
    return outside(world)


def decided(world: World, people: Outside) -> None:
    """One trainee has a sign-off and a claim that was returned, the other a sign-off."""
    world.signed("GEN-1")
    claim = world.submitted("NM-1")
    claim_actions.return_(world.supervisor, claim.id, seen(claim), "The figures are missing.")
    people.other.signed("GEN-1")
    db.session.commit()


def opening(world: World, people: Outside, **more: Any) -> Opening:
    values: dict[str, Any] = {
        "key": uuid4(),
        "centre_id": world.enrolment.centre_id,
        "curriculum_id": world.enrolment.version.curriculum_id,
        "moderator_id": people.moderator.id,
        "opens_on": OPENS,
        "closes_on": CLOSES,
    }
    return Opening(**(values | more))


def opened(world: World, people: Outside, actor: Person | None = None, **more: Any) -> Visit:
    visit = actions.open_visit(actor or world.lead, opening(world, people, **more))
    db.session.commit()
    return get_visit(known(people.moderator.id), visit.id)


def judged(people: Outside, visit: Visit, verdict: Verdict = Verdict.AGREES, note: str = "") -> None:
    for sample in visit.samples:
        actions.judge(people.moderator, visit, sample.id, Judgement(verdict, note, sample.version))


def kinds(visit: Visit) -> list[Stratum]:
    return sorted(sample.stratum for sample in visit.samples)


@pytest.mark.parametrize("who", ["lead", "scheme_lead"])
def test_a_training_lead_or_the_schemes_lead_opens_a_visit(world: World, people: Outside, who: str) -> None:
    decided(world, people)
    visit = opened(world, people, world.lead if who == "lead" else people.scheme_lead)
    assert kinds(visit) == [Stratum.RETURNED, Stratum.SIGNED_OFF, Stratum.SIGNED_OFF]
    assert {sample.enrolment_id for sample in visit.samples} == {world.enrolment.id, people.other.enrolment.id}
    (told,) = db.session.scalars(sa.select(Notice).where(Notice.kind == NoticeKind.VISIT_OPENED))
    assert told.person_id == people.moderator.id


@pytest.mark.parametrize("who", ["trainee", "supervisor", "stranger"])
def test_nobody_else_opens_one(world: World, people: Outside, who: str) -> None:
    decided(world, people)
    with pytest.raises(Forbidden):
        actions.open_visit(getattr(world, who), opening(world, people))


def test_a_lead_of_another_centre_does_not(world: World, people: Outside) -> None:
    decided(world, people)
    york = people.moderator.grants[0].centre_id
    db.session.add(make_grant(world.stranger.id, Role.TRAINING_LEAD, centre_id=york))
    db.session.commit()
    with pytest.raises(Forbidden):
        actions.open_visit(known(world.stranger.id), opening(world, people))


def test_the_draw_can_be_made_again_from_the_seed_and_the_list_on_record(world: World, people: Outside) -> None:
    decided(world, people)
    visit = opened(world, people)
    candidates = [Candidate(UUID(a), UUID(b), Stratum(c), d) for a, b, c, d in visit.drawn_from]
    again = [one.claim_id for one in draw(visit.seed, candidates, visit.each, visit.trainees)]
    assert again == [sample.claim_id for sample in visit.samples]
    facts = json.loads(db.session.get_one(Event, visit.event_seq).body)["facts"]
    assert facts["seed"] == visit.seed
    assert [each["claim"] for each in facts["samples"]] == [str(one) for one in again]


def test_who_was_supervised_assessed_or_signed_for_by_the_moderator_is_not_drawn(world: World, people: Outside) -> None:
    decided(world, people)
    db.session.add(make_supervision(world.enrolment, people.moderator.id, ends_on=date(2026, 2, 1)))
    db.session.commit()
    visit = opened(world, people)
    assert {sample.enrolment_id for sample in visit.samples} == {people.other.enrolment.id}
    assert visit.left_out == 1


def test_where_the_moderator_had_a_part_in_all_there_is_nothing_to_draw(world: World, people: Outside) -> None:
    world.signed("GEN-1")
    db.session.add(make_supervision(world.enrolment, people.moderator.id, ends_on=date(2026, 2, 1)))
    db.session.commit()
    with pytest.raises(Refused, match="nothing to sample"):
        actions.open_visit(world.lead, opening(world, people))


def test_a_moderator_comes_from_outside_and_holds_the_role(world: World, people: Outside) -> None:
    decided(world, people)
    with pytest.raises(Refused, match="no moderator"):
        actions.open_visit(world.lead, opening(world, people, moderator_id=world.stranger.id))
    db.session.add(make_grant(people.moderator.id, Role.TRAINING_LEAD, centre_id=world.enrolment.centre_id))
    db.session.commit()
    with pytest.raises(Refused, match="comes from outside"):
        actions.open_visit(world.lead, opening(world, people))


@pytest.mark.parametrize(
    ("days", "why"),
    [
        ({"opens_on": CLOSES, "closes_on": OPENS}, "before the first"),
        ({"opens_on": date(2026, 4, 1), "closes_on": date(2026, 4, 6)}, "are over"),
        ({"closes_on": date(2026, 9, 1)}, "more than 92 days"),
    ],
)
def test_days_that_cannot_be_are_refused(world: World, people: Outside, days: dict[str, date], why: str) -> None:
    decided(world, people)
    with pytest.raises(Refused, match=why):
        actions.open_visit(world.lead, opening(world, people, **days))


def test_the_same_press_opens_one_visit(world: World, people: Outside) -> None:
    decided(world, people)
    asked = opening(world, people)
    assert actions.open_visit(world.lead, asked).id == actions.open_visit(world.lead, asked).id
    with pytest.raises(Reused):
        actions.open_visit(world.lead, opening(world, people, key=asked.key, each=2))
    assert db.session.scalar(sa.select(sa.func.count()).select_from(Visit)) == 1


def test_the_moderator_sees_the_sampled_records_in_the_days_of_the_visit_only(
    client: FlaskClient, world: World, people: Outside
) -> None:
    world.signed("GEN-1")
    draft = people.other.submitted("GEN-1")  # nothing decided: this trainee cannot be drawn
    db.session.commit()
    visit = opened(world, people)
    claim_id = visit.samples[0].claim_id
    pages = [f"/claims/{claim_id}", f"/enrolments/{world.enrolment.id}/log", f"/progress/{world.enrolment.id}"]
    unsampled = [f"/claims/{draft.id}", f"/progress/{people.other.enrolment.id}"]
    for moment, status in ((NOW, 404), (DURING, 200), (AFTER, 404)):
        with time_machine.travel(moment, tick=False):
            sign_in(client, people.moderator)
            assert {client.get(page).status_code for page in pages} == {status}
            assert {client.get(page).status_code for page in unsampled} == {404}
            assert client.get(f"/visits/{visit.id}").status_code == 200


def test_without_the_grant_of_the_visit_the_moderator_would_see_nothing(
    client: FlaskClient, world: World, people: Outside
) -> None:
    """The control: it is the visit that gives sight."""
    world.signed("GEN-1")
    db.session.commit()
    with time_machine.travel(DURING, tick=False):
        sign_in(client, people.moderator)
        assert client.get(f"/progress/{world.enrolment.id}").status_code == 404


def test_a_verdict_changes_no_sign_off_and_tells_the_lead_when_it_is_on_record(world: World, people: Outside) -> None:
    decided(world, people)
    visit = opened(world, people)
    with time_machine.travel(DURING, tick=False):
        judged(people, visit, Verdict.DISAGREES, "One entry is not enough.")
        event = actions.hold_visit(people.moderator, visit, uuid4(), VisitOutcome.ACTION, "Look at these again.")
    db.session.commit()
    body = json.loads(event.body)
    assert body["enrolment"] is None
    assert {each["verdict"] for each in body["facts"]["verdicts"]} == {"disagrees"}
    assert "not enough" not in event.body.decode()
    statuses = db.session.scalars(sa.select(Claim.status)).all()
    assert sorted(statuses) == [ClaimStatus.RETURNED, ClaimStatus.SIGNED_OFF, ClaimStatus.SIGNED_OFF]
    told = db.session.scalars(sa.select(Notice).where(Notice.kind == NoticeKind.VERDICT_AGAINST)).all()
    assert {notice.person_id for notice in told} == {world.lead.id}
    assert len(told) == 3


def test_an_outcome_needs_every_verdict_and_comes_once(world: World, people: Outside) -> None:
    decided(world, people)
    visit, key = opened(world, people), uuid4()
    with time_machine.travel(DURING, tick=False):
        with pytest.raises(Refused, match="3 samples have no verdict yet"):
            actions.hold_visit(people.moderator, visit, key, VisitOutcome.SATISFIED, "All well.")
        judged(people, visit)
        first, second = (
            actions.hold_visit(people.moderator, visit, key, VisitOutcome.SATISFIED, "All well.") for _ in range(2)
        )
        assert first.seq == second.seq
        with pytest.raises(Refused, match="on record already"):
            actions.hold_visit(people.moderator, visit, uuid4(), VisitOutcome.ACTION, "Or not.")
        with pytest.raises(Refused, match="on record already"):
            judged(people, visit, Verdict.DISAGREES, "Or not.")


@pytest.mark.parametrize(("moment", "why"), [(NOW, "begins on 13 April 2026"), (AFTER, "ended on 17 April 2026")])
def test_outside_its_days_nothing_is_judged(world: World, people: Outside, moment: datetime, why: str) -> None:
    decided(world, people)
    visit = opened(world, people)
    with time_machine.travel(moment, tick=False), pytest.raises(Refused, match=why):
        judged(people, visit)


def test_only_the_moderator_judges(world: World, people: Outside) -> None:
    decided(world, people)
    visit = opened(world, people)
    with time_machine.travel(DURING, tick=False), pytest.raises(Forbidden):
        actions.judge(world.lead, visit, visit.samples[0].id, Judgement(Verdict.AGREES))


def test_a_verdict_from_a_stale_page_or_without_its_reason_is_refused(world: World, people: Outside) -> None:
    decided(world, people)
    visit = opened(world, people)
    sample = visit.samples[0]
    with time_machine.travel(DURING, tick=False):
        with pytest.raises(Refused, match="why you do not agree"):
            actions.judge(people.moderator, visit, sample.id, Judgement(Verdict.DISAGREES))
        actions.judge(people.moderator, visit, sample.id, Judgement(Verdict.AGREES))
        with pytest.raises(Stale, match="another window"):
            actions.judge(people.moderator, visit, sample.id, Judgement(Verdict.ADVISES, "More.", 1))
        with pytest.raises(NotFound):
            actions.judge(people.moderator, visit, uuid4(), Judgement(Verdict.AGREES))


def test_who_is_no_moderator_any_more_judges_nothing(client: FlaskClient, world: World, people: Outside) -> None:
    decided(world, people)
    visit = opened(world, people)
    (general,) = (grant for grant in known(people.moderator.id).grants if grant.enrolment_id is None)
    general.ends_on = OPENS
    db.session.commit()
    address = f"/visits/{visit.id}"
    with time_machine.travel(DURING, tick=False):
        with pytest.raises(Forbidden):
            judged(people, visit)
        with pytest.raises(Forbidden):
            actions.hold_visit(known(people.moderator.id), visit, uuid4(), VisitOutcome.SATISFIED, "All well.")
        sign_in(client, people.moderator)
        assert client.get(f"{address}/samples/{visit.samples[0].id}").status_code == 403
        assert world.trainee.name not in client.get(address).text


def test_a_moderator_reads_whose_samples_they_are_in_the_days_only(
    client: FlaskClient, world: World, people: Outside
) -> None:
    decided(world, people)
    visit = opened(world, people)
    sample = next(each for each in visit.samples if each.enrolment_id == world.enrolment.id)
    pages = [f"/visits/{visit.id}", f"/visits/{visit.id}/samples/{sample.id}"]
    for moment, shown in ((NOW, False), (DURING, True), (AFTER, False)):
        with time_machine.travel(moment, tick=False):
            sign_in(client, people.moderator)
            assert [world.trainee.name in client.get(page).text for page in pages] == [shown, shown]
            sign_in(client, world.lead)
            assert world.trainee.name in client.get(pages[0]).text
