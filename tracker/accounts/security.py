"""Puts Flask-Security on our people, our sessions, our mail and our pages; and asks everybody to sign in."""

from collections.abc import Callable, Iterable
from typing import Any

from flask import Flask, Response, current_app, g, make_response, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue
from flask_limiter import Limiter
from flask_limiter.util import get_remote_address
from flask_security import MailUtil, Security, SQLAlchemyUserDatastore

from tracker.accounts import forms
from tracker.accounts.factor import set_up_factor
from tracker.accounts.models import Person
from tracker.accounts.rules import SHORTEST_PASSWORD
from tracker.accounts.sessions import Relations, Sessions, check_session, end_sessions, store_session
from tracker.core.db import db
from tracker.core.errors import NotFound
from tracker.core.mail import write_mail
from tracker.core.web import SAFE_METHODS, error_page

PUBLIC = frozenset(
    {
        "static",
        "security.login",
        "security.forgot_password",
        "security.reset_password",
        "operations.live",
        "operations.ready",
        "record.published_keys",
        "record.checkpoint",
        "operations.outbox",  # the demo's messages, where links to set a password arrive
        "operations.message",
        "portfolio.verify",  # where anybody checks a trainee's record
        "links.form",  # what a mailed link opens, for people without an account
        "links.decline",
        "links.pass_on",
        "links.extend",
        "links.thanks",
        "feedback_links.form",
        "feedback_links.decline",
        "feedback_links.thanks",
    }
)
SETTINGS: dict[str, Any] = {
    "SECURITY_LOGIN_URL": "/sign-in",
    "SECURITY_LOGOUT_URL": "/sign-out",
    "SECURITY_RESET_URL": "/reset",
    "SECURITY_CHANGE_URL": "/account/password",
    "SECURITY_VERIFY_URL": "/account/verify",  # leads nowhere: /verify is for records
    "SECURITY_POST_LOGOUT_VIEW": "/sign-in",
    "SECURITY_POST_RESET_VIEW": "/sign-in?done=reset",
    "SECURITY_POST_CHANGE_VIEW": "/account?done=password",
    "SECURITY_JOIN_USER_ROLES": False,
    "SECURITY_RECOVERABLE": True,
    "SECURITY_CHANGEABLE": True,
    "SECURITY_RETURN_GENERIC_RESPONSES": True,
    "SECURITY_FLASH_MESSAGES": False,  # a flash is a write by a page that only reads
    "SECURITY_STATIC_FOLDER": None,
    "SECURITY_CLI_USERS_NAME": None,
    "SECURITY_CLI_ROLES_NAME": None,
    "SECURITY_API_ENABLED_METHODS": ["session"],
    "SECURITY_PASSWORD_HASH": "argon2",
    "SECURITY_PASSWORD_SCHEMES": ["argon2"],
    "SECURITY_PASSWORD_SINGLE_HASH": {"argon2"},  # no second key that, once lost, makes every password wrong
    "SECURITY_PASSWORD_LENGTH_MIN": SHORTEST_PASSWORD,
    "SECURITY_LOGIN_USER_TEMPLATE": "security/sign_in.html",
    "SECURITY_FORGOT_PASSWORD_TEMPLATE": "security/forgotten.html",
    "SECURITY_RESET_PASSWORD_TEMPLATE": "security/new_password.html",
    "SECURITY_CHANGE_PASSWORD_TEMPLATE": "security/own_password.html",
    "SECURITY_EMAIL_SUBJECT_PASSWORD_RESET": "Set your password for the training tracker",
    "SECURITY_EMAIL_SUBJECT_PASSWORD_NOTICE": "Your password for the training tracker was set",
    "SECURITY_EMAIL_SUBJECT_PASSWORD_CHANGE_NOTICE": "Your password for the training tracker was changed",
    "SECURITY_MSG_GENERIC_AUTHN_FAILED": (forms.WRONG, "error"),
    "SESSION_PROTECTION": None,  # a hospital's network changes a person's address all day
}


class People(SQLAlchemyUserDatastore):
    """Our people, as Flask-Security finds and changes them. It commits nothing: the request does, once."""

    def __init__(self) -> None:
        super().__init__(db, Person, None)  # type: ignore[arg-type] # no role table

    def commit(self) -> None:
        """Leave it to the end of the request."""

    def set_uniquifier(self, user: Any, uniquifier: str | None = None) -> None:
        """With a new password, every session of the old one ends."""
        super().set_uniquifier(user, uniquifier)
        end_sessions(user)


class QueuedMail(MailUtil):
    """Mail of Flask-Security's that waits for the worker, like all our mail."""

    def send_mail(  # noqa: PLR0913, PLR0917 - Flask-Security's signature
        self,
        template: str,  # noqa: ARG002 - as above
        subject: str,
        recipient: Any,
        sender: Any,  # noqa: ARG002 - as above
        body: str | None,
        html: str | None,
        **_context: Any,
    ) -> None:
        """Write it with the change it tells of."""
        write_mail(recipient, str(subject), body or "", html or "")


def set_up_accounts(app: Flask, relations: Relations) -> None:
    """Give the app its sessions and its sign-in. `relations` are ways to be somebody here, as clauses about Person."""
    app.config.from_mapping(SETTINGS)
    if app.config["SESSION_COOKIE_SECURE"]:
        app.config["SESSION_COOKIE_NAME"] = "__Host-session"  # no other host may plant one
    app.extensions["relations"] = relations
    app.session_interface = Sessions()
    app.before_request(check_session)
    app.before_request(ask_to_sign_in)
    app.after_request(store_session)
    set_up_factor(app)
    _set_up_security(app)
    _set_up_limits(app)


def _set_up_security(app: Flask) -> None:
    security = Security(
        app,
        People(),
        mail_util_cls=QueuedMail,
        login_form=forms.SignInForm,
        forgot_password_form=forms.ForgottenForm,
        reset_password_form=forms.NewPasswordForm,
        change_password_form=forms.OwnPasswordForm,
        render_template=_render,  # type: ignore[arg-type] # it may answer a whole response
    )
    security.want_json(lambda _request: False)
    app.view_functions["security.verify"] = _no_page
    app.view_functions["security.reset_password"] = _explained(app.view_functions["security.reset_password"])


def _set_up_limits(app: Flask) -> None:
    """Each client address may try so often. The limiter is kept by the app: nothing else holds it."""
    limiter = Limiter(get_remote_address, app=app, storage_uri="memory://")
    app.extensions["sign_in_limiter"] = limiter
    limit_tries(app, ("security.login", "security.forgot_password"))


def limit_tries(app: Flask, endpoints: Iterable[str]) -> None:
    """Let each client address send so many forms a minute to these pages, which need no sign-in."""
    limit = app.extensions["sign_in_limiter"].limit(app.config["SIGN_IN_LIMIT"], methods=["POST"])
    for endpoint in endpoints:
        limited: Any = limit(app.view_functions[endpoint])
        app.view_functions[endpoint] = limited


def _no_page() -> ResponseReturnValue:
    """Flask-Security's page that asks for a password again: our forms ask for it themselves."""
    raise NotFound


def _explained(view: Callable[..., Any]) -> Callable[..., Any]:
    """A page that follows a link from a mail, and says so when the link is of no use."""

    def open_link(token: str) -> ResponseReturnValue:
        answer = current_app.make_response(view(token))
        ask_again = url_for("security.forgot_password")
        return redirect(f"{ask_again}?link=old") if answer.location == ask_again else answer

    return open_link


def ask_to_sign_in() -> ResponseReturnValue | None:
    """Default deny: nobody sees a page before we know who they are. What was sent is kept on the page that says so."""
    if g.person is not None or request.endpoint is None or request.endpoint in PUBLIC:
        return None
    if request.method in SAFE_METHODS:
        return redirect(url_for("security.login", next=_here()))
    _ = request.form
    sentence = "You were signed out, or your session ended. Nothing was saved yet."
    return error_page(401, sentence, sign_in=url_for("security.login", next=url_for("accounts.back")), again=True)


def _here() -> str:
    return request.script_root + request.full_path.rstrip("?")


def _render(template: str, **context: Any) -> str | Response:
    """A page of Flask-Security's with our forms: one with errors is answered by 422."""
    page = render_template(template, **context)
    form = next((value for name, value in context.items() if name.endswith("_form")), None)
    failed = request.method == "POST" and getattr(form, "errors", None)
    return make_response(page, 422) if failed else page
