"""The demo: one department with people who can sign in, as it would stand today."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from decimal import Decimal
from random import Random
from tempfile import TemporaryFile

from flask import current_app
from flask_security.utils import hash_password

from tracker.accounts.models import Grant, Person, Role
from tracker.accounts.queries import find_person
from tracker.core.clock import today
from tracker.core.db import begin_write, db
from tracker.core.errors import Refused
from tracker.enrolments.models import Centre
from tracker.logbook.models import ClaimStatus
from tracker.operations.demo_accounts import DEMO_PASSWORD
from tracker.operations.demo_assessments import add_assessments
from tracker.operations.demo_trainee import Book, demo_modules
from tracker.operations.demo_visit import add_visit
from tracker.operations.library import AWARD, SCHEME, import_library
from tracker.operations.population.calendar import DAY, add_months, make_id, make_start, seeded
from tracker.operations.population.diary import Diary, keep_diary
from tracker.operations.population.modules import study
from tracker.operations.population.people import (
    Post,
    Scheme,
    Site,
    Training,
    make_enrolment,
    make_fraction,
    make_grant,
    make_supervision,
    make_training,
)
from tracker.operations.population.populate import World, published, refuse_if_inhabited
from tracker.operations.population.rows import Bulk
from tracker.operations.population.shelf import Shelf

SEED = "demo"
CENTRE = "Northmoor University Hospital, Medical Physics and Engineering"
DOMAIN = "northmoor.example"
COLLEAGUES, OTHER_TRAINEES = 5, 23
MONTHS_IN, AREA = 10, "NM"  # how far the demo's trainee is, and in what
TRIES, MOST_WAITING = 1000, 2
SUPERVISED_BY_DEMO = 3  # besides the demo's trainee
NAMES = {
    "trainee": ("Amara", "Clarke"),
    "supervisor": ("Akua", "Osei"),
    "lead": ("Helen", "Pritchard"),
    "moderator": ("Gareth", "Llewellyn"),
    "admin": ("Ruth", "Cameron"),
}


def load_demo() -> None:
    """Load the demo, unless it is there. Raises Refused outside demo mode, and where there are other people."""
    if not current_app.config["DEMO"]:
        raise Refused("The demo's passwords are public: set TRACKER_DEMO=1 to say that this is a demo.")
    if find_person(address("trainee")) is not None:
        return
    begin_write()
    refuse_if_inhabited()
    import_library()
    with TemporaryFile() as file:
        people = _make(World(today(), Bulk(db.session.connection()), Shelf(file)))
    add_assessments(people["trainee"], people["supervisor"], today())
    add_visit(people["lead"], people["moderator"], today())
    db.session.commit()


def address(name: str) -> str:
    """The address of one of the demo's people."""
    return f"{name}@demo.example"


@dataclass(frozen=True)
class _Demo:
    """What the demo is made from."""

    as_of: date
    world: World
    site: Site
    people: dict[str, Person]
    scheme: Scheme
    award: Scheme


def _make(world: World) -> dict[str, Person]:
    """Everybody and what they did. Gives those who can sign in."""
    rng = seeded(SEED)
    people = {name: world.crowd.named(rng, *names, address(name)) for name, names in NAMES.items()}
    password = hash_password(DEMO_PASSWORD)
    for person in people.values():
        person.password = password
    supervisors = [people["supervisor"], *(world.crowd.person(rng, DOMAIN) for _ in range(COLLEAGUES))]
    site = Site(Centre(id=make_id(rng), name=CENTRE), people["lead"], supervisors)
    demo = _Demo(world.as_of, world, site, people, published(SCHEME), published(AWARD))
    world.bulk.add_all([site.centre, *people.values(), *supervisors[1:], *_grants(rng, demo)])
    _add_trainee(demo)
    for number in range(OTHER_TRAINEES):
        _add_other(demo, number)
    world.finish(rng)
    return people


def _grants(rng: Random, demo: _Demo) -> Sequence[Grant]:
    here, began = {"centre_id": demo.site.centre.id}, demo.world.crowd.began
    until = demo.as_of + timedelta(days=180)
    return [
        make_grant(rng, demo.people["lead"], Role.TRAINING_LEAD, began, **here),
        make_grant(rng, demo.people["moderator"], Role.MODERATOR, demo.as_of - 30 * DAY, ends_on=until, **here),
        make_grant(rng, demo.people["admin"], Role.ADMINISTRATOR, began),
    ]


def _add_trainee(demo: _Demo) -> None:
    """The demo's trainee, ten months in, on the scheme and on the award."""
    rng = seeded(SEED, "trainee")
    starts_on = add_months(demo.as_of, -MONTHS_IN)
    post = Post(demo.people["trainee"], demo.site, demo.people["supervisor"], starts_on, Decimal(1))
    demo.world.add_diary(Book(_on(rng, post, demo.scheme, AREA), demo.as_of).diary())
    studies = _on(rng, post, demo.award)
    demo.world.add_modules(studies, demo_modules(studies, demo.as_of))


def _on(rng: Random, post: Post, scheme: Scheme, area: str = "") -> Training:
    """A trainee on a scheme in one area, with one supervisor throughout."""
    enrolment = make_enrolment(rng, post, scheme)
    areas = frozenset(section.id for section in scheme.outline.sections if section.code == area)
    supervisions = [make_supervision(rng, enrolment, post.supervisor, post.starts_on)]
    return Training(post.trainee, enrolment, scheme, areas, supervisions, post.site.staff)


def _add_other(demo: _Demo, number: int) -> None:
    """Another trainee of the department; the demo's supervisor has some, each with something that waits."""
    person = demo.world.crowd.person(seeded(SEED, number), DOMAIN)
    demo.world.bulk.add_all([person])
    supervisors = demo.site.supervisors
    supervisor = supervisors[0] if number < SUPERVISED_BY_DEMO else supervisors[1 + number % COLLEAGUES]
    for trial in range(TRIES):
        rng = seeded(SEED, number, trial)
        post = Post(person, demo.site, supervisor, make_start(rng, demo.as_of), make_fraction(rng))
        diary = keep_diary(rng, make_training(rng, post, demo.scheme), demo.as_of)
        if number >= SUPERVISED_BY_DEMO or _waits_for(diary, supervisor, demo.as_of):
            break
    demo.world.add_diary(diary)
    if number % 3 == 0:
        studies = make_training(rng, post, demo.award)
        demo.world.add_modules(studies, study(rng, studies, demo.as_of))


def _waits_for(diary: Diary, supervisor: Person, on: date) -> bool:
    """Whether one or two claims wait for this supervisor."""
    waiting = [claim for claim in diary.claims if claim.status is ClaimStatus.SUBMITTED]
    return 0 < len(waiting) <= MOST_WAITING and diary.training.supervisors_on(on)[0].supervisor_id == supervisor.id
