"""What the owners of facts hand on, and how an evidence rule counts it. Pure."""

from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import date, timedelta
from uuid import UUID

from tracker.curricula.rules import EvidenceRule
from tracker.progress.models import LapseCause, Stage
from tracker.progress.validity import first_day_after


@dataclass(frozen=True)
class EntryFact:
    """What one log entry adds towards a competency."""

    performed_on: date
    times: int = 1
    part: str = ""
    assessment: str = ""  # the form, such as DOPS
    unnamed_assessment: bool = False  # an assessment was logged and its form was not
    assessor: str = ""
    reflection: bool = False
    action_plan: bool = False
    document: bool = False  # it was logged as a document and not as work


@dataclass(frozen=True)
class Facts:
    """Where a requirement stands, in the words of its owner (logbook or learning)."""

    stage: Stage
    since: date | None = None
    level: int | None = None
    entries: Sequence[EntryFact] = ()
    counts: dict[str, int] = field(default_factory=dict)  # what the owner counts itself, as a module's marks
    names_id: UUID | None = None  # who signed first, or who is asked to sign
    valid_from: date | None = None  # when it was signed off or last rechecked
    lapse_cause: LapseCause | None = None

    def lapses_on(self, validity_months: int | None) -> date | None:
        """The first day on which a sign-off is not valid any more, where it does not hold for good."""
        if self.stage is not Stage.DONE or self.valid_from is None or validity_months is None:
            return None
        return first_day_after(self.valid_from, validity_months)


@dataclass(frozen=True)
class Counted:
    """What a rule counts in the entries, and the next day on which time alone changes it.

    `counts` has: entries, times, days, first_on (a day's ordinal), span_days, reflections, assessors, action_plans,
    too_old, too_early, part.X for each part, form.X for each assessment form, form for assessments without one,
    documents for those without a part. A zero is left out.
    """

    counts: dict[str, int]
    changes_on: date | None


def count(rule: EvidenceRule, entries: Sequence[EntryFact], starts_on: date, today: date) -> Counted:
    """Count the entries that the rule lets count today, for an enrolment that began on `starts_on`."""
    since = starts_on if rule.since_enrolment else date.min
    oldest = date.min if rule.max_age_days is None else today - timedelta(days=rule.max_age_days)
    in_time = [entry for entry in entries if entry.performed_on >= since]
    counting = [entry for entry in in_time if entry.performed_on >= oldest]
    outside = {"too_early": len(entries) - len(in_time), "too_old": len(in_time) - len(counting)}
    counts = outside | _totals(counting) if counting else outside
    return Counted({name: number for name, number in counts.items() if number}, _next_change(rule, counting))


def _next_change(rule: EvidenceRule, counting: Sequence[EntryFact]) -> date | None:
    if rule.max_age_days is None or not counting:
        return None
    return min(entry.performed_on for entry in counting) + timedelta(days=rule.max_age_days + 1)


def _totals(entries: Sequence[EntryFact]) -> dict[str, int]:
    days = {entry.performed_on for entry in entries}
    first, last = min(days), max(days)
    totals = {
        "entries": len(entries),
        "times": sum([entry.times for entry in entries]),
        "days": len(days),
        "first_on": first.toordinal(),
        "span_days": (last - first).days,
        "reflections": sum([entry.reflection for entry in entries]),
        "assessors": len({entry.assessor.casefold() for entry in entries if entry.assessor}),
        "action_plans": sum([entry.action_plan for entry in entries]),
        "form": sum([entry.unnamed_assessment for entry in entries]),
        "documents": sum([entry.document and not entry.part for entry in entries]),
    }
    for entry in entries:
        if entry.part:
            totals[f"part.{entry.part}"] = totals.get(f"part.{entry.part}", 0) + 1
        if entry.assessment:
            totals[f"form.{entry.assessment}"] = totals.get(f"form.{entry.assessment}", 0) + 1
    return totals
