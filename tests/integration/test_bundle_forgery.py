"""Who changes a bundle and has no key is always found; who has it is not: so it is the key that finds."""

import json
import random
import subprocess
import sys
from collections.abc import Callable
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any
from uuid import uuid4

import pytest
from flask import Flask

from tests.bundles import Change, Files, edit, event_names, forge
from tests.world import World, make_entry_facts, make_world, saving
from tracker.core import storage
from tracker.core.db import db
from tracker.evidence.files import Received
from tracker.logbook.entry_actions import save_entry
from tracker.portfolio.bundle import make_bundle
from tracker.record import notary, places, private_keys, verifier
from tracker.record.checkpoints import list_vkeys
from tracker.record.private_keys import Signer, new_signer
from tracker.record.verifier import read_zip, sha256, verify, write_zip

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


# Changes, each of them by somebody who knows the format.


def edited(files: Files) -> None:
    """A higher level."""
    edit(files, event_names(files)[1], lambda body: body["facts"].update(level=3))


def deleted(files: Files) -> None:
    """A sign-off and the submission before it are gone."""
    for name in event_names(files)[:2]:
        _leave_out(files, name)
    _keep_what_is_spoken_of(files)


def _leave_out(files: Files, name: str) -> None:
    """Leave out an event and its proof."""
    seq = str(json.loads(files.pop(name))["seq"])
    proofs = json.loads(files["proofs.json"])
    del proofs["events"][seq]
    files["proofs.json"] = verifier.dump(proofs)


def _keep_what_is_spoken_of(files: Files) -> None:
    """Leave out the texts, entries and files of events that are gone."""
    bodies = [json.loads(files[name]) for name in event_names(files)]
    seqs = {body["seq"] for body in bodies}
    told = {each["digest"] for body in bodies for each in body["facts"]["evidence"]}
    edit(files, "openings.json", lambda texts: [each for each in texts if each["seq"] in seqs])
    edit(
        files,
        "entries.json",
        lambda entries: [each for each in entries if sha256(verifier.dump(each)) in told],
    )
    attached = {digest for entry in json.loads(files["entries.json"]) for digest in entry["files"]}
    for name in [name for name in files if name.startswith("files/")]:
        if name.removeprefix("files/") not in attached:
            del files[name]


def inserted(files: Files) -> None:
    """One more sign-off, with the proof of another event."""
    body = json.loads(files[event_names(files)[-1]])
    body |= {"seq": 5, "key": str(uuid4())}
    files["events/000000000005.json"] = verifier.dump(body)
    edit(files, "proofs.json", lambda proofs: proofs["events"].update({"5": proofs["events"]["4"]}))


def put_beside(files: Files) -> None:
    """A file that nobody spoke of."""
    files[f"files/{sha256(b'another')}"] = b"another"


def reordered(files: Files) -> None:
    """Two sign-offs change places, with their numbers and proofs."""
    first, second = event_names(files)[1], event_names(files)[3]
    one, two = json.loads(files[first]), json.loads(files[second])
    one["seq"], two["seq"] = two["seq"], one["seq"]
    files[first], files[second] = verifier.dump(two), verifier.dump(one)


def swapped(files: Files) -> None:
    """Two sign-offs change places, their bytes as they are."""
    first, second = event_names(files)[1], event_names(files)[3]
    files[first], files[second] = files[second], files[first]


def transplanted(files: Files) -> None:
    """The record of another trainee: every id is theirs."""
    mine = json.loads(files["manifest.json"])["holder"]
    for name in ("people.json", "manifest.json", *event_names(files)):
        files[name] = files[name].replace(mine.encode(), b"11111111-2222-3333-4444-555555555555")


def renamed(files: Files) -> None:
    """The record of a trainee with another name."""
    files["people.json"] = files["people.json"].replace(b"Trainee", b"Swindle")


def back_dated(files: Files) -> None:
    """Signed off a year ago."""
    edit(files, event_names(files)[3], lambda body: body.update(at="2025" + body["at"][4:]))


def file_swapped(files: Files) -> None:
    """Another file under the old name."""
    name = next(name for name in files if name.startswith("files/"))
    files[name] = files[name].replace(b"1042", b"2042")


def file_renamed(files: Files) -> None:
    """Another file under its own name, and the entry speaks of it."""
    name = next(name for name in files if name.startswith("files/"))
    content = files.pop(name).replace(b"1042", b"2042")
    files[f"files/{sha256(content)}"] = content
    files["entries.json"] = files["entries.json"].replace(name[6:].encode(), sha256(content).encode())


def reworded(files: Files) -> None:
    """The competency asks for less."""
    name = next(name for name in files if name.startswith("curriculum/"))
    files[name] = files[name].replace(b"Wash hands.", b"Show hands.")


def reworded_and_renamed(files: Files) -> None:
    """The competency asks for less, under its own digest."""
    name = next(name for name in files if name.startswith("curriculum/"))
    content = files.pop(name).replace(b"Wash hands.", b"Show hands.")
    files[f"curriculum/{sha256(content)}.json"] = content


def text_changed(files: Files) -> None:
    """A kinder comment."""
    files["openings.json"] = files["openings.json"].replace(b"Well done.", b"The best!!")


def entry_changed(files: Files) -> None:
    """A reflection that was never written."""
    files["entries.json"] = files["entries.json"].replace(b"two tries", b"one try")


def tail_cut(files: Files) -> None:
    """The last event never was."""
    _leave_out(files, event_names(files)[-1])
    _keep_what_is_spoken_of(files)


def pages_changed(files: Files) -> None:
    """Other pages to read."""
    files["portfolio.pdf"] += b"% changed"


def program_changed(files: Files) -> None:
    """A program that says yes to everything."""
    files["verifier.py"] = b"print('VALID')"


def checkpoint_grown(files: Files) -> None:
    """A checkpoint over more events."""
    files["checkpoint.txt"] = files["checkpoint.txt"].replace(b"\n4\n", b"\n5\n", 1)


CHANGES: tuple[Change, ...] = (
    edited,
    deleted,
    inserted,
    put_beside,
    reordered,
    swapped,
    transplanted,
    renamed,
    back_dated,
    file_swapped,
    file_renamed,
    reworded,
    reworded_and_renamed,
    text_changed,
    entry_changed,
    tail_cut,
    pages_changed,
    program_changed,
    checkpoint_grown,
)
# What is left out, or is for reading alone, is bound by the seal over the whole bundle; without it, that is said.
BOUND_BY_THE_SEAL = {deleted, tail_cut, renamed, pages_changed, program_changed}


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
        forged = forge(taken.files, change, _number_again, signer=the_key(taken))
        assert taken.verdict(forged) == "VALID", change.__doc__


def _number_again(files: Files) -> None:
    """Close the gaps that events left."""
    for number, name in enumerate(event_names(files), 1):
        body = json.loads(files.pop(name))
        old, body["seq"] = body["seq"], number
        files[f"events/{number:012}.json"] = verifier.dump(body)
        edit(files, "openings.json", _renumber(old, number))


def _renumber(old: int, new: int) -> Callable[[Any], None]:
    def change(texts: Any) -> None:
        for each in texts:
            each["seq"] = new if each["seq"] == old else each["seq"]

    return change


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
    ours = [name for name in files if name not in {"README.txt", "people.json", "portfolio.pdf", "verifier.py"}]
    for _ in range(500):
        name = chance.choice(sorted({*ours} - {"manifest.json", "seal.txt"}))
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
