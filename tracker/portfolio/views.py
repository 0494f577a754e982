"""Taking a record away, and the page on which anybody checks one."""

from flask import Blueprint, Response, render_template
from flask.typing import ResponseReturnValue

from tracker.accounts.queries import viewer
from tracker.core.clock import today
from tracker.core.errors import NotFound
from tracker.core.upload import takes_files_up_to
from tracker.core.web import only_reads
from tracker.enrolments.queries import list_own_enrolments
from tracker.portfolio import queries
from tracker.portfolio.bundle import make_bundle
from tracker.portfolio.checking import check, published_keys
from tracker.portfolio.forms import VerifyForm

bp = Blueprint("portfolio", __name__)


@bp.get("/portfolio")
def portfolio() -> ResponseReturnValue:
    """What a trainee can take away, and how it is checked."""
    _own()
    sealed, unsealed = queries.count_events(viewer())
    return render_template("portfolio/portfolio.html", sealed=sealed, unsealed=unsealed, keys=published_keys())


@bp.get("/portfolio/record.zip")
def bundle() -> ResponseReturnValue:
    """The trainee's own record as one file."""
    _own()
    answer = Response(make_bundle(viewer()), mimetype="application/zip")
    answer.headers.set("Content-Disposition", "attachment", filename=f"training-record-{today().isoformat()}.zip")
    return answer


def _own() -> None:
    """Raises NotFound for whoever has no record of their own."""
    if not list_own_enrolments(viewer()):
        raise NotFound


@bp.route("/verify", methods=["GET", "POST"])
@only_reads
@takes_files_up_to("BUNDLE_LIMIT_BYTES")
def verify() -> ResponseReturnValue:
    """Anybody checks a bundle; nothing of it is kept."""
    form, answer = VerifyForm(), None
    if form.validate_on_submit():
        answer = check(form.content, form.trusted_key.data or "", form.receipt.data or "")
    page = render_template("portfolio/verify.html", form=form, answer=answer, keys=published_keys())
    return page, form.status
