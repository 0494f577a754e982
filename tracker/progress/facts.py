"""What the owners of facts hand on, and how an evidence rule counts it. Pure."""

from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import date, timedelta

from tracker.curricula.rules import EvidenceRule
from tracker.progress.models import Stage


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
    early = [entry for entry in entries if _too_early(rule, entry, starts_on)]
    in_time = [entry for entry in entries if not _too_early(rule, entry, starts_on)]
    counting = [entry for entry in in_time if not _too_old(rule, entry, today)]
    counts = {"too_early": len(early), "too_old": len(in_time) - len(counting)} | _totals(counting)
    return Counted({name: number for name, number in counts.items() if number}, _next_change(rule, counting))


def _too_early(rule: EvidenceRule, entry: EntryFact, starts_on: date) -> bool:
    return rule.since_enrolment and entry.performed_on < starts_on


def _too_old(rule: EvidenceRule, entry: EntryFact, today: date) -> bool:
    return rule.max_age_days is not None and (today - entry.performed_on).days > rule.max_age_days


def _next_change(rule: EvidenceRule, counting: Sequence[EntryFact]) -> date | None:
    if rule.max_age_days is None or not counting:
        return None
    return min(entry.performed_on for entry in counting) + timedelta(days=rule.max_age_days + 1)


def _totals(entries: Sequence[EntryFact]) -> dict[str, int]:
    days = {entry.performed_on for entry in entries}
    by_part = Counter(f"part.{entry.part}" for entry in entries if entry.part)
    by_form = Counter(f"form.{entry.assessment}" for entry in entries if entry.assessment)
    return {
        "entries": len(entries),
        "times": sum(entry.times for entry in entries),
        "days": len(days),
        "first_on": min(days).toordinal() if days else 0,
        "span_days": (max(days) - min(days)).days if days else 0,
        "reflections": sum(entry.reflection for entry in entries),
        "assessors": len({entry.assessor.casefold() for entry in entries if entry.assessor}),
        "action_plans": sum(entry.action_plan for entry in entries),
        "form": sum(entry.unnamed_assessment for entry in entries),
        "documents": sum(entry.document and not entry.part for entry in entries),
        **by_part,
        **by_form,
    }
