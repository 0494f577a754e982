"""What a bundle makes of each kind of event, and of feedback from colleagues."""

from uuid import uuid4

import pytest
from flask import Flask

from tests.feedback import OWN, answered, collated, feedback_world
from tests.world import World
from tracker.assessments import msf_actions, msf_closing
from tracker.core.db import db
from tracker.portfolio.bundle import make_bundle
from tracker.portfolio.rules import OF_FINALS, SHOWN
from tracker.portfolio.words import EVENTS
from tracker.record import notary
from tracker.record.actions import append
from tracker.record.checkpoints import list_vkeys
from tracker.record.decision import Decision
from tracker.record.verifier import MOVES, read_zip, verify


@pytest.fixture
def world(app: Flask) -> World:
    return feedback_world()


def checked(bundle: bytes) -> str:
    return verify(bundle, dict.fromkeys(list_vkeys()))[0]


def test_feedback_that_is_about_no_competency_does_not_spoil_a_bundle(world: World) -> None:
    collated(world)
    notary.seal()
    assert checked(make_bundle(world.trainee)) == "VALID"


def test_sums_are_in_a_bundle_once_the_trainee_has_rated_themselves(world: World) -> None:
    asked = answered(world)
    msf_closing.close(world.supervisor, asked.id)
    db.session.commit()
    notary.seal()
    bundle = make_bundle(world.trainee)
    assert read_zip(bundle)["openings.json"] == b"[]"
    assert checked(bundle) == "REDACTED"
    msf_actions.rate_self(world.trainee, asked.id, OWN)
    db.session.commit()
    bundle = make_bundle(world.trainee)
    assert b"sums" in read_zip(bundle)["openings.json"]
    assert checked(bundle) == "VALID"


@pytest.mark.parametrize("kind", ["entry_retyped", "supervisor_approved", "supervisor_not_approved", "cover_ended"])
def test_what_happens_in_any_training_is_not_kept_back(world: World, kind: str) -> None:
    append(Decision(kind, world.lead.id, world.enrolment.id, uuid4(), {}, {}))
    db.session.commit()
    notary.seal()
    assert checked(make_bundle(world.trainee)) == "VALID"


def test_every_kind_that_is_shown_is_called_something() -> None:
    assert (SHOWN | MOVES.keys() | set(OF_FINALS)) - EVENTS.keys() == set()


def test_a_record_with_an_event_of_every_kind_is_bundled(world: World) -> None:
    final = str(uuid4())
    for kind in sorted(SHOWN | set(OF_FINALS)):
        facts = {"competency": None, "code": "", "assessment": str(uuid4()), "final": final, "round": str(uuid4())}
        append(Decision(kind, world.lead.id, world.enrolment.id, uuid4(), facts, {}))
    db.session.commit()
    notary.seal()
    assert checked(make_bundle(world.trainee)) == "VALID"
