"""Each milestone explained: when it is due, whether it is met, and what lacks. Pure."""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from typing import assert_never

from tracker.curricula.conditions import (
    AllOf,
    AnyOf,
    Condition,
    CreditsConfirmed,
    Due,
    OverallDone,
    RequirementDone,
    ReviewHeld,
    SectionDone,
)
from tracker.curricula.document import Milestone
from tracker.curricula.outline import Outline
from tracker.progress.parts import Part, as_sentence
from tracker.progress.requirements import Held, RequirementExplained, Situation
from tracker.progress.sections import (
    ALL_PERCENT,
    SectionExplained,
    percent_of,
    step_that_brings,
    step_to,
)
from tracker.progress.training_time import TrainingTime
from tracker.progress.words import inline, on_day

WHO_HOLDS = "your supervisor or training lead"


@dataclass(frozen=True)
class EitherOf:
    """Alternatives, none of which is met: each with what it lacks."""

    alternatives: tuple[tuple["Lack", ...], ...]

    @property
    def phrase(self) -> str:
        """The alternatives as alternatives: "one of these is enough: (a) ...; (b) ... and ..."."""
        said = (" and ".join(lack.phrase for lack in alternative) for alternative in self.alternatives)
        return "one of these is enough: " + "; ".join(f"({chr(ord('a') + at)}) {each}" for at, each in enumerate(said))

    @property
    def sentence(self) -> str:
        """The same as a sentence of its own."""
        return as_sentence(self.phrase)


Lack = Part | EitherOf


@dataclass(frozen=True)
class MilestoneExplained:
    """One milestone: when it is due, and what lacks."""

    milestone: Milestone
    due_on: date
    lacks: tuple[Lack, ...]
    overdue: bool

    @property
    def met(self) -> bool:
        """Whether its condition is met."""
        return not self.lacks

    @property
    def missing(self) -> tuple[str, ...]:
        """A sentence for each part that is not met: the number there, the number needed, and the step."""
        return tuple(lack.sentence for lack in self.lacks)


@dataclass(frozen=True)
class Share:
    """How much of something is done, by weight, and what is left of it."""

    done: int
    weight: int
    left: Sequence[RequirementExplained]


@dataclass(frozen=True)
class Whole:
    """What a condition looks at. Sections and requirements by their codes: only those that the trainee takes."""

    sections: Mapping[str, SectionExplained]
    requirements: Mapping[str, RequirementExplained]
    everything: Share
    reviews: Sequence[Held]
    titles: Mapping[str, str]  # of reviews
    time: TrainingTime
    who_signs: str
    today: date


def explain_milestones(
    outline: Outline,
    situation: Situation,
    requirements: Sequence[RequirementExplained],
    sections: Sequence[SectionExplained],
    today: date,
) -> tuple[MilestoneExplained, ...]:
    """The milestones of which something applies to the trainee. Order: as in the curriculum."""
    whole = Whole(
        sections={each.section.code: each for each in sections},
        requirements={each.requirement.code: each for each in requirements},
        everything=_everything(requirements),
        reviews=situation.reviews,
        titles={review.code: review.title for review in outline.reviews},
        time=situation.time,
        who_signs=situation.who_signs,
        today=today,
    )
    return tuple(_milestones(outline.milestones, whole))


def _everything(requirements: Sequence[RequirementExplained]) -> Share:
    left = [each for each in requirements if not each.done]
    weight = sum(each.requirement.weight for each in requirements)
    return Share(weight - sum(each.requirement.weight for each in left), weight, left)


def _milestones(milestones: Sequence[Milestone], whole: Whole) -> Iterator[MilestoneExplained]:
    for milestone in milestones:
        lacks = lacks_of(milestone.condition, whole)
        if lacks is not None:
            due_on = due_day(milestone.due, whole.time)
            yield MilestoneExplained(milestone, due_on, lacks, bool(lacks) and whole.today > due_on)


def due_day(due: Due, time: TrainingTime) -> date:
    """The day on which a milestone is due in one training."""
    if due.date is not None and due.year is not None:
        return time.date_in_year(due.date, due.year)
    assert due.month is not None
    return time.end_of_month(due.month)


def lacks_of(condition: Condition, whole: Whole) -> tuple[Lack, ...] | None:
    """What lacks until the condition is met; None when nothing of it applies, as an area that is not taken."""
    match condition:
        case AllOf(parts):
            found = _applying(parts, whole)
            return tuple(lack for lacks in found for lack in lacks) if found else None
        case AnyOf(parts):
            return _any(_applying(parts, whole))
        case SectionDone() | RequirementDone():
            return _of_a_code(condition, whole)
        case ReviewHeld():
            return _unmet(_review(condition, whole))
        case CreditsConfirmed(credits):
            return _unmet(_credits(credits, whole))
        case OverallDone(percent):
            return _unmet(_share(whole.everything, percent, "of everything", whole.who_signs))
        case _:
            assert_never(condition)


def _applying(parts: Sequence[Condition], whole: Whole) -> list[tuple[Lack, ...]]:
    return [lacks for part in parts if (lacks := lacks_of(part, whole)) is not None]


def _any(alternatives: list[tuple[Lack, ...]]) -> tuple[Lack, ...] | None:
    if not alternatives:
        return None
    if len(alternatives) == 1 or not all(alternatives):
        return min(alternatives, key=len)
    return (EitherOf(tuple(alternatives)),)


def _unmet(*parts: Part) -> tuple[Part, ...]:
    return tuple(part for part in parts if not part.met)


def _of_a_code(condition: SectionDone | RequirementDone, whole: Whole) -> tuple[Part, ...] | None:
    if isinstance(condition, RequirementDone):
        explained = whole.requirements.get(condition.requirement)
        return None if explained is None else _unmet(_requirement(explained))
    section = whole.sections.get(condition.section)
    if section is None:
        return None
    if condition.percent is None:
        return _unmet(*section.parts)
    share = Share(section.weight_done, section.weight, section.left)
    return _unmet(_share(share, condition.percent, f"of {section.section.title}", whole.who_signs))


def _requirement(explained: RequirementExplained) -> Part:
    code = explained.requirement.code
    amount = f"{code} is done" if explained.done else f"{code} is not done"
    return Part(int(explained.done), 1, amount, inline(explained.sentence))


def _share(share: Share, needed: int, of_what: str, who_signs: str) -> Part:
    there = percent_of(share.done, share.weight)
    missing = -(-needed * share.weight // ALL_PERCENT) - share.done
    step = step_to(share.left, _enough(share.left, missing), who_signs) if missing > 0 else ""
    return Part(there, needed, f"{there} of {needed} % {of_what}", step)


def _enough(left: Sequence[RequirementExplained], missing: int) -> int:
    """How many of what is left bring so much weight, whichever they are."""
    number = 0
    for weight in sorted(each.requirement.weight for each in left):
        if missing <= 0:
            break
        missing, number = missing - weight, number + 1
    return number


def _credits(needed: int, whole: Whole) -> Part:
    modules = [each for each in whole.requirements.values() if each.requirement.credits]
    there = sum(each.requirement.credits or 0 for each in modules if each.done)
    left = [each for each in modules if not each.done]
    worth = {each.requirement.code: each.requirement.credits or 0 for each in left}
    step = step_that_brings(left, worth, "credit", whole.who_signs) if left else "choose an area that has modules"
    return Part(there, needed, f"{there} of {needed} credits confirmed", step)


def _review(condition: ReviewHeld, whole: Whole) -> Part:
    held = [each.held_on for each in whole.reviews if each.code == condition.review]
    title = whole.titles.get(condition.review, condition.review)
    if condition.from_ is None or condition.to is None or condition.year is None:
        step = f"ask {WHO_HOLDS} to hold it and put it on record"
        return Part(min(1, len(held)), 1, f"{title} not held yet", step)
    first, last = whole.time.window(condition.from_, condition.to, condition.year)
    within = sum(first <= day <= last for day in held)
    other = max((day for day in held if not first <= day <= last), default=None)
    besides = f" (the one of {on_day(other)} was at another time)" if other else ""
    amount = f"{title} not held between {on_day(first)} and {on_day(last)}{besides}"
    return Part(min(1, within), 1, amount, _when(first, last, whole.today))


def _when(first: date, last: date, today: date) -> str:
    if today < first:
        return f"ask {WHO_HOLDS} now for a day from {on_day(first)}"
    if today <= last:
        return f"ask {WHO_HOLDS} to hold it by {on_day(last)}"
    return "if it was held then, ask who held it to put it on record; if not, ask your training lead what follows"
