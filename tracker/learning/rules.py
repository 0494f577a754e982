"""What a module's own rules make of its marks, and when one may register, record, withdraw and confirm. Pure."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date
from decimal import ROUND_DOWN, Decimal

from tracker.curricula.outline import ComponentOutline, RequirementOutline
from tracker.learning.models import Mark, MarkStatus, Outcome, Registration, RegistrationStatus

WHOLE_MARK = Decimal(100)
HUNDREDTH = Decimal("0.01")
EARLIER = "Those of the earlier version of the curriculum under which the trainee registered"
AGAIN = (
    "Passed under an earlier version, which asked for something else. Register again and record the marks that count."
)
CARRIED_ON = "This module is registered under an earlier version of the curriculum: it goes on as it is."


@dataclass(frozen=True)
class ComponentResult:
    """One component: the mark that counts, and what is left to be done about it."""

    component: ComponentOutline
    pass_mark_percent: Decimal | None  # empty: only the whole must pass
    mark: Mark | None  # of the latest attempt, as last corrected
    attempts_used: int
    attempts_left: int | None  # empty: the module sets no limit

    @property
    def passed(self) -> bool | None:
        """Whether the mark is enough for this component; None without a mark."""
        if self.mark is None:
            return None
        return self.pass_mark_percent is None or self.mark.mark_percent >= self.pass_mark_percent

    @property
    def best_percent(self) -> Decimal:
        """The most that this component can still bring."""
        return self.mark.mark_percent if self.mark and self.attempts_left == 0 else WHOLE_MARK

    @property
    def sentence(self) -> str:
        """What is there, what is needed, and what is left."""
        if self.mark is None:
            return f"{self.component.title}: no mark yet."
        said = f"{self.component.title}: {percent(self.mark.mark_percent)}"
        still = ", provisional" if self.mark.status is MarkStatus.PROVISIONAL else ""
        if self.passed:
            return f"{said}{still}." if self.pass_mark_percent is None else f"{said}{still}, passed."
        return f"{said}{still}, needs {percent(self.pass_mark_percent or WHOLE_MARK)}; {left(self.attempts_left)}."


@dataclass(frozen=True)
class ModuleResult:
    """A module: what its marks come to by its own rules. Order: components as in the module."""

    components: tuple[ComponentResult, ...]
    pass_mark_percent: Decimal
    mark_percent: Decimal | None  # weighted over all components; empty until all are marked
    outcome: Outcome | None  # empty while it can still go either way
    all_ratified: bool  # every mark that counts

    @property
    def marked(self) -> int:
        """How many components have a mark."""
        return sum(part.mark is not None for part in self.components)

    @property
    def passed(self) -> int:
        """How many components are passed."""
        return sum(part.passed is True for part in self.components)

    @property
    def can_be_confirmed(self) -> bool:
        """Whether the outcome is settled and the provider's board has ratified it."""
        return self.outcome is not None and self.all_ratified

    @property
    def sentences(self) -> tuple[str, ...]:
        """Each thing that stands between the trainee and a pass. Order: components first, then the whole."""
        missing = [part.sentence for part in self.components if not part.passed]
        if self.mark_percent is not None and self.mark_percent < self.pass_mark_percent:
            missing.append(
                f"The whole module: {percent(self.mark_percent)}, needs {percent(self.pass_mark_percent)}; "
                f"{left(self._attempts_left())}."
            )
        return tuple(missing)

    def _attempts_left(self) -> int | None:
        """The most attempts that any component has left."""
        each = [part.attempts_left for part in self.components]
        return None if None in each else max(number for number in each if number is not None)


def result_of(module: RequirementOutline, marks: Sequence[Mark]) -> ModuleResult:
    """What the marks of one registration come to.

    The latest attempt counts, as last corrected. A component below its own pass mark fails the module whatever the
    average; nothing is compensated. A fail is an outcome only when no attempt could still turn it.
    Source: regulations of accredited health awards, such as Swansea University's for human and health sciences: every
    component is passed and nothing is compensated. The numbers are the module's own.
    """
    parts = tuple(_component_result(module, component, marks) for component in module.components)
    counting = [part.mark for part in parts if part.mark]
    whole = None
    if len(counting) == len(parts):
        whole = _weighted(parts, [mark.mark_percent for mark in counting])
    needed = module.pass_mark_percent or Decimal(0)
    return ModuleResult(
        components=parts,
        pass_mark_percent=needed,
        mark_percent=whole,
        outcome=_outcome(parts, needed, whole),
        all_ratified=bool(counting) and all(mark.status is MarkStatus.RATIFIED for mark in counting),
    )


def _component_result(
    module: RequirementOutline, component: ComponentOutline, marks: Sequence[Mark]
) -> ComponentResult:
    own = [mark for mark in marks if mark.component_id == component.id]
    latest = max(own, key=lambda mark: (mark.attempt, mark.correction), default=None)
    used = latest.attempt if latest else 0
    return ComponentResult(
        component=component,
        pass_mark_percent=_own_pass_mark(module, component),
        mark=latest,
        attempts_used=used,
        attempts_left=None if module.attempts_allowed is None else max(0, module.attempts_allowed - used),
    )


def _own_pass_mark(module: RequirementOutline, component: ComponentOutline) -> Decimal | None:
    """A component that must be passed and names no mark of its own is passed at the module's."""
    if component.pass_mark_percent is not None:
        return component.pass_mark_percent
    return module.pass_mark_percent if component.must_pass else None


def _weighted(parts: Sequence[ComponentResult], percents: Sequence[Decimal]) -> Decimal | None:
    """The weighted mean, cut (not rounded) to hundredths, so that what is shown as a pass is one."""
    weights = sum((part.component.weight_percent for part in parts), Decimal(0))
    if not weights:
        return None
    total = sum((part.component.weight_percent * mark for part, mark in zip(parts, percents, strict=True)), Decimal(0))
    return (total / weights).quantize(HUNDREDTH, ROUND_DOWN)


def _outcome(parts: Sequence[ComponentResult], needed: Decimal, whole: Decimal | None) -> Outcome | None:
    all_passed = bool(parts) and all(part.passed for part in parts)
    if all_passed and (whole is None or whole >= needed):
        return Outcome.PASSED
    best = _weighted(parts, [part.best_percent for part in parts])
    lost = any(part.passed is False and part.attempts_left == 0 for part in parts)
    return Outcome.FAILED if lost or (best is not None and best < needed) else None


def percent(number: Decimal) -> str:
    """A mark as people write it: 62 %, 62.5 %."""
    return f"{plain(number)} %"


def plain(number: Decimal) -> str:
    """A number without zeros at its end: 62, 62.5."""
    return f"{number.normalize() if number % 1 else number.quantize(Decimal(1)):f}"


def left(attempts: int | None) -> str:
    """How many attempts are left, in words."""
    if attempts is None:
        return "it can be taken again"
    return {0: "no attempt left", 1: "one attempt left"}.get(attempts, f"{attempts} attempts left")


def next_step(registration: Registration | None, result: ModuleResult) -> str:
    """Where a trainee is on a module and what to do next, in a sentence or two."""
    if registration is None:
        return "Not registered. Register when the provider has given you a place."
    if registration.status is RegistrationStatus.WITHDRAWN:
        return "Withdrawn. Register again if the provider gives you another place."
    if registration.status is RegistrationStatus.CONFIRMED:
        return _confirmed(registration)
    if result.outcome is not None:
        step = "It waits for a supervisor or training lead to confirm it." if result.all_ratified else RATIFY
        return f"{_said(result.outcome, result.mark_percent)} {step}"
    return result.sentences[0] if result.marked else "Registered. Record the first mark when you have it."


RATIFY = "A mark is still provisional: when the provider's board has ratified it, record it as ratified."


def _confirmed(registration: Registration) -> str:
    said = _said(registration.outcome or Outcome.FAILED, registration.mark_percent)
    if registration.outcome is Outcome.PASSED:
        return f"{said} Confirmed."
    return f"{said} Confirmed. Talk to your training lead and the provider about what comes next."


def _said(outcome: Outcome, mark_percent: Decimal | None) -> str:
    said = "Passed" if outcome is Outcome.PASSED else "Failed, and no attempt is left that could change it"
    return f"{said}: {percent(mark_percent)}." if mark_percent is not None else f"{said}."


def why_not_register(registration: Registration | None, on: date, today: date) -> str | None:
    """Source: decision: a registration is a fact, so its day is not to come; a confirmed result stays."""
    if on > today:
        return "The day of registration is in the future. Enter the day on which the provider registered you."
    if registration is not None and registration.status is RegistrationStatus.CONFIRMED:
        return CONFIRMED
    return None


CONFIRMED = "The result of this module is confirmed and on record. Tell the training lead if the provider changes it."
WITHDRAWN = "This registration was withdrawn. Register again first."


def why_not_withdraw(registration: Registration) -> str | None:
    """Source: decision: a confirmed result stays."""
    return {RegistrationStatus.CONFIRMED: CONFIRMED, RegistrationStatus.WITHDRAWN: WITHDRAWN}.get(registration.status)


def why_not_record(registration: Registration) -> str | None:
    """Source: decision: marks are recorded while a trainee is registered; a confirmed result stays."""
    return why_not_withdraw(registration)


def why_not_record_mark(part: ComponentResult, attempt: int, result: ModuleResult) -> str | None:
    """Why this attempt at a component cannot have a mark. A correction of an earlier attempt can.

    Source: University of Bristol, regulations for taught programmes: a resit tests again only what was failed.
    """
    title = part.component.title
    if attempt <= part.attempts_used:
        return None
    if attempt > part.attempts_used + 1:
        return f"{title}: record attempt {part.attempts_used + 1} before attempt {attempt}."
    if part.attempts_left == 0:
        return f"{title}: all {part.attempts_used} attempts that the module allows are used."
    if part.passed and not _fails_on_average(result):
        return f"{title}: attempt {part.attempts_used} is a pass. If its mark was wrong, correct that attempt."
    return None


def _fails_on_average(result: ModuleResult) -> bool:
    return result.mark_percent is not None and result.mark_percent < result.pass_mark_percent


def why_not_confirm(registration: Registration, result: ModuleResult) -> str | None:
    """Source: Swansea University, postgraduate assessment regulations: a mark is provisional until ratified."""
    if registration.status is not RegistrationStatus.REGISTERED:
        return why_not_withdraw(registration)
    if result.outcome is None:
        return "The result is not settled yet: " + " ".join(result.sentences)
    if not result.all_ratified:
        return RATIFY
    return None
