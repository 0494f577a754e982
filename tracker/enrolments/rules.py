"""When leave cover may be arranged and a supervisor approved: None means yes, otherwise the sentence a person reads."""

from collections.abc import Collection
from datetime import date
from uuid import UUID

from tracker.enrolments.models import Supervision, SupervisionRole


def why_not_dates(starts_on: date, ends_on: date, today: date) -> str | None:
    """Source: a cover lasts from a day to a day; what is over needs none, and nobody covered before it was arranged."""
    if ends_on < starts_on:
        return "The cover ends before it begins: enter a last day on or after the first."
    if ends_on < today:
        return "The cover would be over already: enter a last day that is still to come."
    if starts_on < today:
        return "The cover would begin in the past: enter today, or a day that is still to come, as its first."
    return None


def why_not_cover(covered_id: UUID, cover_id: UUID, trainee_ids: Collection[UUID]) -> str | None:
    """`trainee_ids`: of what is covered. Source: nobody signs for themselves, and who covers is another person."""
    if covered_id == cover_id:
        return "Nobody covers for themselves: choose somebody else."
    if cover_id in trainee_ids:
        return "That person is a trainee in this training, and nobody signs for themselves: choose somebody else."
    return None


def why_not_approve(supervision: Supervision, by: UUID, approved: bool) -> str | None:
    """`approved`: what is asked. Source: whoever is responsible for the training says who may sign alone."""
    if supervision.role is not SupervisionRole.SUPERVISOR:
        return "An assessor does not sign claims off, so there is nothing to approve."
    if supervision.supervisor_id == by:
        return "Nobody approves themselves: ask another training lead."
    if supervision.approved is approved:
        return "This was decided already: open the page again."
    return None
