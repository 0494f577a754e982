import json
from datetime import date
from uuid import uuid4

import pytest
import sqlalchemy as sa
from flask import Flask
from sqlalchemy.orm import joinedload

from tests.moving import (
    PART,
    make_moving_world,
    make_route,
    moved,
    present,
    second,
    snapshot,
    stood,
    undone,
)
from tests.world import World, make_entry_facts, saving, seen
from tracker.core.clock import today
from tracker.core.db import db
from tracker.core.errors import Refused, Stale
from tracker.curricula.actions import import_document, withdraw_version
from tracker.curricula.models import Version
from tracker.curricula.plain_data import from_data
from tracker.enrolments.queries import get_enrolment
from tracker.logbook import claim_actions, queries
from tracker.logbook.claim_actions import Submission
from tracker.logbook.entry_actions import save_entry
from tracker.notifications.models import Notice, NoticeKind
from tracker.operations import moving
from tracker.operations.moving_plan import Fate, Route, route_between
from tracker.progress.models import SectionSum, Stage
from tracker.progress.words import on_day
from tracker.record.models import Event
from tracker.record.verify import faults


@pytest.fixture
def world(app: Flask) -> World:
    return make_moving_world()


@pytest.fixture
def route(world: World) -> Route:
    return make_route(world)


def test_a_plan_says_what_becomes_of_each_requirement_and_why(world: World, route: Route) -> None:
    plan = moving.plan(world.enrolment.id, route)
    signed = f"was signed off on {on_day(today())} under SCHEME@1"
    assert [(line.fate, line.sentence) for line in plan.lines] == [
        (Fate.CARRIES, f"GEN-1 {signed}, and stays so."),
        (Fate.UNMET, f"GEN-2 {PART}"),
        (Fate.UNMET, f"GEN-2b {PART}"),
        (
            Fate.CONFIRM,
            (
                f"GEN-3 and GEN-4 were merged into GEN-3. GEN-3 {signed}; GEN-4 {signed}: "
                "ask the supervisor to confirm GEN-3."
            ),
        ),
        (Fate.UNMET, "GEN-5 is new in SCHEME@2."),
        (
            Fate.CONFIRM,
            (
                f"NM-1 {signed}. It was of the kind “Once” and is now of the kind “Twice”. "
                "It asked for: One entry. It now asks for: 2 entries. Ask the supervisor to confirm it."
            ),
        ),
        (Fate.LEFT, "GEN-6 is not asked for in SCHEME@2. What was logged and signed for it stays on record."),
    ]
    assert plan.counts == {"carries": 1, "confirm": 2, "unmet": 3, "left": 1, "done": 1}


def test_the_counts_of_the_dry_run_are_those_after_the_move(world: World, route: Route) -> None:
    planned = moving.plan(world.enrolment.id, route).counts
    assert moved(world, route).counts == planned
    stages = list(stood(world).values())
    assert (stages.count(Stage.DONE), stages.count(Stage.CONFIRM)) == (planned["done"], planned["confirm"])
    assert stood(world) == {
        "GEN-1": Stage.DONE,
        "GEN-2": Stage.IN_PROGRESS,
        "GEN-2b": Stage.IN_PROGRESS,
        "GEN-3": Stage.CONFIRM,
        "NM-1": Stage.CONFIRM,
    }
    done = db.session.scalars(sa.select(SectionSum.done).where(SectionSum.enrolment_id == world.enrolment.id)).all()
    assert sum(done) == 1


def test_what_was_signed_keeps_its_bytes_and_the_record_verifies(world: World, route: Route) -> None:
    signed = {
        event.seq: event.body for event in db.session.scalars(sa.select(Event).where(Event.kind == "claim_signed_off"))
    }
    before = snapshot()
    moved(world, route)
    after = snapshot()
    assert {seq: db.session.get_one(Event, seq).body for seq in signed} == signed
    assert (after["claim_evidence"], after["entry_competency"]) == (
        before["claim_evidence"],
        before["entry_competency"],
    )
    assert list(faults()) == []


def test_a_move_is_one_event_with_the_digests_and_the_counts(world: World, route: Route) -> None:
    before = db.session.query(Event).count()
    plan = moved(world, route)
    event = db.session.scalars(sa.select(Event).order_by(Event.seq.desc()).limit(1)).one()
    facts = json.loads(event.body)["facts"]
    assert db.session.query(Event).count() == before + 1
    assert (event.kind, event.enrolment_id) == ("enrolment_moved", world.enrolment.id)
    assert facts == {
        "from": route.old.digest,
        "to": route.new.digest,
        "mapping": route.mapping_digest,
        "counts": plan.counts,
    }


def test_trainee_and_supervisor_are_told(world: World, route: Route) -> None:
    moved(world, route)
    told = db.session.scalars(sa.select(Notice.person_id).where(Notice.kind == NoticeKind.ENROLMENT_MOVED)).all()
    assert set(told) == {world.trainee.id, world.supervisor.id}


def test_an_undone_move_leaves_every_standing_as_it_was(world: World, route: Route) -> None:
    before = snapshot()
    moved(world, route)
    assert snapshot() != before
    undone(world)
    assert snapshot() == before
    assert list(faults()) == []
    moved(world, route)
    undone(world)
    assert snapshot() == before


def test_a_move_cannot_be_undone_after_the_next_event(world: World, route: Route) -> None:
    moved(world, route)
    enrolment, competency = present(world, "GEN-5")
    save_entry(world.trainee, enrolment, make_entry_facts(), saving(competency.id))
    claim_actions.submit(world.trainee, enrolment, competency, Submission(uuid4(), 2))
    db.session.commit()
    with pytest.raises(Refused, match="was put on record for Trainee Osei after the move"):
        undone(world)
    db.session.rollback()
    assert stood(world)["GEN-5"] is Stage.SUBMITTED


def test_what_was_logged_after_a_move_counts_when_it_is_undone(world: World, route: Route) -> None:
    moved(world, route)
    enrolment, competency = present(world, "GEN-2b")
    save_entry(world.trainee, enrolment, make_entry_facts(), saving(competency.id))
    db.session.commit()
    undone(world)
    assert len(queries.entries_for(world.enrolment.id, world.id_of("GEN-2"))) == 2


def test_nobody_moves_while_a_claim_waits(world: World, route: Route) -> None:
    world.logged("GEN-2", date(2026, 3, 3), reflection="Learned.")
    world.submitted("GEN-2")
    db.session.commit()
    with pytest.raises(Refused, match="GEN-2 waits for sign-off"):
        moved(world, route)


def test_what_is_to_be_confirmed_is_claimed_anew_on_the_old_evidence(world: World, route: Route) -> None:
    moved(world, route)
    enrolment, competency = present(world, "GEN-3")
    claim = claim_actions.submit(world.trainee, enrolment, competency, Submission(uuid4(), 2))
    assert {entry.competencies[0].code for entry in queries.evidence_of(claim)} == {"GEN-3", "GEN-4"}
    claim_actions.sign_off(world.supervisor, claim.id, seen(claim), 2, "")
    assert stood(world)["GEN-3"] is Stage.DONE


def test_a_new_rule_asks_for_what_is_missing_before_it_is_confirmed(world: World, route: Route) -> None:
    moved(world, route)
    enrolment, competency = present(world, "NM-1")
    with pytest.raises(Refused, match="1 of 2 entries"):
        claim_actions.submit(world.trainee, enrolment, competency, Submission(uuid4(), 2))


def test_what_carries_over_as_done_is_not_submitted_again(world: World, route: Route) -> None:
    moved(world, route)
    enrolment, competency = present(world, "GEN-1")
    with pytest.raises(Refused, match="This is signed off"):
        claim_actions.submit(world.trainee, enrolment, competency, Submission(uuid4(), 2))


def test_a_sign_off_that_carried_over_can_be_revoked_and_then_counts_nowhere(world: World, route: Route) -> None:
    moved(world, route)
    claim = queries.find_claim(world.enrolment.id, world.id_of("GEN-1"))
    assert claim is not None
    before = json.loads(db.session.scalars(sa.select(Event.body).where(Event.kind == "claim_signed_off")).all()[0])
    event = claim_actions.revoke(world.supervisor, claim.id, seen(claim), "It was somebody else's.")
    assert json.loads(event.body)["facts"]["curriculum"] == before["facts"]["curriculum"] == route.old.digest
    assert stood(world)["GEN-1"] is Stage.REVOKED


def test_an_entry_from_before_the_move_can_be_changed_and_counts_under_the_new_words(
    world: World, route: Route
) -> None:
    entry = world.logged("GEN-2", date(2026, 3, 9))
    db.session.commit()
    moved(world, route)
    enrolment, competency = present(world, "GEN-2b")
    facts = make_entry_facts(date(2026, 3, 10))
    again = saving(competency.id)
    changed = type(again)(entry.id, entry.version, again.status, again.competency_ids)
    save_entry(world.trainee, enrolment, facts, changed)
    assert len(queries.entries_for(enrolment.id, competency.id)) == 2


def test_a_page_that_was_open_during_the_move_is_stale(world: World, route: Route) -> None:
    before = get_enrolment(world.trainee, world.enrolment.id)
    db.session.expunge(before)
    moved(world, route)
    with pytest.raises(Stale, match="moved to another version"):
        save_entry(world.trainee, before, make_entry_facts(), saving(world.id_of("GEN-2")))


def test_a_sign_off_stands_through_two_moves(world: World, route: Route) -> None:
    moved(world, route)
    data = second()
    data["sections"][0]["competencies"][0]["statement"] = "Wash hands and wrists."
    third = import_document(from_data(data), publish=True)
    db.session.commit()
    second_version = db.session.get_one(Version, route.new.id, options=[joinedload(Version.curriculum)])
    moved(world, route_between(second_version, third))
    assert stood(world) == {
        "GEN-1": Stage.DONE,
        "GEN-2": Stage.IN_PROGRESS,
        "GEN-2b": Stage.IN_PROGRESS,
        "GEN-3": Stage.CONFIRM,
        "NM-1": Stage.CONFIRM,
    }


def test_nobody_moves_to_a_version_that_takes_nobody(world: World, route: Route) -> None:
    new = db.session.get_one(Version, route.new.id, options=[joinedload(Version.curriculum)])
    withdraw_version(new)
    with pytest.raises(Refused, match="SCHEME@2 is withdrawn"):
        route_between(world.enrolment.version, new)
