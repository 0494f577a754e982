"""Putting the answers of several colleagues together, so that nobody can be told from them. Pure."""

from collections import Counter
from collections.abc import Mapping, Sequence
from typing import Any, NamedTuple

from tracker.assessments.answers import Answers, questions, said
from tracker.curricula.document import FieldKind, Form, FormField, Level
from tracker.record.canonical import canonical

TEXTS = (FieldKind.TEXT, FieldKind.LONG_TEXT)


class Count(NamedTuple):
    """How many gave an answer, and whether the trainee gave it of themselves."""

    said: str
    number: int
    by_self: bool


class Sum(NamedTuple):
    """What was answered to one question."""

    label: str
    counts: tuple[Count, ...]


def comments_in(form: Form, answers: Answers) -> dict[str, str]:
    """The texts among the answers, by the codes of their questions."""
    texts = {field.code for field in form.asked if field.kind in TEXTS}
    return {code: str(answer) for code, answer in answers.items() if code in texts}


def collate(form: Form, levels: Sequence[Level], given: Sequence[Answers], own: Answers) -> tuple[Sum, ...]:
    """How often each answer was given, question by question. Order: the form's, and that in which answers stand."""
    asked = [field for field in questions(form, levels) if field.kind not in TEXTS]
    return tuple(Sum(field.label, _counts(field, levels, given, own)) for field in asked)


def _counts(field: FormField, levels: Sequence[Level], given: Sequence[Answers], own: Answers) -> tuple[Count, ...]:
    counted = Counter(answers[field.code] for answers in given if field.code in answers)
    mine = own.get(field.code)
    offered = _offered(field, levels, [*counted, *([] if mine is None else [mine])])
    return tuple(Count(said(field, levels, each), counted[each], by_self=each == mine) for each in offered)


def _offered(field: FormField, levels: Sequence[Level], answers: Sequence[Any]) -> Sequence[Any]:
    match field.kind:
        case FieldKind.CHOICE:
            return field.choices
        case FieldKind.YES_NO:
            return (True, False)
        case FieldKind.LEVEL:
            return [level.value for level in levels]
        case _:
            return sorted(set(answers))


def numbers_text(sums: Sequence[Sum]) -> str:
    """The sums as the one text that goes on record."""
    data: list[Mapping[str, Any]] = [
        {"question": each.label, "answers": [[count.said, count.number] for count in each.counts]} for each in sums
    ]
    return canonical({"sums": data}).decode()
