from copy import deepcopy
from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from typing import Any
from uuid import UUID, uuid4

import pytest
import sqlalchemy as sa
from flask import Flask
from flask.testing import FlaskClient

from tests.browsing import sign_in
from tests.moving import know_grants
from tests.world import SCHEME, World, make_world
from tracker.core.db import begin_write, db
from tracker.core.errors import Refused
from tracker.curricula.actions import import_document
from tracker.curricula.models import Component, Module
from tracker.curricula.plain_data import from_data
from tracker.enrolments.models import Enrolment
from tracker.enrolments.queries import get_enrolment
from tracker.learning import actions, queries
from tracker.learning.actions import ConfirmFacts, MarkFact, MarksFacts
from tracker.learning.models import MarkStatus, Registration
from tracker.operations import moving
from tracker.operations.moving_plan import route_between
from tracker.progress.models import SectionSum, Stage, Standing


def award(pass_mark_percent: int = 40) -> dict[str, Any]:
    """The scheme with three modules; the second has this pass mark."""
    data = deepcopy(SCHEME)
    exam = [{"code": "EX", "title": "Examination", "weight_percent": 100}]
    marks = {"M1": 40, "M2": pass_mark_percent, "M3": 40}
    modules = [
        {"code": code, "title": f"Module {code}", "credits": 20, "pass_mark_percent": mark, "components": exam}
        for code, mark in marks.items()
    ]
    data["sections"].append({"code": "DL", "title": "Modules", "kind": "generic", "modules": modules})
    return data


@dataclass(frozen=True)
class Taken:
    """A trainee who passed M1 and M2, and is registered on M3, before and after the move."""

    world: World
    old: dict[str, UUID]
    new: dict[str, UUID]

    def enrolment(self) -> Enrolment:
        return get_enrolment(self.world.trainee, self.world.enrolment.id)

    def stage(self, code: str) -> Stage:
        standing = db.session.get(Standing, (self.world.enrolment.id, self.new[code]), populate_existing=True)
        return standing.stage if standing else Stage.NOT_STARTED


def mark(world: World, enrolment: Enrolment, registration: Registration, percent: int) -> None:
    component_id = db.session.scalars(
        sa.select(Component.id).where(Component.module_id == registration.module_id)
    ).one()
    facts = MarksFacts(registration.version, 1, (MarkFact(component_id, Decimal(percent), MarkStatus.RATIFIED),))
    actions.record_marks(world.trainee, enrolment, registration.id, facts)


def confirm(world: World, enrolment: Enrolment, registration: Registration) -> None:
    actions.confirm(world.supervisor, enrolment, registration.id, ConfirmFacts(uuid4(), registration.version))


def ids(version_id: UUID) -> dict[str, UUID]:
    return {each.code: each.id for each in db.session.scalars(sa.select(Module).where(Module.version_id == version_id))}


@pytest.fixture
def taken(app: Flask) -> Taken:
    world = make_world(award())
    old = ids(world.enrolment.version_id)
    for code in ("M1", "M2", "M3"):
        registration = actions.register(world.trainee, world.enrolment, old[code], date(2026, 1, 5))
        if code != "M3":
            mark(world, world.enrolment, registration, 60)
            confirm(world, world.enrolment, registration)
    version = import_document(from_data(award(50)), publish=True)
    db.session.commit()
    route = route_between(world.enrolment.version, version)
    begin_write()
    moving.move(None, world.enrolment.id, route)
    db.session.commit()
    know_grants()
    return Taken(world, old, ids(version.id))


def test_a_passed_module_keeps_its_credits_and_one_with_another_rule_is_confirmed_anew(taken: Taken) -> None:
    assert (taken.stage("M1"), taken.stage("M2"), taken.stage("M3")) == (Stage.DONE, Stage.CONFIRM, Stage.IN_PROGRESS)
    credits = db.session.scalars(sa.select(SectionSum.credits)).all()
    assert sum(credits) == 20


def test_a_module_that_was_begun_goes_on_under_the_rules_it_was_begun_under(taken: Taken) -> None:
    world, enrolment = taken.world, taken.enrolment()
    with pytest.raises(Refused, match="it goes on as it is"):
        actions.register(world.trainee, enrolment, taken.new["M3"], date(2026, 2, 1))
    registration = queries.find_registration(enrolment.id, taken.old["M3"])
    assert registration is not None
    mark(world, enrolment, registration, 45)
    assert taken.stage("M3") is Stage.SUBMITTED
    confirm(world, enrolment, registration)
    assert taken.stage("M3") is Stage.DONE


def test_what_is_to_be_confirmed_is_registered_again_by_the_new_rule(taken: Taken) -> None:
    world, enrolment = taken.world, taken.enrolment()
    registration = actions.register(world.trainee, enrolment, taken.new["M2"], date(2026, 2, 1))
    mark(world, enrolment, registration, 60)
    confirm(world, enrolment, registration)
    assert taken.stage("M2") is Stage.DONE


def test_the_pages_of_modules_say_which_rules_they_follow(client: FlaskClient, taken: Taken) -> None:
    sign_in(client, taken.world.trainee)
    base = f"/enrolments/{taken.world.enrolment.id}/modules"
    assert "Passed under an earlier version" in client.get(base).text
    page = client.get(f"{base}/{taken.old['M1']}")
    assert page.status_code == 200
    assert "Those of the earlier version of the curriculum" in page.text
    assert "Register" in client.get(f"{base}/{taken.new['M2']}").text
