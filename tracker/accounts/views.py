"""One's own account: who one is, and where one is signed in."""

from uuid import UUID

from flask import Blueprint, redirect, render_template, url_for
from flask.typing import ResponseReturnValue

from tracker.accounts import sessions
from tracker.accounts.models import SignedIn
from tracker.accounts.queries import viewer
from tracker.core.errors import NotFound

bp = Blueprint("accounts", __name__, url_prefix="/account")
BROWSERS = {"Edg/": "Edge", "Firefox/": "Firefox", "Chrome/": "Chrome", "Safari/": "Safari"}
SYSTEMS = {
    "Android": "Android",
    "iPhone": "iPhone",
    "iPad": "iPad",
    "Windows": "Windows",
    "Mac OS": "Mac",
    "Linux": "Linux",
}


@bp.get("")
def account() -> ResponseReturnValue:
    """Who you are here, and your open sessions."""
    rows = [(row, where(row)) for row in sessions.list_sessions(viewer())]
    return render_template("accounts/account.html", person=viewer(), rows=rows, own=sessions.current_session_id())


@bp.post("/sessions/<uuid:session_id>/end")
def end_session(session_id: UUID) -> ResponseReturnValue:
    """End one of your sessions; the next request of that browser is asked to sign in."""
    rows = [row for row in sessions.list_sessions(viewer()) if row.id == session_id]
    if not rows:
        raise NotFound("This session has ended already.")
    sessions.end_session(rows[0])
    return redirect(url_for("accounts.account", done="ended"))


@bp.post("/sessions/end-others")
def end_others() -> ResponseReturnValue:
    """End every session of yours but this one."""
    sessions.end_sessions(viewer(), but=sessions.current_session_id())
    return redirect(url_for("accounts.account", done="ended"))


@bp.get("/back")
def back() -> ResponseReturnValue:
    """Where a sign-in in a second tab ends: the text waits in the first."""
    return render_template("accounts/back.html")


def where(row: SignedIn) -> str:
    """The browser and the kind of machine of a session, so that people recognise their own."""
    browser = next((name for mark, name in BROWSERS.items() if mark in row.browser), "A browser")
    system = next((name for mark, name in SYSTEMS.items() if mark in row.browser), "")
    return f"{browser} on {system}" if system else browser
