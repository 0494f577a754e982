"""How whoever decides showed who they are: what an event says of it, and what a passkey signed.

A passkey signs before the event has a number and a time, so what it signs is the rest: the intent. Several events of
one press are signed at once: the challenge is made of all their intents.
"""

import hashlib
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

from tracker.core.db import db
from tracker.core.errors import Stale
from tracker.record.canonical import canonical

KEPT_APART = frozenset({"factor", "assertion"})  # facts that say how it was signed, and so cannot be signed
CHANGED = "What your passkey signed is not what would be recorded now: something changed meanwhile. Read it, then sign."


@dataclass(frozen=True)
class Assertion:
    """A passkey's signature with all that checking it takes. Shape: `public_key` is DER (SubjectPublicKeyInfo)."""

    public_key: bytes
    authenticator_data: bytes
    client_data: bytes
    signature: bytes
    intents: Sequence[str]

    @property
    def plain(self) -> dict[str, Any]:
        """The same as plain data, bytes in hexadecimal."""
        return {
            "public_key": self.public_key.hex(),
            "authenticator_data": self.authenticator_data.hex(),
            "client_data": self.client_data.hex(),
            "signature": self.signature.hex(),
            "intents": list(self.intents),
        }

    @property
    def digest(self) -> str:
        """What stands for it in an event."""
        return hashlib.sha256(canonical(self.plain)).hexdigest()


@dataclass
class Witness:
    """The factor of one request: password, totp or passkey.

    In a rehearsal the intents and the salts behind them are noted, and nothing is kept. What a passkey signed is then
    made again from the same salts, and must come to the same intents.
    """

    factor: str
    assertion: Assertion | None = None
    salts: list[bytes] = field(default_factory=list)  # of the rehearsal, in order, until they are used
    made_salts: list[bytes] = field(default_factory=list)  # in this request
    intents: list[str] = field(default_factory=list)
    found: set[str] = field(default_factory=set)  # intents of events that the same press had made before

    @property
    def is_whole(self) -> bool:
        """Whether all that the passkey signed is on record: put there now, or by the same press before."""
        if self.assertion is None:
            return True
        signed = list(self.assertion.intents)
        return bool(signed) and (signed == self.intents or (not self.intents and set(signed) <= self.found))

    @property
    def facts(self) -> dict[str, str]:
        """What an event says of it."""
        return {"factor": self.factor} | ({"assertion": self.assertion.digest} if self.assertion else {})

    def note(self, body: Mapping[str, Any]) -> None:
        """Note what is about to be recorded. Raises Stale when a passkey signed something else."""
        self.intents.append(intent_of(body))
        at = len(self.intents) - 1
        if self.assertion is not None and list(self.assertion.intents[at : at + 1]) != self.intents[at:]:
            raise Stale(CHANGED)

    def salt(self, new: bytes) -> bytes:
        """The salt for the next text: a new one, or the one that a passkey's signature rests on. Raises Stale."""
        if self.assertion is None:
            self.made_salts.append(new)
            return new
        if not self.salts:
            raise Stale(CHANGED)
        return self.salts.pop(0)


def witness() -> Witness | None:
    """How whoever acts in this request showed who they are, if it was asked."""
    found: Witness | None = db.session().info.get("witness")
    return found


def call_witness(found: Witness) -> None:
    """Say how whoever acts showed who they are, until the end of the request."""
    db.session().info["witness"] = found


def intent_of(body: Mapping[str, Any]) -> str:
    """The hash of an event's body without its number, its time and how it was signed."""
    facts = {name: value for name, value in body["facts"].items() if name not in KEPT_APART}
    rest = {name: value for name, value in body.items() if name not in {"seq", "at"}}
    return hashlib.sha256(canonical(rest | {"facts": facts})).hexdigest()


def challenge(intents: Sequence[str]) -> bytes:
    """What a passkey is asked to sign for these intents."""
    return hashlib.sha256(canonical({"intents": list(intents)})).digest()
