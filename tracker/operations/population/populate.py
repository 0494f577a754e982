"""Making a population and writing it."""

from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import dataclass, field
from datetime import date, timedelta
from functools import partial
from random import Random
from tempfile import TemporaryFile
from typing import Any
from uuid import UUID

import sqlalchemy as sa

from tracker.accounts.models import Person, Role
from tracker.core.db import db
from tracker.core.errors import Refused
from tracker.curricula.models import Version
from tracker.curricula.queries import find_version, get_outline
from tracker.enrolments.models import Enrolment
from tracker.logbook.models import ClaimEvidence, ClaimStep, EntryCompetency, LogEntry
from tracker.notifications.models import Notice
from tracker.operations.population.calendar import DAY, make_id, make_start, seeded
from tracker.operations.population.claims import Happening
from tracker.operations.population.diary import Diary, keep_diary, section_sums, stands
from tracker.operations.population.modules import ModuleStory, module_standings, study
from tracker.operations.population.people import (
    Crowd,
    Post,
    Scheme,
    Site,
    Training,
    chosen_areas,
    lead_grant,
    make_fraction,
    make_grant,
    make_site,
    make_training,
)
from tracker.operations.population.rows import Bulk, Row
from tracker.operations.population.shelf import Shelf
from tracker.progress.models import SectionSum, Stage, Standing
from tracker.record.actions import event_values
from tracker.record.canonical import SALT_BYTES
from tracker.record.models import Event, Head, Opening

AT_A_TIME = 50  # trainees whose rows are written together
EVENTS_AT_A_TIME = 4000
SHARE_ON_AWARD, SHARE_READ = 1 / 3, 0.8
SITES_PER_MODERATOR = 4
RECENT = 14 * DAY


@dataclass(frozen=True)
class Plan:
    """How many trainees, from which seed, on which day, on which curricula."""

    trainees: int
    seed: int
    as_of: date
    scheme: Scheme
    award: Scheme | None = None
    trainees_per_centre: int = 25
    trainees_at_first: int = 0  # how many the first centre has, when it is to be large

    def site_of(self, index: int) -> int:
        """The centre that the trainee of that number is at."""
        if index < self.trainees_at_first:
            return 0
        return (index - self.trainees_at_first) // self.trainees_per_centre + bool(self.trainees_at_first)

    def size_of(self, site: int) -> int:
        """About how many trainees the centre of that number has."""
        large = site == 0 and self.trainees_at_first
        return self.trainees_at_first if large else min(self.trainees, self.trainees_per_centre)


def populate(plan: Plan, done: Callable[[], None] = lambda: None) -> str:
    """Make the population and write it, in this transaction. `done` is called after each trainee. Gives a summary."""
    quicken()
    with TemporaryFile() as file:
        world = World(plan.as_of, Bulk(db.session.connection()), Shelf(file))
        site: Site | None = None
        for number in range(plan.trainees):
            index = plan.site_of(number)
            if site is None or index == world.sites:
                rng = seeded(plan.seed, "site", index)
                site = make_site(rng, world.crowd, index, plan.size_of(index))
                world.add_site(rng, site)
            add_trainee(world, seeded(plan.seed, number), site, plan, number)
            done()
        world.finish(seeded(plan.seed, "record"))
    return f"Made {plan.trainees} trainees in {world.sites} centres, and {len(world.shelf)} events on record."


def refuse_if_inhabited() -> None:
    """Raises Refused when the database has people."""
    if db.session.scalar(sa.select(sa.exists().where(Person.id.is_not(None)))):
        raise Refused("There are people in this database already. A population needs one without: give another.")


def published(code: str) -> Scheme:
    """The newest published version of a curriculum. Raises Refused when there is none."""
    version = find_version(code)
    if version is None:
        raise Refused(f"No version of {code} is published. Import it with --publish first.")
    return scheme_of(version)


def scheme_of(version: Version) -> Scheme:
    """A version as trainees are put on it. Needs: curriculum loaded."""
    return Scheme(get_outline(version.id), version.digest, version.curriculum_id)


def quicken() -> None:
    """Let SQLite keep what it is writing to in memory."""
    if db.session.connection().dialect.name == "sqlite":
        db.session.execute(sa.text("PRAGMA cache_size = -200000"))


def add_trainee(world: "World", rng: Random, site: Site, plan: Plan, number: int) -> None:
    """Somebody on the scheme, and perhaps on the award as well."""
    trainee = world.crowd.person(rng, site.lead.email.partition("@")[2])
    supervisor = site.supervisors[number % len(site.supervisors)]
    post = Post(trainee, site, supervisor, make_start(rng, plan.as_of), make_fraction(rng))
    world.bulk.add_all([trainee])
    world.add_diary(keep_diary(rng, make_training(rng, post, plan.scheme), plan.as_of))
    if plan.award and rng.random() < SHARE_ON_AWARD:
        studies = make_training(rng, post, plan.award)
        world.add_modules(studies, study(rng, studies, plan.as_of))
    world.one_more()


@dataclass
class World:
    """What is made and not yet written: rows, and what goes on record once all of it can be put in order."""

    as_of: date
    bulk: Bulk
    shelf: Shelf
    crowd: Crowd = field(init=False)
    moderator: Person | None = None
    sites: int = 0
    unwritten: int = 0

    def __post_init__(self) -> None:
        addresses = db.session.scalars(sa.select(Person.email))
        self.crowd = Crowd(self.as_of, set(addresses))

    def add_site(self, rng: Random, site: Site) -> None:
        """A department, its staff and their roles; every few departments share a moderator."""
        self.bulk.add_all([site.centre, site.lead, *site.supervisors, lead_grant(rng, site, self.crowd.began)])
        if self.moderator is None or self.sites % SITES_PER_MODERATOR == 0:
            self.moderator = self.crowd.person(rng, "moderators.example")
            self.bulk.add_all([self.moderator])
        self.sites += 1
        since, until = self.as_of - 90 * DAY, self.as_of + 275 * DAY
        scope = {"ends_on": until, "centre_id": site.centre.id}
        self.bulk.add_all([make_grant(rng, self.moderator, Role.MODERATOR, since, **scope)])

    def add_training(self, training: Training) -> None:
        """An enrolment with its areas and supervisions."""
        self.bulk.add_all([training.enrolment, *chosen_areas(training), *training.supervisions])

    def add_diary(self, diary: Diary) -> None:
        """A log, the claims on it, and where they left the trainee."""
        self.add_training(diary.training)
        self.bulk.add(LogEntry, [entry.row(diary.training) for entry in diary.entries])
        links = [
            {"entry_id": entry.id, "competency_id": competency.id}
            for entry in diary.entries
            for competency in entry.competencies
        ]
        self.bulk.add(EntryCompetency, links)
        self.bulk.add_all(diary.claims)
        for story in diary.stories:
            self.bulk.add(ClaimEvidence, story.evidence)
        self._add_standings(diary.training, stands(diary, self.as_of))
        self._add_happenings(diary.training.enrolment, diary.happened)

    def add_modules(self, training: Training, stories: Sequence[ModuleStory]) -> None:
        """An enrolment on an award: registrations, marks and confirmed results."""
        self.add_training(training)
        self.bulk.add_all([story.registration for story in stories])
        self.bulk.add_all([mark for story in stories for mark in story.marks])
        self._add_standings(training, module_standings(stories))
        for story in stories:
            self._add_happenings(training.enrolment, story.happened)

    def one_more(self) -> None:
        """Write now and then, so that not everything is kept."""
        self.unwritten += 1
        if self.unwritten >= AT_A_TIME:
            self.bulk.write()
            self.unwritten = 0

    def finish(self, rng: Random) -> None:
        """Write the rest, and the record in the order in which things happened."""
        self.bulk.write()
        seq = db.session.scalars(sa.select(Head.seq)).one()
        for at, decision, step in self.shelf.in_order():
            seq += 1
            event, openings = event_values(seq, at, decision, partial(rng.randbytes, SALT_BYTES))
            self.bulk.add(Event, [event])
            self.bulk.add(Opening, openings)
            if step:
                self.bulk.add(ClaimStep, [{**step, "event_seq": seq}])
            if seq % EVENTS_AT_A_TIME == 0:
                self.bulk.write()
        self.bulk.write()
        db.session.execute(sa.update(Head).values(seq=seq, receipts_to=seq))
        db.session.execute(sa.text("ANALYZE"))

    def _add_standings(self, training: Training, standings: Iterable[tuple[UUID, Any, Row]]) -> None:
        stages: dict[UUID, Stage] = {}
        for requirement_id, facts, row in standings:
            stages[requirement_id] = facts.stage
            self.bulk.add(Standing, [row])
        self.bulk.add(SectionSum, section_sums(training.enrolment, training.scheme.outline, stages))

    def _add_happenings(self, enrolment: Enrolment, happened: Sequence[Happening]) -> None:
        self.shelf.add(happened)
        recent = self.as_of - RECENT
        for happening in happened:
            if happening.at.date() > recent:
                self.bulk.add(Notice, _notices(enrolment, happening))


def _notices(enrolment: Enrolment, happening: Happening) -> Iterator[Row]:
    """What was told of it: mailed a moment later, and read the day after."""
    told = happening.told
    rng = seeded(happening.decision.key)
    for person_id in told.people:
        yield {
            "id": make_id(rng),
            "person_id": person_id,
            "kind": told.kind,
            "actor_id": happening.decision.actor_id,
            "enrolment_id": enrolment.id,
            "about": told.about,
            "path": told.path,
            "written_at": happening.at,
            "mailed_at": happening.at + timedelta(seconds=20),
            "read_at": happening.at + timedelta(minutes=rng.randrange(20, 1000)) if rng.random() < SHARE_READ else None,
        }
