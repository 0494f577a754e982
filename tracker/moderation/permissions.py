"""Who opens a visit, who judges samples, who examines. Needs: the person's grants loaded."""

from datetime import date
from uuid import UUID

from tracker.accounts.models import Person, Role
from tracker.accounts.permissions import runs_on
from tracker.enrolments.models import Enrolment
from tracker.enrolments.permissions import is_trainee, leads
from tracker.moderation.models import FinalAssessment, Visit


def leads_scheme(viewer: Person, curriculum_id: UUID, on: date) -> bool:
    """Whether the person leads this curriculum, across its centres."""
    return any(
        grant.role is Role.SCHEME_LEAD and grant.curriculum_id == curriculum_id and runs_on(grant, on)
        for grant in viewer.grants
    )


def can_open_visit(viewer: Person, centre_id: UUID, curriculum_id: UUID, on: date) -> bool:
    """A training lead of the centre, or the scheme's lead."""
    leading = any(
        grant.role is Role.TRAINING_LEAD
        and grant.centre_id == centre_id
        and grant.curriculum_id in {None, curriculum_id}
        and grant.enrolment_id is None
        and runs_on(grant, on)
        for grant in viewer.grants
    )
    return leading or leads_scheme(viewer, curriculum_id, on)


def can_open_some_visit(viewer: Person, on: date) -> bool:
    """Whether there is a place where the person may open a visit."""
    return any(grant.role in {Role.TRAINING_LEAD, Role.SCHEME_LEAD} and runs_on(grant, on) for grant in viewer.grants)


def can_read_visit(viewer: Person, visit: Visit, on: date) -> bool:
    """The moderator whose visit it is, and those who could have opened it."""
    return visit.moderator_id == viewer.id or can_open_visit(viewer, visit.centre_id, visit.curriculum_id, on)


def can_judge(viewer: Person, visit: Visit, on: date) -> bool:
    """Only the moderator, who still is one, says what the samples are like; rules.why_not_judge says in which days."""
    moderates = any(
        grant.role is Role.MODERATOR and grant.enrolment_id is None and runs_on(grant, on) for grant in viewer.grants
    )
    return visit.moderator_id == viewer.id and moderates


def can_read_names(viewer: Person, visit: Visit, on: date) -> bool:
    """Those who could have opened the visit, and in its days the moderator."""
    in_its_days = visit.opens_on <= on <= visit.closes_on
    return (in_its_days and can_judge(viewer, visit, on)) or can_open_visit(
        viewer, visit.centre_id, visit.curriculum_id, on
    )


def can_assign(viewer: Person, enrolment: Enrolment, on: date) -> bool:
    """The scheme's lead assigns an examiner and releases the outcome, never for themselves. Needs: version loaded."""
    return not is_trainee(viewer, enrolment) and leads_scheme(viewer, enrolment.version.curriculum_id, on)


def can_record(viewer: Person, final: FinalAssessment) -> bool:
    """Only the examiner who is assigned; rules.why_not_record says when."""
    return final.examiner_id == viewer.id and final.trainee_id != viewer.id


def can_read_final(viewer: Person, final: FinalAssessment, on: date) -> bool:
    """The examiner and the scheme's lead; once it is released, the trainee and the training lead as well.

    Needs: the enrolment with its version loaded.
    """
    if final.examiner_id == viewer.id or can_assign(viewer, final.enrolment, on):
        return True
    shown = final.released_at is not None
    return shown and (final.trainee_id == viewer.id or leads(viewer, final.enrolment, on))
