"""The notary's public keys: the first, how another follows, and their copy outside the database."""

import json
from datetime import datetime
from typing import Any

from tracker.core.clock import now
from tracker.core.db import begin_write, db
from tracker.core.errors import Refused
from tracker.record import outside, places, private_keys
from tracker.record.checkpoints import list_keys, sealed_to
from tracker.record.models import KeyEnd, NotaryKey
from tracker.record.private_keys import Signer
from tracker.record.verifier import KEY_CHANGE, parse_vkey

COPY = "keys.json"


def make_first_key() -> Signer:
    """The record's first key. Its file is there before the database knows it. It commits."""
    signer = private_keys.new_signer(places.new_origin())
    private_keys.keep(places.key_folder(), signer)
    begin_write()
    db.session.add(NotaryKey(number=1, vkey=signer.vkey, after_size=0, made_at=now()))
    _keep_outside()
    db.session.commit()
    return signer


def change_key(how: KeyEnd) -> NotaryKey:
    """A new key that signs from now on. It commits; the old private key is deleted afterwards.

    A rotation is signed by the old key as well; after a revocation nobody should believe it any more. Raises Refused.
    """
    keys = list_keys()
    if not keys:
        raise Refused("The record has no key yet: run tracker init.")
    old = keys[-1].vkey
    signer = private_keys.new_signer(parse_vkey(old).name)
    signers = [signer, *_old(old)] if how is KeyEnd.ROTATED else [signer]
    private_keys.keep(places.key_folder(), signer)
    begin_write()
    size = sealed_to()
    note = private_keys.signed_note(f"{signer.name}{KEY_CHANGE}\n{size}\n{signer.vkey}\n{how.value}\n", *signers)
    key = NotaryKey(number=len(keys) + 1, vkey=signer.vkey, after_size=size, ended=how, note=note, made_at=now())
    db.session.add(key)
    _keep_outside()
    db.session.commit()
    private_keys.forget(places.key_folder(), old)
    return key


def _old(vkey: str) -> list[Signer]:
    """Raises Refused where the old private key is not."""
    signer = private_keys.find(places.key_folder(), vkey)
    if signer is None:
        raise Refused("The private key that signs now is not here, so it cannot say who follows: revoke it instead.")
    return [signer]


def public_keys() -> list[dict[str, Any]]:
    """The keys as anybody may read them, with the signed notes by which they came. Order: oldest first."""
    return [
        {
            "number": key.number,
            "vkey": key.vkey,
            "after_size": key.after_size,
            "ended": key.ended.value if key.ended else None,
            "note": key.note.decode() if key.note else None,
            "made_at": key.made_at.isoformat(),
        }
        for key in list_keys()
    ]


def put_back() -> None:
    """Add the keys that are kept outside and that the database has lost. Needs: a write transaction."""
    try:
        kept = json.loads((places.checkpoint_folder() / COPY).read_bytes())
    except FileNotFoundError:
        return
    for said in kept[len(list_keys()) :]:
        note, ended = said["note"], said["ended"]
        said |= {"note": note.encode() if note else None, "ended": KeyEnd(ended) if ended else None}
        db.session.add(NotaryKey(**said | {"made_at": datetime.fromisoformat(said["made_at"])}))
    db.session.flush()


def _keep_outside() -> None:
    """Outside first, as with checkpoints: a database that loses a key can have it back."""
    db.session.flush()
    outside.write(places.checkpoint_folder(), json.dumps(public_keys(), indent=1).encode(), COPY)
