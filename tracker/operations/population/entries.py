"""What a trainee wrote in the log."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import date, datetime
from random import Random
from uuid import UUID

from tracker.curricula.outline import RequirementOutline
from tracker.curricula.rules import EvidenceRule
from tracker.equipment.models import Revision
from tracker.evidence.models import EvidenceFile
from tracker.logbook.models import EntryKind, EntryStatus, Part
from tracker.operations.population.calendar import DAY, at_work, make_id
from tracker.operations.population.courses import Course
from tracker.operations.population.people import Training
from tracker.operations.population.phrases import phrases
from tracker.operations.population.rows import Row

SHARE_REFLECTED, SHARE_SHARED, SHARE_DRAFTS, SHARE_OTHER_KINDS = 0.4, 0.2, 0.4, 0.15
RECENT = 6 * DAY
LAGS = (0, 0, 0, 1, 1, 2, 4)  # days until something is written up
MINUTES = (20, 30, 45, 60, 60, 90, 120, 180)
FORMS_DISCUSSED = ("CBD",)
OTHER_KINDS = (EntryKind.REFLECTION, EntryKind.TESTIMONY, EntryKind.DOCUMENT)
PARTS = (Part.OBSERVED, Part.ASSISTED, Part.SUPERVISED, Part.INDEPENDENT)


@dataclass(slots=True)
class MadeEntry:
    """A log entry before it is a row. It can be digested like one."""

    id: UUID
    status: EntryStatus
    kind: EntryKind
    title: str
    performed_on: date | None
    place: str
    times: int
    part: Part | None
    minutes: int | None
    equipment: str
    reflection: str
    action_plan: str
    assessment: str
    assessor: str
    written_at: datetime
    competencies: list[RequirementOutline]
    digest: str = ""

    @property
    def files(self) -> Sequence[EvidenceFile]:
        """None is attached."""
        return ()

    @property
    def used(self) -> Sequence[Revision]:
        """Nothing is registered."""
        return ()

    def row(self, training: Training) -> Row:
        """The entry as its table has it."""
        return {
            "id": self.id,
            "enrolment_id": training.enrolment.id,
            "trainee_id": training.trainee.id,
            "status": self.status,
            "kind": self.kind,
            "title": self.title,
            "performed_on": self.performed_on,
            "place": self.place,
            "times": self.times,
            "part": self.part,
            "minutes": self.minutes,
            "equipment": self.equipment,
            "reflection": self.reflection,
            "action_plan": self.action_plan,
            "assessment": self.assessment,
            "assessor": self.assessor,
            "no_patient_details": self.status is EntryStatus.LOGGED,
            "version": 1,
            "written_at": self.written_at,
            "changed_at": self.written_at,
        }


@dataclass(frozen=True)
class Writer:
    """Writes one trainee's entries."""

    rng: Random
    training: Training

    def entries_of(self, course: Course, until: date) -> list[MadeEntry]:
        """The entries of a course whose days have come. Order: by day."""
        plan = _Plan.of(self.rng, course, len(course.days))
        return [self.entry(course, plan, index, day, until) for index, day in enumerate(course.days) if day <= until]

    def entry(self, course: Course, plan: "_Plan", index: int, day: date, until: date) -> MadeEntry:
        """One entry of a course, at its place in the plan."""
        rng, words = self.rng, phrases()
        form = plan.forms.get(index, "")
        written_on = min(day + rng.choice(LAGS) * DAY, until)
        return MadeEntry(
            id=make_id(rng),
            status=EntryStatus.LOGGED,
            kind=_kind(rng, form),
            title=plan.titles[index % len(plan.titles)],
            performed_on=day,
            place=words.of_area(rng, self.training.area, "places"),
            times=plan.times,
            part=plan.parts[index],
            minutes=rng.choice(MINUTES),
            equipment=words.of_area(rng, course.requirement.code.partition("-")[0], "equipment"),
            reflection=words.any(rng, "reflections") if index in plan.reflected else "",
            action_plan=words.any(rng, "action_plans") if plan.has_action_plan(index) else "",
            assessment=form,
            assessor=self._assessor(index) if form else "",
            written_at=at_work(rng, written_on),
            competencies=[course.requirement],
        )

    def afterthought(self, course: Course, day: date) -> MadeEntry:
        """The entry that a supervisor asked for when returning a claim."""
        plan = replace(
            _Plan.of(self.rng, course, 1), parts=(Part.INDEPENDENT,), forms={}, reflected=frozenset({0}), planned=False
        )
        return self.entry(course, plan, 0, day, day)

    def share(self, entries: Sequence[MadeEntry], courses: Sequence[Course]) -> None:
        """Let some work count for a second competency that is under way: not an assessment, which counts for one."""
        for entry in entries:
            if entry.assessment or entry.performed_on is None or self.rng.random() > SHARE_SHARED:
                continue
            on, own = entry.performed_on, entry.competencies[0]
            others = [each for each in courses if each.first_on <= on < each.last_on and each.requirement is not own]
            if others:
                entry.competencies.append(self.rng.choice(others).requirement)

    def leave_some_unfinished(self, entries: Sequence[MadeEntry], until: date) -> None:
        """The latest work is often still a draft."""
        for entry in entries:
            if entry.performed_on and entry.performed_on > until - RECENT and self.rng.random() < SHARE_DRAFTS:
                entry.status = EntryStatus.DRAFT

    def _assessor(self, index: int) -> str:
        """One of the staff: those next to each other in a course are different people."""
        people = list(self.training.staff.values())
        return people[index % len(people)].name


@dataclass(frozen=True)
class _Plan:
    """What each entry of a course adds towards its rule."""

    titles: Sequence[str]  # in turn
    parts: tuple[Part, ...]
    forms: Mapping[int, str]  # which entries are assessments
    reflected: frozenset[int]
    times: int
    planned: bool

    @staticmethod
    def of(rng: Random, course: Course, number: int) -> "_Plan":
        """Hands-on work, assessments and reflections come last, when the trainee is ready for them."""
        rule = course.rule
        forms = [rng.choice(mix.any_of) for mix in rule.assessments for _ in range(mix.count)]
        first_form, first_reflected = number - len(forms), number - rule.reflections
        reflected = {index for index in range(number) if index >= first_reflected or rng.random() < SHARE_REFLECTED}
        return _Plan(
            titles=phrases().titles(rng, course.requirement.code),
            parts=tuple(_part(rng, rule, index, number) for index in range(number)),
            forms={first_form + index: form for index, form in enumerate(forms)},
            reflected=frozenset(reflected),
            times=max(1, -(-rule.times // number)),
            planned=rule.action_plan,
        )

    def has_action_plan(self, index: int) -> bool:
        """A plan stands at the end, where one is asked for."""
        return self.planned and index == len(self.parts) - 1


def _part(rng: Random, rule: EvidenceRule, index: int, number: int) -> Part:
    if rule.part and index >= number - rule.part.count:
        return Part(rng.choice(rule.part.any_of))
    place = (index + rng.random()) / number
    return PARTS[min(len(PARTS) - 1, int(place * len(PARTS)))]


def _kind(rng: Random, form: str) -> EntryKind:
    if form:
        return EntryKind.CASE_DISCUSSION if form in FORMS_DISCUSSED else EntryKind.OBSERVED_ASSESSMENT
    return rng.choice(OTHER_KINDS) if rng.random() < SHARE_OTHER_KINDS else EntryKind.PROCEDURE
