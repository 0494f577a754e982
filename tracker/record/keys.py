"""Giving the notary another key, so that what the old one signed stays valid."""

from tracker.core.clock import now
from tracker.core.db import begin_write, db
from tracker.core.errors import Refused
from tracker.record import places, private_keys
from tracker.record.checkpoints import list_keys, sealed_to
from tracker.record.models import KeyEnd, NotaryKey
from tracker.record.verifier import KEY_CHANGE, parse_vkey


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
    db.session.commit()
    private_keys.forget(places.key_folder(), old)
    return key


def _old(vkey: str) -> list[private_keys.Signer]:
    """Raises Refused where the old private key is not."""
    signer = private_keys.find(places.key_folder(), vkey)
    if signer is None:
        raise Refused("The private key that signs now is not here, so it cannot say who follows: revoke it instead.")
    return [signer]
