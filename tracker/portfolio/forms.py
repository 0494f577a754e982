"""What a reader hands over to have it checked."""

from wtforms import Field, FileField, StringField, TextAreaField
from wtforms.form import BaseForm
from wtforms.validators import Length, StopValidation

from tracker.core.forms import Form, uploads_of


def chosen(_form: BaseForm, field: Field) -> None:
    """Ask for a file where none was chosen."""
    if not uploads_of(field):
        raise StopValidation("Choose the file that you were given.")


class VerifyForm(Form):
    """A bundle and, if the reader has them, a key and a receipt."""

    bundle = FileField("The file", [chosen])
    trusted_key = StringField("A key that you trust", [Length(max=400)])
    receipt = TextAreaField("A receipt", [Length(max=10_000)])

    @property
    def content(self) -> bytes:
        """The bytes of the file."""
        content: bytes = uploads_of(self.bundle)[0].stream.read()
        return content
