"""How a request begins, ends and fails: transactions, security headers, and pages that say no."""

import secrets
import traceback
from collections.abc import Callable
from errno import EDQUOT, ENOSPC
from typing import Any, TypeVar

from flask import Flask, Response, current_app, g, render_template, request
from flask.typing import ResponseReturnValue
from flask_wtf.csrf import CSRFError, CSRFProtect
from sqlalchemy.exc import DBAPIError, IntegrityError, InterfaceError, OperationalError
from werkzeug.exceptions import HTTPException, InternalServerError, TooManyRequests
from werkzeug.middleware.proxy_fix import ProxyFix

from tracker.core.db import NotReplicated, begin_unlocked, begin_write, commit, db
from tracker.core.errors import TrackerError
from tracker.core.sent import read_sent
from tracker.core.upload import UploadRequest

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
    410: "This has been removed",
    422: "There is a problem",
    429: "Too many tries",
    503: "The tracker cannot reach its data",
}
SENTENCES = {
    400: "Something in it was damaged on the way. Go back, reload the page and try again.",
    404: "Check the address, or start again from your first page.",
    405: "Go back and use the buttons on the page.",
    413: "Nothing was saved. Choose fewer or smaller files, then send it again.",
    429: "Wait a minute, then try again.",
}
UNSURE = "We do not know whether this was saved. It is safe to send it again: it will not be done twice."
FULL = "There is no room left where files are kept. Nothing you sent was saved. Tell whoever runs the tracker."
SORRY = "Something went wrong on our side. Nothing you sent was saved."


def before_writing(prepare: Callable[[], None]) -> Callable[[View], View]:
    """Have a view do slow work (reading files, checking a password) before its write transaction begins."""

    def mark(view: View) -> View:
        view.prepare = prepare  # type: ignore[attr-defined] # a note on the function, read by _begin
        return view

    return mark


def only_reads(view: View) -> View:
    """Say of a view that what is sent to it changes nothing: it gets no write transaction."""
    view.only_reads = True  # type: ignore[attr-defined] # as above
    return view


def set_up_web(app: Flask) -> None:
    """Give the app its headers, its error pages and the end of each transaction."""
    app.request_class = UploadRequest
    if proxies := app.config["PROXIES"]:
        app.wsgi_app = ProxyFix(app.wsgi_app, proxies, proxies, proxies, x_prefix=proxies)  # type: ignore[method-assign] # Flask's own advice
    app.after_request(_add_headers)
    app.after_request(_end)
    app.context_processor(_for_pages)
    app.register_error_handler(TrackerError, _say_no)
    app.register_error_handler(HTTPException, _say_http)
    app.register_error_handler(OperationalError, _say_database_lost)
    app.register_error_handler(InterfaceError, _say_database_lost)
    app.register_error_handler(OSError, _say_full)
    app.register_error_handler(Exception, _say_sorry)


def set_up_transactions(app: Flask) -> None:
    """Check that a form is ours, then begin its write transaction. Last of all: who sends it has been asked before."""
    CSRFProtect(app)
    app.before_request(_begin)


def _for_pages() -> dict[str, Any]:
    return {"csp_nonce": nonce(), "shown": g.get("shown")}


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
    view = current_app.view_functions[request.endpoint]
    if hasattr(view, "only_reads"):
        return
    prepare = getattr(view, "prepare", None)
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
        commit()
    except IntegrityError as failure:
        return current_app.make_response(_failure_page(failure, 500, SORRY))
    except (DBAPIError, NotReplicated) as failure:
        return current_app.make_response(_failure_page(failure, 503, UNSURE))
    return response


def content_policy(*, styles: str = "'self'") -> str:
    """What a page may load and run: what is ours, and nothing in its own text but the script that bears the nonce."""
    return (
        f"default-src 'none'; script-src 'self' 'nonce-{nonce()}'; style-src {styles}; img-src 'self' data:; "
        "font-src 'self'; connect-src 'self'; manifest-src 'self'; form-action 'self'; base-uri 'none'; "
        "frame-ancestors 'none'"
    )


def _add_headers(response: Response) -> Response:
    response.headers.setdefault("Content-Security-Policy", content_policy())
    response.headers["X-Content-Type-Options"] = "nosniff"
    response.headers["Referrer-Policy"] = "same-origin"
    response.headers["Cross-Origin-Opener-Policy"] = "same-origin"
    if request.endpoint != "static":
        response.headers.setdefault("Cache-Control", "no-store")
    return response


def _say_no(error: TrackerError) -> ResponseReturnValue:
    return error_page(error.status, error.sentence)


def _say_http(error: HTTPException) -> ResponseReturnValue:
    if error.response is not None or error.code is None or error.code < 400:  # noqa: PLR2004 - a redirect is no error
        return error
    if isinstance(error, CSRFError):
        return error_page(
            400,
            "The page was open too long, or in another tab. Nothing was saved yet.",
            title="Send this again",
            again=True,
        )
    if isinstance(error, InternalServerError):
        return _failure_page(error.original_exception or error, 500, SORRY)
    sentence = SENTENCES.get(error.code, "Check the address, then try again.")
    response = current_app.make_response(error_page(error.code, sentence, again=error.code == TooManyRequests.code))
    for name, value in error.get_headers():
        if name.lower() in {"allow", "retry-after"}:
            response.headers[name] = value
    return response


def _say_database_lost(error: DBAPIError) -> ResponseReturnValue:
    return _failure_page(error, 503, "Nothing you sent was saved. Wait a minute, then try again.")


def _say_full(error: OSError) -> ResponseReturnValue:
    """A file could not be written; that a disk is full can be told, and mended while we run."""
    if error.errno not in {ENOSPC, EDQUOT}:
        return _say_sorry(error)
    return _failure_page(error, 503, FULL)


def _say_sorry(error: Exception) -> ResponseReturnValue:
    if current_app.testing and current_app.config.get("PROPAGATE_EXCEPTIONS"):
        raise error
    return _failure_page(error, 500, SORRY)


def _failure_page(error: BaseException, status: int, sentence: str) -> ResponseReturnValue:
    """A page with a reference and no details; the details are in the log under that reference, without values."""
    reference = secrets.token_hex(4)
    lines = "".join(traceback.format_tb(error.__traceback__))
    current_app.logger.error("Reference %s, %s at %s\n%s", reference, type(error).__name__, request.endpoint, lines)
    return error_page(status, sentence, reference=reference, again=True)


def error_page(  # noqa: PLR0913 - each is a part of the page
    status: int, sentence: str, *, title: str = "", reference: str = "", sign_in: str = "", again: bool = False
) -> tuple[str, int]:
    """A page that says what could not be done and what to do next, with the text that was sent.

    With `again` it has a button that sends that text once more. It reads nothing from the database.
    """
    _forget()
    page = render_template(
        "errors/error.html",
        title=title or TITLES.get(status, "Something went wrong"),
        sentence=sentence,
        reference=reference,
        sign_in=sign_in,
        sent=read_sent(again=again),
    )
    return page, status


def _forget() -> None:
    """Leave the transaction; a database that is lost cannot be told."""
    try:
        db.session.rollback()
    except DBAPIError:
        db.session.remove()
