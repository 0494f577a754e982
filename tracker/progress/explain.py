"""The explaining engine: what is met, what is not, and what to do about it. Pure: no session and no clock."""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from uuid import UUID

from tracker.curricula.outline import Outline, RequirementOutline, SectionOutline
from tracker.progress.models import Stage
from tracker.progress.needs import Need, needs_of, remarks_of
from tracker.progress.words import on_day

NOBODY = "nobody yet: ask your training lead who supervises you"


@dataclass(frozen=True)
class Stood:
    """Where one requirement stands, as the projection holds it."""

    stage: Stage
    counts: Mapping[str, int]
    level: int | None = None
    since: date | None = None


@dataclass(frozen=True)
class Situation:
    """What is known of one enrolment. A requirement that is not in `stood` is not started."""

    starts_on: date
    working_fraction: Decimal
    area_ids: frozenset[UUID]
    supervisors: tuple[str, ...]
    stood: Mapping[UUID, Stood]


@dataclass(frozen=True)
class RequirementExplained:
    """One requirement: how far it is, and the sentence that says so and what to do next."""

    requirement: RequirementOutline
    stage: Stage
    sentence: str
    ready: bool  # the evidence is complete and nothing was submitted
    since: date | None


@dataclass(frozen=True)
class SectionExplained:
    """One section with its parts: how many of its requirements are done."""

    section: SectionOutline
    done: int
    waiting: int
    total: int
    sentence: str

    @property
    def met(self) -> bool:
        """Whether all of the section is done."""
        return self.total > 0 and self.done == self.total

    @property
    def percent(self) -> int:
        """Done over all, in whole percent, rounded down so that 100 means all."""
        return 100 * self.done // self.total if self.total else 0


@dataclass(frozen=True)
class Explanation:
    """A whole enrolment, explained. Order: as in the curriculum."""

    requirements: tuple[RequirementExplained, ...]
    sections: tuple[SectionExplained, ...]

    @property
    def done(self) -> int:
        """How many requirements are done."""
        return sum(explained.stage is Stage.DONE for explained in self.requirements)

    def at(self, *stages: Stage) -> list[RequirementExplained]:
        """The requirements at any of these stages."""
        return [explained for explained in self.requirements if explained.stage in stages]


STARTED = Stood(Stage.NOT_STARTED, {})


def explain(outline: Outline, situation: Situation, today: date) -> Explanation:
    """Explain every requirement and section that applies to the enrolment."""
    requirements = tuple(
        explain_requirement(requirement, situation, today) for requirement in outline.chosen(situation.area_ids)
    )
    return Explanation(requirements, tuple(_sections(outline, requirements)))


def explain_requirement(requirement: RequirementOutline, situation: Situation, today: date) -> RequirementExplained:
    """Explain one requirement in one sentence."""
    stood = situation.stood.get(requirement.id, STARTED)
    missing = None
    if stood.stage in {Stage.NOT_STARTED, Stage.IN_PROGRESS, Stage.CONFIRM}:
        missing = next((need for need in needs(requirement, situation, today) if not need.met), None)
    ready = stood.stage is Stage.IN_PROGRESS and missing is None and requirement.rule is not None
    sentence = _sentence(requirement, stood, missing, situation.supervisors)
    return RequirementExplained(requirement, stood.stage, sentence, ready, stood.since)


def needs(requirement: RequirementOutline, situation: Situation, today: date) -> Iterator[Need]:
    """Everything that the evidence rule of a competency asks for, with what is there. A module has none."""
    if requirement.rule is None:
        return iter(())
    counts = situation.stood.get(requirement.id, STARTED).counts
    return needs_of(requirement.rule, counts, situation.working_fraction, today)


def remarks(requirement: RequirementOutline, situation: Situation) -> list[str]:
    """What was logged and does not count, and why."""
    return remarks_of(situation.stood.get(requirement.id, STARTED).counts)


def _sentence(requirement: RequirementOutline, stood: Stood, missing: Need | None, supervisors: Sequence[str]) -> str:
    since = f" on {on_day(stood.since)}" if stood.since else ""
    if stood.stage is Stage.DONE:
        return _done(requirement, stood, since)
    if stood.stage is Stage.SUBMITTED:
        wait = f" since {on_day(stood.since)}" if stood.since else ""
        return f"Submitted, waits for {' or '.join(supervisors) or NOBODY}{wait}."
    if stood.stage is Stage.CONFIRM:
        return _to_confirm(requirement, missing, since)
    if requirement.rule is None:
        return _module(stood)
    sentences = {
        Stage.NOT_STARTED: f"Not started. {_start(missing)}",
        Stage.RETURNED: f"Returned{since}. Read the reason, mend what it names, and submit again.",
        Stage.REVOKED: f"The sign-off was revoked{since}. Read the reason, and submit again when it is mended.",
        Stage.LAPSED: f"The sign-off lapsed{since}. Ask your supervisor for a recheck.",
    }
    if stood.stage in sentences:
        return sentences[stood.stage]
    return missing.sentence if missing else "The evidence is complete: submit it for sign-off."


def _start(missing: Need | None) -> str:
    return "Log your first entry." if missing else "Submit it for sign-off when you are ready."


def _done(requirement: RequirementOutline, stood: Stood, since: str) -> str:
    if requirement.rule is None:
        return f"Passed with {_percent(stood)}, confirmed{since}: {requirement.credits} credits."
    return f"Signed off at level {stood.level}{since}."


def _to_confirm(requirement: RequirementOutline, missing: Need | None, since: str) -> str:
    """What was done under another rule of an earlier version, and the step to have it confirmed."""
    if requirement.rule is None:
        return (
            f"Passed{since} under an earlier version, whose rule for it was another. Register again and record its "
            "marks: your supervisor confirms what still counts."
        )
    said = f"Signed off{since} under an earlier version, whose rule for it was another."
    return f"{said} {missing.sentence if missing else 'Submit it again: your supervisor confirms it.'}"


def _module(stood: Stood) -> str:
    """A module that is not done, from what learning counts: components, marked, passed, mark_hundredths."""
    components, marked, passed = (stood.counts.get(name, 0) for name in ("components", "marked", "passed"))
    if stood.stage is Stage.NOT_STARTED:
        return "Not registered. Register when the provider has given you a place."
    if stood.stage is Stage.FAILED:
        return "Failed, and no attempt is left. Talk to your training lead and the provider."
    if not marked:
        return f"Registered. Record a mark when the first of {components} components is marked."
    if passed < marked:
        return f"{passed} of {components} components passed. Look at the module's page for what can be taken again."
    return f"{passed} of {components} components passed. Record the others when they are marked."


def _percent(stood: Stood) -> str:
    whole, hundredths = divmod(stood.counts.get("mark_hundredths", 0), 100)
    return f"{whole}.{hundredths:02d}".rstrip("0").rstrip(".") + " %"


def _sections(outline: Outline, requirements: Sequence[RequirementExplained]) -> Iterator[SectionExplained]:
    totals: dict[UUID, list[int]] = {}
    for explained in requirements:
        for section_id in outline.within(explained.requirement.section_id):
            numbers = totals.setdefault(section_id, [0, 0, 0])
            numbers[0] += explained.stage is Stage.DONE
            numbers[1] += explained.stage is Stage.SUBMITTED
            numbers[2] += 1
    for section in outline.sections:
        if section.id in totals:
            done, waiting, total = totals[section.id]
            yield SectionExplained(section, done, waiting, total, all_of(done, waiting, total))


def all_of(done: int, waiting: int, total: int) -> str:
    """The rule "all of a section" in a sentence."""
    if done == total:
        return f"All {total} done."
    rest = f"{total - done} to go" + (f", {waiting} of them waiting for sign-off" if waiting else "")
    return f"{done} of {total} done: {rest}."
