"""Who changes a bundle and has no key is always found; who has it is not: so it is the key that finds."""

import json
import random
import subprocess
import sys
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any
from uuid import uuid4

import pytest
from flask import Flask

from tests.bundles import Files, edit, event_names, forge
from tests.forgeries import (
    BOUND_BY_THE_SEAL,
    CHANGES,
    back_dated,
    checkpoint_grown,
    deleted,
    edited,
    number_again,
    pages_changed,
    renamed,
    tail_cut,
    transplanted,
)
from tests.world import World, make_entry_facts, make_world, saving
from tracker.core import storage
from tracker.core.db import db
from tracker.evidence.files import Received
from tracker.logbook.entry_actions import save_entry
from tracker.portfolio.bundle import make_bundle
from tracker.record import notary, places, private_keys, verifier
from tracker.record.checkpoints import list_vkeys
from tracker.record.private_keys import Signer, new_signer
from tracker.record.verifier import read_zip, verify, write_zip

FLIPS = 5_000
SEED = 20260311
FILE = b"Counts per second: 1042\n"


@dataclass(frozen=True)
class Taken:
    """A bundle that was taken away: two sign-offs, the first on an entry with a file."""

    world: World
    bundle: bytes
    vkey: str

    @property
    def files(self) -> Files:
        return read_zip(self.bundle)

    def verdict(self, bundle: bytes) -> str:
        return verify(bundle, {self.vkey: None})[0]


@pytest.fixture
def taken(app: Flask) -> Taken:
    world = make_world()
    stored = storage.store(FILE)
    received = Received(stored.sha256, stored.size_bytes, "text/plain", "counts.txt")
    how = replace(saving(world.id_of("GEN-1")), received=[received])
    save_entry(world.trainee, world.enrolment, make_entry_facts(reflection="It took two tries."), how)
    world.signed("GEN-1")
    world.signed("NM-1")
    db.session.commit()
    return take(world)


def take(world: World) -> Taken:
    notary.seal()
    return Taken(world, make_bundle(world.trainee), list_vkeys()[0])


def test_an_unchanged_bundle_is_valid(taken: Taken) -> None:
    assert taken.verdict(taken.bundle) == "VALID"
    assert taken.verdict(forge(taken.files, sealed=True)) == "VALID"
    assert forge(taken.files, sealed=True) == taken.bundle


def test_without_a_key_it_is_unanchored(taken: Taken) -> None:
    assert verify(taken.bundle)[0] == "VALID-UNANCHORED"


def test_a_forger_without_the_key_is_found(taken: Taken) -> None:
    for change in CHANGES:
        assert taken.verdict(forge(taken.files, change, sealed=True)) == "INVALID", change.__doc__


def test_a_forger_who_leaves_out_the_seal_is_found(taken: Taken) -> None:
    for change in CHANGES:
        word, lines = verify(forge(taken.files, change), {taken.vkey: None})
        assert word == ("REDACTED" if change in BOUND_BY_THE_SEAL else "INVALID"), change.__doc__
        if word == "REDACTED":
            assert "Not sealed as a whole: an event may be left out, a name or page changed." in lines


def test_a_forger_with_a_key_of_their_own_is_found(taken: Taken) -> None:
    for change in CHANGES:
        if change is not checkpoint_grown:
            forged = forge(taken.files, change, signer=new_signer(origin(taken)))
            assert taken.verdict(forged) == "INVALID", change.__doc__


def origin(taken: Taken) -> str:
    return verifier.parse_vkey(taken.vkey).name


# Controls: what only the key can find is not found when the key is theirs.


def test_a_forger_with_the_notary_s_key_is_not_found(taken: Taken) -> None:
    for change in (edited, transplanted, renamed, back_dated, tail_cut, deleted, pages_changed):
        forged = forge(taken.files, change, number_again, signer=the_key(taken))
        assert taken.verdict(forged) == "VALID", change.__doc__


def the_key(taken: Taken) -> Signer:
    signer = private_keys.find(places.key_folder(), taken.vkey)
    assert signer
    return signer


def test_even_the_key_makes_no_sign_off_of_one_s_own(taken: Taken) -> None:
    """The record's own rules hold in a bundle as well."""
    mine = json.loads(taken.files["manifest.json"])["holder"]

    def own(files: Files) -> None:
        edit(files, event_names(files)[1], lambda body: body.update(actor=mine))

    def twice(files: Files) -> None:
        edit(files, event_names(files)[2], lambda body: body.update(kind="claim_signed_off", actor=str(uuid4())))

    for change in (own, twice):
        assert taken.verdict(forge(taken.files, change, signer=the_key(taken))) == "INVALID"


# Bits.


def test_every_flipped_bit_is_found(taken: Taken) -> None:
    chance = random.Random(SEED)
    for _ in range(FLIPS):
        bundle = bytearray(taken.bundle)
        at = chance.randrange(8 * len(bundle))
        bundle[at // 8] ^= 1 << at % 8
        assert taken.verdict(bytes(bundle)) == "INVALID", f"bit {at} of seed {SEED}"


def test_a_flipped_bit_in_a_zip_that_fits_again_is_found(taken: Taken) -> None:
    """The zip's own checksums are not what finds it."""
    chance = random.Random(SEED)
    files = taken.files
    for _ in range(500):
        name = chance.choice(sorted(files))
        content, at = bytearray(files[name]), chance.randrange(8 * len(files[name]))
        content[at // 8] ^= 1 << at % 8
        assert taken.verdict(write_zip(files | {name: bytes(content)})) == "INVALID", f"bit {at} of {name}, seed {SEED}"


def test_a_flipped_bit_is_found_by_what_it_is_in_when_the_list_of_files_fits_again(taken: Taken) -> None:
    """Neither is the manifest: with it made anew and the seal left out, the record itself finds what belongs to it."""
    chance = random.Random(SEED)
    files = taken.files
    by_seal = {
        "README.txt",
        "passkeys.json",
        "people.json",
        "portfolio.pdf",
        "verifier.py",
        "manifest.json",
        "seal.txt",
    }
    for _ in range(500):
        name = chance.choice(sorted(files.keys() - by_seal))
        at = chance.randrange(8 * len(files[name]))

        def flip(forged: Files, name: str = name, at: int = at) -> None:
            content = bytearray(forged[name])
            content[at // 8] ^= 1 << at % 8
            forged[name] = bytes(content)

        unread = {"REDACTED"} if name == "proofs.json" else set()  # proofs for receipts, where there is no receipt
        assert taken.verdict(forge(files, flip)) in {"INVALID", *unread}, f"bit {at} of {name}, seed {SEED}"


def test_what_is_no_bundle_is_refused_in_words() -> None:
    for junk in (b"", b"PK", b"PK\x03\x04", b"PK\x03\x04" + bytes(26), b"x" * 1000, bytes(1000)):
        assert verify(junk)[0] == "INVALID"


def test_a_bundle_of_odd_parts_is_refused_in_words(taken: Taken) -> None:
    odd: tuple[Any, ...] = (None, [], {}, [[]], 0, "x", [None], {"events": {"1": 0}})
    for name in ("manifest.json", "proofs.json", "openings.json", "entries.json", "people.json"):
        for value in odd:
            changed = taken.files | {name: verifier.dump(value)}
            assert verify(write_zip(changed))[0] == "INVALID"
            if name != "manifest.json":
                listed = verifier.manifest(changed, json.loads(taken.files["manifest.json"])["holder"], [])
                word = verify(write_zip(changed | {"manifest.json": listed}))[0]
                assert word == "INVALID", (name, value)


# The program itself.


def test_the_program_in_the_bundle_checks_it_where_there_is_no_tracker(taken: Taken, tmp_path: Path) -> None:
    bundle, program = tmp_path / "record.zip", tmp_path / "verifier.py"
    bundle.write_bytes(taken.bundle)
    program.write_bytes(taken.files["verifier.py"])

    def run(*arguments: str) -> subprocess.CompletedProcess[str]:
        command = [sys.executable, "-I", "-c", WITHOUT_TRACKER, str(program), *arguments]
        return subprocess.run(command, capture_output=True, text=True, cwd=tmp_path, env={}, check=False)

    good = run(str(bundle), "--key", taken.vkey)
    assert (good.returncode, good.stdout.splitlines()[0]) == (0, "VALID"), good.stderr
    assert "by Supervisor Osei (event 2)." in good.stdout
    assert run(str(bundle)).returncode == 3
    assert run().returncode == 2
    assert run(str(bundle), "--key", "no key").returncode == 2
    assert run(str(tmp_path / "nothing.zip")).returncode == 2
    bundle.write_bytes(taken.bundle[:-1])
    assert (bad := run(str(bundle), "--key", taken.vkey)).returncode == 1
    assert bad.stdout.startswith("INVALID\n")


WITHOUT_TRACKER = """
import importlib.abc, runpy, socket, sys
class No(importlib.abc.MetaPathFinder):
    def find_spec(self, name, path=None, target=None):
        if name.split(".")[0] in {"tracker", "flask", "sqlalchemy"}:
            raise ImportError(name)
sys.meta_path.insert(0, No())
def no_network(*_, **__):
    raise OSError("no network")
socket.socket = no_network
sys.argv = sys.argv[1:]
runpy.run_path(sys.argv[0], run_name="__main__")
"""


def test_the_program_is_one_short_file() -> None:
    text = Path(verifier.__file__).read_text("utf-8")
    assert len(text.splitlines()) <= 400
    assert "import tracker" not in text
    assert "from tracker" not in text
