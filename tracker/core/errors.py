"""The three ways in which the tracker says no, and how to say them."""

from dataclasses import dataclass


class TrackerError(Exception):
    """A no that the person who asked can read. `sentence` is shown as it stands."""

    status = 400

    def __init__(self, sentence: str) -> None:
        super().__init__(sentence)
        self.sentence = sentence


class NotFound(TrackerError):
    """There is no such thing, or the viewer may not see it: the two look the same."""

    status = 404

    def __init__(self, sentence: str = "There is nothing here that you can see.") -> None:
        super().__init__(sentence)


class Forbidden(TrackerError):
    """The viewer may see the thing and may not do this to it."""

    status = 403

    def __init__(self, sentence: str = "Your role does not let you do this.") -> None:
        super().__init__(sentence)


class Refused(TrackerError):
    """It cannot be done now: the sentence says why and what would help."""

    status = 409


class Stale(Refused):
    """Somebody changed the thing after it was shown. The sentence says who and what."""


class Reused(Refused):
    """The key of an earlier press came with other answers, so it is not that press. Nothing of it was kept."""

    status = 422


@dataclass(frozen=True, order=True)
class Problem:
    """One thing wrong with an input: where, what, and how to mend it."""

    file: str
    row: int
    what: str
    mend: str

    def __str__(self) -> str:
        place = f"{self.file}, row {self.row}" if self.row else self.file
        return f"{place}: {self.what} {self.mend}"


class BadInput(TrackerError):
    """An input with problems, all of them at once; nothing of it was kept."""

    status = 422

    def __init__(self, problems: list[Problem]) -> None:
        super().__init__("\n".join(str(problem) for problem in problems))
        self.problems = problems


def allow(permitted: bool) -> None:
    """Raises Forbidden unless permitted."""
    if not permitted:
        raise Forbidden


def refuse_if(why_not: str | None) -> None:
    """Raises Refused with the rule's sentence, if there is one."""
    if why_not is not None:
        raise Refused(why_not)
