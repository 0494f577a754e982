"""The answers to an assessment form: which questions it asks, and how an answer reads. Pure."""

from collections.abc import Mapping, Sequence
from typing import NamedTuple

from tracker.curricula.document import FieldKind, Form, FormField, Level

Answer = str | int | bool
Answers = Mapping[str, Answer]  # by the code of the question; one that was left out is not in it


class Shown(NamedTuple):
    """An answer beside its question, as people read it."""

    label: str
    said: str
    is_long: bool


def questions(form: Form, levels: Sequence[Level]) -> tuple[FormField, ...]:
    """What the form asks. A curriculum without a scale has no levels to ask for. Order: the form's."""
    return tuple(field for field in form.asked if levels or field.kind is not FieldKind.LEVEL)


def level_titles(levels: Sequence[Level]) -> dict[int, str]:
    """Each level of the scale as it is offered and shown."""
    return {level.value: f"{level.value}: {level.title}" for level in levels}


def shown_answers(form: Form, levels: Sequence[Level], answers: Answers) -> tuple[Shown, ...]:
    """The questions that were answered, with their answers. Order: the form's."""
    return tuple(
        Shown(field.label, said(field, levels, answers[field.code]), field.kind is FieldKind.LONG_TEXT)
        for field in questions(form, levels)
        if field.code in answers
    )


def said(field: FormField, levels: Sequence[Level], answer: Answer) -> str:
    """One answer in words."""
    match field.kind:
        case FieldKind.YES_NO:
            return "Yes" if answer else "No"
        case FieldKind.LEVEL:
            return level_titles(levels).get(int(answer), str(answer))
        case _:
            return str(answer)
