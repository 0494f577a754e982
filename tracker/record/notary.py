"""The notary: signs how many events there are and their root, after it has read again what it signs.

Who holds the private key signs; with several, one at a time, so that the record never has two ends.
"""

import base64
from collections.abc import Iterator, Sequence

import sqlalchemy as sa

from tracker.core.clock import now
from tracker.core.db import begin_write, db
from tracker.core.errors import Refused, refuse_if
from tracker.record import guard, outside, places, private_keys, segments
from tracker.record.checkpoints import latest_checkpoint, list_blocks, list_keys, list_vkeys, read_leaves
from tracker.record.keys import make_first_key
from tracker.record.models import Checkpoint, Event, TreeBlock
from tracker.record.private_keys import Signer
from tracker.record.queries import head_seq
from tracker.record.tree import BLOCK, Tree
from tracker.record.verifier import leaf_hash, parse_checkpoint, parse_note, parse_vkey, verify_note

AT_A_TIME = 2000
SEALING = 0x7472_6163_6B65_7231  # the number of a lock in PostgreSQL that nothing else takes


def seal() -> Checkpoint | None:
    """Sign one checkpoint if there is anything new and nobody else is at it. It commits.

    Raises Refused when this process has no private key, or what it would sign does not go on from what was signed.
    """
    with outside.one_at_a_time(places.key_folder()) as ours:
        if not ours:
            return None
        db.session.rollback()
        refuse_if(guard.look_again())
        last, head = latest_checkpoint(), head_seq()
        if head == (last.size if last else 0):
            return None
        return _seal(get_signer(), last, head)


def _seal(signer: Signer, last: Checkpoint | None, head: int) -> Checkpoint | None:
    """Copy the new events, hash them, and sign the root over all of them."""
    size = last.size if last else 0
    copy_events(head)
    leaves = [_leaf_again(row) for row in _rows(size, head)]
    if len(leaves) != head - size:
        raise Refused(f"Between events {size} and {head} there are {len(leaves)}: nothing is sealed over a gap.")
    blocks = dict(list_blocks())

    def read(start: int, end: int) -> list[bytes]:
        return read_leaves(start, min(end, size)) + leaves[max(0, start - size) : max(0, end - size)]

    tree = Tree(read, blocks)
    if last and tree.root(last.size) != last.root:
        raise Refused(f"The first {last.size} events are not the ones that were sealed: run tracker record verify.")
    whole = [number for number in range(head // BLOCK) if number not in blocks]
    new = [TreeBlock(number=number, hash=tree.block(number)) for number in whole]
    root = tree.root(head)
    return _keep(size, Checkpoint(size=head, root=root, note=_note(signer, head, root), sealed_at=now()), new)


def _keep(after: int, checkpoint: Checkpoint, blocks: Sequence[TreeBlock]) -> Checkpoint | None:
    """Keep what was signed, outside first: a database that then loses it is noticed. Who came second keeps nothing."""
    begin_write()
    if db.session.get_bind().dialect.name == "postgresql":
        db.session.execute(sa.select(sa.func.pg_advisory_xact_lock(SEALING)))
    newest = latest_checkpoint()
    if (newest.size if newest else 0) != after:
        db.session.rollback()
        return None
    db.session.add_all([checkpoint, *blocks])
    db.session.flush()
    outside.write(places.checkpoint_folder(), checkpoint.note)
    db.session.commit()
    return checkpoint


def copy_events(head: int) -> int:
    """Add to the second copy what it lacks of the first events. Raises Refused when it goes on from others."""
    folder = places.segment_folder()
    last = segments.last_body(folder)
    known = segments.number_of(last) if last is not None else 0
    same = db.session.scalar(sa.select(Event.body).where(Event.seq == known))
    if last is not None and same != last:
        raise Refused(f"Event {known} is not the one in the second copy. {guard.WHAT_TO_DO}")
    return segments.extend(folder, ((row.seq, row.body) for row in _rows(known, head)))


def _rows(after: int, head: int) -> Iterator[sa.Row[int, bytes, bytes]]:
    """The events after one and up to another, as they are in the database now."""
    columns = sa.select(Event.seq, Event.body, Event.leaf).order_by(Event.seq).limit(AT_A_TIME)
    while rows := db.session.execute(columns.where(Event.seq > after, Event.seq <= head)).all():
        yield from rows
        after = rows[-1].seq


def _leaf_again(row: sa.Row[int, bytes, bytes]) -> bytes:
    leaf = leaf_hash(row.body)
    if leaf != row.leaf or segments.number_of(row.body) != row.seq:
        raise Refused(f"Event {row.seq} is not as it was recorded, and is not sealed: run tracker record verify.")
    return leaf


def _note(signer: Signer, size: int, root: bytes) -> bytes:
    """The checkpoint, signed. One that was signed and kept outside, and then lost here, is taken as it is."""
    known = outside.read(places.checkpoint_folder())
    if known is not None:
        note = parse_note(known)
        said = parse_checkpoint(note)
        if (said.size, said.root) == (size, root) and any(verify_note(note, vkey) for vkey in list_vkeys()):
            return known
    return private_keys.signed_note(f"{signer.name}\n{size}\n{base64.b64encode(root).decode()}\n", signer)


def get_signer() -> Signer:
    """The key that signs now, made when the record has none yet. Raises Refused where its file is not."""
    keys = list_keys()
    signer = private_keys.find(places.key_folder(), keys[-1].vkey) if keys else make_first_key()
    if signer is None:
        raise Refused(
            f"The private key of {keys[-1].vkey} is not in {places.key_folder()}: set TRACKER_KEY_FOLDER to where it "
            "is, or TRACKER_NOTARY=own here when another process signs; where it is lost, run tracker notary revoke."
        )
    return signer


def origin() -> str:
    """The name under which the record is signed."""
    vkeys = list_vkeys()
    return parse_vkey(vkeys[-1]).name if vkeys else places.new_origin()
