"""A trainee's bundle: the events, what shows that they were sealed, what they speak of, and pages to read."""

import base64
import bisect
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any
from uuid import UUID

from tracker.accounts.models import Person
from tracker.core import storage
from tracker.core.errors import Refused
from tracker.logbook.content import entry_content
from tracker.portfolio import queries, rules
from tracker.portfolio.documents import Portfolio, portfolio_pages, read_me
from tracker.record import places, private_keys, verifier
from tracker.record.assertions import find_assertion
from tracker.record.checkpoints import get_tree, latest_checkpoint, list_key_changes, list_vkeys
from tracker.record.models import Checkpoint, Event
from tracker.record.verifier import BUNDLE, MOVES, dump, manifest, parse_vkey, sha256, write_zip

NOTHING_SEALED = (
    "Nothing of this record is sealed yet, so there is nothing to take away that could be proved. What is recorded is "
    "sealed within seconds while the tracker's worker runs: try again in a minute."
)


@dataclass(frozen=True)
class Content:
    """What of a trainee's record goes into a bundle."""

    holder: Person
    checkpoint: Checkpoint
    events: Sequence[Event]
    bodies: Sequence[dict[str, Any]]
    kept_back: Sequence[int]
    entries: Sequence[dict[str, Any]]
    names: dict[UUID, str]


def make_bundle(holder: Person) -> bytes:
    """The trainee's bundle as the bytes of a zip. Raises Refused when nothing is sealed yet."""
    content = _collect(holder)
    files = dict(_proof(content)) | dict(_evidence(content))
    pages = Portfolio(holder, content.checkpoint, content.bodies, content.entries, content.names)
    files["portfolio.pdf"] = portfolio_pages(pages)
    files["README.txt"] = read_me(pages, queries.count_events(holder)[1], len(content.kept_back))
    files["verifier.py"] = Path(verifier.__file__).read_bytes()
    files["manifest.json"] = manifest(files, str(holder.id), list(content.kept_back))
    return write_zip(files | _seal(files["manifest.json"]))


def _collect(holder: Person) -> Content:
    checkpoint = latest_checkpoint()
    events = queries.list_sealed(holder, checkpoint.size) if checkpoint else ()
    if checkpoint is None or not events:
        raise Refused(NOTHING_SEALED)
    bodies = [queries.body_of(event) for event in events]
    kept_back = rules.list_kept_back(bodies)
    shown = [body for body in bodies if body["seq"] not in kept_back]
    told = {each["digest"] for body in shown if body["kind"] in MOVES for each in body["facts"].get("evidence", ())}
    entries = [entry_content(entry) for entry in queries.list_evidence(holder)]
    return Content(
        holder=holder,
        checkpoint=checkpoint,
        events=[event for event in events if event.seq not in kept_back],
        bodies=shown,
        kept_back=kept_back,
        entries=[entry for entry in entries if sha256(dump(entry)) in told],
        names=queries.names_of({holder.id, *(UUID(body["actor"]) for body in shown)}),
    )


def _proof(content: Content) -> Iterator[tuple[str, bytes]]:
    """The events, what shows that they are in the sealed record, and the texts behind their commitments."""
    yield "checkpoint.txt", content.checkpoint.note
    yield "keys.txt", "".join(f"{vkey}\n" for vkey in list_vkeys()).encode()
    for number, note in enumerate(list_key_changes(), 1):
        yield f"key-changes/{number:03}.txt", note
    for event in content.events:
        yield f"events/{event.seq:012}.json", event.body
    yield "proofs.json", dump(_paths([event.seq for event in content.events], content.checkpoint.size))
    texts = rules.list_with_texts(content.bodies, queries.list_unrated(content.holder))
    yield "openings.json", dump(_openings(texts))
    signed = {event.seq: find_assertion(event.seq) for event in content.events if b'"assertion":"' in event.body}
    yield "passkeys.json", dump({str(seq): assertion.plain for seq, assertion in signed.items() if assertion})
    people = sorted(content.names.items())
    yield "people.json", dump([{"id": str(person_id), "name": name} for person_id, name in people])


def _openings(seqs: Sequence[int]) -> list[dict[str, Any]]:
    return [
        {"seq": each.seq, "field": each.field, "salt": _text([each.salt])[0], "text": each.text}
        for each in queries.list_openings(seqs)
    ]


def _paths(seqs: Sequence[int], size: int) -> dict[str, Any]:
    """How each event leads to the root, and how the checkpoint goes on from those that receipts were given for."""
    tree, sizes = get_tree(), queries.list_sizes()
    first = {sizes[bisect.bisect_left(sizes, seq)] for seq in seqs}
    return {
        "events": {str(seq): _text(tree.inclusion_proof(seq - 1, size)) for seq in seqs},
        "earlier": {str(old): _text(tree.consistency_proof(old, size)) for old in sorted(first)},
    }


def _text(proof: Sequence[bytes]) -> list[str]:
    return [base64.b64encode(each).decode() for each in proof]


def _evidence(content: Content) -> Iterator[tuple[str, bytes]]:
    """What the events speak of by its digest: entries as they were signed, their files, the curriculum's words."""
    yield "entries.json", dump(list(content.entries))
    for digest in {digest for entry in content.entries for digest in entry["files"]}:
        if (path := storage.path_of(digest)).is_file():
            yield f"files/{digest}", path.read_bytes()
    claims = [body for body in content.bodies if body["kind"] in MOVES]
    digests = {body["facts"]["curriculum"] for body in claims if "curriculum" in body["facts"]}
    for digest, document in queries.curriculum_bytes(digests).items():
        yield f"curriculum/{digest}.json", document


def _seal(listed: bytes) -> dict[str, bytes]:
    """The notary's signature over the whole bundle, where this process has its key."""
    vkey = list_vkeys()[-1]
    try:
        signer = private_keys.find(places.key_folder(), vkey)
    except OSError:  # the key is another process's alone
        signer = None
    text = f"{parse_vkey(vkey).name}{BUNDLE}\n{sha256(listed)}\n"
    return {"seal.txt": private_keys.signed_note(text, signer)} if signer else {}
