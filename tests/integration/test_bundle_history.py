"""Bundles over time: keys that change, receipts that were given, and histories that fork."""

from dataclasses import replace
from uuid import uuid4

import pytest
from flask import Flask

from tests.bundles import Files, event_names, forge
from tests.world import World, make_world
from tracker.core.db import db
from tracker.enrolments.queries import get_enrolment
from tracker.portfolio.bundle import make_bundle
from tracker.portfolio.checking import check
from tracker.record import keys, notary, places, private_keys
from tracker.record.actions import append
from tracker.record.checkpoints import list_vkeys
from tracker.record.decision import Decision
from tracker.record.models import KeyEnd
from tracker.record.private_keys import Signer, new_signer, signed_note
from tracker.record.receipts import write_receipts
from tracker.record.verifier import read_zip, verify, write_zip


@pytest.fixture
def world(app: Flask) -> World:
    world = make_world()
    world.signed("GEN-1")
    db.session.commit()
    notary.seal()
    return world


def more(world: World) -> World:
    """The same world with one more sign-off, sealed."""
    again = replace(world, enrolment=get_enrolment(world.trainee, world.enrolment.id))
    again.signed("NM-1")
    db.session.commit()
    notary.seal()
    return again


def somebody_else_s(count: int = 1) -> None:
    """Events of another record."""
    for _ in range(count):
        append(Decision("review_held", uuid4(), None, uuid4(), {}, {}))
    db.session.commit()


def receipt(seq: int) -> bytes:
    """What was sent when the event was sealed."""
    return write_receipts([seq])[seq].encode()


def the_key() -> Signer:
    signer = private_keys.find(places.key_folder(), list_vkeys()[-1])
    assert signer
    return signer


# Keys.


def test_after_a_rotation_old_and_new_bundles_hold_under_the_old_key(world: World) -> None:
    old_bundle, old = make_bundle(world.trainee), list_vkeys()[0]
    keys.change_key(KeyEnd.ROTATED)
    new = list_vkeys()[1]
    at_once = make_bundle(world.trainee)  # the checkpoint is still the old key's, the seal over all is the new one's
    new_bundle = make_bundle(more(world).trainee)
    for bundle in (old_bundle, at_once, new_bundle):
        assert verify(bundle, {old: None})[0] == "VALID"
    for bundle in (at_once, new_bundle):
        assert verify(bundle, {new: None})[0] == "VALID"
    assert verify(old_bundle, {new: None})[0] == "INVALID"  # it cannot know of the new key, and says whom to ask
    assert check(old_bundle, "", "").word == "VALID"  # this tracker knows both


def test_after_a_revocation_the_old_key_says_nothing_of_new_bundles(world: World) -> None:
    old_bundle, old = make_bundle(world.trainee), list_vkeys()[0]
    keys.change_key(KeyEnd.REVOKED)
    new_bundle = make_bundle(more(world).trainee)
    assert verify(new_bundle, {list_vkeys()[1]: None})[0] == "VALID"
    assert verify(new_bundle, {old: None})[0] == "INVALID"
    assert check(old_bundle, "", "").word == "VALID"


def test_a_thief_of_an_old_key_makes_nothing_new(world: World) -> None:
    thief = the_key()
    keys.change_key(KeyEnd.REVOKED)
    new_bundle = make_bundle(more(world).trainee)
    forged = forge(read_zip(new_bundle), signer=thief)
    assert check(new_bundle, "", "").word == "VALID"
    assert check(forged, "", "").word == "DIVERGED"
    kept = read_zip(new_bundle)
    by_thief = kept | {"checkpoint.txt": signed_note(kept["checkpoint.txt"].decode().split("\n\n")[0] + "\n", thief)}
    assert verify(forge(by_thief), {list_vkeys()[1]: None})[0] == "DIVERGED"


def test_a_key_of_nobody_s_is_not_let_in_before_the_real_one(world: World) -> None:
    """A signature can be added to a note; a change of keys counts forwards only."""
    keys.change_key(KeyEnd.ROTATED)
    files = read_zip(make_bundle(more(world).trainee))
    thief = new_signer(the_key().name)
    text = files["key-changes/001.txt"].decode().split("\n\n")[0] + "\n"
    change = signed_note(text, the_key(), thief)
    before = files["keys.txt"].splitlines(keepends=True)[1]

    def let_in(forged: Files) -> None:
        forged["key-changes/001.txt"] = change
        forged["keys.txt"] = f"{thief.vkey}\n".encode() + before
        forged["checkpoint.txt"] = signed_note(forged["checkpoint.txt"].decode().split("\n\n")[0] + "\n", thief)

    assert verify(forge(files, let_in), {list_vkeys()[1]: None})[0] in {"INVALID", "DIVERGED"}


# Receipts.


def test_a_receipt_holds_against_every_later_bundle(world: World) -> None:
    first = receipt(2)
    somebody_else_s(3)
    notary.seal()
    bundle = make_bundle(more(world).trainee)
    trusted = {list_vkeys()[0]: None}
    for given in (first, receipt(6), receipt(7)):
        assert verify(bundle, trusted, given)[0] == "VALID"
    assert verify(bundle, trusted, first.replace(b"\n", b"\r\n"))[0] == "INVALID"
    assert verify(bundle, trusted, b"Thank you.")[0] == "INVALID"


def test_a_receipt_shows_that_the_end_of_a_bundle_was_cut(world: World) -> None:
    bundle = make_bundle(world.trainee)
    more(world)
    word, lines = verify(bundle, {list_vkeys()[0]: None}, receipt(4))
    assert word == "DIVERGED"
    assert "the bundle ends at event 2" in lines[0]


def test_a_receipt_of_somebody_else_s_event_is_told(world: World) -> None:
    somebody_else_s()
    notary.seal()
    word, lines = verify(make_bundle(world.trainee), {list_vkeys()[0]: None}, receipt(3))
    assert word == "DIVERGED"
    assert "is not in the bundle" in lines[0]


def test_a_forked_history_is_shown_by_a_receipt_even_when_the_forker_has_the_key(world: World) -> None:
    bundle, given, key = make_bundle(world.trainee), receipt(2), the_key()

    def fork(files: Files) -> None:
        name = event_names(files)[1]
        files[name] = files[name].replace(b'"level":2', b'"level":3')

    forked = forge(read_zip(bundle), fork, signer=key)
    assert verify(forked, {key.vkey: None})[0] == "VALID"
    assert verify(forked, {key.vkey: None}, given)[0] == "DIVERGED"


def test_a_receipt_of_another_notary_is_told(world: World) -> None:
    given = receipt(2)
    stranger = new_signer(the_key().name)
    text = given.decode().split("\n\n")[1] + "\n"
    foreign = given.split(b"\n\n")[0] + b"\n\n" + signed_note(text, stranger)
    assert verify(make_bundle(world.trainee), {list_vkeys()[0]: None}, foreign)[0] == "DIVERGED"


def test_a_receipt_can_be_pasted_as_a_mail_program_shows_it(world: World) -> None:
    pasted = receipt(2).decode().replace("\n", "\r\n")
    assert check(make_bundle(world.trainee), "", f"  {pasted}\r\n\r\n").word == "VALID"


def test_an_old_zip_with_another_zip_behind_it_is_no_bundle(world: World) -> None:
    bundle = make_bundle(world.trainee)
    assert verify(bundle + write_zip({"README.txt": b""}))[0] == "INVALID"
