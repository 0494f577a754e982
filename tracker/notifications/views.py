"""The page of notices."""

from flask import Blueprint, redirect, render_template, url_for
from flask.typing import ResponseReturnValue

from tracker.accounts.queries import viewer
from tracker.notifications import actions, queries, words
from tracker.notifications.forms import MailTimeForm

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


@bp.route("/notices/mail", methods=["GET", "POST"])
def mail_choice() -> ResponseReturnValue:
    """When the viewer wants mail."""
    form = MailTimeForm()
    if form.validate_on_submit():
        actions.choose_mail_time(viewer(), form.facts())
        return redirect(url_for("notifications.mail_choice", done="chosen"))
    if not form.is_submitted():
        form.mail_time.data = (queries.mail_time_of(viewer()) or actions.usual_time()).value
    return render_template("notifications/mail_choice.html", form=form), form.status
