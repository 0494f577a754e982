"""One enrolment's progress, as its page, its PDF and its command show it."""

from dataclasses import dataclass
from datetime import date
from uuid import UUID

from tracker.curricula.models import RequirementKind
from tracker.curricula.queries import get_outline
from tracker.enrolments.models import Enrolment
from tracker.progress.explain import Explanation, explain
from tracker.progress.milestones import MilestoneExplained
from tracker.progress.models import WAITING, Stage
from tracker.progress.queries import breaks_of, get_situation
from tracker.progress.requirements import RequirementExplained
from tracker.progress.sections import SectionExplained
from tracker.progress.training_time import Break
from tracker.reviews.queries import list_held
from tracker.reviews.signature_queries import signed_above

STAGE_WORDS = {
    Stage.NOT_STARTED: "Not started",
    Stage.IN_PROGRESS: "In progress",
    Stage.SUBMITTED: "Waiting",
    Stage.SIGNED: "Signed once",
    Stage.RETURNED: "Returned",
    Stage.DONE: "Done",
    Stage.FAILED: "Failed",
    Stage.REVOKED: "Revoked",
    Stage.LAPSED: "Recheck due",
    Stage.CONFIRM: "To confirm",
}
FIRST = (Stage.RETURNED, Stage.REVOKED, Stage.LAPSED, Stage.FAILED, Stage.CONFIRM)
STEPS_SHOWN = 5


@dataclass(frozen=True)
class Line:
    """One requirement on a report."""

    id: UUID
    code: str
    title: str
    is_module: bool
    stage: Stage
    word: str
    sentence: str
    expected_month: int | None
    credits: int


@dataclass(frozen=True)
class MilestoneLine:
    """One milestone on a report: met, due or overdue, and a sentence for each part that lacks."""

    code: str
    title: str
    due_on: date
    word: str
    missing: tuple[str, ...]


@dataclass(frozen=True)
class Report:
    """Where one enrolment stands. Order: sections and lines as in the curriculum; steps by what helps most."""

    enrolment_id: UUID
    trainee: str
    centre: str
    curriculum: str
    starts_on: date
    planned_end_on: date
    month: int  # of the training, from 1; part-time months count in part
    supervisors: tuple[str, ...]
    breaks: tuple[Break, ...]
    milestones: tuple[MilestoneLine, ...]
    has_reviews: bool  # the curriculum expects some, or one was held
    sections: tuple[SectionExplained, ...]
    lines: tuple[tuple[SectionExplained, tuple[Line, ...]], ...]  # each requirement once, under the section it is in
    waiting: tuple[Line, ...]
    steps: tuple[Line, ...]
    done: int
    total: int
    expected: int  # how many the curriculum expects to be done by now
    credits: int
    credits_total: int
    percent: int  # done over all, weighted where the curriculum says so, rounded down so that 100 means all
    signature: str  # a sentence on the signature of the whole; empty: the curriculum does not ask for one
    is_signed: bool  # as a whole
    has_signatures: bool  # above those of single competencies

    @property
    def has_competencies(self) -> bool:
        """Whether there is anything to log for."""
        return any(not line.is_module for _, lines in self.lines for line in lines)


def report_on(enrolment: Enrolment, on: date) -> Report:
    """The report of an enrolment on a day. Needs: everybody in it, its areas and its breaks loaded."""
    outline = get_outline(enrolment.version_id)
    asks = outline.signatures
    signed = signed_above(enrolment) if asks.section or asks.whole else {}
    situation = get_situation(enrolment, on, list_held(enrolment.id), breaks_of(enrolment, on), signed)
    explanation = explain(outline, situation, on)
    month = situation.time.month(on)
    lines = {explained.requirement.id: _line(explained) for explained in explanation.requirements}
    modules = [line for line in lines.values() if line.is_module]
    return Report(
        enrolment_id=enrolment.id,
        trainee=enrolment.trainee.name,
        centre=enrolment.centre.name,
        curriculum=enrolment.version.title,
        starts_on=enrolment.starts_on,
        planned_end_on=enrolment.planned_end_on,
        month=month,
        supervisors=situation.supervisors,
        breaks=situation.breaks,
        milestones=tuple(map(_milestone, explanation.milestones)),
        has_reviews=bool(outline.reviews or situation.reviews),
        sections=explanation.sections,
        lines=_by_section(explanation, lines),
        waiting=tuple(lines[each.requirement.id] for each in explanation.at(*WAITING)),
        steps=tuple(lines[each.requirement.id] for each in next_steps(explanation, month)),
        done=explanation.done,
        total=len(lines),
        expected=sum(line.expected_month is not None and line.expected_month <= month for line in lines.values()),
        credits=sum(line.credits for line in modules if line.stage is Stage.DONE),
        credits_total=sum(line.credits for line in modules),
        percent=explanation.percent,
        signature=explanation.signature.sentence if explanation.signature else "",
        is_signed=explanation.signature is not None and explanation.signature.met,
        has_signatures=bool(asks.section or asks.whole),
    )


def _milestone(explained: MilestoneExplained) -> MilestoneLine:
    milestone = explained.milestone
    word = "Met" if explained.met else "Overdue" if explained.overdue else "Due"
    return MilestoneLine(milestone.code, milestone.title, explained.due_on, word, explained.missing)


def _line(explained: RequirementExplained) -> Line:
    requirement = explained.requirement
    return Line(
        id=requirement.id,
        code=requirement.code,
        title=requirement.title,
        is_module=requirement.requirement_kind is RequirementKind.MODULE,
        stage=explained.stage,
        word="Ready to submit" if explained.ready else STAGE_WORDS[explained.stage],
        sentence=explained.sentence,
        expected_month=requirement.expected_month,
        credits=requirement.credits or 0,
    )


def _by_section(
    explanation: Explanation, lines: dict[UUID, Line]
) -> tuple[tuple[SectionExplained, tuple[Line, ...]], ...]:
    grouped: dict[UUID, list[Line]] = {}
    for explained in explanation.requirements:
        grouped.setdefault(explained.requirement.section_id, []).append(lines[explained.requirement.id])
    return tuple(
        (section, tuple(grouped[section.section.id]))
        for section in explanation.sections
        if section.section.id in grouped
    )


def next_steps(explanation: Explanation, month: int) -> list[RequirementExplained]:
    """What to do next: what came back, what can be submitted, what is under way, and what is expected soonest."""

    def rank(explained: RequirementExplained) -> tuple[int, int]:
        if explained.stage in FIRST:
            order = 0
        elif explained.ready:
            order = 1
        else:
            due = (explained.requirement.expected_month or 999) - month
            order = 2 if explained.stage is Stage.IN_PROGRESS and due <= 1 else 3
        return order, explained.requirement.expected_month or 999

    open_ones = [each for each in explanation.requirements if each.stage not in {Stage.DONE, *WAITING}]
    return sorted(open_ones, key=rank)[:STEPS_SHOWN]
