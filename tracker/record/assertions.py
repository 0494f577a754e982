"""Checking what passkeys signed: that it was this, that somebody was there, and that the key is the signer's own.

Source: W3C Web Authentication level 2, section 7.2 (verifying an assertion), for what is left to check afterwards.
"""

import base64
import hashlib
import json
from collections.abc import Iterator
from typing import Any

import sqlalchemy as sa
from cryptography.exceptions import InvalidSignature, UnsupportedAlgorithm
from cryptography.hazmat.primitives.asymmetric.ec import ECDSA, EllipticCurvePublicKey
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PublicKey
from cryptography.hazmat.primitives.asymmetric.padding import PKCS1v15
from cryptography.hazmat.primitives.asymmetric.rsa import RSAPublicKey
from cryptography.hazmat.primitives.hashes import SHA256
from cryptography.hazmat.primitives.serialization import load_der_public_key

from tracker.core.db import db
from tracker.record.models import Event, EventAssertion
from tracker.record.witness import Assertion, challenge, intent_of

FLAGS_AT, PRESENT_AND_VERIFIED = 32, 0b101  # in the authenticator's data: somebody was there, and known to it


def find_assertion(seq: int) -> Assertion | None:
    """What a passkey signed of an event, or None where none did."""
    row = db.session.get(EventAssertion, seq)
    return _assertion(row) if row else None


def find_signed(signature: bytes) -> Assertion | None:
    """What is on record with this very signature, or None."""
    chosen = sa.select(EventAssertion).where(EventAssertion.signature == signature).limit(1)
    row = db.session.scalar(chosen)
    return _assertion(row) if row else None


def faulty_assertions() -> Iterator[tuple[int, str]]:
    """Every event whose passkey's signature does not fit, and why. Order: as they happened."""
    added = set[tuple[str, str]]()  # whose key
    for event in _events_of_passkeys():
        body = json.loads(event.body)
        if event.kind == "passkey_added":
            added.add((body["actor"], body["facts"]["public_key"]))
        if "assertion" in body["facts"] and (why := _why_not(event.seq, body, added)):
            yield event.seq, why


def _events_of_passkeys() -> Iterator[Any]:
    signed = sa.or_(Event.kind == "passkey_added", Event.body.contains(b'"assertion":"'))
    yield from db.session.execute(sa.select(Event.seq, Event.kind, Event.body).where(signed).order_by(Event.seq))


def _why_not(seq: int, body: dict[str, Any], added: set[tuple[str, str]]) -> str | None:
    assertion = find_assertion(seq)
    if assertion is None:
        return "has lost the passkey's signature that it speaks of."
    if (body["actor"], assertion.public_key.hex()) not in added:
        return "was signed by a passkey that its signer had not added."
    return why_not_signed(assertion, body)


def why_not_signed(assertion: Assertion, body: dict[str, Any]) -> str | None:
    """Why a passkey's signature is not one of this event, or None when it is."""
    if assertion.digest != body["facts"].get("assertion"):
        return "has another passkey's signature beside it than it speaks of."
    if intent_of(body) not in assertion.intents:
        return "is not what the passkey signed."
    if not _asked(assertion) or not _verifies(assertion):
        return "has a passkey's signature that does not verify."
    return None


def _asked(assertion: Assertion) -> bool:
    """Whether the passkey was asked this, and somebody agreed."""
    told = json.loads(assertion.client_data)
    wanted = base64.urlsafe_b64encode(challenge(assertion.intents)).decode().rstrip("=")
    agreed = assertion.authenticator_data[FLAGS_AT] & PRESENT_AND_VERIFIED == PRESENT_AND_VERIFIED
    return agreed and (told["type"], told["challenge"]) == ("webauthn.get", wanted)


def _verifies(assertion: Assertion) -> bool:
    signed = assertion.authenticator_data + hashlib.sha256(assertion.client_data).digest()
    try:
        match load_der_public_key(assertion.public_key):
            case EllipticCurvePublicKey() as key:
                key.verify(assertion.signature, signed, ECDSA(SHA256()))
            case Ed25519PublicKey() as key:
                key.verify(assertion.signature, signed)
            case RSAPublicKey() as key:
                key.verify(assertion.signature, signed, PKCS1v15(), SHA256())
            case _:
                return False
    except (InvalidSignature, UnsupportedAlgorithm, ValueError):
        return False
    return True


def _assertion(row: EventAssertion) -> Assertion:
    return Assertion(row.public_key, row.authenticator_data, row.client_data, row.signature, row.intents)
