"""The signatures above the items: of a section, and of the whole training. Pure.

Source: the levels of signature that each curriculum gives as data: an item, a section, the whole.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date

from tracker.curricula.conditions import Signer
from tracker.progress.parts import Part, as_sentence
from tracker.progress.words import on_day

WHOSE = {
    Signer.ASSESSOR: "an assessor's signature",
    Signer.SUPERVISOR: "the supervisor's signature",
    Signer.TRAINING_LEAD: "the training lead's signature",
}
THE_WHOLE = "the whole training"


@dataclass(frozen=True)
class Signed:
    """The latest signature of a section or of the whole, and since when and why it no longer holds."""

    by: str
    signed_on: date
    void_on: date | None = None
    because: str = ""  # such as "the sign-off of GEN-1 was revoked"

    @property
    def phrase(self) -> str:
        """What there is to say of it, inside a sentence."""
        said = f"signed by {self.by} on {on_day(self.signed_on)}"
        return f"{said}, which is void since {on_day(self.void_on)} because {self.because}" if self.void_on else said


@dataclass(frozen=True)
class Signing:
    """That something is to be signed: its title, by whom, and the latest signature."""

    title: str
    signer: Signer
    latest: Signed | None

    @property
    def part(self) -> Part:
        """The signature as a part of what is complete otherwise."""
        if self.latest and not self.latest.void_on:
            return Part(1, 1, f"{self.title} is {self.latest.phrase}", "")
        if self.latest:
            return Part(0, 1, f"{self.title} was {self.latest.phrase}", f"waits for {WHOSE[self.signer]} again")
        return Part(0, 1, f"{self.title} is complete", f"waits for {WHOSE[self.signer]}")

    def sentence(self, *, complete: bool) -> str:
        """What follows after how much is done; empty where there is nothing to say yet."""
        latest = self.latest
        if latest and latest.void_on:
            again = f"waits for {WHOSE[self.signer]} again" if complete else "to be signed again when all is done"
            return as_sentence(f"was {latest.phrase}: {again}")
        if not complete:
            return ""
        return as_sentence(latest.phrase if latest else f"complete, waits for {WHOSE[self.signer]}")


def training_part(signing: Signing, complete: Sequence[bool]) -> Part:
    """What the signature of the whole training waits for. `complete`: whether each section at the top is."""
    if all(complete):
        return signing.part
    there = sum(complete)
    void = f"{signing.part.amount}; " if signing.latest and signing.latest.void_on else ""
    step = f"{THE_WHOLE} is signed when every section is complete"
    return Part(there, len(complete), f"{void}{there} of {len(complete)} sections are complete", step)
