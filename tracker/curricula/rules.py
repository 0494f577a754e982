"""What evidence a kind of competency asks for, how that is said, and when a version can be published. Pure."""

from dataclasses import dataclass

from tracker.curricula.conditions import MONTHS_IN_YEAR
from tracker.curricula.models import Version, VersionStatus

PARTS = ("observed", "assisted", "supervised", "independent")  # how a trainee took part, from watching to working alone
SCALABLE = ("entries", "times", "days", "span_days", "reflections")
DAYS_IN_YEAR, DAYS_IN_WEEK = 365, 7


@dataclass(frozen=True)
class Mix:
    """A number of things, each of any of these sorts: 3 of DOPS or OCE. One thing counts in one mix only."""

    count: int
    any_of: tuple[str, ...]


@dataclass(frozen=True)
class EvidenceRule:
    """The least evidence that a claim rests on. A minimum of 0 asks for nothing.

    Source: each curriculum gives its own; see its kinds.
    """

    entries: int = 0
    times: int = 0  # the sum of how often it was done
    days: int = 0  # on how many different days
    span_days: int = 0  # from the first day to the last
    reflections: int = 0
    assessments: tuple[Mix, ...] = ()  # by the codes of the curriculum's assessment forms
    assessors: int = 0  # different people
    action_plan: bool = False
    part: Mix | None = None  # entries in which the trainee took one of these parts
    max_age_days: int | None = None
    since_enrolment: bool = False  # nothing from before the enrolment counts
    scaled: tuple[str, ...] = ()  # the minimums that shrink with the working fraction


def evidence_sentence(rule: EvidenceRule) -> str:
    """The rule in one sentence, such as "3 entries on 3 different days; 2 reflections; one DOPS or OCE."."""
    text = "; ".join(evidence_parts(rule)) or "any evidence that persuades your supervisor"
    return f"{text[0].upper()}{text[1:]}."


def evidence_parts(rule: EvidenceRule) -> list[str]:
    """What the rule asks for, one phrase for each part. Order: work, reflection, assessment, limits."""
    asked = [_work(rule), _times(rule.times), _part(rule.part)]
    asked += [_counted(rule.reflections, "reflection"), "an action plan" if rule.action_plan else ""]
    asked += [_mix(mix) for mix in rule.assessments]
    asked += [_counted(rule.assessors, "different assessor") if rule.assessors > 1 else ""]
    return [phrase for phrase in asked + _limits(rule) if phrase]


def validity_sentence(months: int | None) -> str:
    """How long a sign-off is valid; nothing where it is for good."""
    if not months:
        return ""
    time = _counted(months // MONTHS_IN_YEAR, "year") if months % MONTHS_IN_YEAR == 0 else _counted(months, "month")
    return f"A sign-off is valid for {time}, then a supervisor rechecks it."


def why_not_publish(version: Version) -> str | None:
    """Source: design, "A curriculum is data": a published version is frozen."""
    if version.status is not VersionStatus.DRAFT:
        return f"Version {version.number} was published before. Import a changed file to make a new version."
    return None


def why_not_withdraw(version: Version) -> str | None:
    """Source: design, "A curriculum is data": withdrawing stops new enrolments and nothing else."""
    if version.status is VersionStatus.DRAFT:
        return f"Version {version.number} is a draft: nobody can be enrolled on it anyway."
    if version.status is VersionStatus.WITHDRAWN:
        return f"Version {version.number} was withdrawn before."
    return None


def why_not_edit(version: Version) -> str | None:
    """Source: design, "A curriculum is data": a published version is frozen."""
    if version.status is not VersionStatus.DRAFT:
        return f"Version {version.number} is published and does not change any more. Make a draft from it."
    return None


def joined(words: tuple[str, ...] | list[str], last: str) -> str:
    """Words as they are said: "a, b or c"."""
    return f" {last} ".join(filter(None, (", ".join(words[:-1]), words[-1]))) if words else ""


def length(days: int) -> str:
    """A length of time as it is said: "4 weeks", "2 years", "10 days"."""
    if days % DAYS_IN_YEAR == 0:
        return _counted(days // DAYS_IN_YEAR, "year")
    if days % DAYS_IN_WEEK == 0:
        return _counted(days // DAYS_IN_WEEK, "week")
    return _counted(days, "day")


def _counted(count: int, thing: str, things: str = "") -> str:
    if not count:
        return ""
    return f"one {thing}" if count == 1 else f"{count} {things or thing + 's'}"


def _work(rule: EvidenceRule) -> str:
    text = _counted(rule.entries, "entry", "entries")
    if rule.days:
        text = f"{text or 'entries'} on {_counted(rule.days, 'day', 'different days')}"
    if rule.span_days:
        text = f"{text or 'entries'}, at least {length(rule.span_days)} from the first to the last"
    return text


def _times(times: int) -> str:
    return f"done {times} times in all" if times > 1 else ""


def _part(mix: Mix | None) -> str:
    if mix is None:
        return ""
    return f"{_counted(mix.count, 'entry', 'entries')} where your part was {joined(mix.any_of, 'or')}"


def _mix(mix: Mix) -> str:
    number = "one" if mix.count == 1 else mix.count
    return f"{number} {joined(mix.any_of, 'or')}"


def _limits(rule: EvidenceRule) -> list[str]:
    scaled = ["time from first to last" if name == "span_days" else name for name in rule.scaled]
    return [
        f"nothing older than {length(rule.max_age_days)}" if rule.max_age_days else "",
        "nothing from before your enrolment" if rule.since_enrolment else "",
        f"part-time working lowers the minimum of {joined(scaled, 'and')}" if scaled else "",
    ]
