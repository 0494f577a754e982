"""What an assessment form asks, as the pages of a curriculum show it. Pure."""

from typing import NamedTuple

from tracker.curricula.document import FieldKind, Form, FormField
from tracker.curricula.rules import joined

ANSWERED = {
    FieldKind.TEXT: "a line of text",
    FieldKind.LONG_TEXT: "text",
    FieldKind.NUMBER: "a whole number",
    FieldKind.YES_NO: "yes or no",
    FieldKind.LEVEL: "a level",
}


class Asked(NamedTuple):
    """A question of a form, and how it is answered."""

    label: str
    how: str
    hint: str


class FormRow(NamedTuple):
    """An assessment form with its questions."""

    code: str
    title: str
    meaning: str
    facts: tuple[str, ...]
    asks: tuple[Asked, ...]


def form_row(form: Form) -> FormRow:
    """The form as its reader sees it."""
    return FormRow(form.code, form.title, form.meaning, _facts(form), form_asks(form))


def form_asks(form: Form) -> tuple[Asked, ...]:
    """The questions of the form. Order: as they are asked."""
    return tuple(Asked(field.label, _how(field), field.hint) for field in form.asked)


def _how(field: FormField) -> str:
    how = joined(field.choices, "or") if field.kind is FieldKind.CHOICE else ANSWERED[field.kind]
    return how if field.required else f"{how}; may be left out"


def _facts(form: Form) -> tuple[str, ...]:
    facts = (
        (form.needs_registration, "Whoever fills it in is on a register."),
        (form.fewest_answers, f"Several colleagues answer; nobody sees the sums before {form.fewest_answers} have."),
    )
    return tuple(said for holds, said in facts if holds)
