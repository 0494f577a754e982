"""What supervisors write beside a decision."""

import pytest
from flask import Flask
from flask.testing import FlaskClient

from tests.browsing import sign_in
from tests.world import World, make_world, seen
from tracker.core.db import db
from tracker.logbook.models import ClaimStatus


@pytest.fixture
def world(app: Flask) -> World:
    return make_world()


@pytest.mark.parametrize("door", ["return", "sign-off"])
def test_an_nhs_number_beside_a_decision_is_refused(client: FlaskClient, world: World, door: str) -> None:
    claim = world.submitted()
    db.session.commit()
    sign_in(client, world.supervisor)
    shown = seen(claim)
    form = {"key": shown.key.hex, "version": shown.version, "digest": shown.digest, "level": 2}
    answer = client.post(f"/claims/{claim.id}/{door}", data=form | {"comment": "Was this 943 476 5919?"})
    assert answer.status_code == 422
    assert "Remove the NHS number" in answer.text
    db.session.expire_all()
    assert claim.status is ClaimStatus.SUBMITTED
