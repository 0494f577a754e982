"""What the forms of a draft are made of: codes, numbers that may be settings, and lists in lines."""

import re
from collections.abc import Iterable, Mapping
from decimal import Decimal
from typing import Any

from wtforms import HiddenField, StringField, TextAreaField
from wtforms.form import BaseForm
from wtforms.validators import InputRequired, Length, ValidationError

from tracker.core.forms import Form

CODE = re.compile(r"[A-Za-z0-9][A-Za-z0-9._-]*\Z")
WHOLE = re.compile(r"[0-9]{1,6}\Z", re.ASCII)
PERCENT = re.compile(r"[0-9]{1,3}(\.[0-9]{1,2})?\Z", re.ASCII)
MOST_PERCENT = 100
Plain = dict[str, Any]


class DraftForm(Form):
    """A form that says which state of the draft it was made from."""

    digest = HiddenField()
    known: Mapping[str, int] = {}  # the settings that a number can name
    taken: frozenset[str] = frozenset()  # the codes that are used already


class CodeField(StringField):
    """A short code that no other part of its list has."""

    def __init__(self, label: str = "Code", most: int = 40, **more: Any) -> None:
        rules = [InputRequired("Enter a code, such as GEN-1."), Length(max=most)]
        super().__init__(label, rules, **more)

    def post_validate(self, form: BaseForm, validation_stopped: bool) -> None:
        if validation_stopped:
            return
        if not CODE.match(self.data or ""):
            raise ValidationError("Use only letters, digits, dots, hyphens and underscores in the code.")
        if isinstance(form, DraftForm) and self.data in form.taken:
            raise ValidationError(f"{self.data} is in the draft already. Choose another code.")


class NumberField(StringField):
    """A whole number in a range, or the code of a setting that stands for one. Empty where nothing is asked."""

    def __init__(self, label: str, least: int = 1, most: int = 1000, needed: str = "", **more: Any) -> None:
        super().__init__(label, [InputRequired(needed)] if needed else [], **more)
        self.least, self.most = least, most

    def post_validate(self, form: BaseForm, validation_stopped: bool) -> None:
        typed = self.data or ""
        if validation_stopped or not typed or (isinstance(form, DraftForm) and typed in form.known):
            return
        if not WHOLE.match(typed) or not self.least <= int(typed) <= self.most:
            raise ValidationError(
                f"{self.label.text}: enter a whole number from {self.least} to {self.most}, or the code of a setting."
            )

    @property
    def plain(self) -> Any:
        """The number, the setting, or None."""
        typed = self.data or ""
        if WHOLE.match(typed):
            return int(typed)
        return {"setting": typed} if typed else None


class PercentField(StringField):
    """A percentage with at most two decimals, or the code of a setting that stands for one."""

    def post_validate(self, form: BaseForm, validation_stopped: bool) -> None:
        typed = self.data or ""
        if validation_stopped or not typed or (isinstance(form, DraftForm) and typed in form.known):
            return
        if not PERCENT.match(typed) or Decimal(typed) > MOST_PERCENT:
            raise ValidationError(f"{self.label.text}: enter a number from 0 to 100, such as 40 or 37.5.")

    @property
    def plain(self) -> Any:
        """The percentage, the setting, or None."""
        typed = self.data or ""
        if PERCENT.match(typed):
            return Decimal(typed) if "." in typed else int(typed)
        return {"setting": typed} if typed else None


class LinesField(TextAreaField):
    """Several short texts, one on each line."""

    def post_validate(self, _form: BaseForm, validation_stopped: bool) -> None:
        if not validation_stopped and (long := [line for line in self.plain or () if len(line) > 200]):  # noqa: PLR2004 - of a line in the format
            raise ValidationError(f"{self.label.text}: a line has at most 200 characters. Shorten “{long[0][:40]}…”.")

    @property
    def plain(self) -> list[str] | None:
        """The lines that say something, each once; None where there is none."""
        lines = [line.strip() for line in (self.data or "").splitlines()]
        return list(dict.fromkeys(filter(None, lines))) or None


def typed(value: Any) -> Any:
    """A value of plain data as it stands in a field."""
    match value:
        case {"setting": code}:
            return code
        case int() | Decimal() if not isinstance(value, bool):
            return str(value)
        case _:
            return value


def typed_part(part: Mapping[str, Any]) -> Plain:
    """Each value of a part as it stands in its field."""
    return {name: typed(value) for name, value in part.items()}


def chosen(data: Iterable[str] | None) -> list[str] | None:
    """What was ticked; None for nothing."""
    return list(data or ()) or None
