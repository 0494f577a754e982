"""Signing in, and what one does with one's own password."""

from typing import Any

from flask_security.forms import ChangePasswordForm, ForgotPasswordForm, LoginForm, ResetPasswordForm
from flask_security.utils import hash_password, validate_redirect_url
from wtforms import EmailField, Field, PasswordField
from wtforms.validators import EqualTo, InputRequired, ValidationError

from tracker.accounts import actions, queries, rules
from tracker.accounts.models import Person
from tracker.accounts.rules import normal_password as normal
from tracker.core.errors import Refused
from tracker.core.forms import Form, given

WRONG = "The email address and the password do not belong together. Check both, then try again."


def long_enough(_form: Any, field: PasswordField) -> None:
    """Refuse a password that is too easy to guess."""
    if why_not := rules.why_not_this_password(field.data or ""):
        raise ValidationError(why_not)


class SignInForm(Form, LoginForm):
    """Who are you? What is wrong is said of both fields together."""

    email = EmailField("Email address", [InputRequired("Enter your email address.")])
    password = PasswordField("Password", [InputRequired("Enter your password.")])
    remember = None  # type: ignore[assignment] # WTForms's way to leave a field out
    submit = None  # type: ignore[assignment] # as above

    def validate_next(self, field: Field) -> None:
        """Go on to a page of ours, or else to the first page."""
        if not validate_redirect_url(field.data):
            field.data = ""

    def validate(self, **more: Any) -> bool:
        """Try it. What failed is kept and counted."""
        if not Form.validate(self, **more):
            return False
        try:
            self.user = actions.try_sign_in(given(self.email.data), given(self.password.data))
        except Refused as wait:
            self.form_errors = [wait.sentence]
            return False
        self.form_errors = [] if self.user else [WRONG]
        return self.user is not None


class ForgottenForm(Form, ForgotPasswordForm):
    """Asks for a link. The answer is the same whether or not the address has an account, and takes as long."""

    email = EmailField("Email address")
    submit = None  # type: ignore[assignment] # as above
    user: Person | None

    def validate(self, **more: Any) -> bool:
        """Find whom to write to."""
        if not Form.validate(self, **more):
            return False
        if not self.email.data:
            self.form_errors = ["Enter your email address."]
            return False
        person = queries.find_person(self.email.data)
        self.user = person if person is not None and person.active else None
        if self.user is not None:
            hash_password("as long as when there is nobody")
        return self.user is not None


class NewPasswordForm(Form, ResetPasswordForm):
    """A new password, from the link in a mail."""

    password = PasswordField("New password", [InputRequired("Enter a new password."), long_enough], [normal])
    password_confirm = PasswordField(
        "New password again", [EqualTo("password", "Type the same password in both places.")], [normal]
    )
    submit = None  # type: ignore[assignment] # as above

    def validate(self, **more: Any) -> bool:
        """The shape is all: who it is for is in the link."""
        return bool(Form.validate(self, **more))


class OwnPasswordForm(Form, ChangePasswordForm):
    """A new password for oneself."""

    password = PasswordField("Password now", [InputRequired("Enter the password that you have now.")])
    new_password = PasswordField("New password", [InputRequired("Enter a new password."), long_enough], [normal])
    new_password_confirm = PasswordField(
        "New password again", [EqualTo("new_password", "Type the same password in both places.")], [normal]
    )
    submit = None  # type: ignore[assignment] # as above

    def validate(self, **more: Any) -> bool:
        """The old password must be right."""
        if not Form.validate(self, **more):
            return False
        try:
            right = actions.try_sign_in(queries.viewer().email, given(self.password.data)) is not None
        except Refused as wait:
            self.password.errors = [wait.sentence]
            return False
        if not right:
            self.password.errors = ["This is not the password that you have now."]
        return right
