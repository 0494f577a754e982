"""A phone that holds a passkey, as the browser hands on what it says."""

import hashlib
import json
from base64 import urlsafe_b64encode
from dataclasses import dataclass, field
from typing import Any

from cryptography.hazmat.primitives.asymmetric.ec import ECDSA, SECP256R1, EllipticCurvePrivateKey, generate_private_key
from cryptography.hazmat.primitives.hashes import SHA256
from webauthn.helpers import encode_cbor

HOST = "tracker.example"
ORIGIN = f"https://{HOST}"


def in_base64(content: bytes) -> str:
    return urlsafe_b64encode(content).decode().rstrip("=")


@dataclass
class Authenticator:
    """A phone that holds one passkey."""

    key: EllipticCurvePrivateKey = field(default_factory=lambda: generate_private_key(SECP256R1()))
    credential: bytes = b"the passkey of a phone"
    used: int = 0

    def data(self, extra: bytes = b"") -> bytes:
        """Which site it is, that a person was there and known to it, and how often it was used."""
        self.used += 1
        flags = b"\x45" if extra else b"\x05"
        return hashlib.sha256(HOST.encode()).digest() + flags + self.used.to_bytes(4, "big") + extra

    def make(self, options: dict[str, Any]) -> str:
        numbers = self.key.public_key().public_numbers()
        cose = {1: 2, 3: -7, -1: 1, -2: numbers.x.to_bytes(32, "big"), -3: numbers.y.to_bytes(32, "big")}
        extra = bytes(16) + len(self.credential).to_bytes(2, "big") + self.credential + encode_cbor(cose)
        made = encode_cbor({"fmt": "none", "attStmt": {}, "authData": self.data(extra)})
        return self.answer({"clientDataJSON": client_data("webauthn.create", options), "attestationObject": made})

    def sign(self, options: dict[str, Any]) -> str:
        data, client = self.data(), client_data("webauthn.get", options)
        signature = self.key.sign(data + hashlib.sha256(client).digest(), ECDSA(SHA256()))
        return self.answer({"clientDataJSON": client, "authenticatorData": data, "signature": signature})

    def answer(self, parts: dict[str, bytes]) -> str:
        name = in_base64(self.credential)
        response = {part: in_base64(content) for part, content in parts.items()}
        return json.dumps({"id": name, "rawId": name, "type": "public-key", "response": response})


def client_data(kind: str, options: dict[str, Any]) -> bytes:
    return json.dumps({"type": kind, "challenge": options["challenge"], "origin": ORIGIN}).encode()
