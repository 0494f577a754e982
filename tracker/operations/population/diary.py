"""All that one trainee did on a scheme, and where it left them."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import date
from random import Random
from uuid import UUID

from tracker.curricula.outline import Outline
from tracker.enrolments.models import Enrolment
from tracker.logbook.facts import facts_from
from tracker.logbook.models import Claim, EntryStatus
from tracker.operations.population.calendar import DAY, Calendar, make_calendar
from tracker.operations.population.claims import ClaimStory, Happening, happened_to
from tracker.operations.population.courses import Course, make_courses
from tracker.operations.population.entries import MadeEntry, Writer
from tracker.operations.population.people import Training
from tracker.operations.population.rows import Row
from tracker.progress.facts import Facts, count
from tracker.progress.models import Stage


@dataclass(frozen=True)
class Diary:
    """A trainee's log and claims. Order: entries and stories by competency."""

    training: Training
    entries: Sequence[MadeEntry]
    stories: Sequence[ClaimStory]

    @property
    def happened(self) -> list[Happening]:
        """What went on record."""
        return happened_to(self.stories)

    @property
    def claims(self) -> list[Claim]:
        """The claims that there are."""
        return [story.claim for story in self.stories if story.happened]


def keep_diary(rng: Random, training: Training, as_of: date) -> Diary:
    """Live through a training up to the day before `as_of`."""
    calendar = make_calendar(rng, training.enrolment.working_fraction)
    return write_diary(rng, training, make_courses(rng, training, calendar), calendar, as_of - DAY)


def write_diary(
    rng: Random, training: Training, courses: Sequence[Course], calendar: Calendar, until: date
) -> Diary:  # fmt: skip
    """Write the entries of these courses, then claim what is complete."""
    writer = Writer(rng, training)
    own = {course.requirement.id: writer.entries_of(course, until) for course in courses}
    written = [entry for entries in own.values() for entry in entries]
    writer.share(written, courses)
    writer.leave_some_unfinished(written, until)
    counting = counting_entries(written)
    stories = [
        ClaimStory(rng, training, course, calendar, counting[course.requirement.id], until)
        for course in courses
        if is_complete(course, own[course.requirement.id])
    ]
    for story in stories:
        story.tell()
    known = {entry.id for entry in written}
    added = [entry for story in stories for entry in story.entries if entry.id not in known]
    return Diary(training, [*written, *added], stories)


def counting_entries(entries: Sequence[MadeEntry]) -> dict[UUID, list[MadeEntry]]:
    """The entries that are in the log, by the competencies that they count for."""
    counting: dict[UUID, list[MadeEntry]] = {}
    for entry in entries:
        if entry.status is EntryStatus.LOGGED:
            for competency in entry.competencies:
                counting.setdefault(competency.id, []).append(entry)
    return counting


def is_complete(course: Course, entries: Sequence[MadeEntry]) -> bool:
    """Whether everything that was planned is in the log."""
    return len(entries) == len(course.days) and all(entry.status is EntryStatus.LOGGED for entry in entries)


def stands(diary: Diary, as_of: date) -> Iterator[tuple[UUID, Facts, Row]]:
    """Where each competency stands that was begun: its facts, and its row in the projection."""
    counting = counting_entries(diary.entries)
    claims = {claim.competency_id: claim for claim in diary.claims}
    for requirement in diary.training.requirements:
        if requirement.rule is not None and (requirement.id in counting or requirement.id in claims):
            facts = facts_from(claims.get(requirement.id), counting.get(requirement.id, []))
            counted = count(requirement.rule, facts.entries, diary.training.enrolment.starts_on, as_of)
            yield (
                requirement.id,
                facts,
                standing_row(diary.training.enrolment, requirement.id, facts, counted.counts, counted.changes_on),
            )


def standing_row(
    enrolment: Enrolment, requirement_id: UUID, facts: Facts, counts: dict[str, int], changes_on: date | None = None
) -> Row:
    """A Standing as its table has it."""
    return {
        "enrolment_id": enrolment.id,
        "requirement_id": requirement_id,
        "stage": facts.stage,
        "counts": counts,
        "level": facts.level,
        "since": facts.since,
        "changes_on": changes_on,
    }


def section_sums(enrolment: Enrolment, outline: Outline, stages: dict[UUID, Stage]) -> list[Row]:
    """The sums of the sections in which something is done or waits."""
    sums: dict[UUID, list[int]] = {}
    for requirement_id, stage in stages.items():
        if stage in {Stage.DONE, Stage.SUBMITTED}:
            requirement = outline.requirement(requirement_id)
            for section_id in outline.within(requirement.section_id):
                numbers = sums.setdefault(section_id, [0, 0, 0])
                numbers[0] += stage is Stage.DONE
                numbers[1] += stage is Stage.SUBMITTED
                numbers[2] += (requirement.credits or 0) * (stage is Stage.DONE)
    return [
        {"enrolment_id": enrolment.id, "section_id": section_id, "done": done, "waiting": waiting, "credits": earned}
        for section_id, (done, waiting, earned) in sums.items()
    ]
