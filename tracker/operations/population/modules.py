"""A trainee on a distance-learning award: registrations, marks, and results that were confirmed."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from datetime import date, datetime, timedelta
from decimal import Decimal
from random import Random
from uuid import UUID

from tracker.curricula.outline import ComponentOutline, RequirementOutline
from tracker.learning.actions import decision
from tracker.learning.facts import facts_of, on_record
from tracker.learning.models import Mark, MarkStatus, Outcome, Registration, RegistrationStatus
from tracker.learning.rules import ModuleResult, result_of
from tracker.notifications.models import NoticeKind
from tracker.operations.population.calendar import DAY, DAYS_IN_MONTH, at_work, make_id
from tracker.operations.population.claims import Happening, Told
from tracker.operations.population.diary import standing_row
from tracker.operations.population.people import Training
from tracker.operations.population.rows import Row
from tracker.progress.facts import Facts

MODULE_DAYS = 120  # from registration to the last component
BOARD_DAYS = (25, 45)  # from a mark to the board that ratifies it
RESIT_DAYS = (50, 80)
USUAL_MARK, SPREAD, AT_RESIT = 62, 11, 52


@dataclass
class ModuleStory:
    """One module of one trainee. Order: marks as they were recorded."""

    rng: Random
    training: Training
    module: RequirementOutline
    until: date
    registration: Registration
    marks: list[Mark] = field(default_factory=list)
    happened: list[Happening] = field(default_factory=list)

    @property
    def result(self) -> ModuleResult:
        """What the marks come to."""
        return result_of(self.module, self.marks)

    def tell(self) -> None:
        """Take each component, again where it must be, and have the settled result confirmed."""
        for place, component in enumerate(self.module.components, 1):
            days = MODULE_DAYS * place // len(self.module.components) + self.rng.randrange(-6, 7)
            self._take(component, self.registration.registered_on + days * DAY)
        self.marks.sort(key=lambda mark: mark.recorded_at)
        result = self.result
        if result.can_be_confirmed:
            settled_on = max(part.mark.recorded_at for part in result.components if part.mark).date()
            confirmed_on = settled_on + self.rng.randrange(2, 15) * DAY
            if confirmed_on <= self.until:
                self._confirm(at_work(self.rng, confirmed_on), result)

    def _take(self, component: ComponentOutline, first_on: date) -> None:
        needed = component.pass_mark_percent or self.module.pass_mark_percent or Decimal(0)
        usual, day = USUAL_MARK, first_on
        for attempt in range(1, (self.module.attempts_allowed or 2) + 1):
            percent = Decimal(min(95, max(20, round(self.rng.gauss(usual, SPREAD)))))
            if component.pass_mark_percent == 100:  # noqa: PLR2004 - passed or not
                percent = Decimal(100 if percent >= needed - 60 else 0)
            self._record(component, attempt, day, percent)
            if percent >= needed:
                return
            usual, day = AT_RESIT, day + self.rng.randint(*RESIT_DAYS) * DAY

    def _record(self, component: ComponentOutline, attempt: int, day: date, percent: Decimal) -> None:
        """A mark is provisional until a board has sat."""
        board_on = day + self.rng.randint(*BOARD_DAYS) * DAY
        for correction, (on, status) in enumerate(((day, MarkStatus.PROVISIONAL), (board_on, MarkStatus.RATIFIED))):
            if on <= self.until:
                mark = Mark(
                    id=make_id(self.rng),
                    registration_id=self.registration.id,
                    component_id=component.id,
                    attempt=attempt,
                    correction=correction,
                    mark_percent=percent,
                    status=status,
                    recorded_by_id=self.training.trainee.id,
                    recorded_at=at_work(self.rng, on),
                )
                self.marks.append(mark)
                self.registration.version += 1

    def _confirm(self, at: datetime, result: ModuleResult) -> None:
        registration, training = self.registration, self.training
        supervisor = training.staff[training.supervisors_on(at.date())[0].supervisor_id]
        registration.outcome, registration.mark_percent = result.outcome or Outcome.FAILED, result.mark_percent
        registration.confirmed_at, registration.confirmed_by_id = at, supervisor.id
        registration.status, registration.changed_by_id = RegistrationStatus.CONFIRMED, supervisor.id
        registration.version += 1
        more = on_record(self.module, training.scheme.digest, registration, result)
        path = f"/enrolments/{training.enrolment.id}/modules/{self.module.id}"
        told = Told(NoticeKind.RESULT_CONFIRMED, (training.trainee.id,), self.module.code, path)
        made = decision(supervisor, registration, make_id(self.rng), **more)
        self.happened.append(Happening(at, made, told))


def study(rng: Random, training: Training, as_of: date) -> list[ModuleStory]:
    """The modules on which the trainee was registered before `as_of`. Order: as in the curriculum."""
    stories = []
    pace = rng.uniform(0.95, 1.25) / float(training.enrolment.working_fraction)
    for module in training.requirements:
        if module.rule is not None:
            continue
        ends_after = timedelta(days=DAYS_IN_MONTH * (module.expected_month or 12) * pace)
        registered_on = max(training.enrolment.starts_on, training.enrolment.starts_on + ends_after - MODULE_DAYS * DAY)
        if registered_on < as_of:
            story = ModuleStory(rng, training, module, as_of - DAY, _registration(rng, training, module, registered_on))
            story.tell()
            stories.append(story)
    return stories


def _registration(rng: Random, training: Training, module: RequirementOutline, on: date) -> Registration:
    return Registration(
        id=make_id(rng),
        enrolment_id=training.enrolment.id,
        module_id=module.id,
        trainee_id=training.trainee.id,
        registered_on=on,
        status=RegistrationStatus.REGISTERED,
        changed_by_id=training.trainee.id,
        version=1,
    )


def module_standings(stories: Sequence[ModuleStory]) -> Iterator[tuple[UUID, Facts, Row]]:
    """Where each module stands: its facts, and its row in the projection."""
    for story in stories:
        facts = facts_of(story.registration, story.result)
        yield story.module.id, facts, standing_row(story.training.enrolment, story.module.id, facts, facts.counts)
