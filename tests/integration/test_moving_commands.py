import json
from datetime import date

import pytest
import sqlalchemy as sa
from click.testing import Result
from flask import Flask
from flask.testing import FlaskClient
from sqlalchemy.exc import OperationalError

from tests.browsing import sign_in
from tests.make import make_grant
from tests.moving import (
    make_moving_world,
    make_route,
    moved,
    snapshot,
)
from tests.world import World
from tracker.accounts.models import Role
from tracker.core.db import db
from tracker.logbook import queries
from tracker.operations import moving
from tracker.operations.cli import commands
from tracker.operations.moving_plan import Route
from tracker.record.models import Event


@pytest.fixture
def world(app: Flask) -> World:
    return make_moving_world()


@pytest.fixture
def route(world: World) -> Route:
    return make_route(world)


def run(app: Flask, *words: object) -> Result:
    return app.test_cli_runner().invoke(commands, ["curriculum", "move", *map(str, words)])


def test_a_dry_run_changes_nothing(app: Flask, world: World, route: Route) -> None:
    before, events = snapshot(), db.session.query(Event).count()
    result = run(app, "--from", "SCHEME@1", "--to", "SCHEME@2", "--dry-run")
    assert result.exit_code == 0
    assert "1 carry over (1 of them done), 2 to be confirmed, 3 unmet." in result.output
    assert (snapshot(), db.session.query(Event).count()) == (before, events)


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
    assert "under an earlier version, which asked for something else." in progress.text


def test_a_move_that_met_somebody_writing_is_named_and_can_be_run_again(
    app: Flask, world: World, route: Route, monkeypatch: pytest.MonkeyPatch
) -> None:
    def waited(*_: object) -> None:
        raise OperationalError("UPDATE", {}, Exception("deadlock detected"))

    words = ["--from", "SCHEME@1", "--to", "SCHEME@2"]
    with monkeypatch.context() as meanwhile:
        meanwhile.setattr(moving, "move", waited)
        result = run(app, *words)
    assert (result.exit_code, "run the command again" in result.stderr) == (1, True)
    assert run(app, *words).exit_code == 0
