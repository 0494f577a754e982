"""Taking a record away, and the page that checks one."""

import re
from dataclasses import replace
from io import BytesIO
from pathlib import Path
from uuid import uuid4

import pytest
import sqlalchemy as sa
from click.testing import CliRunner
from flask import Flask
from flask.testing import FlaskClient
from pypdf import PdfReader

from tests.browsing import post_files, sign_in
from tests.world import World, make_world, seen
from tracker.core.db import db
from tracker.enrolments.queries import get_enrolment
from tracker.logbook import claim_actions
from tracker.operations.cli import commands, script
from tracker.portfolio.bundle import make_bundle
from tracker.record import notary
from tracker.record.actions import append
from tracker.record.checkpoints import list_vkeys
from tracker.record.decision import Decision
from tracker.record.models import Event, Opening
from tracker.record.verifier import read_zip, verify


@pytest.fixture
def world(app: Flask) -> World:
    world = make_world()
    world.signed("GEN-1")
    db.session.commit()
    return world


def fresh(world: World) -> World:
    """The same world, read again: the notary begins a transaction of its own."""
    return replace(world, enrolment=get_enrolment(world.trainee, world.enrolment.id))


def checked(world: World) -> tuple[str, list[str]]:
    return verify(make_bundle(world.trainee), dict.fromkeys(list_vkeys()))


def test_a_bundle_is_valid_under_the_notary_s_key(world: World) -> None:
    notary.seal()
    word, lines = checked(world)
    assert word == "VALID"
    assert "by Supervisor Osei (event 2)." in lines[-1]


def test_what_is_not_sealed_yet_is_said_and_left_out(world: World, client: FlaskClient) -> None:
    sign_in(client, world.trainee)
    assert "2 events are recorded, not yet sealed." in client.get("/portfolio").text
    assert client.get("/portfolio/record.zip").status_code == 409
    notary.seal()
    fresh(world).submitted("NM-1")
    db.session.commit()
    page = client.get("/portfolio").text
    assert "2 events are sealed, and in the file." in page
    assert "1 more is recorded, not yet sealed" in page
    files = read_zip(client.get("/portfolio/record.zip").data)
    assert [name for name in files if name.startswith("events/")] == [f"events/{seq:012}.json" for seq in (1, 2)]


def test_a_draft_is_not_in_it(world: World) -> None:
    world.logged("NM-1", title="Only thought of")
    db.session.commit()
    notary.seal()
    assert b"Only thought of" not in make_bundle(world.trainee)


def test_a_revoked_sign_off_is_told(world: World) -> None:
    claim = world.signed("NM-1")
    claim_actions.revoke(world.supervisor, claim.id, seen(claim), "Wrong trainee.")
    db.session.commit()
    notary.seal()
    word, lines = checked(world)
    assert word == "SUPERSEDED"
    assert "NM-1: the sign-off of event 4 was revoked by event 5." in lines


def test_an_erased_text_is_told(world: World) -> None:
    notary.seal()
    db.session.execute(sa.delete(Opening).where(Opening.seq == 2))
    db.session.commit()
    word, lines = checked(world)
    assert word == "REDACTED"
    assert "Texts were withheld or erased in events 2." in lines


def test_a_kind_of_event_that_nobody_thought_of_is_kept_back(world: World) -> None:
    append(Decision("secret", world.lead.id, world.enrolment.id, uuid4(), {}, {"note": "Not for the trainee."}))
    db.session.commit()
    notary.seal()
    bundle = make_bundle(world.trainee)
    assert verify(bundle, dict.fromkeys(list_vkeys()))[0] == "REDACTED"
    assert b"Not for the trainee" not in bundle
    assert b"secret" not in bundle


def test_the_pages_are_tagged_and_numbered_and_have_an_index(world: World) -> None:
    notary.seal()
    reader = PdfReader(BytesIO(read_zip(make_bundle(world.trainee))["portfolio.pdf"]))
    text = "\n".join(page.extract_text() for page in reader.pages)
    root: object = reader.trailer["/Root"]
    assert "/StructTreeRoot" in root  # type: ignore[operator] # a dictionary, untyped
    for said in ("What is in here", "Evidence by competency", "GEN-1", "Wash hands.", "Supervisor Osei", "page 1 of"):
        assert said in text


@pytest.mark.parametrize(
    "case",
    [("worker", ["3 events, sealed."]), ("own", ["2 events, sealed.", "1 more are recorded, not yet sealed"])],
)
def test_the_command_seals_where_it_may_and_writes_what_the_page_gives(
    world: World, app: Flask, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, case: tuple[str, list[str]]
) -> None:
    notary.seal()
    fresh(world).submitted("NM-1")
    db.session.commit()
    notary_is, said = case
    monkeypatch.setitem(app.config, "NOTARY", notary_is)
    out = tmp_path / "record.zip"
    done = CliRunner().invoke(
        commands, ["portfolio", "export", world.trainee.email, "-o", str(out)], obj=script_of(app)
    )
    assert done.exit_code == 0, done.output
    assert [sentence for sentence in said if sentence not in done.output] == []
    assert verify(out.read_bytes(), dict.fromkeys(list_vkeys()))[0] == "VALID"
    lost = CliRunner().invoke(
        commands, ["portfolio", "export", "nobody@example.org", "-o", str(out)], obj=script_of(app)
    )
    assert lost.exit_code == 1


def script_of(app: Flask) -> object:
    info = script()
    info.create_app = lambda: app
    return info


def test_somebody_without_a_record_has_none_to_take(world: World, client: FlaskClient) -> None:
    sign_in(client, world.supervisor)
    assert client.get("/portfolio").status_code == 404
    assert client.get("/portfolio/record.zip").status_code == 404


def test_anybody_checks_a_bundle_and_nothing_is_written(world: World, client: FlaskClient) -> None:
    notary.seal()
    bundle = make_bundle(world.trainee)
    before = db.session.scalar(sa.select(sa.func.count()).select_from(Event))
    answer = post_files(client, "/verify", {"bundle": (BytesIO(bundle), "record.zip")})
    assert answer.status_code == 200
    assert "This record is genuine: everything in it is as it was recorded." in answer.text
    assert "the seal was held against the keys of this tracker" in answer.text
    assert db.session.scalar(sa.select(sa.func.count()).select_from(Event)) == before


def test_a_changed_bundle_is_called_so(world: World, client: FlaskClient) -> None:
    notary.seal()
    bundle = make_bundle(world.trainee).replace(b"GEN-1", b"GEN-2", 1)
    answer = post_files(client, "/verify", {"bundle": (BytesIO(bundle), "record.zip")})
    assert "Do not rely on this file: it is not as it was sealed." in answer.text


def test_a_wrong_key_is_called_so(world: World, client: FlaskClient) -> None:
    notary.seal()
    bundle = make_bundle(world.trainee)
    sent = {"bundle": (BytesIO(bundle), "record.zip"), "trusted_key": "no key"}
    assert "The key that you pasted is not a key." in post_files(client, "/verify", sent).text


def test_a_file_has_to_be_chosen(client: FlaskClient) -> None:
    for sent in ({}, {"bundle": "a text"}):
        answer = client.post("/verify", data=sent)
        assert answer.status_code == 422
        assert "Choose the file that you were given." in answer.text


def test_a_file_that_is_too_large_is_refused(app: Flask, client: FlaskClient, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setitem(app.config, "BUNDLE_LIMIT_BYTES", 1024 * 1024)
    answer = post_files(client, "/verify", {"bundle": (BytesIO(bytes(1024 * 1024 + 1)), "record.zip")})
    assert answer.status_code == 413
    assert re.search(r"record\.zip is larger than 1 MB\.", answer.text)
