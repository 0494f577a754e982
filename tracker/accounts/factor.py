"""A signature asks who signs: a password or an app's code given at most FACTOR_MINUTES ago, or a passkey that signs it.

The same form comes back with a field for it. With a passkey the form is rehearsed first: everything is done and undone,
and what would be on record is what the passkey is asked to sign.
"""

import re
from datetime import timedelta

from flask import Flask, Response, current_app, g, jsonify, request, session
from wtforms import HiddenField, PasswordField
from wtforms.validators import ValidationError

from tracker.accounts.actions import try_code, try_sign_in
from tracker.accounts.queries import viewer
from tracker.accounts.sessions import remember_fact
from tracker.core.clock import now
from tracker.core.db import db
from tracker.core.errors import Refused, Stale
from tracker.core.web import error_page
from tracker.record.witness import CHANGED, Witness, call_witness

GIVEN_AT = "fs_paa"  # Flask-Security's name for when the password was given
GIVEN_AS = "factor"  # what was given then
FIELD, PASSKEY, SEAL = "factor_password", "factor_passkey", "factor_passkey_seal"
REHEARSE = ("Signing", "rehearse")  # a header that only our own script sends
REHEARSED = "rehearsed"  # what the answer to it says in the same header
CODE = re.compile(r"\d{6}\Z")


def set_up_factor(app: Flask) -> None:
    """Have rehearsals undone and answered, before anything would be committed."""
    app.after_request(_answer_rehearsal)


def factor_is_fresh() -> bool:
    """Whether the person gave the password, or a code, in this session at most FACTOR_MINUTES ago."""
    age = now().timestamp() - float(session.get(GIVEN_AT, 0))
    return age <= timedelta(minutes=current_app.config["FACTOR_MINUTES"]).total_seconds()


def take_password() -> None:
    """Check the password or code that came with a form that changes with what one signs: a passkey is not enough."""
    g.factor_problem = g.witness = None
    if given := request.form.get(FIELD, ""):
        g.factor_problem = _why_not(given)


def take_factor() -> None:
    """Check what came with a form to show who signs it, before its write transaction."""
    g.factor_problem = g.witness = None
    if request.headers.get(REHEARSE[0]) == REHEARSE[1] and viewer().has_passkey:
        g.rehearsal = g.witness = Witness("passkey")
    elif answer := request.form.get(PASSKEY, ""):
        _take_passkey(answer)
    elif given := request.form.get(FIELD, ""):
        g.factor_problem = _why_not(given)
    call_witness(g.witness or Witness(session.get(GIVEN_AS, "password")))


def _take_passkey(answer: str) -> None:
    from tracker.accounts import passkeys  # noqa: PLC0415 - its library is heavy, and few requests need it

    try:
        assertion, salts = passkeys.take(viewer(), request.form.get(SEAL, ""), answer)
    except Refused as refused:
        g.factor_problem = refused.sentence
        return
    g.witness = Witness("passkey", assertion, salts)


def _why_not(given: str) -> str | None:
    person = viewer()
    is_code = person.has_app and CODE.match(given.replace(" ", "")) is not None
    try:
        right = try_code(person, given.replace(" ", "")) if is_code else try_sign_in(person.email, given) is not None
    except Refused as refused:
        return refused.sentence
    if not right:
        wrong = "This is not the code that your app shows now, or it was used already. Wait for the next one."
        return wrong if is_code else "This is not your password. Type it again."
    remember_fact(GIVEN_AS, "totp" if is_code else "password")
    remember_fact(GIVEN_AT, now().timestamp())
    return None


def _answer_rehearsal(response: Response) -> Response:
    """Undo a rehearsal and say what the passkey is to sign; refuse what it did not sign wholly."""
    done: Witness | None = g.get("witness")
    if done is None or response.status_code >= 400:  # noqa: PLR2004 - HTTP's own line
        return response
    if g.get("rehearsal") is not None:
        db.session.rollback()
        if not done.intents:  # nothing to sign: the same press was recorded before, or this is never recorded
            return current_app.make_response(("", 204))
        from tracker.accounts import passkeys  # noqa: PLC0415 - its library is heavy, and few requests need it

        response = jsonify(passkeys.ask(viewer(), done.intents, done.made_salts))
        response.headers[REHEARSE[0]] = REHEARSED
    elif not done.is_whole:
        response = current_app.make_response(error_page(Stale.status, CHANGED))
    return response


class FactorFields:
    """For a form that signs: a field for the password, asked for when it was given too long ago."""

    factor_password = PasswordField("Your password")
    factor_passkey = HiddenField()
    factor_passkey_seal = HiddenField()

    @property
    def asks_factor(self) -> bool:
        """Whether the page must show the field."""
        return not factor_is_fresh()

    @property
    def has_app(self) -> bool:
        """Whether a code of the person's app will do as well."""
        return viewer().has_app

    @property
    def has_passkey(self) -> bool:
        """Whether the person can sign with a passkey."""
        return viewer().has_passkey

    def validate_factor_password(self, _field: PasswordField) -> None:
        """A password given now must be right; one given lately is enough, and so is a passkey."""
        if problem := g.get("factor_problem"):
            raise ValidationError(problem)
        if g.get("witness") is None and not factor_is_fresh():
            minutes = current_app.config["FACTOR_MINUTES"]
            raise ValidationError(f"Type your password: it is more than {minutes} minutes since you last did.")
