"""Forms: text in, facts out; every typed character is kept when a form is shown again."""

import unicodedata
from collections.abc import Iterator
from typing import Any, ClassVar, TypeVar
from uuid import UUID, uuid4

from flask_wtf import FlaskForm
from werkzeug.datastructures import FileStorage
from wtforms import Field, FileField, MultipleFileField, PasswordField, StringField
from wtforms.form import BaseForm
from wtforms.validators import DataRequired, InputRequired, Length, StopValidation, ValidationError
from wtforms.widgets import HiddenInput

from tracker.core.day_field import DayField as DayField  # noqa: PLC0414 - a field of our forms, asked for here
from tracker.core.upload import is_too_large

T = TypeVar("T")
MEBIBYTE = 1024 * 1024
ALLOWED_CONTROLS = "\n\t"


def given(value: T | None) -> T:
    """What a form has made sure of."""
    assert value is not None
    return value


class AtMost(Length):
    """Text of at most so many characters; the message says how many there are."""

    def __init__(self, most: int) -> None:
        super().__init__(max=most)
        self.field_flags: dict[str, Any] = {}  # A browser that cuts a pasted text short loses it silently.

    def __call__(self, _form: BaseForm, field: Field) -> None:
        length = len(field.data or "")
        if length > self.max:
            raise ValidationError(
                f"{field.label.text} must be {self.max:,} characters or fewer. It has {length:,} now: "
                f"shorten it by {length - self.max:,}."
            )


def _counting(rule: Any) -> Any:
    """A plain limit on the length of a text, as one whose message counts."""
    return AtMost(rule.max) if type(rule) is Length and rule.min <= 0 and not rule.message else rule


def _not_blank(rule: Any) -> Any:
    """That something was typed, as that something is left of it once it is tidied: spaces are no reason and no name."""
    return DataRequired(rule.message) if type(rule) is InputRequired else rule


def plain_text(_form: BaseForm, field: Field) -> None:
    """Refuse characters that no keyboard writes and no database should keep."""
    if isinstance(field.data, str) and any(
        unicodedata.category(letter) in {"Cc", "Cs"} and letter not in ALLOWED_CONTROLS for letter in field.data
    ):
        raise StopValidation(f"{field.label.text} has a character that cannot be kept. Type it again without pasting.")


def tidy(text: str | None) -> str | None:
    """Text without spaces round it, and with one kind of line break."""
    return text.replace("\r\n", "\n").replace("\r", "\n").strip() if isinstance(text, str) else text


def not_too_large(_form: BaseForm, field: Field) -> None:
    """Refuse a file of which only a part was kept, by name."""
    if too_large := [upload for upload in uploads_of(field) if is_too_large(upload)]:
        names = ", ".join(str(upload.filename) for upload in too_large)
        most = getattr(too_large[0].stream, "limit_bytes", 0) // MEBIBYTE
        raise StopValidation(f"{names} is larger than {most} MB. Choose a smaller file.")


def uploads_of(field: Field) -> list[FileStorage]:
    """The files that were chosen in a field."""
    data = field.data if isinstance(field.data, list) else [field.data]
    return [upload for upload in data if isinstance(upload, FileStorage) and upload.filename]


class Sentences:
    """WTForms's own messages in our words, where a field gives none."""

    OURS: ClassVar = {
        "This field is required.": "Fill this in.",
        "Not a valid choice.": "Choose one of the answers that are offered.",
        "Not a valid integer value.": "Enter a whole number, such as 3.",
        "Not a valid decimal value.": "Enter a number, such as 0.5.",
        "Not a valid float value.": "Enter a number, such as 0.5.",
        "Invalid email address.": "Enter an email address, such as name@example.org.",
        "Invalid Choice: could not coerce.": "Choose one of the answers that are offered.",
        "The CSRF token is missing.": "This page was open too long. Press the button again.",
    }
    MANY = "Choose only answers that are offered."

    def gettext(self, text: str) -> str:
        """Our sentence for a message."""
        return self.OURS.get(text, text)

    def ngettext(self, singular: str, plural: str, n: int) -> str:
        """Our sentence for a message that counts."""
        if "not valid choices" in plural or "not a valid choice" in singular:
            return self.MANY
        return singular if n == 1 else plural


class Form(FlaskForm):  # type: ignore[misc] # Flask-WTF is untyped
    """A form of the tracker: text is tidied and plain, and a file of too many bytes is refused by name."""

    class Meta(FlaskForm.Meta):  # type: ignore[misc] # as above
        """How fields are bound."""

        def bind_field(self, form: BaseForm, unbound_field: Any, options: dict[str, Any]) -> Field:
            field: Field = super().bind_field(form, unbound_field, options)
            if isinstance(field, StringField):
                field.validators = (plain_text, *map(_counting, field.validators))
                if not isinstance(field, PasswordField):
                    field.validators = tuple(map(_not_blank, field.validators))
                    field.filters = (tidy, *field.filters)
            if isinstance(field, FileField | MultipleFileField):
                field.validators = (not_too_large, *field.validators)
            return field

        def get_translations(self, _form: BaseForm) -> Sentences:
            return Sentences()

    @property
    def status(self) -> int:
        """What to answer when the form is shown: 200, 422 when it has errors, 413 when a file is too large."""
        if not self.errors:
            return 200
        too_large = any(is_too_large(upload) for field in self for upload in uploads_of(field))
        return 413 if too_large else 422

    def problems(self) -> Iterator[tuple[str, str]]:
        """The first error of each field. Shape: (id of an input, or empty; sentence). Order: as on the page."""
        for field in self:
            target = "" if isinstance(field.widget, HiddenInput) else getattr(field, "first_id", field.id)
            if field.errors:
                yield target, str(field.errors[0])
        for error in self.form_errors:
            yield "", str(error)


class KeyField(Field):
    """The key of one press of a button, made when the form is shown: the same key twice has one outcome."""

    widget = HiddenInput()
    data: UUID | None

    def process_formdata(self, valuelist: list[Any]) -> None:
        try:
            self.data = UUID(valuelist[0])
        except (IndexError, ValueError, AttributeError) as damaged:
            self.data = uuid4()
            raise ValueError(
                "The page was damaged on its way to us. It has been mended: press the button again."
            ) from damaged

    def _value(self) -> str:
        return str(self.data or "")


class VersionField(Field):
    """The version of the row that was shown. Zero where there was none."""

    widget = HiddenInput()
    data: int | None

    def process_formdata(self, valuelist: list[Any]) -> None:
        text = valuelist[0] if valuelist else ""
        if not (text.isascii() and text.isdecimal() and len(text) < 10):  # noqa: PLR2004 - what an integer column holds
            self.data = None
            raise ValueError("This page does not say what it showed you. Open the page again, then press the button.")
        self.data = int(text)

    def _value(self) -> str:
        return "" if self.data is None else str(self.data)


class ActionForm(Form):
    """A form whose answer changes something: a second press has no second outcome, and a stale page is noticed."""

    key = KeyField(default=uuid4)
    version = VersionField(default=0)
