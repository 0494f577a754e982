"""One competency or module, explained. Pure: no session and no clock."""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date
from decimal import Decimal
from functools import cached_property
from uuid import UUID

from tracker.curricula.outline import RequirementOutline
from tracker.progress.models import LapseCause, Stage
from tracker.progress.needs import Need, misfiled, needs_of, remarks_of
from tracker.progress.signatures import Signed
from tracker.progress.training_time import Break, TrainingTime
from tracker.progress.validity import recheck_said, validity_said
from tracker.progress.words import on_day

NOBODY = "nobody yet: ask your training lead who supervises you"


@dataclass(frozen=True)
class Stood:
    """Where one requirement stands, as the projection holds it."""

    stage: Stage
    counts: Mapping[str, int]
    level: int | None = None
    since: date | None = None
    names_id: UUID | None = None  # who signed first, or who is asked to sign
    lapses_on: date | None = None  # the first day on which the sign-off is not valid any more
    lapse_cause: LapseCause | None = None


@dataclass(frozen=True)
class Held:
    """A review that was held. No code: it was none of the curriculum's."""

    code: str
    held_on: date
    outcome: str = ""


@dataclass(frozen=True)
class Situation:
    """What is known of one enrolment. A requirement that is not in `stood` is not started."""

    starts_on: date
    working_fraction: Decimal
    area_ids: frozenset[UUID]
    supervisors: tuple[str, ...]
    stood: Mapping[UUID, Stood]
    reviews: tuple[Held, ...] = ()
    breaks: tuple[Break, ...] = ()
    signed: Mapping[UUID | None, Signed] = field(default_factory=dict)  # by section; None: the whole training
    people: Mapping[UUID, str] = field(default_factory=dict)  # the names of all who ever supervised it

    @property
    def time(self) -> TrainingTime:
        """How the training lies in the calendar."""
        return TrainingTime(self.starts_on, self.working_fraction, self.breaks)

    @cached_property
    def who_signs(self) -> str:
        """Who decides on what is submitted."""
        return " or ".join(self.supervisors) or NOBODY

    def named(self, person_id: UUID | None) -> str:
        """The name of somebody who supervised it; empty for nobody, or somebody who never did."""
        return self.people.get(person_id, "") if person_id else ""


@dataclass(frozen=True)
class RequirementExplained:
    """One requirement: how far it is, and the sentence that says so and what to do next."""

    requirement: RequirementOutline
    stage: Stage
    sentence: str
    ready: bool  # the evidence is complete and nothing was submitted
    since: date | None

    @property
    def done(self) -> bool:
        """Whether it is signed off, or passed and confirmed."""
        return self.stage is Stage.DONE


STARTED = Stood(Stage.NOT_STARTED, {})


def explain_requirement(requirement: RequirementOutline, situation: Situation, today: date) -> RequirementExplained:
    """Explain one requirement in one sentence, or two where something was filed under the wrong type."""
    stood = situation.stood.get(requirement.id, STARTED)
    missing, misfits = None, list[str]()
    if stood.stage in {Stage.NOT_STARTED, Stage.IN_PROGRESS, Stage.CONFIRM}:
        missing = _first_missing(requirement, stood, situation, today)
        misfits = misfiled(requirement.rule, stood.counts) if requirement.rule and missing else []
    ready = stood.stage is Stage.IN_PROGRESS and missing is None and requirement.rule is not None
    sentence = " ".join([_sentence(requirement, stood, missing, situation), *misfits])
    sentence += validity_said(stood.lapses_on, situation.who_signs, today)
    return RequirementExplained(requirement, stood.stage, sentence, ready, stood.since)


def _first_missing(requirement: RequirementOutline, stood: Stood, situation: Situation, today: date) -> Need | None:
    if requirement.rule is None:
        return None
    asked = needs_of(requirement.rule, stood.counts, situation.working_fraction, today)
    return next((need for need in asked if not need.met), None)


def needs(requirement: RequirementOutline, situation: Situation, today: date) -> Iterator[Need]:
    """Everything that the evidence rule of a competency asks for, with what is there. A module has none."""
    if requirement.rule is None:
        return iter(())
    counts = situation.stood.get(requirement.id, STARTED).counts
    return needs_of(requirement.rule, counts, situation.working_fraction, today)


def remarks(requirement: RequirementOutline, situation: Situation) -> Sequence[str]:
    """What was logged and does not count, why, and what would make it count."""
    if requirement.rule is None:
        return []
    return remarks_of(requirement.rule, situation.stood.get(requirement.id, STARTED).counts)


def _sentence(  # noqa: PLR0911 - one for each stage
    requirement: RequirementOutline, stood: Stood, missing: Need | None, situation: Situation
) -> str:
    since = f" on {on_day(stood.since)}" if stood.since else ""
    match stood.stage:
        case Stage.DONE:
            return _done(requirement, stood, since)
        case Stage.SUBMITTED | Stage.SIGNED:
            return f"{_waits(stood, situation)}{since.replace(' on ', ' since ', 1)}."
        case Stage.CONFIRM:
            return _to_confirm(requirement, missing, since)
        case _ if requirement.rule is None:
            return _module(stood)
        case Stage.NOT_STARTED:
            return "Not started. " + (
                "Log your first entry." if missing else "Submit it for sign-off when you are ready."
            )
        case Stage.IN_PROGRESS:
            return missing.sentence if missing else "The evidence is complete: submit it for sign-off."
        case _:
            return _undone(stood, since, situation.who_signs)


def _waits(stood: Stood, situation: Situation) -> str:
    """What somebody else has to decide: whoever was asked by name, or any supervisor."""
    named = situation.named(stood.names_id)
    if stood.stage is Stage.SIGNED:
        return f"Signed at level {stood.level} by {named or 'the training lead'}, waits for a second signature"
    return f"Submitted, waits for {named if named in situation.supervisors else situation.who_signs}"


def _undone(stood: Stood, since: str, who_signs: str) -> str:
    """A claim that was submitted and has to be submitted again, or a sign-off that is due for a recheck."""
    if stood.stage is Stage.RETURNED:
        return f"Returned{since}. Read the reason, mend what it names, and submit again."
    if stood.stage is Stage.REVOKED:
        return f"The sign-off was revoked{since}. Read the reason, and submit again when it is mended."
    return recheck_said(stood.lapse_cause, stood.level, stood.since, who_signs)


def _done(requirement: RequirementOutline, stood: Stood, since: str) -> str:
    if requirement.rule is None:
        return f"Passed with {_percent(stood)}, confirmed{since}: {requirement.credits} credits."
    return f"Signed off at level {stood.level}{since}."


def _to_confirm(requirement: RequirementOutline, missing: Need | None, since: str) -> str:
    """What was done under another rule of an earlier version, and the step to have it confirmed."""
    if requirement.rule is None:
        return (
            f"Passed{since} under an earlier version, which asked for something else. Register again and record its "
            "marks: your supervisor confirms what still counts."
        )
    said = f"Signed off{since} under an earlier version, which asked for something else."
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
    if passed == components:
        return f"All {components} components passed. Look at the module's page for what is left until it is confirmed."
    if passed < marked:
        return f"{passed} of {components} components passed. Look at the module's page for what can be taken again."
    return f"{passed} of {components} components passed. Record the others when they are marked."


def _percent(stood: Stood) -> str:
    whole, hundredths = divmod(stood.counts.get("mark_hundredths", 0), 100)
    return f"{whole}.{hundredths:02d}".rstrip("0").rstrip(".") + " %"
