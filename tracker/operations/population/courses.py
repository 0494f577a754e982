"""How a trainee goes about each competency: on which days it is worked on, and when it is to be submitted."""

from dataclasses import dataclass
from datetime import date, timedelta
from random import Random

from tracker.curricula.outline import RequirementOutline
from tracker.curricula.rules import EvidenceRule
from tracker.operations.population.calendar import DAY, DAYS_IN_MONTH, Calendar
from tracker.operations.population.people import Training

EXTRA = (0, 0, 0, 1, 1, 2)
LATE_AT_FIRST = 0.3  # beginners fall behind and catch up: most is signed in the second year


@dataclass(frozen=True)
class Course:
    """One competency as it will be worked on, whether or not the days have come."""

    requirement: RequirementOutline
    rule: EvidenceRule
    days: tuple[date, ...]  # one for each entry

    @property
    def first_on(self) -> date:
        """The day of the first entry."""
        return self.days[0]

    @property
    def last_on(self) -> date:
        """The day of the last entry."""
        return self.days[-1]


def make_courses(rng: Random, training: Training, calendar: Calendar) -> list[Course]:
    """A course for each competency. Order: as in the curriculum."""
    pace = min(1.5, max(0.7, rng.gauss(1.0, 0.15))) / float(training.enrolment.working_fraction)
    return [
        make_course(rng, requirement, _due(rng, training, requirement, pace), training, calendar)
        for requirement in training.requirements
        if requirement.rule is not None
    ]


def make_course(
    rng: Random, requirement: RequirementOutline, due: date, training: Training, calendar: Calendar
) -> Course:
    """A course whose entries meet the competency's rule and end about when it is due."""
    rule = requirement.rule or EvidenceRule()
    number = fewest_entries(rule) + rng.choice(EXTRA)
    window = timedelta(days=max(rule.span_days + 7, number * 4, rng.randrange(30, 120)))
    if rule.max_age_days is not None:
        window = min(window, timedelta(days=max(rule.span_days + 1, rule.max_age_days // 2)))
    first = max(training.enrolment.starts_on + rng.randrange(3, 21) * DAY, due - window)
    window = min(window, max(due - first, timedelta(days=rule.span_days + 7)))
    days = [first, *sorted(first + window * rng.random() for _ in range(number - 2)), first + window]
    return Course(requirement, rule, tuple(_apart(days[:number], calendar)))


def fewest_entries(rule: EvidenceRule) -> int:
    """The fewest entries that can meet the rule, each with at most one reflection and one assessment."""
    assessed = sum(mix.count for mix in rule.assessments)
    hands_on = rule.part.count if rule.part else 0
    return max(1, rule.entries, rule.days, rule.reflections, assessed, rule.assessors, hands_on)


def _apart(days: list[date], calendar: Calendar) -> list[date]:
    """Each on a worked day, and no two on the same."""
    apart: list[date] = []
    for day in days:
        apart.append(calendar.on_or_after(max(day, apart[-1] + DAY) if apart else day))
    return apart


def _due(rng: Random, training: Training, requirement: RequirementOutline, pace: float) -> date:
    """About the month in which the curriculum expects it, at this trainee's pace."""
    length = training.scheme.outline.length_months
    month = requirement.expected_month or rng.randrange(2, length)
    behind = 1 + LATE_AT_FIRST * (1 - min(1.0, month / length))
    return training.enrolment.starts_on + timedelta(days=month * DAYS_IN_MONTH * pace * behind * rng.uniform(0.8, 1.2))
