"""A forger at a bundle: changes files in it and makes all else fit as well as they can, with or without the key."""

import base64
import json
from collections.abc import Callable
from typing import Any

from tracker.record import private_keys, tree
from tracker.record.private_keys import Signer
from tracker.record.verifier import (
    BUNDLE,
    Note,
    dump,
    leaf_hash,
    manifest,
    parse_checkpoint,
    parse_note,
    sha256,
    write_zip,
)

Files = dict[str, bytes]
Change = Callable[[Files], None]


def event_names(files: Files) -> list[str]:
    """The events. Order: as they happened."""
    return sorted(name for name in files if name.startswith("events/"))


def edit(files: Files, name: str, change: Callable[[Any], Any]) -> None:
    """Change the plain data in a file, and write it in the one way."""
    value = json.loads(files[name])
    changed = change(value)
    files[name] = dump(value if changed is None else changed)


def forge(files: Files, *changes: Change, signer: Signer | None = None, sealed: bool = False) -> bytes:
    """The bundle with changes. Without a signer the old seal stays with `sealed`, or is left out.

    With a signer, everything is proved and sealed anew, as if the events of the bundle were all that there are.
    """
    forged = dict(files)
    for change in changes:
        change(forged)
    if signer:
        _prove(forged, signer)
    holder = json.loads(forged["manifest.json"])["holder"]
    forged["manifest.json"] = manifest(forged, holder, [])
    if signer:
        text = f"{signer.name}{BUNDLE}\n{sha256(forged['manifest.json'])}\n"
        forged["seal.txt"] = private_keys.signed_note(text, signer)
    elif not sealed:
        forged.pop("seal.txt", None)
    return write_zip(forged)


def _prove(files: Files, signer: Signer) -> None:
    leaves = [leaf_hash(files[name]) for name in event_names(files)]
    root = base64.b64encode(tree.root(leaves)).decode()
    files["checkpoint.txt"] = private_keys.signed_note(f"{signer.name}\n{len(leaves)}\n{root}\n", signer)
    files["keys.txt"] = f"{signer.vkey}\n".encode()
    for name in [name for name in files if name.startswith("key-changes/")]:
        del files[name]
    paths = {
        str(number): [base64.b64encode(each).decode() for each in tree.inclusion_proof(leaves, number - 1, len(leaves))]
        for number in range(1, len(leaves) + 1)
    }
    files["proofs.json"] = dump({"events": paths, "earlier": {}})


def note_of(files: Files) -> Note:
    """The checkpoint's note."""
    return parse_note(files["checkpoint.txt"])


def size_of(files: Files) -> int:
    """How many events the checkpoint is over."""
    return parse_checkpoint(note_of(files)).size
