import json
from copy import deepcopy
from datetime import date
from typing import Any
from uuid import uuid4

import pytest
import sqlalchemy as sa
from click.testing import Result
from flask import Flask
from flask.testing import FlaskClient
from sqlalchemy.orm import joinedload, selectinload

from tests.browsing import sign_in
from tests.make import make_grant
from tests.world import SCHEME, World, make_entry_facts, make_world, saving, seen
from tracker.accounts.models import Person, Role
from tracker.core.clock import today
from tracker.core.db import begin_write, db
from tracker.core.errors import Refused, Stale
from tracker.curricula.actions import import_document, withdraw_version
from tracker.curricula.mapping import Pair
from tracker.curricula.mapping_actions import keep_mapping
from tracker.curricula.models import Competency, MappingKind, Version
from tracker.curricula.plain_data import from_data
from tracker.enrolments.models import Enrolment
from tracker.enrolments.queries import get_enrolment
from tracker.logbook import claim_actions, queries
from tracker.logbook.claim_actions import Submission
from tracker.logbook.entry_actions import save_entry
from tracker.logbook.models import ClaimEvidence, EntryCompetency
from tracker.notifications.models import Notice, NoticeKind
from tracker.operations import moving
from tracker.operations.cli import commands
from tracker.operations.moving_plan import Fate, Plan, Route, route_between
from tracker.progress.models import SectionSum, Stage, Standing
from tracker.progress.words import on_day
from tracker.record.models import Event
from tracker.record.verify import faults

# What the second version does: GEN-1 reworded, NM-1 re-ruled, GEN-2 split, GEN-5 new, GEN-3 and GEN-4 merged.
WIDE: dict[str, Any] = deepcopy(SCHEME)
WIDE["sections"][0]["competencies"] += [
    {"code": "GEN-3", "statement": "Lift safely.", "guidance": "Seen.", "kind": "once"},
    {"code": "GEN-4", "statement": "Push safely.", "guidance": "Seen.", "kind": "once"},
    {"code": "GEN-6", "statement": "Send faxes.", "guidance": "Sent.", "kind": "once"},
]
MAPPING = [
    Pair("GEN-2", "GEN-2", MappingKind.SPLIT),
    Pair("GEN-2", "GEN-2b", MappingKind.SPLIT),
    Pair("GEN-3", "GEN-3", MappingKind.MERGED),
    Pair("GEN-4", "GEN-3", MappingKind.MERGED),
]

PART = "is a part of GEN-2, which was split: its entries count, but for assessments."


def second() -> dict[str, Any]:
    data = deepcopy(WIDE)
    data["kinds"].append({"code": "twice", "title": "Twice", "level": 2, "evidence": {"entries": 2}})
    generic = data["sections"][0]["competencies"]
    generic[0]["statement"] = "Wash both hands."
    generic[2:] = [
        {"code": "GEN-2b", "statement": "Check records.", "guidance": "Shown.", "kind": "once"},
        {"code": "GEN-3", "statement": "Move loads safely.", "guidance": "Seen.", "kind": "once"},
        {"code": "GEN-5", "statement": "Speak plainly.", "guidance": "Heard.", "kind": "once"},
    ]
    data["sections"][1]["competencies"][0]["kind"] = "twice"
    return data


@pytest.fixture
def world(app: Flask) -> World:
    """A trainee with something of every sort: signed, under way, untouched."""
    world = make_world(WIDE)
    for code in ("GEN-1", "NM-1", "GEN-3", "GEN-4", "GEN-6"):
        world.signed(code)
    world.logged("GEN-2")
    db.session.commit()
    return world


@pytest.fixture
def route(world: World) -> Route:
    new = import_document(from_data(second()), publish=True)
    keep_mapping(world.enrolment.version, new, MAPPING, "mapping")
    db.session.commit()
    return route_between(world.enrolment.version, new)


def run(app: Flask, *words: object) -> Result:
    return app.test_cli_runner().invoke(commands, ["curriculum", "move", *map(str, words)])


def moved(world: World, route: Route) -> Plan:
    begin_write()
    plan = moving.move(None, world.enrolment.id, route)
    db.session.commit()
    know_grants()
    return plan


def know_grants() -> None:
    """Load everybody's grants again: what was loaded before a write began is forgotten."""
    with_grants = sa.select(Person).options(selectinload(Person.grants)).execution_options(populate_existing=True)
    db.session.scalars(with_grants).all()


def undone(world: World) -> None:
    begin_write()
    moving.undo(None, world.enrolment.id)
    db.session.commit()


def stood(world: World) -> dict[str, Stage]:
    rows = db.session.execute(
        sa.select(Competency.code, Standing.stage)
        .join(Standing, Standing.requirement_id == Competency.id)
        .where(Standing.enrolment_id == world.enrolment.id)
    )
    return {row.code: row.stage for row in rows}


def snapshot() -> dict[str, list[tuple[Any, ...]]]:
    """Every row that says where a trainee stands, and what was signed."""
    kept = (Standing, SectionSum, EntryCompetency, ClaimEvidence, Enrolment)
    return {
        model.__tablename__: sorted(map(tuple, db.session.execute(sa.select(*model.__table__.columns)).all()), key=repr)
        for model in kept
    }


def present(world: World, code: str) -> tuple[Enrolment, Competency]:
    """The enrolment as it is now, and a competency of the version that it follows."""
    enrolment = get_enrolment(world.trainee, world.enrolment.id)
    chosen = sa.select(Competency).where(Competency.version_id == enrolment.version_id, Competency.code == code)
    return enrolment, db.session.scalars(chosen).one()


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


def test_a_dry_run_changes_nothing(app: Flask, world: World, route: Route) -> None:
    before, events = snapshot(), db.session.query(Event).count()
    result = run(app, "--from", "SCHEME@1", "--to", "SCHEME@2", "--dry-run")
    assert result.exit_code == 0
    assert "1 carry over (1 of them done), 2 to be confirmed, 3 unmet." in result.output
    assert (snapshot(), db.session.query(Event).count()) == (before, events)


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


def test_the_command_moves_and_takes_back(app: Flask, world: World, route: Route) -> None:
    result = run(app, "--from", "SCHEME@1", "--to", "SCHEME@2", world.trainee.email, "--format", "json")
    assert result.exit_code == 0, result.output
    (told,) = json.loads(result.output)
    assert told["counts"] == {"carries": 1, "confirm": 2, "unmet": 3, "left": 1, "done": 1}
    assert told["requirements"][0]["code"] == "GEN-1"
    back = run(app, "--undo", world.enrolment.id)
    assert (back.exit_code, back.output) == (0, f"{world.enrolment.id} follows SCHEME@1 again.\n")
    again = run(app, "--undo", world.enrolment.id)
    assert (again.exit_code, again.stderr) == (1, f"No training that moved is named {world.enrolment.id}.\n")


def test_the_command_names_whom_it_could_not_move(app: Flask, world: World, route: Route) -> None:
    world.logged("GEN-2", date(2026, 3, 3), reflection="Learned.")
    world.submitted("GEN-2")
    db.session.commit()
    result = run(app, "--from", "SCHEME@1", "--to", "SCHEME@2")
    assert result.exit_code == 1
    assert "GEN-2 waits for sign-off" in result.stderr
    assert run(app, "--from", "SCHEME@1").exit_code == 2
    assert run(app, "--undo").exit_code == 2


def test_a_decision_is_that_of_a_scheme_lead(app: Flask, world: World, route: Route) -> None:
    words = ["--from", "SCHEME@1", "--to", "SCHEME@2", "--by", world.lead.email]
    curriculum_id, lead_id = world.enrolment.version.curriculum_id, world.lead.id
    assert "is not a scheme lead" in run(app, *words).stderr
    db.session.add(make_grant(lead_id, Role.SCHEME_LEAD, curriculum_id=curriculum_id))
    db.session.commit()
    assert run(app, *words).exit_code == 0
    event = db.session.scalars(sa.select(Event).where(Event.kind == "enrolment_moved")).one()
    assert json.loads(event.body)["actor"] == str(lead_id)


def test_pages_show_the_old_words_and_the_old_sign_off(client: FlaskClient, world: World, route: Route) -> None:
    moved(world, route)
    claim = queries.find_claim(world.enrolment.id, world.id_of("GEN-1"))
    assert claim is not None
    sign_in(client, world.trainee)
    page = client.get(f"/enrolments/{world.enrolment.id}/competencies/{world.id_of('GEN-1')}").text
    assert "Wash both hands." in page
    assert "As it was worded in SCHEME@1: <q>GEN-1 Wash hands.</q>" in page
    old = client.get(f"/claims/{claim.id}").text
    assert "This was claimed under SCHEME@1" in old
    assert "Wash hands." in old
    progress = client.get(f"/progress/{world.enrolment.id}")
    assert progress.status_code == 200
    assert "under an earlier version, whose rule for it was another." in progress.text
