"""How those who supervise are named: with whom they cover for, and until when."""

from calendar import month_name
from datetime import date
from uuid import UUID

from tracker.accounts.models import Person
from tracker.enrolments.models import Enrolment, Supervision
from tracker.enrolments.permissions import covering, current_supervisors


def called(enrolment: Enrolment, on: date) -> dict[UUID, str]:
    """Everybody who ever supervised or assessed the enrolment; who covers on that day, with for whom and until when.

    Needs: supervisions and supervisors loaded.
    """
    people = {each.supervisor_id: each.supervisor for each in enrolment.supervisions}
    names = {person_id: person.name for person_id, person in people.items()}
    return {
        person_id: _with_cover(names, covering(person, enrolment, on), person) for person_id, person in people.items()
    }


def _with_cover(names: dict[UUID, str], cover: Supervision | None, person: Person) -> str:
    return person.name if cover is None else f"{person.name} ({cover_phrase(cover, names)})"


def cover_phrase(cover: Supervision, names: dict[UUID, str]) -> str:
    """Such as "covering for R. Osei until 3 March 2026"; `names`: of all who supervise."""
    until = f" until {day_said(cover.ends_on)}" if cover.ends_on else ""
    return f"covering for {names.get(cover.covers_for_id, 'a supervisor') if cover.covers_for_id else ''}{until}"


def day_said(day: date) -> str:
    """A day as people write it: 3 March 2026."""
    return f"{day.day} {month_name[day.month]} {day.year}"


def cover_said(person: Person, enrolment: Enrolment, on: date) -> str:
    """In whose place the person acts on that day; empty where in nobody's."""
    cover = covering(person, enrolment, on)
    names = {each.supervisor_id: each.supervisor.name for each in enrolment.supervisions}
    return cover_phrase(cover, names) if cover else ""


def signers(enrolment: Enrolment, on: date) -> tuple[str, ...]:
    """Who can sign off on that day, as they are called. Order: the longest serving first."""
    names = called(enrolment, on)
    return tuple(dict.fromkeys(names[person.id] for person in current_supervisors(enrolment, on)))
