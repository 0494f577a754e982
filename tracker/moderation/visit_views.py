"""The pages of a moderator's visit."""

import csv
import io
from collections.abc import Iterator
from datetime import date
from typing import NamedTuple
from uuid import UUID

from flask import Blueprint, Response, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue

from tracker.accounts.factor import take_factor
from tracker.accounts.models import Role
from tracker.accounts.queries import viewer
from tracker.core.clock import today
from tracker.core.errors import allow
from tracker.core.forms import given
from tracker.core.web import before_writing
from tracker.moderation import permissions, rules
from tracker.moderation import visit_actions as actions
from tracker.moderation import visit_queries as queries
from tracker.moderation.drawing import rank
from tracker.moderation.models import Stratum, Visit, VisitOutcome
from tracker.moderation.queries import list_holders
from tracker.moderation.visit_forms import OUTCOMES, VERDICTS, OpenForm, OutcomeForm, VerdictForm

bp = Blueprint("visits", __name__)
STRATA = {
    Stratum.SIGNED_OFF: "Signed off",
    Stratum.COUNTERSIGNED: "Signed off by two",
    Stratum.RETURNED: "Returned",
}


class VisitRow(NamedTuple):
    """A visit on the list."""

    id: UUID
    place: str
    moderator: str
    opens_on: date
    closes_on: date
    word: str


class SampleRow(NamedTuple):
    """A sample on the page of its visit."""

    id: UUID
    code: str
    title: str
    trainee: str
    stratum: str
    verdict: str
    note: str


@bp.get("/visits")
def visits() -> ResponseReturnValue:
    """The visits that the viewer makes, or those to the places that they lead."""
    rows = [
        VisitRow(
            visit.id,
            f"{visit.centre.name}, {visit.curriculum.code}",
            visit.moderator.name,
            visit.opens_on,
            visit.closes_on,
            _word(visit),
        )
        for visit in queries.list_visits(viewer())
    ]
    can_open = permissions.can_open_some_visit(viewer(), today())
    return render_template("moderation/visits.html", rows=rows, can_open=can_open)


def _word(visit: Visit) -> str:
    if visit.outcome:
        return OUTCOMES[visit.outcome]
    if today() < visit.opens_on:
        return "To come"
    return "Open" if today() <= visit.closes_on else "Ended without an outcome"


@bp.route("/visits/new", methods=["GET", "POST"])
@before_writing(take_factor)
def open_visit() -> ResponseReturnValue:
    """Open a visit: the samples are drawn at once."""
    allow(permissions.can_open_some_visit(viewer(), today()))
    form = OpenForm()
    form.place.choices = queries.list_places(viewer(), today())
    holders = list_holders(Role.MODERATOR, today())
    form.moderator.choices = {str(each.id): each.name for each in holders if each.id != viewer().id}
    if form.validate_on_submit():
        visit = actions.open_visit(viewer(), form.facts())
        return redirect(url_for("visits.visit", visit_id=visit.id, done="opened"))
    return render_template("moderation/open_visit.html", form=form), form.status


@bp.get("/visits/<uuid:visit_id>")
def visit(visit_id: UUID) -> ResponseReturnValue:
    """One visit: its days, its samples, what the moderator says of each, and what came of it."""
    found = queries.get_visit(viewer(), visit_id)
    judges = permissions.can_judge(viewer(), found, today())
    judged = found.held_at is not None or judges
    return render_template(
        "moderation/visit.html",
        visit=found,
        place=f"{found.centre.name}, {found.curriculum.code}",
        rows=list(_rows(found, judged=judged, named=_named(found))),
        judges=judges,
        left=sum(sample.verdict is None for sample in found.samples),
        why_not=rules.why_not_judge(found, today()),
        outcome=OUTCOMES[found.outcome] if found.outcome else "",
        done=request.args.get("done", ""),
    )


def _named(visit: Visit) -> bool:
    return permissions.can_read_names(viewer(), visit, today())


def _rows(visit: Visit, *, judged: bool, named: bool) -> Iterator[SampleRow]:
    """What the moderator says is the moderator's alone until the outcome is on record."""
    for sample in visit.samples:
        yield SampleRow(
            id=sample.id,
            code=sample.claim.competency.code,
            title=sample.claim.competency.title,
            trainee=sample.enrolment.trainee.name if named else "",
            stratum=STRATA[sample.stratum],
            verdict=VERDICTS[sample.verdict] if judged and sample.verdict else "",
            note=sample.note if judged else "",
        )


@bp.get("/visits/<uuid:visit_id>/drawing.csv")
def drawing(visit_id: UUID) -> ResponseReturnValue:
    """What the samples were drawn from, in the order of the draw, so that anybody can draw them again."""
    found = queries.get_visit(viewer(), visit_id)
    drawn = {str(sample.claim_id) for sample in found.samples}
    text = io.StringIO()
    rows = csv.writer(text)
    rows.writerow(["rank", "claim", "enrolment", "kind", "event", "drawn"])
    for line in sorted(found.drawn_from, key=lambda each: rank(found.seed, UUID(each[0]))):
        rows.writerow([rank(found.seed, UUID(line[0])), *line, "yes" if line[0] in drawn else "no"])
    answer = Response(text.getvalue(), mimetype="text/csv")
    answer.headers.set("Content-Disposition", "attachment", filename="drawing.csv")
    return answer


@bp.route("/visits/<uuid:visit_id>/samples/<uuid:sample_id>", methods=["GET", "POST"])
def judge(visit_id: UUID, sample_id: UUID) -> ResponseReturnValue:
    """Say what the moderator makes of one sample, and go on to the next."""
    found = queries.get_visit(viewer(), visit_id)
    sample = queries.sample_of(found, sample_id)
    allow(permissions.can_judge(viewer(), found, today()))
    form = VerdictForm.offered()
    if form.validate_on_submit():
        actions.judge(viewer(), found, sample.id, form.said())
        return redirect(_next(found))
    if not form.is_submitted():
        form.verdict.data = sample.verdict.value if sample.verdict else None
        form.note.data, form.version.data = sample.note, sample.version
    page = render_template(
        "moderation/judge.html",
        visit=found,
        sample=sample,
        named=_named(found),
        stratum=STRATA[sample.stratum],
        form=form,
        why_not=rules.why_not_judge(found, today()),
    )
    return page, form.status


def _next(visit: Visit) -> str:
    """The first sample without a verdict; when each has one, the visit."""
    for sample in visit.samples:
        if sample.verdict is None:
            return url_for("visits.judge", visit_id=visit.id, sample_id=sample.id)
    return url_for("visits.visit", visit_id=visit.id, done="judged")


@bp.route("/visits/<uuid:visit_id>/outcome", methods=["GET", "POST"])
@before_writing(take_factor)
def hold(visit_id: UUID) -> ResponseReturnValue:
    """Put the outcome of the visit on record."""
    found = queries.get_visit(viewer(), visit_id)
    allow(permissions.can_judge(viewer(), found, today()))
    form = OutcomeForm.offered()
    if form.validate_on_submit():
        outcome, comment = VisitOutcome(form.outcome.data), given(form.comment.data)
        actions.hold_visit(viewer(), found, given(form.key.data), outcome, comment)
        return redirect(url_for("visits.visit", visit_id=found.id, done="held"))
    why_not = rules.why_not_judge(found, today()) or rules.why_not_hold(found.samples)
    return render_template("moderation/hold_visit.html", visit=found, form=form, why_not=why_not), form.status
