"""The pages of final assessments."""

from datetime import date
from typing import NamedTuple
from uuid import UUID

from flask import Blueprint, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue

from tracker.accounts.factor import take_factor
from tracker.accounts.models import Role
from tracker.accounts.permissions import has_role
from tracker.accounts.queries import viewer
from tracker.core.clock import today
from tracker.core.errors import allow
from tracker.core.forms import given
from tracker.core.web import before_writing
from tracker.curricula.document import Outcome
from tracker.curricula.queries import get_outline
from tracker.enrolments.permissions import is_trainee
from tracker.enrolments.queries import may_see
from tracker.moderation import final_actions as actions
from tracker.moderation import final_data, permissions, rules
from tracker.moderation import final_queries as queries
from tracker.moderation.final_forms import AssignForm, FinalForm, ReleaseForm
from tracker.moderation.models import FinalAssessment
from tracker.moderation.queries import list_holders
from tracker.reviews.to_sign import is_training_signed

bp = Blueprint("finals", __name__)


class FinalRow(NamedTuple):
    """A final assessment on the list."""

    id: UUID
    trainee: str
    curriculum: str
    attempt: int
    examiner: str
    opens_on: date
    closes_on: date
    word: str


@bp.get("/final-assessments")
def finals() -> ResponseReturnValue:
    """The final assessments that the viewer makes, assigns or reads; a scheme's lead finds whom to have examined."""
    leads = has_role(viewer().grants, Role.SCHEME_LEAD, today())
    search = request.args.get("name", "").strip()[:100]
    return render_template(
        "moderation/finals.html",
        rows=[_row(final) for final in queries.list_finals(viewer())],
        leads=leads,
        search=search,
        candidates=queries.list_candidates(viewer(), today(), search) if leads and search else [],
    )


def _row(final: FinalAssessment) -> FinalRow:
    return FinalRow(
        id=final.id,
        trainee=final.enrolment.trainee.name,
        curriculum=final.enrolment.version.title,
        attempt=final.attempt,
        examiner=final.examiner.name,
        opens_on=final.opens_on,
        closes_on=final.closes_on,
        word="Released" if final.released_at else "On record" if final.recorded_at else "To be made",
    )


@bp.route("/enrolments/<uuid:enrolment_id>/final-assessments/new", methods=["GET", "POST"])
@before_writing(take_factor)
def assign(enrolment_id: UUID) -> ResponseReturnValue:
    """Ask an examiner; while there is no outcome, another one or other days."""
    enrolment = queries.get_candidate(viewer(), enrolment_id)
    form = AssignForm()
    form.examiner.choices = {
        str(each.id): each.name for each in list_holders(Role.EXAMINER, today()) if each.id != viewer().id
    }
    if form.validate_on_submit():
        final = actions.assign(viewer(), enrolment, form.facts())
        return redirect(url_for("finals.final", final_id=final.id, done="assigned"))
    latest = queries.latest_of(enrolment.id)
    page = render_template(
        "moderation/assign.html",
        enrolment=enrolment,
        form=form,
        latest=latest,
        signed=is_training_signed(enrolment, today()),
        why_not=rules.why_not_assign(latest),
    )
    return page, form.status


@bp.get("/final-assessments/<uuid:final_id>")
def final(final_id: UUID) -> ResponseReturnValue:
    """One attempt: who examines when, and once it may be read what came of it."""
    return _final_page(queries.get_final(viewer(), final_id))


def _final_page(found: FinalAssessment, form: ReleaseForm | None = None) -> str:
    outcomes = {each.code: each for each in final_data.outcomes(get_outline(found.enrolment.version_id))}
    leads = permissions.can_assign(viewer(), found.enrolment, today())
    return render_template(
        "moderation/final.html",
        final=found,
        own=is_trainee(viewer(), found.enrolment),
        outcome=_named(outcomes, found.outcome),
        parts=[(part.title, _named(outcomes, found.parts.get(part.code, "")).title) for part in final_data.parts()],
        examines=permissions.can_record(viewer(), found),
        why_not=_why_not_record(found),
        reads=may_see(viewer(), found.enrolment_id),
        leads=leads,
        form=(form or ReleaseForm()) if leads and rules.why_not_release(found) is None else None,
        done=request.args.get("done", ""),
    )


def _named(outcomes: dict[str, Outcome], code: str) -> Outcome:
    return outcomes.get(code) or Outcome(code, code)


def _why_not_record(final: FinalAssessment) -> str | None:
    enrolment = queries.get_with_people(final.enrolment_id)
    return rules.why_not_record(final, today(), signed=is_training_signed(enrolment, today()))


@bp.route("/final-assessments/<uuid:final_id>/record", methods=["GET", "POST"])
@before_writing(take_factor)
def record(final_id: UUID) -> ResponseReturnValue:
    """Put the outcome of an attempt on record."""
    found = queries.get_final(viewer(), final_id)
    allow(permissions.can_record(viewer(), found))
    outcomes = final_data.outcomes(get_outline(found.enrolment.version_id))
    form = FinalForm.asking(outcomes)
    if form.validate_on_submit():
        actions.record_final(viewer(), found, form.facts())
        return redirect(url_for("finals.final", final_id=found.id, done="recorded"))
    page = render_template(
        "moderation/record.html",
        final=found,
        form=form,
        hints={each.code: each.meaning for each in outcomes if each.meaning},
        why_not=_why_not_record(found),
    )
    return page, form.status


@bp.post("/final-assessments/<uuid:final_id>/release")
@before_writing(take_factor)
def release(final_id: UUID) -> ResponseReturnValue:
    """Let the trainee and the training lead read the outcome."""
    found = queries.get_final(viewer(), final_id)
    allow(permissions.can_assign(viewer(), found.enrolment, today()))
    form = ReleaseForm()
    if form.validate_on_submit():
        actions.release(viewer(), found, given(form.key.data))
        return redirect(url_for("finals.final", final_id=found.id, done="released"))
    return _final_page(found, form), form.status
