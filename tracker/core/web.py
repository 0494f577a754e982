"""How a request begins, ends and fails: transactions, security headers, and pages that say no."""

import secrets
import traceback
from collections.abc import Callable
from typing import Any, TypeVar

from flask import Flask, Response, current_app, g, render_template, request
from flask.typing import ResponseReturnValue
from flask_wtf.csrf import CSRFError
from sqlalchemy.exc import DBAPIError, OperationalError
from werkzeug.exceptions import HTTPException

from tracker.core.db import begin_unlocked, begin_write, db
from tracker.core.errors import TrackerError

SAFE_METHODS = frozenset({"GET", "HEAD", "OPTIONS"})
View = TypeVar("View", bound=Callable[..., ResponseReturnValue])
TITLES = {
    400: "We could not read that request",
    401: "Sign in to see this page",
    403: "You cannot do this",
    404: "Page not found",
    405: "You cannot do that on this page",
    409: "This could not be done",
    413: "The file is too large",
    422: "There is a problem",
    429: "Too many tries",
    503: "The tracker cannot reach its data",
}


def before_writing(prepare: Callable[[], None]) -> Callable[[View], View]:
    """Have a view do slow work (reading files, checking a password) before its write transaction begins."""

    def mark(view: View) -> View:
        view.prepare = prepare  # type: ignore[attr-defined] # a note on the function, read by _begin
        return view

    return mark


def set_up_web(app: Flask) -> None:
    """Give the app its transactions, headers and error pages."""
    app.before_request(_begin)
    app.after_request(_end)
    app.after_request(_add_headers)
    app.context_processor(lambda: {"csp_nonce": nonce()})
    app.register_error_handler(TrackerError, _say_no)
    app.register_error_handler(HTTPException, _say_http)
    app.register_error_handler(OperationalError, _say_database_lost)
    app.register_error_handler(Exception, _say_sorry)


def nonce() -> str:
    """The random word that lets this response's own inline script run."""
    if "nonce" not in g:
        g.nonce = secrets.token_urlsafe(16)
    value: str = g.nonce
    return value


def _begin() -> None:
    """A request that may write reads its body first, then begins its one write transaction."""
    if request.method in SAFE_METHODS or request.endpoint is None or _is_sign_in_machinery():
        return
    _ = request.form, request.files
    prepare = getattr(current_app.view_functions[request.endpoint], "prepare", None)
    if prepare is not None:
        prepare()
    begin_write()


def _is_sign_in_machinery() -> bool:
    """Flask-Security's own views check passwords as they write: they lock at the first write instead."""
    if request.blueprint != "security":
        return False
    db.session.rollback()
    begin_unlocked()
    return True


def _end(response: Response) -> Response:
    """Commit what answers below 400; roll back all else."""
    if request.method in SAFE_METHODS or response.status_code >= 400:  # noqa: PLR2004 - HTTP's own line
        db.session.rollback()
        return response
    try:
        db.session.commit()
    except DBAPIError:
        db.session.rollback()
        current_app.logger.exception("Commit failed for %s", request.endpoint)
        return current_app.make_response(
            (_page(503, "We do not know whether this was saved. It is safe to press the button again."), 503)
        )
    return response


def _add_headers(response: Response) -> Response:
    policy = (
        f"default-src 'none'; script-src 'self' 'nonce-{nonce()}'; style-src 'self'; img-src 'self' data:; font-src 'self'; "
        "connect-src 'self'; manifest-src 'self'; form-action 'self'; base-uri 'none'; frame-ancestors 'none'"
    )
    response.headers.setdefault("Content-Security-Policy", policy)
    response.headers["X-Content-Type-Options"] = "nosniff"
    response.headers["Referrer-Policy"] = "same-origin"
    response.headers["Cross-Origin-Opener-Policy"] = "same-origin"
    if request.endpoint != "static":
        response.headers.setdefault("Cache-Control", "no-store")
    return response


def _say_no(error: TrackerError) -> ResponseReturnValue:
    return _page(error.status, error.sentence), error.status


def _say_http(error: HTTPException) -> ResponseReturnValue:
    if error.response is not None or error.code is None or error.code < 400:  # noqa: PLR2004 - a redirect is no error
        return error
    sentences = {
        404: "Check the address, or start again from your first page.",
        413: "Choose a smaller file. Nothing was saved.",
        429: "Wait a minute, then try again.",
    }
    if isinstance(error, CSRFError):
        return _page(
            400,
            "This page was open too long to be sent safely. Your text is below: go back, reload the page and send it again.",
        ), 400
    response = current_app.make_response((_page(error.code, sentences.get(error.code, "")), error.code))
    for name, value in error.get_headers():
        if name.lower() in {"allow", "retry-after"}:
            response.headers[name] = value
    return response


def _say_database_lost(error: OperationalError) -> ResponseReturnValue:
    return _failure_page(error, 503, "Nothing you sent was saved. Wait a minute, then send it again.")


def _say_sorry(error: Exception) -> ResponseReturnValue:
    if current_app.testing and current_app.config.get("PROPAGATE_EXCEPTIONS"):
        raise error
    return _failure_page(error, 500, "Something went wrong on our side. Nothing you sent was saved.")


def _failure_page(error: Exception, status: int, sentence: str) -> ResponseReturnValue:
    """A page with a reference and no details; the details are in the log under that reference, without values."""
    reference = secrets.token_hex(4)
    lines = "".join(traceback.format_tb(error.__traceback__))
    current_app.logger.error("Reference %s, %s at %s\n%s", reference, type(error).__name__, request.endpoint, lines)
    return _page(status, sentence, reference=reference), status


def _page(status: int, sentence: str, **more: Any) -> str:
    db.session.rollback()
    return render_template(
        "errors/error.html", status=status, title=TITLES.get(status, "Something went wrong"), sentence=sentence, **more
    )
