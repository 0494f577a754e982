"""Checks the record of sign-offs without the tracker: needs Python 3.11 or newer and the package `cryptography`.

Source: RFC 9162 section 2.1 (tree and proofs); C2SP signed-note and tlog-checkpoint (what the notary signs).
"""

import base64
import hashlib
import hmac
import re
from collections.abc import Sequence
from dataclasses import dataclass

from cryptography.exceptions import InvalidSignature
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PublicKey

EMPTY_ROOT = hashlib.sha256(b"").digest()
HASH_BYTES = 32
MOST_SIGNATURES = 64
ED25519 = b"\x01"
NUMBER = re.compile(r"(0|[1-9][0-9]{0,17})\Z")
KEY_ID = re.compile(r"[0-9a-f]{8}\Z")
KEY_CHANGE = " key change"


class Wrong(ValueError):
    """What does not fit, as a sentence that says where."""


@dataclass(frozen=True)
class Note:
    """A signed text: who signed are (name, key id, signature)."""

    text: str
    signatures: tuple[tuple[str, bytes, bytes], ...]


@dataclass(frozen=True)
class Checkpoint:
    """What a notary saw: so many events, under this root."""

    origin: str
    size: int
    root: bytes


@dataclass(frozen=True)
class KeyChange:
    """From a tree size on, only the new key signs; `how` is rotated or revoked."""

    origin: str
    size: int
    vkey: str
    how: str


@dataclass(frozen=True)
class Key:
    """A notary's public key, with its name and short id."""

    name: str
    id: bytes
    public: bytes


def leaf_hash(body: bytes) -> bytes:
    """The hash under which an event's bytes enter the tree."""
    return hashlib.sha256(b"\x00" + body).digest()


def node_hash(left: bytes, right: bytes) -> bytes:
    """The hash of two subtrees side by side."""
    return hashlib.sha256(b"\x01" + left + right).digest()


def commitment(salt: bytes, text: str) -> str:
    """What a body holds in place of a text: it binds to the text and, without the salt, says nothing of it."""
    return hmac.new(salt, text.encode("utf-8"), hashlib.sha256).hexdigest()


def check_inclusion(index: int, size: int, leaf: bytes, proof: Sequence[bytes], root: bytes) -> bool:
    """Whether the proof shows that leaf number `index`, from 0, is in the tree of that size and root.

    Source: RFC 9162 section 2.1.3.2.
    """
    if not 0 <= index < size or any(len(each) != HASH_BYTES for each in (leaf, root, *proof)):
        return False
    at, last, found = index, size - 1, leaf
    for other in proof:
        if last == 0:
            return False
        if at % 2 == 1 or at == last:
            found = node_hash(other, found)
            while at % 2 == 0 and at != 0:
                at, last = at // 2, last // 2
        else:
            found = node_hash(found, other)
        at, last = at // 2, last // 2
    return last == 0 and found == root


def check_consistency(old_size: int, old_root: bytes, new_size: int, new_root: bytes, proof: Sequence[bytes]) -> bool:
    """Whether the proof shows that the old tree is the beginning of the new one.

    Source: RFC 9162 section 2.1.4.2; an empty tree is the beginning of every other.
    """
    if not 0 <= old_size <= new_size or any(len(each) != HASH_BYTES for each in (old_root, new_root, *proof)):
        return False
    if old_size in (0, new_size):
        expected = EMPTY_ROOT if old_size == 0 else new_root
        return not proof and old_root == expected and (new_size > 0 or new_root == EMPTY_ROOT)
    path = [old_root, *proof] if old_size & (old_size - 1) == 0 else list(proof)
    at, last = old_size - 1, new_size - 1
    while at % 2 == 1:
        at, last = at // 2, last // 2
    if not path:
        return False
    old = new = path[0]
    for other in path[1:]:
        if last == 0:
            return False
        if at % 2 == 1 or at == last:
            old, new = node_hash(other, old), node_hash(other, new)
            while at % 2 == 0 and at != 0:
                at, last = at // 2, last // 2
        else:
            new = node_hash(new, other)
        at, last = at // 2, last // 2
    return last == 0 and old == old_root and new == new_root


def parse_note(data: bytes) -> Note:
    """The text and the signatures of a signed note. Raises Wrong for what the C2SP grammar does not have."""
    try:
        whole = data.decode("utf-8")
    except UnicodeDecodeError as error:
        raise Wrong("The note is not written in UTF-8.") from error
    if any(character < " " and character != "\n" for character in whole):
        raise Wrong("The note holds a control character.")
    text, gap, signed = whole.rpartition("\n\n")
    if not gap or not text or not signed.endswith("\n"):
        raise Wrong("The note is not a text, an empty line and signatures, each with its line's end.")
    lines = signed[:-1].split("\n")
    if len(lines) > MOST_SIGNATURES:
        raise Wrong(f"The note has more than {MOST_SIGNATURES} signatures.")
    signatures = tuple(_signature(line) for line in lines)
    if len({(name, key_id) for name, key_id, _ in signatures}) < len(signatures):
        raise Wrong("The note has two signatures of one key.")
    return Note(text + "\n", signatures)


def _signature(line: str) -> tuple[str, bytes, bytes]:
    dash, *rest = line.split(" ")
    if dash != "—" or len(rest) != 2 or not _is_key_name(rest[0]):  # noqa: PLR2004 - a name and a signature
        raise Wrong("The note has a line among its signatures that is none.")
    signed = unbase64(rest[1])
    if len(signed) <= 4:  # noqa: PLR2004 - the key's id comes first
        raise Wrong("The note has a signature that is too short.")
    return rest[0], signed[:4], signed[4:]


def _is_key_name(name: str) -> bool:
    return bool(name) and "+" not in name and not any(character.isspace() for character in name)


def unbase64(text: str) -> bytes:
    """The bytes that are written so; there is one way to write them. Raises Wrong."""
    try:
        data = base64.b64decode(text, validate=True)
    except ValueError as error:
        raise Wrong(f"This is not base64: {text!r}.") from error
    if base64.b64encode(data).decode() != text:
        raise Wrong(f"This base64 is not written in the one way: {text!r}.")
    return data


def number(text: str) -> int:
    """A whole number in decimal, without leading zeros. Raises Wrong."""
    if not NUMBER.match(text):
        raise Wrong(f"This is not a whole number: {text!r}.")
    return int(text)


def parse_checkpoint(note: Note) -> Checkpoint:
    """The origin, size and root that a note states. Raises Wrong for what the C2SP grammar does not have."""
    lines = note.text[:-1].split("\n")
    if len(lines) < 3 or not all(lines):  # noqa: PLR2004 - origin, size and root
        raise Wrong("A checkpoint has an origin, a size and a root, and no empty line.")
    root = unbase64(lines[2])
    if len(root) != HASH_BYTES:
        raise Wrong("The checkpoint's root is not a SHA-256.")
    return Checkpoint(lines[0], number(lines[1]), root)


def parse_key_change(note: Note) -> KeyChange:
    """The change of a notary's key that a note states. Raises Wrong."""
    lines = note.text[:-1].split("\n")
    if len(lines) != 4 or not lines[0].endswith(KEY_CHANGE) or lines[3] not in ("rotated", "revoked"):  # noqa: PLR2004
        raise Wrong("A key change has four lines: its origin, a size, the new key, and rotated or revoked.")
    parse_vkey(lines[2])
    return KeyChange(lines[0].removesuffix(KEY_CHANGE), number(lines[1]), lines[2], lines[3])


def key_id(name: str, public: bytes) -> bytes:
    """The short id of an Ed25519 key of that name."""
    return hashlib.sha256(name.encode() + b"\n" + ED25519 + public).digest()[:4]


def write_vkey(name: str, public: bytes) -> str:
    """A public key as one line: name+id+key."""
    return f"{name}+{key_id(name, public).hex()}+{base64.b64encode(ED25519 + public).decode()}"


def parse_vkey(vkey: str) -> Key:
    """The key that such a line holds. Raises Wrong when it is not an Ed25519 key with its own id."""
    name, _, rest = vkey.partition("+")
    short, _, encoded = rest.partition("+")
    if not _is_key_name(name) or not KEY_ID.match(short):
        raise Wrong(f"This is not a key: {vkey!r}.")
    data = unbase64(encoded)
    if data[:1] != ED25519 or len(data) != 1 + HASH_BYTES:
        raise Wrong(f"This is not an Ed25519 key: {vkey!r}.")
    if key_id(name, data[1:]).hex() != short:
        raise Wrong(f"This key has another key's id: {vkey!r}.")
    return Key(name, bytes.fromhex(short), data[1:])


def verify_note(note: Note, vkey: str) -> bool:
    """Whether this key signed the note; signatures of other keys count for nothing."""
    key = parse_vkey(vkey)
    for name, short, signature in note.signatures:
        if (name, short) == (key.name, key.id):
            return _signed(key.public, signature, note.text)
    return False


def _signed(public: bytes, signature: bytes, text: str) -> bool:
    try:
        Ed25519PublicKey.from_public_bytes(public).verify(signature, text.encode())
    except InvalidSignature:
        return False
    return True
