"""The notary's private keys, each in a file of its own, and what they sign.

Source: C2SP signed-note; the private key is written as Go's note package writes it.
"""

import base64
import os
from dataclasses import dataclass
from pathlib import Path

from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey

from tracker.core.whole import sync
from tracker.record.verifier import ED25519, parse_vkey, write_vkey

PREFIX = "PRIVATE+KEY"


@dataclass(frozen=True)
class Signer:
    """A private key and the name under which it signs."""

    name: str
    private: Ed25519PrivateKey

    @property
    def vkey(self) -> str:
        """The public key, as one line."""
        return write_vkey(self.name, self.private.public_key().public_bytes_raw())

    def line(self, text: str) -> str:
        """The line that signs a text."""
        signature = parse_vkey(self.vkey).id + self.private.sign(text.encode())
        return f"— {self.name} {base64.b64encode(signature).decode()}\n"


def new_signer(name: str) -> Signer:
    """A new key of that name."""
    return Signer(name, Ed25519PrivateKey.generate())


def signed_note(text: str, *signers: Signer) -> bytes:
    """A text, which ends its last line, with the signature of each."""
    return "".join([text, "\n", *(signer.line(text) for signer in signers)]).encode()


def keep(folder: Path, signer: Signer) -> None:
    """Write a private key to a file that only we can read, and make it survive a power cut."""
    folder.mkdir(parents=True, exist_ok=True, mode=0o700)
    place = _place(folder, signer.vkey)
    seed = base64.b64encode(ED25519 + signer.private.private_bytes_raw()).decode()
    handle = os.open(place, os.O_WRONLY | os.O_CREAT | os.O_TRUNC, 0o600)
    with os.fdopen(handle, "w") as file:
        file.write(f"{PREFIX}+{signer.name}+{parse_vkey(signer.vkey).id.hex()}+{seed}\n")
    sync(place)
    sync(folder)


def find(folder: Path, vkey: str) -> Signer | None:
    """The private key to a public one, if its file is here and fits. Raises OSError when it cannot be read."""
    place = _place(folder, vkey)
    if not place.exists():
        return None
    name, _, seed = place.read_text("utf-8").strip().removeprefix(PREFIX + "+").split("+", 2)
    signer = Signer(name, Ed25519PrivateKey.from_private_bytes(base64.b64decode(seed)[1:]))
    return signer if signer.vkey == vkey else None


def forget(folder: Path, vkey: str) -> None:
    """Delete a private key that no longer signs."""
    _place(folder, vkey).unlink(missing_ok=True)


def _place(folder: Path, vkey: str) -> Path:
    return folder / f"{parse_vkey(vkey).id.hex()}.key"
