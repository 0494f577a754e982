"""Whether the tracker runs, for machines; and in the demo, the messages that it would have sent."""

from flask import Blueprint, current_app, make_response, render_template
from flask.typing import ResponseReturnValue
from sqlalchemy.exc import DBAPIError

from tracker.core.errors import NotFound
from tracker.core.web import content_policy
from tracker.operations import outbox as messages
from tracker.operations.setup import at_head

bp = Blueprint("operations", __name__)


@bp.route("/health/live")
def live() -> ResponseReturnValue:
    """The process answers. The database is not asked: a restart would not mend it."""
    return {"status": "live"}


@bp.route("/health/ready")
def ready() -> ResponseReturnValue:
    """The database answers and has this release's tables, so requests may come."""
    try:
        why_not = None if at_head() else "The tables are not those of this release: run tracker init."
    except DBAPIError:
        why_not = "The database does not answer."
    if why_not:
        return {"status": "not ready", "detail": why_not}, 503
    return {"status": "ready"}


@bp.route("/outbox")
def outbox() -> ResponseReturnValue:
    """The messages of the demo. They are open to all, since links to reset a password arrive here."""
    _demo_only()
    return render_template("operations/outbox.html", messages=messages.list_messages())


@bp.route("/outbox/<name>")
def message(name: str) -> ResponseReturnValue:
    """One message of the demo, its HTML in a frame that runs nothing and shows the styles of a mail."""
    _demo_only()
    answer = make_response(render_template("operations/message.html", message=messages.get_message(name)))
    answer.headers["Content-Security-Policy"] = content_policy(styles="'self' 'unsafe-inline'")
    return answer


def _demo_only() -> None:
    """Raises NotFound outside the demo."""
    if not current_app.config["DEMO"]:
        raise NotFound
