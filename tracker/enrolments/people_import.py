"""Bringing people in from a file: all of it, or every problem and nothing."""

from collections import Counter
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from datetime import date, timedelta
from uuid import UUID

import sqlalchemy as sa
from flask import current_app
from sqlalchemy.orm import joinedload, selectinload

from tracker.accounts import queries as accounts
from tracker.accounts.actions import create_person
from tracker.accounts.models import Grant, Person, Role
from tracker.accounts.rules import why_not_this_address
from tracker.core.clock import today
from tracker.core.db import db
from tracker.core.errors import BadInput, Problem
from tracker.curricula.models import SectionKind, Version, VersionStatus
from tracker.curricula.outline import Outline
from tracker.curricula.queries import find_newest, find_version, get_outline, parse_reference
from tracker.enrolments.models import Centre, ChosenArea, Enrolment, Supervision, SupervisionRole
from tracker.enrolments.people_file import PersonRow, RowRole, read_people

SUPERVISING = {RowRole.SUPERVISOR, RowRole.ASSESSOR, RowRole.TRAINING_LEAD, RowRole.SCHEME_LEAD}


PLURALS = {"person": "people"}


@dataclass(frozen=True)
class Resolved:
    """A row, with what its curriculum and areas are in the tracker."""

    row: PersonRow
    version: Version | None
    area_codes: frozenset[str]


@dataclass
class Changes:
    """What an import did. Unit: rows' worth of things, by name."""

    made: Counter[str] = field(default_factory=Counter)
    changed: Counter[str] = field(default_factory=Counter)
    restarted: set[UUID] = field(default_factory=set)  # enrolments that begin on another day: what counts may differ

    def __str__(self) -> str:
        said = [f"{_counted(number, what)} added" for what, number in self.made.items()]
        said += [f"{_counted(number, what)} changed" for what, number in self.changed.items()]
        return f"{', '.join(said)}." if said else "Nothing changed: everything in the file is in the tracker already."


def _counted(number: int, what: str) -> str:
    return f"{number} {what if number == 1 else PLURALS.get(what, f'{what}s')}"


def import_people(content: bytes, file: str) -> Changes:
    """Bring in every row of a file. A second import changes nothing; a changed row changes just that.

    Raises BadInput with every problem of the file; then nothing is kept.
    """
    rows, problems = read_people(content, file)
    resolved, unknown = _resolve(rows, file)
    if problems or unknown:
        raise BadInput(sorted({*problems, *unknown}))
    changes = Changes()
    people = {row.email: _keep_person(row, changes) for row in rows}
    for row in rows:
        if row.supervisor_email:
            people.setdefault(row.supervisor_email, _existing(row.supervisor_email))
    centres = {row.centre: _keep_centre(row.centre, changes) for row in rows if row.centre}
    db.session.flush()
    for item in resolved:
        if item.row.role is RowRole.TRAINEE:
            _keep_enrolment(item, people, centres[item.row.centre], changes)
        elif item.row.role.value in set(Role):
            _keep_grant(item, people[item.row.email], centres.get(item.row.centre), changes)
    db.session.flush()
    return changes


def _resolve(rows: Sequence[PersonRow], file: str) -> tuple[list[Resolved], list[Problem]]:
    """Each row with its curriculum and areas, and what the tracker does not know."""
    resolved: list[Resolved] = []
    problems: list[Problem] = []
    supervising = {row.email for row in rows if row.role in SUPERVISING}
    versions = {text: _find_open(text) for text in {row.curriculum for row in rows if row.curriculum}}
    for row in rows:
        version = versions.get(row.curriculum)
        problems += _unusable_curriculum(row, version, file)
        area_codes, unknown = _areas(row, get_outline(version.id) if version else None, file)
        problems += [*unknown, *_unknown_supervisor(row, supervising, file), *_unusable_address(row, file)]
        resolved.append(Resolved(row, version, area_codes))
    return resolved, problems


def _find_open(text: str) -> Version | None:
    """The version that a cell names, by CODE or CODE@2, published or withdrawn."""
    try:
        code, number = parse_reference(text)
    except ValueError:
        return None
    version = find_version(code, number) or (find_newest(code) if number is None else None)
    return version if version and version.status is not VersionStatus.DRAFT else None


def _unusable_curriculum(row: PersonRow, version: Version | None, file: str) -> Iterator[Problem]:
    """A curriculum that is not there, or is withdrawn and so takes nobody new."""
    mend = "Use the code of a published one: tracker curriculum list shows them."
    if row.curriculum and version is None:
        yield Problem(file, row.number, f"The curriculum “{row.curriculum}” is unknown.", mend)
    elif version and version.status is VersionStatus.WITHDRAWN and _would_be_new(row, version):
        what = f"The curriculum “{row.curriculum}” is withdrawn: nobody new can be enrolled on it."
        yield Problem(file, row.number, what, mend)


def _would_be_new(row: PersonRow, version: Version) -> bool:
    """Whether the row is of a trainee who is not on the curriculum yet."""
    if row.role is not RowRole.TRAINEE:
        return False
    person = accounts.find_person(row.email)
    centre = db.session.scalar(sa.select(Centre).where(sa.func.lower(Centre.name) == row.centre.lower()))
    return not (person and centre and _find_enrolment(person.id, version.curriculum_id, centre.id))


def _areas(row: PersonRow, outline: Outline | None, file: str) -> tuple[frozenset[str], list[Problem]]:
    if outline is None:
        return frozenset(), []
    areas = [section for section in outline.sections if section.kind is SectionKind.AREA]
    known = {name.casefold(): section.code for section in areas for name in (section.code, section.title)}
    codes = ", ".join(section.code for section in areas) or "none: leave the cell empty"
    problems = [
        Problem(file, row.number, f"The area “{area}” is not in {row.curriculum}.", f"Its areas are {codes}.")
        for area in row.areas
        if area.casefold() not in known
    ]
    if row.role is RowRole.TRAINEE and areas and not row.areas:
        what = f"A trainee on {row.curriculum} needs at least one area."
        problems.append(Problem(file, row.number, what, f"Its areas are {codes}; put a semicolon between several."))
    return frozenset(known[area.casefold()] for area in row.areas if area.casefold() in known), problems


def _unknown_supervisor(row: PersonRow, supervising: set[str], file: str) -> Iterator[Problem]:
    address = row.supervisor_email
    if address and address not in supervising and accounts.find_person(address) is None:
        mend = "Add a row for this person with the role supervisor, or correct the address."
        yield Problem(file, row.number, f"The supervisor “{address}” is unknown.", mend)


def _unusable_address(row: PersonRow, file: str) -> Iterator[Problem]:
    if why_not := why_not_this_address(row.email, demo=current_app.config["DEMO"]):
        yield Problem(file, row.number, why_not, "Then import the file again.")


def _existing(address: str) -> Person:
    person = accounts.find_person(address)
    if person is None:
        raise LookupError(f"{address} was checked and is gone.")
    return person


def _keep_person(row: PersonRow, changes: Changes) -> Person:
    person = accounts.find_person(row.email)
    if person is None:
        changes.made["person"] += 1
        return create_person(row.email, row.given_name, row.family_name)
    if (person.given_name, person.family_name) != (row.given_name, row.family_name):
        person.given_name, person.family_name = row.given_name, row.family_name
        changes.changed["person"] += 1
    return person


def _keep_centre(name: str, changes: Changes) -> Centre:
    """The centre of that name, whatever its capitals."""
    centre = db.session.scalar(sa.select(Centre).where(sa.func.lower(Centre.name) == name.lower()))
    if centre is None:
        centre = Centre(name=name)
        db.session.add(centre)
        db.session.flush()
        changes.made["centre"] += 1
    return centre


def _keep_enrolment(item: Resolved, people: dict[str, Person], centre: Centre, changes: Changes) -> None:
    row, version = item.row, item.version
    if version is None or row.starts_on is None:
        raise LookupError(f"Row {row.number} was checked and lacks a curriculum or a day.")
    enrolment = _find_enrolment(people[row.email].id, version.curriculum_id, centre.id)
    if enrolment is None:
        enrolment = Enrolment(trainee_id=people[row.email].id, version_id=version.id, centre_id=centre.id)
        enrolment.areas, enrolment.supervisions, enrolment.version = [], [], version
        db.session.add(enrolment)
        changes.made["enrolment"] += 1
        _write_enrolment(item, enrolment)
        changed = False
    else:
        began_on = enrolment.starts_on
        changed = _write_enrolment(item, enrolment)
        changes.restarted |= {enrolment.id} if enrolment.starts_on != began_on else set()
    changed |= _keep_supervision(enrolment, people.get(row.supervisor_email), changes)
    changes.changed["enrolment"] += changed
    changes.changed = +changes.changed


def _find_enrolment(trainee_id: UUID, curriculum_id: UUID, centre_id: UUID) -> Enrolment | None:
    """The newest enrolment on any version of the curriculum at the centre. Loads: version, areas, supervisions."""
    chosen = (
        sa.select(Enrolment)
        .join(Enrolment.version)
        .options(joinedload(Enrolment.version), selectinload(Enrolment.areas), selectinload(Enrolment.supervisions))
        .where(
            Enrolment.trainee_id == trainee_id,
            Version.curriculum_id == curriculum_id,
            Enrolment.centre_id == centre_id,
        )
        .order_by(Enrolment.starts_on.desc())
    )
    return db.session.scalars(chosen.limit(1)).first()


def _write_enrolment(item: Resolved, enrolment: Enrolment) -> bool:
    """Bring an enrolment to what its row says. Gives whether anything changed."""
    row = item.row
    starts_on = row.starts_on or enrolment.starts_on
    outline = get_outline(enrolment.version_id)  # of the version that the trainee is pinned to
    area_ids = {section.id for section in outline.sections if section.code in item.area_codes}
    before = (enrolment.starts_on, enrolment.working_fraction, {area.section_id for area in enrolment.areas})
    if before == (starts_on, row.working_fraction, area_ids):
        return False
    enrolment.starts_on, enrolment.working_fraction = starts_on, row.working_fraction
    enrolment.planned_end_on = months_later(starts_on, -int(-outline.length_months // row.working_fraction))
    kept = [area for area in enrolment.areas if area.section_id in area_ids]
    new_ids = area_ids - {area.section_id for area in kept}
    enrolment.areas = [*kept, *(ChosenArea(enrolment_id=enrolment.id, section_id=area_id) for area_id in new_ids)]
    return True


def months_later(day: date, months: int) -> date:
    """The day this many months later; the first of the next month where that month is too short."""
    years, month = divmod(day.month - 1 + months, 12)
    try:
        return day.replace(year=day.year + years, month=month + 1)
    except ValueError:
        return day.replace(year=day.year + years, month=month + 2, day=1)


def _keep_supervision(enrolment: Enrolment, supervisor: Person | None, changes: Changes) -> bool:
    """Let the row's supervisor supervise from now on, and the one before until yesterday."""
    running = [
        supervision
        for supervision in enrolment.supervisions
        if supervision.role is SupervisionRole.SUPERVISOR and supervision.ends_on is None
    ]
    if [supervision.supervisor_id for supervision in running] == ([supervisor.id] if supervisor else []):
        return False
    kept = False
    for supervision in running:
        if supervisor is not None and supervision.supervisor_id == supervisor.id:
            kept = True
        else:
            supervision.ends_on = max(supervision.starts_on, today() - timedelta(days=1))
    if supervisor is not None and not kept:
        starts_on = today() if enrolment.supervisions else enrolment.starts_on
        _supervise(enrolment, supervisor, starts_on)
        changes.made["supervision"] += 1
    return bool(running)


def _supervise(enrolment: Enrolment, supervisor: Person, starts_on: date) -> None:
    supervision = Supervision(supervisor_id=supervisor.id, trainee_id=enrolment.trainee_id, starts_on=starts_on)
    supervision.enrolment_id, supervision.role = enrolment.id, SupervisionRole.SUPERVISOR
    enrolment.supervisions.append(supervision)


def _keep_grant(item: Resolved, person: Person, centre: Centre | None, changes: Changes) -> None:
    """Grant the row's role in its scope; a grant that runs already is kept, and moved to the day in the row."""
    row, role = item.row, Role(item.row.role.value)
    curriculum_id = item.version.curriculum_id if item.version else None
    chosen = sa.select(Grant).where(
        Grant.person_id == person.id,
        Grant.role == role,
        Grant.centre_id == (centre.id if centre else None),
        Grant.curriculum_id == curriculum_id,
        Grant.enrolment_id.is_(None),
        Grant.ends_on.is_(None),
    )
    grant = db.session.scalars(chosen).first()
    if grant is None:
        grant = Grant(person_id=person.id, role=role, centre_id=centre.id if centre else None)
        grant.curriculum_id, grant.starts_on = curriculum_id, row.starts_on or today()
        db.session.add(grant)
        changes.made["grant"] += 1
    elif row.starts_on and grant.starts_on != row.starts_on:
        grant.starts_on = row.starts_on
        changes.changed["grant"] += 1
