"""Checks a bundle of sign-offs without the tracker: needs Python 3.11 or newer and the package `cryptography`.

Source: RFC 9162 section 2.1 (tree and proofs); C2SP signed-note, tlog-checkpoint, tlog-proof (what the notary signs).
"""

import argparse
import base64
import hashlib
import hmac
import json
import re
import struct
import sys
import zlib
from collections.abc import Iterator, Mapping, Sequence
from pathlib import Path
from typing import Any, NamedTuple

from cryptography.exceptions import InvalidSignature
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PublicKey

EXIT_CODES = {"VALID": 0, "INVALID": 1, "VALID-UNANCHORED": 3, "SUPERSEDED": 4, "REDACTED": 5, "DIVERGED": 6}
EMPTY_ROOT = hashlib.sha256(b"").digest()
HASH_BYTES, KEY_ID_BYTES, MOST_SIGNATURES, ED25519 = 32, 4, 64, b"\x01"
KEY_CHANGE, BUNDLE, FORMAT = " key change", " bundle", "tracker-bundle/1"
NUMBER, LINE = "(0|[1-9][0-9]{0,17})", "([^\\n]+)"
NOTE = re.compile(rf"{LINE}\n{NUMBER}\n{LINE}\n({LINE}\n)*\Z")
KEY_NOTE = re.compile(rf"{LINE}{KEY_CHANGE}\n{NUMBER}\n{LINE}\n(rotated|revoked)\n\Z")
RECEIPT = re.compile(rf"c2sp.org/tlog-proof@v1\nextra {LINE}\nindex {NUMBER}((\n{LINE})*)\n(\n.+)\Z", re.DOTALL)
SIGNATURE, KEY_NAME = re.compile(r"— ([^\s+]+) (\S+)\Z"), re.compile(r"[^\s+]+\Z")
BASE64 = re.compile(r"([A-Za-z0-9+/]{4})*([A-Za-z0-9+/]{2}==|[A-Za-z0-9+/]{3}=)?\Z")
MOVES = {  # what can happen to a claim: from which states, and into which
    "claim_submitted": ({"open", "returned", "revoked", "lapsed"}, "submitted"),
    "claim_withdrawn": ({"submitted"}, "open"),
    "claim_signed_off": ({"submitted"}, "signed off"),
    "claim_signed": ({"submitted"}, "signed once"),
    "claim_countersigned": ({"signed once"}, "signed off"),
    "claim_returned": ({"submitted", "signed once", "signed off", "lapsed"}, "returned"),
    "claim_revoked": ({"signed off", "lapsed"}, "revoked"),
    "claim_lapsed": ({"signed off"}, "lapsed"),
    "claim_rechecked": ({"signed off", "lapsed"}, "signed off"),
}
SIGN_OFFS = {"claim_signed_off", "claim_signed", "claim_countersigned"}
BY_TRAINEE = {"claim_submitted", "claim_withdrawn"}
Keys = Mapping[str, int | None]  # those that a reader trusts, each with the last size that it may sign


class Wrong(ValueError):
    """What does not fit, as a sentence that says where."""


class Diverged(Wrong):
    """A receipt, or a chain of keys, that shows another history than the bundle."""


class Note(NamedTuple):
    """A signed text: who signed are (name, key id, signature)."""

    text: str
    signatures: tuple[tuple[str, bytes, bytes], ...]


class Checkpoint(NamedTuple):
    """What a notary saw: so many events, under this root."""

    origin: str
    size: int
    root: bytes


class Key(NamedTuple):
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


def dump(value: Any) -> bytes:
    """The one way in which plain data is written (RFC 8785, for keys and numbers that have one way)."""
    return json.dumps(value, sort_keys=True, ensure_ascii=False, separators=(",", ":")).encode()


def check_inclusion(index: int, size: int, leaf: bytes, proof: Sequence[bytes], root: bytes) -> bool:
    """Whether leaf number `index`, from 0, is in the tree of that size and root. Source: RFC 9162 section 2.1.3.2."""
    if not 0 <= index < size or any(len(each) != HASH_BYTES for each in (leaf, root, *proof)):
        return False
    return (_climb(index, size - 1, leaf, proof) or (b"", b""))[1] == root


def check_consistency(old_size: int, old_root: bytes, new_size: int, new_root: bytes, proof: Sequence[bytes]) -> bool:
    """Whether the old tree is the beginning of the new one; an empty tree is. Source: RFC 9162 section 2.1.4.2."""
    if not 0 <= old_size <= new_size or any(len(each) != HASH_BYTES for each in (old_root, new_root, *proof)):
        return False
    if old_size in {0, new_size}:
        return not proof and old_root == (new_root if old_size == new_size else EMPTY_ROOT)
    path = [old_root, *proof] if old_size & (old_size - 1) == 0 else list(proof)
    at, last = old_size - 1, new_size - 1
    while at % 2 == 1:
        at, last = at // 2, last // 2
    return bool(path) and _climb(at, last, path[0], path[1:]) == (old_root, new_root)


def _climb(at: int, last: int, start: bytes, proof: Sequence[bytes]) -> tuple[bytes, bytes] | None:
    """The roots that a proof leads to: of what is left of `at`, and of all."""
    old = new = start
    for other in proof:
        if last == 0:
            return None
        if at % 2 == 1 or at == last:
            old, new = node_hash(other, old), node_hash(other, new)
            while at % 2 == 0 and at != 0:
                at, last = at // 2, last // 2
        else:
            new = node_hash(new, other)
        at, last = at // 2, last // 2
    return (old, new) if last == 0 else None


def parse_note(data: bytes) -> Note:
    """The text and the signatures of a signed note. Raises Wrong for what the C2SP grammar does not have."""
    whole = data.decode("utf-8", "replace")
    text, gap, signed = whole.rpartition("\n\n")
    if whole.encode() != data or any(character < " " and character != "\n" for character in whole):
        raise Wrong("The note is not written in UTF-8, or holds a control character.")
    if not gap or not text or not signed.endswith("\n") or signed.count("\n") > MOST_SIGNATURES:
        raise Wrong("The note is not a text, an empty line and signatures, each with its line's end.")
    signatures = tuple(map(_signature, signed[:-1].split("\n")))
    if len({(name, key_id) for name, key_id, _ in signatures}) < len(signatures):
        raise Wrong("The note has two signatures of one key.")
    return Note(text + "\n", signatures)


def _signature(line: str) -> tuple[str, bytes, bytes]:
    if not (told := SIGNATURE.match(line)) or len(data := unbase64(told[2])) <= KEY_ID_BYTES:
        raise Wrong("The note has a line among its signatures that is none.")
    return told[1], data[:KEY_ID_BYTES], data[KEY_ID_BYTES:]


def unbase64(text: str) -> bytes:
    """The bytes that are written so; there is one way to write them. Raises Wrong."""
    data = base64.b64decode(text) if BASE64.match(text) else b"?"
    if base64.b64encode(data).decode() != text:
        raise Wrong(f"This is not base64, or not written in the one way: {text!r}.")
    return data


def parse_checkpoint(note: Note) -> Checkpoint:
    """The origin, size and root that a note states. Raises Wrong for what the C2SP grammar does not have."""
    if not (told := NOTE.match(note.text)) or len(root := unbase64(told[3])) != HASH_BYTES:
        raise Wrong("A checkpoint has an origin, a size and a SHA-256 root, and no empty line.")
    return Checkpoint(told[1], int(told[2]), root)


def parse_key_change(note: Note) -> tuple[str, int, str, str]:
    """Whose key changed, after which size, to which key, and how (rotated or revoked). Raises Wrong."""
    if not (told := KEY_NOTE.match(note.text)) or not parse_vkey(told[3]):
        raise Wrong("A key change has four lines: its origin, a size, the new key, and rotated or revoked.")
    return told[1], int(told[2]), told[3], told[4]


def write_vkey(name: str, public: bytes) -> str:
    """A public Ed25519 key as one line: name+id+key."""
    key_id = hashlib.sha256(name.encode() + b"\n" + ED25519 + public).digest()[:KEY_ID_BYTES]
    return f"{name}+{key_id.hex()}+{base64.b64encode(ED25519 + public).decode()}"


def parse_vkey(vkey: str) -> Key:
    """The key that such a line holds. Raises Wrong when it is not an Ed25519 key with its own id."""
    name, short, encoded = [*vkey.split("+", 2), "", ""][:3]
    data = unbase64(encoded)
    if not KEY_NAME.match(name) or len(data) != 1 + HASH_BYTES or write_vkey(name, data[1:]) != vkey:
        raise Wrong(f"This is not an Ed25519 key with its own id: {vkey!r}.")
    return Key(name, bytes.fromhex(short), data[1:])


def verify_note(note: Note, vkey: str) -> bool:
    """Whether this key signed the note; signatures of other keys count for nothing."""
    key = parse_vkey(vkey)
    signature = next((signed for name, short, signed in note.signatures if (name, short) == key[:2]), b"")
    try:
        Ed25519PublicKey.from_public_bytes(key.public).verify(signature, note.text.encode())
    except InvalidSignature:
        return False
    return True


def read_zip(data: bytes) -> dict[str, bytes]:
    """The files of a bundle. Raises Wrong when a byte of the zip is not as we write it."""
    files, at = dict[str, bytes](), 0
    while data[at : at + 4] == b"PK\x03\x04":
        size, length = struct.unpack_from("<IH", data, at + 22)
        start = at + 30 + length
        files[data[at + 30 : start].decode("ascii", "replace")] = data[start : start + size]
        at = start + size
    if write_zip(files) != data:
        raise Wrong("The file is not a bundle as we write it, or its zip was changed.")
    return files


def write_zip(files: Mapping[str, bytes]) -> bytes:
    """The one way in which files are packed: in the order of their names, stored, without dates."""
    body, index = bytearray(), bytearray()
    for name, content in sorted(files.items()):
        fixed = struct.pack("<5H3I2H", 20, 0, 0, 0, 33, zlib.crc32(content), len(content), len(content), len(name), 0)
        index += b"PK\x01\x02\x14\x00" + fixed + struct.pack("<3H2I", 0, 0, 0, 0, len(body)) + name.encode("ascii")
        body += b"PK\x03\x04" + fixed + name.encode("ascii") + content
    end = struct.pack("<4H2IH", 0, 0, len(files), len(files), len(index), len(body), 0)
    return bytes(body + index + b"PK\x05\x06" + end)


def manifest(files: Mapping[str, bytes], holder: str, withheld: Sequence[int]) -> bytes:
    """What a bundle says of itself: whose it is, which events are kept back, and the digest of every other file."""
    digests = {name: sha256(files[name]) for name in files.keys() - {"manifest.json", "seal.txt"}}
    return dump({"format": FORMAT, "holder": holder, "withheld": withheld, "files": digests})


def sha256(content: bytes) -> str:
    """The digest of some bytes, in hexadecimal."""
    return hashlib.sha256(content).hexdigest()


def load(files: Mapping[str, bytes], name: str) -> Any:
    """The plain data in a file of the bundle, written in the one way. Raises Wrong."""
    if dump(value := json.loads(files.get(name, b"null"))) != files.get(name):
        raise Wrong(f"{name} is missing, or not written in the one way.")
    return value


def verify(data: bytes, keys: Keys | None = None, receipt: bytes | None = None) -> tuple[str, list[str]]:
    """Check a bundle against the keys that the reader trusts. Gives one of EXIT_CODES, and why, in sentences."""
    try:
        return _verify(read_zip(data), keys or {}, receipt)
    except (Wrong, LookupError, TypeError, ValueError, AttributeError, RecursionError, struct.error) as odd:
        said = str(odd) if isinstance(odd, Wrong) else f"This is not built as a bundle is ({type(odd).__name__})."
        return "DIVERGED" if isinstance(odd, Diverged) else "INVALID", [said]


def _verify(files: dict[str, bytes], keys: Keys, receipt: bytes | None) -> tuple[str, list[str]]:
    told = load(files, "manifest.json")
    if manifest(files, holder := told["holder"], withheld := told["withheld"]) != files["manifest.json"]:
        raise Wrong("manifest.json does not list the files as they are.")
    seal = parse_checkpoint(note := parse_note(files["checkpoint.txt"]))
    anchored, events = _check_keys(files, note, seal, keys), _check_events(files, seal)
    gone = [*_gone(files, events), *([f"Kept back: {len(withheld)} events."] if withheld else [])]
    gone += [] if "seal.txt" in files else ["Not sealed as a whole: an event may be left out, a name or page changed."]
    if receipt is not None:
        _check_receipt(receipt, files, seal, keys)
    names = {each["id"]: each["name"] for each in load(files, "people.json")}
    stands, ended = _check_claims(events, holder, names)
    said = [f"{names.get(holder, holder)}: {len(events)} events, sealed among the first {seal.size} of {seal.origin}."]
    said += [] if anchored else ["No key was given: whether the seal is the training centre's own is not known."]
    word = "SUPERSEDED" if ended else "REDACTED" if gone else "VALID" if anchored else "VALID-UNANCHORED"
    return word, [*said, *ended, *gone, *stands]


def _check_keys(files: Mapping[str, bytes], note: Note, seal: Checkpoint, trusted: Keys) -> bool:
    """Whether the seal hangs on a key that the reader trusts, by way of keys that each named the next."""
    keys, reached, ends = files["keys.txt"].decode().splitlines(), set(trusted), dict(trusted)
    for name, old, new in zip(sorted(n for n in files if n[:4] == "key-"), keys[:-1], keys[1:], strict=True):
        origin, size, named, how = parse_key_change(change := parse_note(files[name]))
        signed = verify_note(change, new) and (how == "revoked" or verify_note(change, old))
        if (origin, named) != (seal.origin, new) or not signed:
            raise Wrong(f"{name} is not signed as a change of keys is.")
        ends[old] = size
        reached |= {new} if how == "rotated" and old in reached else set()
    signer = next((key for key in reversed(keys) if key.startswith(f"{seal.origin}+") and verify_note(note, key)), None)
    if signer is None:
        raise Wrong("checkpoint.txt is not signed by a key in keys.txt.")
    if (end := ends.get(signer)) is not None and seal.size > end:
        raise Diverged(f"The checkpoint over {seal.size} events is signed by a key that ended with event {end}.")
    if "seal.txt" in files:
        text = f"{seal.origin}{BUNDLE}\n{sha256(files['manifest.json'])}\n"
        if (whole := parse_note(files["seal.txt"])).text != text or not verify_note(whole, keys[-1]):
            raise Wrong("seal.txt is not the seal of this bundle: a file in it was changed, put there or left out.")
        reached |= {signer} if keys[-1] in reached else set()
    if trusted and signer not in reached:
        raise Wrong("The bundle is not sealed by the key that you gave, nor by one that followed it.")
    return bool(trusted)


def _check_events(files: Mapping[str, bytes], seal: Checkpoint) -> dict[int, Any]:
    """The events by their numbers, each shown to be in the sealed record."""
    proofs, events = load(files, "proofs.json")["events"], {}
    for name in sorted(n for n in files if n.startswith("events/")):
        seq = (body := load(files, name))["seq"]
        proof = list(map(unbase64, proofs.pop(str(seq), ())))
        if name != f"events/{seq:012}.json" or not check_inclusion(
            seq - 1, seal.size, leaf_hash(files[name]), proof, seal.root
        ):
            raise Wrong(f"{name} is not an event of the sealed record: it was changed, moved or put there.")
        events[seq] = body
    if proofs:
        raise Wrong(f"Events are missing: {', '.join(proofs)}.")
    return events


def _gone(files: Mapping[str, bytes], events: Mapping[int, Any]) -> Iterator[str]:
    """What was withheld or erased. Raises Wrong when what is there is not what the events speak of."""
    shut = {(seq, field): digest for seq, body in events.items() for field, digest in body["commitments"].items()}
    for each in load(files, "openings.json"):
        if shut.pop((each["seq"], each["field"]), "") != commitment(unbase64(each["salt"]), each["text"]):
            raise Wrong(f"The text “{each['field']}” of event {each['seq']} is not the one that was recorded.")
    if shut:
        yield f"Texts were withheld or erased in events {', '.join(sorted({str(seq) for seq, _ in shut}))}."
    claims = [body for body in events.values() if body["kind"] in MOVES]
    told = {each["digest"] for body in claims for each in body["facts"].get("evidence", ())}
    signed = {each["digest"] for body in claims if body["kind"] in SIGN_OFFS for each in body["facts"]["evidence"]}
    entries = {sha256(dump(each)): each for each in load(files, "entries.json")}
    if strays := entries.keys() - told:
        raise Wrong(f"Entry {entries[min(strays)]['entry']} in entries.json is not as it was signed.")
    wanted = {f"files/{digest}" for entry in entries.values() for digest in entry["files"]}
    wanted |= {f"curriculum/{body['facts']['curriculum']}.json" for body in claims if "curriculum" in body["facts"]}
    held = {name for name in files if name.startswith(("files/", "curriculum/"))}
    if bad := [name for name in held if name not in wanted or sha256(files[name]) not in name]:
        raise Wrong(f"{min(bad)} is not what was recorded.")
    if lost := sorted(wanted - held) + sorted(f"entry {digest}" for digest in signed - entries.keys()):
        yield f"Withheld or erased: {', '.join(lost)}."


def _check_receipt(receipt: bytes, files: Mapping[str, bytes], seal: Checkpoint, keys: Keys) -> None:
    """Hold a receipt (a C2SP tlog-proof with the leaf as extra data) against the bundle. Raises Wrong, Diverged."""
    if not (told := RECEIPT.match(receipt.decode("utf-8", "replace"))):
        raise Wrong("This is not a receipt of the record.")
    then = parse_checkpoint(note := parse_note(told[6][1:].encode()))
    seq, leaf, proof = int(told[2]) + 1, unbase64(told[1]), list(map(unbase64, told[3].split("\n")[1:]))
    if not check_inclusion(seq - 1, then.size, leaf, proof, then.root):
        raise Wrong("The receipt does not fit in itself: it was changed.")
    if not any(verify_note(note, key) for key in {*keys, *files["keys.txt"].decode().splitlines()}):
        raise Diverged("The receipt is signed by a key that neither you nor the bundle know.")
    if then.size > seal.size:
        raise Diverged(f"The receipt is from a later record: the bundle ends at event {seal.size}. Ask for a new one.")
    if (body := files.get(f"events/{seq:012}.json")) is None:
        raise Diverged(f"The receipt's event {seq} is not in the bundle: it was left out, or is somebody else's.")
    path = list(map(unbase64, load(files, "proofs.json")["earlier"].get(str(then.size), ())))
    if leaf_hash(body) != leaf or not check_consistency(then.size, then.root, seal.size, seal.root, path):
        raise Diverged(f"The receipt shows another history: event {seq} was another one, or others came before it.")


def _check_claims(events: Mapping[int, Any], holder: str, names: Mapping[str, str]) -> tuple[list[str], list[str]]:
    """The sign-offs that stand and those that do not, in sentences. Raises Wrong for moves that the rules refuse."""
    state, signed, ended = dict[str, str](), dict[str, str](), dict[str, str]()
    last: dict[tuple[str, str], Any] = {}
    for seq, body in sorted((seq, body) for seq, body in events.items() if body["kind"] in MOVES):
        kind, facts, actor, (before, after) = body["kind"], body["facts"], body["actor"], MOVES[body["kind"]]
        if (was := state.get(claim := facts["claim"], "open")) not in before:
            raise Wrong(f"Event {seq} ({kind}) cannot follow: the claim was {was}.")
        twice = kind == "claim_countersigned" and actor == last[claim, was]["actor"]
        if twice or (actor == holder) != (kind in BY_TRAINEE):
            raise Wrong(f"Event {seq} ({kind}) is of the wrong person: nobody signs for themselves, or twice.")
        if kind in SIGN_OFFS and facts["content"] != last[claim, "submitted"]["facts"]["content"]:
            raise Wrong(f"Event {seq} signs something else than what was submitted.")
        code = facts["code"] if was == "open" else last[claim, "submitted"]["facts"]["code"]
        if was == "signed off" != after:
            ended[claim] = f"{code}: the sign-off of event {last[claim, was]['seq']} was {after} by event {seq}."
        elif kind == "claim_rechecked":
            ended.pop(claim, None)
        elif after == "signed off":
            ended |= {claim: f"{ended[claim]} Event {seq} signs it off again."} if claim in ended else {}
            by, level = names.get(actor, actor), facts["level"]
            signed[claim] = f"{code}: signed off at level {level} on {body['at'][:10]} by {by} (event {seq})."
        state[claim], last[claim, after] = after, body
    return [signed[claim] for claim, now in state.items() if now == "signed off"], list(ended.values())


def main() -> int:
    """Check a bundle from the command line. Gives the exit code; 2 is wrong usage."""
    parser = argparse.ArgumentParser(prog="tracker-verify", description="Check a bundle of sign-offs.")
    parser.add_argument("bundle", type=Path, help="the zip file")
    parser.add_argument("--key", action="append", default=[], help="a notary's key that you trust: name+id+key")
    parser.add_argument("--since", type=Path, metavar="RECEIPT", help="a receipt from the time of a sign-off")
    given = parser.parse_args()
    try:
        keys = {key: None for key in given.key if parse_vkey(key)}
        receipt = given.since.read_bytes() if given.since else None
        word, lines = verify(given.bundle.read_bytes(), keys, receipt)
    except (OSError, Wrong) as error:
        parser.error(str(error))
    sys.stdout.write("\n".join([word, *lines, ""]))
    return EXIT_CODES[word]


if __name__ == "__main__":
    sys.exit(main())
