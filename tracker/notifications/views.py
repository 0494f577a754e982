"""The page of notices."""

from flask import Blueprint, redirect, render_template, url_for
from flask.typing import ResponseReturnValue

from tracker.accounts.queries import viewer
from tracker.notifications import actions, queries, words

bp = Blueprint("notifications", __name__)


@bp.get("/notices")
def notices() -> ResponseReturnValue:
    """What the viewer was told, newest first."""
    rows = [
        (words.sentence(notice.kind, notice.actor_name, notice.about), notice.path, notice.written_at, notice.read_at)
        for notice in queries.list_notices(viewer())
    ]
    return render_template("notifications/notices.html", rows=rows)


@bp.post("/notices")
def mark_read() -> ResponseReturnValue:
    """Mark all of them as read."""
    actions.mark_read(viewer())
    return redirect(url_for("notifications.notices"))
