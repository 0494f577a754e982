"""The people of a made-up population: departments with their staff, and trainees with who supervises them."""

import re
import unicodedata
from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import UTC, date, datetime, time, timedelta
from decimal import ROUND_CEILING, Decimal
from random import Random
from typing import Any
from uuid import UUID

from tracker.accounts.models import Grant, Person, Role
from tracker.curricula.models import SectionKind
from tracker.curricula.outline import Outline, RequirementOutline
from tracker.enrolments.models import Centre, ChosenArea, Enrolment, Supervision, SupervisionRole
from tracker.operations.population.calendar import DAY, YEARS_BACK, add_months, make_id
from tracker.operations.population.phrases import phrases

TRAINEES_PER_SUPERVISOR = 4
GENERIC = "GEN"
PART_TIME = (Decimal("0.8"), Decimal("0.6"), Decimal("0.5"))
SHARE_PART_TIME, SHARE_TWO_AREAS, SHARE_HANDED_OVER, SHARE_ASSESSED = 0.15, 0.1, 0.08, 0.15


@dataclass(frozen=True)
class Site:
    """A department: the centre and its staff."""

    centre: Centre
    lead: Person
    supervisors: Sequence[Person]

    @property
    def staff(self) -> dict[UUID, Person]:
        """The supervisors by their ids."""
        return {person.id: person for person in self.supervisors}


@dataclass(frozen=True)
class Post:
    """What a trainee was taken on for: where, with whom, since when and for how much of the week."""

    trainee: Person
    site: Site
    supervisor: Person
    starts_on: date
    working_fraction: Decimal


@dataclass(frozen=True)
class Scheme:
    """A published version that trainees are put on."""

    outline: Outline
    digest: str
    curriculum_id: UUID


@dataclass(frozen=True)
class Training:
    """A trainee's enrolment with all that the rest is made from."""

    trainee: Person
    enrolment: Enrolment
    scheme: Scheme
    area_ids: frozenset[UUID]
    supervisions: Sequence[Supervision]
    staff: dict[UUID, Person]

    @property
    def requirements(self) -> tuple[RequirementOutline, ...]:
        """What the trainee has to do. Order: as in the curriculum."""
        return self.scheme.outline.chosen(self.area_ids)

    @property
    def area(self) -> str:
        """The code of the first area; the generic one where there is none."""
        sections = self.scheme.outline.sections
        return next((section.code for section in sections if section.id in self.area_ids), GENERIC)

    def supervisors_on(self, day: date) -> list[Supervision]:
        """Who supervises or assesses on that day. Order: a supervisor first."""
        current = [each for each in self.supervisions if each.starts_on <= day and (each.ends_on or day) >= day]
        return sorted(current, key=lambda each: each.role is SupervisionRole.ASSESSOR)


@dataclass
class Crowd:
    """Makes people, and gives no address twice."""

    as_of: date
    taken: set[str] = field(default_factory=set)

    def person(self, rng: Random, domain: str) -> Person:
        """Somebody with an account and no password, so that nobody can sign in as them."""
        given, family = phrases().any(rng, "given_names"), phrases().any(rng, "family_names")
        return self.named(rng, given, family, self._address(given, family, domain))

    def named(self, rng: Random, given: str, family: str, email: str) -> Person:
        """A person of that name and address."""
        self.taken.add(email)
        return Person(
            id=make_id(rng),
            email=email,
            given_name=given,
            family_name=family,
            password=None,
            active=True,
            fs_uniquifier=make_id(rng).hex,
            created_at=datetime.combine(self.began, time(9), UTC),
        )

    @property
    def began(self) -> date:
        """Before anybody's training."""
        return self.as_of - timedelta(days=365 * (YEARS_BACK + 1))

    def _address(self, given: str, family: str, domain: str) -> str:
        name, number = f"{slug(given)}.{slug(family)}", 1
        while (address := f"{name}{number if number > 1 else ''}@{domain}") in self.taken:
            number += 1
        return address


def slug(text: str) -> str:
    """A name as it stands in an address."""
    plain = unicodedata.normalize("NFKD", text).encode("ascii", "ignore").decode().lower()
    return re.sub(r"[^a-z0-9]+", "-", plain.replace("'", "")).strip("-")


def make_site(rng: Random, crowd: Crowd, index: int, trainees: int) -> Site:
    """A department with a lead, and a supervisor for every four trainees."""
    name, domain = _name(index)
    number = max(1, -(-trainees // TRAINEES_PER_SUPERVISOR))
    centre = Centre(id=make_id(rng), name=name)
    return Site(centre, crowd.person(rng, domain), [crowd.person(rng, domain) for _ in range(number)])


def _name(index: int) -> tuple[str, str]:
    """The name of a department and the domain of its addresses: each index gives another."""
    places, hospitals, departments = (phrases().lists[name] for name in ("places", "hospitals", "departments"))
    rest, place = divmod(index, len(places))
    again, hospital = divmod(rest, len(hospitals))
    hospital, department = (hospital + place) % len(hospitals), (again + place) % len(departments)
    number = f" {again // len(departments) + 1}" if again >= len(departments) else ""
    name = f"{places[place]} {hospitals[hospital]}, {departments[department]}{number}"
    return name, f"{slug(places[place])}.example"


def lead_grant(rng: Random, site: Site, since: date) -> Grant:
    """That the lead leads the department."""
    return make_grant(rng, site.lead, Role.TRAINING_LEAD, since, centre_id=site.centre.id)


def make_grant(rng: Random, person: Person, role: Role, since: date, **more: Any) -> Grant:
    """A role of somebody; `more` holds the scope and the end."""
    return Grant(id=make_id(rng), person_id=person.id, role=role, starts_on=since, **more)


def make_fraction(rng: Random) -> Decimal:
    """Most work full time."""
    return rng.choice(PART_TIME) if rng.random() < SHARE_PART_TIME else Decimal(1)


def make_training(rng: Random, post: Post, scheme: Scheme) -> Training:
    """Put a trainee on a scheme, in an area or two, with a supervisor; some were handed over to another."""
    enrolment = make_enrolment(rng, post, scheme)
    return Training(
        trainee=post.trainee,
        enrolment=enrolment,
        scheme=scheme,
        area_ids=_areas(rng, scheme.outline),
        supervisions=_supervisions(rng, enrolment, post),
        staff=post.site.staff,
    )


def make_enrolment(rng: Random, post: Post, scheme: Scheme) -> Enrolment:
    """The enrolment: longer for those who work part of the week."""
    months = int((scheme.outline.length_months / post.working_fraction).to_integral_value(ROUND_CEILING))
    return Enrolment(
        id=make_id(rng),
        trainee_id=post.trainee.id,
        version_id=scheme.outline.version_id,
        centre_id=post.site.centre.id,
        starts_on=post.starts_on,
        planned_end_on=add_months(post.starts_on, months) - DAY,
        working_fraction=post.working_fraction,
    )


def _areas(rng: Random, outline: Outline) -> frozenset[UUID]:
    areas = [section.id for section in outline.sections if section.kind is SectionKind.AREA]
    number = 2 if rng.random() < SHARE_TWO_AREAS else 1
    return frozenset(rng.sample(areas, min(number, len(areas))))


def _supervisions(rng: Random, enrolment: Enrolment, post: Post) -> list[Supervision]:
    others = [person for person in post.site.supervisors if person is not post.supervisor]
    first = make_supervision(rng, enrolment, post.supervisor, enrolment.starts_on)
    made = [first]
    if others and rng.random() < SHARE_HANDED_OVER:
        first.ends_on = enrolment.starts_on + rng.randrange(60, 500) * DAY
        made.append(make_supervision(rng, enrolment, rng.choice(others), first.ends_on + DAY))
    elif others and rng.random() < SHARE_ASSESSED:
        made.append(make_supervision(rng, enrolment, rng.choice(others), enrolment.starts_on, SupervisionRole.ASSESSOR))
    return made


def make_supervision(
    rng: Random,
    enrolment: Enrolment,
    supervisor: Person,
    since: date,
    role: SupervisionRole = SupervisionRole.SUPERVISOR,
) -> Supervision:
    """That somebody supervises or assesses an enrolment, with no end yet."""
    return Supervision(
        id=make_id(rng),
        enrolment_id=enrolment.id,
        trainee_id=enrolment.trainee_id,
        supervisor_id=supervisor.id,
        role=role,
        starts_on=since,
        ends_on=None,
    )


def chosen_areas(training: Training) -> list[ChosenArea]:
    """The areas as they are kept. Order: by id, so that the same seed writes the same rows."""
    return [ChosenArea(enrolment_id=training.enrolment.id, section_id=each) for each in sorted(training.area_ids)]
