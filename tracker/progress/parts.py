"""One thing that a section, a milestone or the whole training asks for. Pure."""

from dataclasses import dataclass


@dataclass(frozen=True)
class Part:
    """One thing that is asked for: how much is there and needed, and what helps if not met."""

    there: int
    needed: int
    amount: str  # both numbers in words, such as "3 of 5 done in Renal technology"
    step: str

    @property
    def met(self) -> bool:
        """Whether there is enough."""
        return self.there >= self.needed

    @property
    def phrase(self) -> str:
        """What is there and needed, and the step where it is not enough: to be said inside a sentence."""
        return self.amount if self.met else f"{self.amount}: {self.step}"

    @property
    def sentence(self) -> str:
        """The same as a sentence of its own."""
        return as_sentence(self.phrase)


def as_sentence(phrase: str) -> str:
    """A phrase with its capital and its full stop."""
    return f"{phrase[:1].upper()}{phrase[1:]}."
