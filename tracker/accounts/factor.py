"""A signature asks for a password given at most FACTOR_MINUTES ago: the same form comes back with a field for it."""

from datetime import timedelta

from flask import current_app, g, request, session
from wtforms import PasswordField
from wtforms.validators import ValidationError

from tracker.accounts.actions import try_sign_in
from tracker.accounts.queries import viewer
from tracker.accounts.sessions import remember_fact
from tracker.core.clock import now
from tracker.core.errors import Refused

GIVEN_AT = "fs_paa"  # Flask-Security's name for when the password was given
FIELD = "factor_password"


def factor_is_fresh() -> bool:
    """Whether the person gave the password in this session at most FACTOR_MINUTES ago."""
    age = now().timestamp() - float(session.get(GIVEN_AT, 0))
    return age <= timedelta(minutes=current_app.config["FACTOR_MINUTES"]).total_seconds()


def take_factor() -> None:
    """Check the password that came with a form, before its write transaction, and note the time in the session."""
    g.factor_problem = None
    password = request.form.get(FIELD, "")
    if password:
        g.factor_problem = _why_not(password)


def _why_not(password: str) -> str | None:
    try:
        person = try_sign_in(viewer().email, password)
    except Refused as refused:
        return refused.sentence
    if person is None:
        return "This is not your password. Type it again."
    remember_fact(GIVEN_AT, now().timestamp())
    return None


class FactorFields:
    """For a form that signs: a field for the password, asked for when it was given too long ago."""

    factor_password = PasswordField("Your password")

    @property
    def asks_factor(self) -> bool:
        """Whether the page must show the field."""
        return not factor_is_fresh()

    def validate_factor_password(self, _field: PasswordField) -> None:
        """A password given now must be right; one given lately is enough."""
        if problem := g.get("factor_problem"):
            raise ValidationError(problem)
        if not factor_is_fresh():
            minutes = current_app.config["FACTOR_MINUTES"]
            raise ValidationError(f"Type your password: it is more than {minutes} minutes since you last did.")
