"""Who stands in which relation to an enrolment. Needs: the person's grants and the enrolment's supervisions loaded."""

from datetime import date
from uuid import UUID

from tracker.accounts.models import Grant, Person, Role
from tracker.enrolments.models import Enrolment, Supervision, SupervisionRole


def is_trainee(person: Person, enrolment: Enrolment) -> bool:
    """Whether the record is the person's own."""
    return enrolment.trainee_id == person.id


def supervises(person: Person, enrolment: Enrolment, on: date) -> bool:
    """Whether the person supervises the enrolment on that day. Nobody supervises themselves."""
    return any(
        supervision.supervisor_id == person.id and supervision.role is SupervisionRole.SUPERVISOR
        for supervision in current_supervisions(enrolment, on)
    ) and not is_trainee(person, enrolment)


def signs_alone(person: Person, enrolment: Enrolment, on: date) -> bool:
    """Whether the person supervises the enrolment on that day and is approved: what they sign needs no second."""
    own = [each for each in current_supervisions(enrolment, on) if each.supervisor_id == person.id]
    approved = any(each.role is SupervisionRole.SUPERVISOR and each.approved for each in own)
    return approved and not is_trainee(person, enrolment)


def covering(person: Person, enrolment: Enrolment, on: date) -> Supervision | None:
    """The leave cover by which the person supervises the enrolment on that day; None when they do so themselves."""
    own = [each for each in current_supervisions(enrolment, on) if each.supervisor_id == person.id]
    signing = [each for each in own if each.role is SupervisionRole.SUPERVISOR]
    return signing[0] if signing and all(each.covers_for_id for each in signing) else None


def leads(person: Person, enrolment: Enrolment, on: date) -> bool:
    """Whether the person is a training lead of the enrolment's centre on that day, and not its trainee."""
    return not is_trainee(person, enrolment) and any(
        grant.role is Role.TRAINING_LEAD and covers(grant, enrolment) and runs(grant, on) for grant in person.grants
    )


def leads_centre(person: Person, centre_id: UUID, on: date) -> bool:
    """Whether the person is a training lead of the centre on that day."""
    return any(
        grant.role is Role.TRAINING_LEAD and grant.centre_id == centre_id and runs(grant, on) for grant in person.grants
    )


def can_arrange_cover(person: Person, enrolment: Enrolment, covered_id: UUID, on: date) -> bool:
    """Who is away says who covers, and so does the training lead; never the trainee."""
    return (person.id == covered_id and not is_trainee(person, enrolment)) or leads(person, enrolment, on)


def can_end_cover(person: Person, enrolment: Enrolment, cover: Supervision, on: date) -> bool:
    """Both who covers and who is covered end it, and the training lead."""
    return person.id in {cover.covers_for_id, cover.supervisor_id} or leads(person, enrolment, on)


def current_supervisions(enrolment: Enrolment, on: date) -> list[Supervision]:
    """The supervisions that run on that day. Order: the longest running first."""
    return [supervision for supervision in enrolment.supervisions if runs(supervision, on)]


def current_supervisors(enrolment: Enrolment, on: date) -> list[Person]:
    """Who can sign off on that day, assessors left out. Needs: supervisors loaded. Order: the longest serving first."""
    running = current_supervisions(enrolment, on)
    return [each.supervisor for each in running if each.role is SupervisionRole.SUPERVISOR]


def runs(dated: Grant | Supervision, on: date) -> bool:
    """Whether a grant or supervision is in force on that day; its last day counts."""
    return dated.starts_on <= on and (dated.ends_on is None or on <= dated.ends_on)


def covers(grant: Grant, enrolment: Enrolment) -> bool:
    """Whether the enrolment is in the grant's scope. Needs: the enrolment's version loaded."""
    return (
        grant.centre_id in {None, enrolment.centre_id}
        and grant.curriculum_id in {None, enrolment.version.curriculum_id}
        and grant.enrolment_id in {None, enrolment.id}
    )
