"""Whatever anybody tries, in whatever order, the app does what a model on a page says."""

import os

import pytest
from flask import Flask
from hypothesis import HealthCheck, Phase, settings
from hypothesis.stateful import run_state_machine_as_test
from sqlalchemy.exc import IntegrityError

from tests.award import new_award
from tests.life import Life, place_of
from tests.lives import LifeOfAClaim, LifeOfAResult, LifeOfReviews
from tests.world import make_world
from tracker.core.db import db
from tracker.core.errors import Refused
from tracker.logbook import claim_actions

LIVES = int(os.environ.get("TEST_LIVES", "100"))  # on each database
STEPS = 8


def lived(life: type[Life], share: float) -> None:
    """Live this share of the lives, each of a few steps. Raises AssertionError when app and model part."""
    how = settings(
        max_examples=int(LIVES * share),
        stateful_step_count=STEPS,
        suppress_health_check=list(HealthCheck),
        phases=[Phase.explicit, Phase.generate],  # a short history is read as it is
        report_multiple_bugs=False,
    )
    run_state_machine_as_test(life, settings=how)


def test_a_claim_lives_as_the_model_says(app: Flask, monkeypatch: pytest.MonkeyPatch) -> None:
    world = make_world()
    world.logged("GEN-1")
    db.session.commit()
    monkeypatch.setattr(LifeOfAClaim, "place", place_of(world), raising=False)
    lived(LifeOfAClaim, 0.6)


def test_a_result_lives_as_the_model_says(app: Flask, monkeypatch: pytest.MonkeyPatch) -> None:
    award = new_award()
    db.session.commit()
    monkeypatch.setattr(LifeOfAResult, "place", place_of(award), raising=False)
    lived(LifeOfAResult, 0.3)


def test_reviews_live_as_the_model_says(app: Flask, monkeypatch: pytest.MonkeyPatch) -> None:
    world = make_world()
    monkeypatch.setattr(LifeOfReviews, "place", place_of(world), raising=False)
    lived(LifeOfReviews, 0.1)


@pytest.mark.parametrize("broken", ["permission", "key"])
def test_an_app_without_its_guards_is_caught(app: Flask, monkeypatch: pytest.MonkeyPatch, broken: str) -> None:
    """The control."""
    world = make_world()
    world.logged("GEN-1")
    db.session.commit()
    monkeypatch.setattr(LifeOfAClaim, "place", place_of(world), raising=False)
    if broken == "permission":
        monkeypatch.setattr(claim_actions, "allow", lambda _: None)
    else:
        monkeypatch.setattr(claim_actions, "find_event", lambda _: None)
    with pytest.raises((AssertionError, IntegrityError, Refused)):
        lived(LifeOfAClaim, 1)
