"""The pages that show where everybody stands."""

from uuid import UUID

from flask import Blueprint, Response, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue

from tracker.accounts.models import Role
from tracker.accounts.queries import viewer
from tracker.core.clock import now, today
from tracker.core.db import db
from tracker.core.errors import NotFound
from tracker.enrolments import queries as enrolments
from tracker.enrolments.models import Centre
from tracker.enrolments.permissions import current_supervisors, is_trainee
from tracker.enrolments.queries import overseen_ids
from tracker.logbook.waits import usual_said, usual_wait
from tracker.reports import permissions
from tracker.reports.beside import waits_beside
from tracker.reports.bottlenecks import bottlenecks_of
from tracker.reports.cohort import chosen_rows, cohort_of, curricula_of, visible_in
from tracker.reports.home import doors_of
from tracker.reports.progress import report_on
from tracker.reports.queue import queue_of, supervised_progress
from tracker.reports.signals import list_signed, signals_in
from tracker.reports.signatures_due import signatures_due

bp = Blueprint("reports", __name__)


@bp.get("/")
def home() -> ResponseReturnValue:
    """Where a person starts; with one door only, that door."""
    doors = doors_of(viewer(), today())
    if doors.only == "own":
        return redirect(url_for("reports.progress", enrolment_id=doors.own[0][0]))
    if doors.only == "queue":
        return redirect(url_for("reports.queue"))
    if doors.only == "cohort":
        return redirect(url_for("reports.cohort", centre_id=doors.centres[0].id))
    if doors.only == "assess":
        return redirect(url_for("bench.bench"))
    sees_signals = permissions.can_see_signals(viewer(), today())
    return render_template("reports/home.html", doors=doors, sees_signals=sees_signals)


@bp.get("/progress/<uuid:enrolment_id>")
def progress(enrolment_id: UUID) -> ResponseReturnValue:
    """What is done, what waits and for whom, what next."""
    enrolment = enrolments.get_enrolment(viewer(), enrolment_id)
    report = report_on(enrolment, today())
    usual = usual_said(usual_wait([each.id for each in current_supervisors(enrolment, today())]))
    return render_template("reports/progress.html", report=report, usual=usual, own=is_trainee(viewer(), enrolment))


@bp.get("/progress/<uuid:enrolment_id>/report.pdf")
def progress_pdf(enrolment_id: UUID) -> ResponseReturnValue:
    """The same on one page of paper."""
    from tracker.reports.documents import progress_page  # noqa: PLC0415 - typst is heavy and only this page needs it

    report = report_on(enrolments.get_enrolment(viewer(), enrolment_id), today())
    answer = Response(progress_page(report, today()), mimetype="application/pdf")
    answer.headers.set("Content-Disposition", "inline", filename=f"progress-{today().isoformat()}.pdf")
    return answer


@bp.get("/queue")
def queue() -> ResponseReturnValue:
    """What waits for the viewer's decision, oldest first."""
    supervised, beside = supervised_progress(viewer(), today()), waits_beside(viewer(), today())
    return render_template(
        "reports/queue.html",
        waiting=queue_of(viewer(), today()),
        covers=beside.covers,
        assessments=beside.assessments,
        feedback=beside.feedback,
        rechecks=beside.rechecks,
        own=viewer().id,
        today=today(),
        usual=usual_said(usual_wait([viewer().id])),
        signatures=signatures_due(viewer(), today(), {version_id for *_, version_id in supervised}),
        supervised=supervised,
    )


@bp.get("/cohort")
def cohorts() -> ResponseReturnValue:
    """The cohort of the one centre that the viewer leads; with several, the choice."""
    centres = enrolments.list_led_centres(viewer(), today())
    if len(centres) == 1:
        return redirect(url_for("reports.cohort", centre_id=centres[0].id))
    return redirect(url_for("reports.home"))


@bp.get("/cohort/<uuid:centre_id>")
def cohort(centre_id: UUID) -> ResponseReturnValue:
    """The trainees of a centre by section: sorted and filtered by the address."""
    centre = db.session.get(Centre, centre_id)
    if centre is None or not permissions.can_read_cohort(viewer(), centre, today()):
        raise NotFound
    enrolment_ids = visible_in(viewer(), centre)
    curricula = curricula_of(enrolment_ids)
    code = request.args.get("curriculum", curricula[0][0] if curricula else "")
    found = cohort_of(centre, enrolment_ids, code)
    area, year = request.args.get("area", ""), request.args.get("started", type=int)
    sort = request.args.get("sort", "name")
    rows = chosen_rows(found, area, year, sort)
    chosen = {"curriculum": code, "area": area, "started": year or "", "sort": sort}
    return render_template(
        "reports/cohort.html", centre=centre, cohort=found, rows=rows, curricula=curricula, chosen=chosen
    )


@bp.get("/waiting")
def waiting() -> ResponseReturnValue:
    """Where things wait at the centres that the viewer leads, by person and by competency."""
    if not permissions.can_see_waits(viewer(), today()):
        raise NotFound
    found = bottlenecks_of(overseen_ids(viewer(), today(), [Role.TRAINING_LEAD]), today())
    return render_template("reports/waiting.html", found=found)


@bp.get("/signals")
def signals() -> ResponseReturnValue:
    """What the viewer may want to look at, where they lead or moderate."""
    if not permissions.can_see_signals(viewer(), today()):
        raise NotFound
    found = signals_in(list_signed(overseen_ids(viewer(), today(), permissions.OVERSEEING), now()))
    return render_template("reports/signals.html", signals=found)
