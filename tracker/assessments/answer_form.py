"""An assessment form of the curriculum as a form of a page."""

from collections.abc import Mapping, Sequence
from typing import Any, TypeVar

from wtforms import Field, IntegerField, RadioField, StringField, TextAreaField
from wtforms.validators import InputRequired, Length, NumberRange, Optional

from tracker.assessments.answers import Answer, Answers, level_titles, questions
from tracker.core.forms import ActionForm
from tracker.curricula.document import FieldKind, Form, FormField, Level
from tracker.evidence.guard import no_patient_details

LONGEST_LINE, LONGEST_TEXT = 200, 5000
LARGEST_NUMBER = 100_000
BEFORE = "answer_"  # so that no code of a question is a name that forms use themselves
YES, NO = "yes", "no"


class AnswerForm(ActionForm):
    """What a form of the curriculum asks; `answer_form` gives it its fields. Subclasses ask for more beside it."""

    asked: tuple[FormField, ...] = ()
    hints: Mapping[str, str] = {}  # what each level means, by its value as it is sent

    def questions(self) -> list[tuple[Field, Mapping[str, str]]]:
        """Each question's field, with the hints of its choices. Order: the form's."""
        return [(self[BEFORE + each.code], self.hints if each.kind is FieldKind.LEVEL else {}) for each in self.asked]


Base = TypeVar("Base", bound=AnswerForm)


def answer_form(
    outline: Form,
    levels: Sequence[Level],
    base: type[Base],
    given: Answers | None = None,
) -> Base:
    """The form bound to the request: what `base` asks, then the questions; `given` are answers to begin with."""
    asked = questions(outline, levels)
    fields: dict[str, Any] = {BEFORE + each.code: _field(each, levels) for each in asked}
    hints = {str(level.value): level.meaning for level in levels if level.meaning}
    kind = type("FilledIn", (base,), fields | {"asked": asked, "hints": hints})
    made: Base = kind(data={BEFORE + code: _typed(answer) for code, answer in (given or {}).items()})
    return made


def answers(form: AnswerForm) -> dict[str, Answer]:
    """What was answered, by the codes of the questions; one that was left out is not in it."""
    found = {each.code: _answer(each, form[BEFORE + each.code].data) for each in form.asked}
    return {code: answer for code, answer in found.items() if answer is not None}


def _answer(asked: FormField, data: Any) -> Answer | None:
    if data is None or data == "":
        return None
    match asked.kind:
        case FieldKind.NUMBER | FieldKind.LEVEL:
            return int(data)
        case FieldKind.YES_NO:
            return bool(data == YES)
        case _:
            return str(data)


def _typed(answer: Answer) -> Any:
    """An answer as it stands in its field."""
    if isinstance(answer, bool):
        return YES if answer else NO
    return answer


def _field(asked: FormField, levels: Sequence[Level]) -> Any:
    first = InputRequired(f"Answer “{asked.label}”.") if asked.required else Optional()
    label = asked.label if asked.required else f"{asked.label} (optional)"
    match asked.kind:
        case FieldKind.TEXT:
            rules = [first, Length(max=LONGEST_LINE), no_patient_details]
            return StringField(label, rules, description=asked.hint)
        case FieldKind.LONG_TEXT:
            rules = [first, Length(max=LONGEST_TEXT), no_patient_details]
            return TextAreaField(label, rules, description=asked.hint)
        case FieldKind.NUMBER:
            return IntegerField(label, [first, _in_range(asked)], description=asked.hint)
        case _:
            return RadioField(label, [first], choices=_choices(asked, levels), description=asked.hint)


def _in_range(asked: FormField) -> NumberRange:
    return NumberRange(0, LARGEST_NUMBER, f"{asked.label}: enter a whole number from 0 to {LARGEST_NUMBER:,}.")


def _choices(asked: FormField, levels: Sequence[Level]) -> dict[str, str]:
    match asked.kind:
        case FieldKind.LEVEL:
            return {str(value): title for value, title in level_titles(levels).items()}
        case FieldKind.YES_NO:
            return {YES: "Yes", NO: "No"}
        case _:
            return {choice: choice for choice in asked.choices}
