"""The pages of a training's reviews."""

from collections.abc import Iterator
from datetime import date
from typing import NamedTuple
from uuid import UUID

from flask import Blueprint, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue

from tracker.accounts.factor import take_factor
from tracker.accounts.queries import viewer
from tracker.core.clock import today
from tracker.core.errors import allow
from tracker.core.web import before_writing
from tracker.curricula.outline import Outline
from tracker.curricula.queries import get_outline
from tracker.enrolments.permissions import is_trainee
from tracker.enrolments.queries import get_enrolment
from tracker.reviews import actions, permissions, queries
from tracker.reviews.forms import ReviewForm
from tracker.reviews.models import Review

bp = Blueprint("reviews", __name__)


class ReviewRow(NamedTuple):
    """A review that was held."""

    title: str
    held_on: date
    held_by: str
    outcome: str
    meaning: str
    trainee_note: str
    holder_note: str


class ExpectedRow(NamedTuple):
    """A review that the curriculum expects."""

    title: str
    when: str
    held_on: date | None


@bp.get("/enrolments/<uuid:enrolment_id>/reviews")
def reviews(enrolment_id: UUID) -> ResponseReturnValue:
    """The reviews that were held, and those that the curriculum expects."""
    enrolment = get_enrolment(viewer(), enrolment_id)
    outline = get_outline(enrolment.version_id)
    held = queries.list_reviews(viewer(), enrolment.id)
    return render_template(
        "reviews/reviews.html",
        enrolment=enrolment,
        own=is_trainee(viewer(), enrolment),
        can_hold=permissions.can_hold(viewer(), enrolment, today()),
        rows=[_row(outline, review) for review in held],
        expected=list(_expected(outline, {review.code: review.held_on for review in reversed(held)})),
        recorded=request.args.get("done") == "recorded",
    )


@bp.route("/enrolments/<uuid:enrolment_id>/reviews/new", methods=["GET", "POST"])
@before_writing(take_factor)
def hold(enrolment_id: UUID) -> ResponseReturnValue:
    """Put a review on record."""
    enrolment = get_enrolment(viewer(), enrolment_id)
    allow(permissions.can_hold(viewer(), enrolment, today()))
    outline = get_outline(enrolment.version_id)
    form = ReviewForm.on(outline)
    if form.validate_on_submit():
        actions.hold_review(viewer(), enrolment, form.facts())
        return redirect(url_for("reviews.reviews", enrolment_id=enrolment.id, done="recorded"))
    hints = {each.code: each.meaning for each in outline.outcomes if each.meaning}
    return render_template("reviews/hold.html", enrolment=enrolment, form=form, hints=hints), form.status


def _row(outline: Outline, review: Review) -> ReviewRow:
    outcome = next((each for each in outline.outcomes if each.code == review.outcome), None)
    return ReviewRow(
        title=_title(outline, review.code),
        held_on=review.held_on,
        held_by=review.held_by.name,
        outcome=outcome.title if outcome else review.outcome,
        meaning=outcome.meaning if outcome else "",
        trainee_note=review.trainee_note,
        holder_note=review.holder_note,
    )


def _title(outline: Outline, code: str) -> str:
    return next((review.title for review in outline.reviews if review.code == code), code or "Review")


def _expected(outline: Outline, held: dict[str, date]) -> Iterator[ExpectedRow]:
    titles = {milestone.code: milestone.title for milestone in outline.milestones}
    for review in outline.reviews:
        when = f"in month {review.expected_month}" if review.expected_month else ""
        if review.milestone:
            when = f"{when}, for {titles[review.milestone]}" if when else f"for {titles[review.milestone]}"
        yield ExpectedRow(review.title, when, held.get(review.code))
