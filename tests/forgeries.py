"""Changes that somebody who knows the format makes to a bundle, as well as they can."""

import json
from collections.abc import Callable
from typing import Any
from uuid import uuid4

from tests.bundles import Change, Files, edit, event_names
from tracker.record.verifier import dump, sha256


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
    files["proofs.json"] = dump(proofs)


def _keep_what_is_spoken_of(files: Files) -> None:
    """Leave out the texts, entries and files of events that are gone."""
    bodies = [json.loads(files[name]) for name in event_names(files)]
    seqs = {body["seq"] for body in bodies}
    told = {each["digest"] for body in bodies for each in body["facts"]["evidence"]}
    edit(files, "openings.json", lambda texts: [each for each in texts if each["seq"] in seqs])
    edit(
        files,
        "entries.json",
        lambda entries: [each for each in entries if sha256(dump(each)) in told],
    )
    attached = {digest for entry in json.loads(files["entries.json"]) for digest in entry["files"]}
    for name in [name for name in files if name.startswith("files/")]:
        if name.removeprefix("files/") not in attached:
            del files[name]


def inserted(files: Files) -> None:
    """One more sign-off, with the proof of another event."""
    body = json.loads(files[event_names(files)[-1]])
    body |= {"seq": 5, "key": str(uuid4())}
    files["events/000000000005.json"] = dump(body)
    edit(files, "proofs.json", lambda proofs: proofs["events"].update({"5": proofs["events"]["4"]}))


def put_beside(files: Files) -> None:
    """A file that nobody spoke of."""
    files[f"files/{sha256(b'another')}"] = b"another"


def reordered(files: Files) -> None:
    """Two sign-offs change places, with their numbers and proofs."""
    first, second = event_names(files)[1], event_names(files)[3]
    one, two = json.loads(files[first]), json.loads(files[second])
    one["seq"], two["seq"] = two["seq"], one["seq"]
    files[first], files[second] = dump(two), dump(one)


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


def number_again(files: Files) -> None:
    """Close the gaps that events left."""
    for number, name in enumerate(event_names(files), 1):
        body = json.loads(files.pop(name))
        old, body["seq"] = body["seq"], number
        files[f"events/{number:012}.json"] = dump(body)
        edit(files, "openings.json", _renumber(old, number))


def _renumber(old: int, new: int) -> Callable[[Any], None]:
    def change(texts: Any) -> None:
        for each in texts:
            each["seq"] = new if each["seq"] == old else each["seq"]

    return change


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
