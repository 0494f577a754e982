"""What learning hands on about one module: to progress, and to the record."""

from dataclasses import replace
from decimal import Decimal
from typing import Any

from tracker.core.clock import zone
from tracker.curricula.outline import RequirementOutline
from tracker.learning.models import Mark, Outcome, Registration, RegistrationStatus
from tracker.learning.queries import ModuleTaken
from tracker.learning.rules import ModuleResult
from tracker.progress.facts import Facts
from tracker.progress.models import Stage


def facts_of(registration: Registration, result: ModuleResult) -> Facts:
    """A registration and its result, in the words of progress.

    `counts` has: components, marked, passed, and mark_hundredths once all are marked. A zero is left out.
    """
    counts = {
        "components": len(result.components),
        "marked": result.marked,
        "passed": result.passed,
        "mark_hundredths": hundredths(result.mark_percent) or 0,
    }
    shown = {name: number for name, number in counts.items() if number}
    if registration.status is RegistrationStatus.WITHDRAWN:
        return Facts(Stage.NOT_STARTED)
    if registration.status is RegistrationStatus.CONFIRMED and registration.confirmed_at:
        stage = Stage.DONE if registration.outcome is Outcome.PASSED else Stage.FAILED
        return Facts(stage, registration.confirmed_at.astimezone(zone()).date(), counts=shown)
    if result.can_be_confirmed:
        latest = max(part.mark.recorded_at for part in result.components if part.mark)
        return Facts(Stage.SUBMITTED, latest.astimezone(zone()).date(), counts=shown)
    return Facts(Stage.IN_PROGRESS, registration.registered_on, counts=shown)


def facts_for(taken: ModuleTaken) -> Facts:
    """A module of an enrolment, in the words of progress, whatever version its result is of."""
    if taken.registration is None:
        return Facts(Stage.NOT_STARTED)
    facts = facts_of(taken.registration, taken.result)
    return replace(facts, stage=Stage.CONFIRM) if taken.to_confirm and facts.stage is Stage.DONE else facts


def hundredths(percent: Decimal | None) -> int | None:
    """A mark as a whole number: 62.5 % is 6250. The record and the projection hold no fractions."""
    return None if percent is None else int(percent * 100)


def on_record(
    module: RequirementOutline, version_digest: str, registration: Registration, result: ModuleResult
) -> dict[str, Any]:
    """What was confirmed: the module by its code and curriculum, and every mark that counted."""
    return {
        "module": str(module.id),
        "code": module.code,
        "curriculum": version_digest,
        "outcome": (registration.outcome or Outcome.FAILED).value,
        "mark_hundredths": hundredths(registration.mark_percent),
        "credits": (module.credits or 0) if registration.outcome is Outcome.PASSED else 0,
        "marks": [_mark_on_record(part.mark) for part in result.components if part.mark],
    }


def _mark_on_record(mark: Mark) -> dict[str, Any]:
    return {
        "component": str(mark.component_id),
        "attempt": mark.attempt,
        "correction": mark.correction,
        "mark_hundredths": hundredths(mark.mark_percent),
    }
