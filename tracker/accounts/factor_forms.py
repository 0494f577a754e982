"""Adding what shows who signs."""

from wtforms import HiddenField, StringField
from wtforms.validators import InputRequired, Length

from tracker.accounts.factor import FactorFields
from tracker.core.forms import Form


class AppForm(FactorFields, Form):
    """The code that a new app shows, with the secret that it was given."""

    secret = HiddenField()
    code = StringField("Code that the app shows", [InputRequired("Type the six digits that the app shows.")])


class PasskeyForm(FactorFields, Form):
    """What the browser made, and what the person calls it."""

    name = StringField(
        "What do you call it?", [InputRequired("Give it a name, such as “work phone”."), Length(max=100)]
    )
    seal = HiddenField()
    answer = HiddenField()


class RemoveForm(FactorFields, Form):
    """Taking an app or a passkey away."""


class ConfirmForm(FactorFields, Form):
    """Saying who one is, before changing with what one signs."""
