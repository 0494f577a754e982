"""Whose record a viewer may see: default deny, and never beyond the scope or the dates of a grant."""

from datetime import date
from typing import Any

import pytest
from flask import Flask

from tests.make import make_centre, make_curriculum, make_grant, make_supervision
from tests.world import World, make_world
from tracker.accounts.models import Person, Role
from tracker.core.db import db
from tracker.core.errors import NotFound
from tracker.enrolments.models import SupervisionRole
from tracker.enrolments.queries import get_enrolment, may_see

RECORD_ROLES = (Role.TRAINING_LEAD, Role.MODERATOR, Role.EXAMINER)


@pytest.fixture
def world(app: Flask) -> World:
    return make_world()


def given(person: Person, role: Role, **scope: Any) -> None:
    db.session.add(make_grant(person.id, role, **scope))
    db.session.flush()


def sees(world: World, person: Person) -> bool:
    """Whether the person sees the record, by the question for mail and by the page's own read."""
    by_page = True
    try:
        get_enrolment(person, world.enrolment.id)
    except NotFound:
        by_page = False
    assert may_see(person, world.enrolment.id) == by_page
    return by_page


def test_the_trainee_the_supervisor_and_the_lead_see_it_and_a_stranger_does_not(world: World) -> None:
    people = (world.trainee, world.supervisor, world.lead, world.stranger)
    assert [sees(world, person) for person in people] == [True, True, True, False]


@pytest.mark.parametrize("role", RECORD_ROLES)
def test_a_grant_at_the_centre_shows_it(world: World, role: Role) -> None:
    given(world.stranger, role, centre_id=world.enrolment.centre_id)
    assert sees(world, world.stranger)


@pytest.mark.parametrize("role", RECORD_ROLES)
def test_a_grant_at_another_centre_does_not(world: World, role: Role) -> None:
    elsewhere = make_centre("York")
    db.session.add(elsewhere)
    db.session.flush()
    given(world.stranger, role, centre_id=elsewhere.id, curriculum_id=world.enrolment.version.curriculum_id)
    assert not sees(world, world.stranger)


@pytest.mark.parametrize("role", RECORD_ROLES)
def test_a_grant_on_another_curriculum_does_not(world: World, role: Role) -> None:
    other = make_curriculum("OTHER")
    db.session.add(other)
    db.session.flush()
    given(world.stranger, role, centre_id=world.enrolment.centre_id, curriculum_id=other.id)
    assert not sees(world, world.stranger)


@pytest.mark.parametrize("role", [Role.MODERATOR, Role.EXAMINER])
def test_a_grant_for_one_enrolment_is_for_that_one(world: World, role: Role) -> None:
    given(world.stranger, role, enrolment_id=world.enrolment.id)
    assert sees(world, world.stranger)


@pytest.mark.parametrize("role", [Role.SCHEME_LEAD, Role.ADMINISTRATOR, Role.AUDITOR])
def test_who_looks_after_schemes_accounts_or_the_record_reads_no_records(world: World, role: Role) -> None:
    given(
        world.stranger,
        role,
        centre_id=world.enrolment.centre_id,
        curriculum_id=world.enrolment.version.curriculum_id,
    )
    assert not sees(world, world.stranger)


@pytest.mark.parametrize(
    "dates",
    [
        {"starts_on": date(2020, 1, 1), "ends_on": date(2020, 2, 1)},
        {"starts_on": date(2099, 1, 1)},
    ],
)
def test_a_grant_counts_between_its_dates(world: World, dates: dict[str, date]) -> None:
    given(world.stranger, Role.MODERATOR, centre_id=world.enrolment.centre_id, **dates)
    assert not sees(world, world.stranger)


def test_an_examiner_does_not_see_a_candidate_they_ever_supervised(world: World) -> None:
    given(world.stranger, Role.EXAMINER, centre_id=world.enrolment.centre_id)
    ended = make_supervision(world.enrolment, world.stranger.id, ends_on=date(2020, 6, 1))
    db.session.add(ended)
    db.session.flush()
    assert not sees(world, world.stranger)


def test_an_assessor_sees_it_and_a_former_one_does_not(world: World) -> None:
    assessing = make_supervision(world.enrolment, world.stranger.id, role=SupervisionRole.ASSESSOR)
    db.session.add(assessing)
    db.session.flush()
    assert sees(world, world.stranger)
    assessing.ends_on = date(2020, 6, 1)
    db.session.flush()
    assert not sees(world, world.stranger)
