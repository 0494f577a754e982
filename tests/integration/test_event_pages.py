"""Checking an event oneself: the page, the receipt, and what anybody may read without an account."""

import base64
import html
import json
import re

import pytest
from flask import Flask
from flask.testing import FlaskClient

from tests.browsing import sign_in
from tests.integration.test_notary import one_more, sealed
from tests.world import World, make_world
from tracker.core.db import db
from tracker.logbook.models import Claim
from tracker.record import keys
from tracker.record.models import KeyEnd
from tracker.record.verifier import leaf_hash, node_hash, parse_checkpoint, parse_note, verify_note


@pytest.fixture
def world(app: Flask) -> World:
    world = make_world()
    world.signed("GEN-1")
    db.session.commit()
    return world


def shown(page: str, what: str) -> list[str]:
    """The texts of these elements that hold bytes."""
    found = re.findall(rf'<{what} class="[^"]*app-bytes">(.*?)</{what}>', page, re.DOTALL)
    return [html.unescape(text) for text in found]


def test_what_the_page_says_can_be_checked_by_hand(world: World, client: FlaskClient) -> None:
    sealed()
    sign_in(client, world.trainee)
    page = client.get("/events/2").text
    body, note = (text.encode() for text in shown(page, "pre"))
    proof, vkey = shown(page, "li")
    leaf = leaf_hash(body)
    assert shown(page, "p") == [leaf.hex()]
    seal = parse_note(note)
    assert parse_checkpoint(seal).root == node_hash(base64.b64decode(proof), leaf)
    assert verify_note(seal, vkey)
    assert json.loads(body)["kind"] == "claim_signed_off"


def test_an_event_says_that_it_is_recorded_and_then_that_it_is_sealed(world: World, client: FlaskClient) -> None:
    sign_in(client, world.supervisor)
    claim = db.session.query(Claim).one()
    assert "not yet sealed" in client.get("/events/2").text
    assert "recorded as event 2</span>" in client.get(f"/claims/{claim.id}").text
    assert client.get("/events/2/receipt").status_code == 409
    sealed()
    assert "recorded as event 2 and sealed</span>" in client.get(f"/claims/{claim.id}").text
    assert "sealed" in client.get("/events/2").text
    assert client.get("/events/2/receipt").data.startswith(b"c2sp.org/tlog-proof@v1\nextra ")


def test_only_who_may_see_the_record_sees_its_events(world: World, client: FlaskClient) -> None:
    sealed()
    sign_in(client, world.stranger)
    assert client.get("/events/2").status_code == 404
    assert client.get("/events/2/receipt").status_code == 404
    assert client.get("/events/99").status_code == 404


def test_an_event_that_is_about_nobody_is_not_shown(world: World, client: FlaskClient) -> None:
    one_more()
    sign_in(client, world.lead)
    assert client.get("/events/2").status_code == 200
    assert client.get("/events/3").status_code == 404


def test_anybody_may_keep_the_newest_checkpoint(world: World, client: FlaskClient) -> None:
    assert client.get("/record/checkpoint").status_code == 404
    checkpoint = sealed()
    answer = client.get("/record/checkpoint")
    assert (answer.data, answer.mimetype) == (checkpoint.note, "text/plain")


def test_anybody_may_read_the_keys_and_how_they_changed(world: World, client: FlaskClient) -> None:
    sealed()
    keys.change_key(KeyEnd.ROTATED)
    answer = client.get("/record/keys").json
    assert answer is not None
    first, second = answer["keys"]
    assert (first["note"], second["ended"], second["after_size"]) == (None, "rotated", 2)
    change = parse_note(second["note"].encode())
    assert verify_note(change, first["vkey"])
    assert verify_note(change, second["vkey"])
