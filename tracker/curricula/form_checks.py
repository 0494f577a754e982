"""Whether the assessment forms of plain data make sense. Pure; works on data of any shape."""

from collections.abc import Iterator, Mapping
from typing import Any

from tracker.curricula.document import FieldKind, Path
from tracker.curricula.finding import groups, repeated
from tracker.curricula.schema import Flaw


def form_flaws(path: Path, form: Mapping[str, Any], levels: frozenset[Any]) -> Iterator[Flaw]:
    """Everything that is wrong with the questions of one assessment form."""
    fields = groups(form, "fields", path)
    yield from repeated(fields, "code")
    for inner_path, field in fields:
        yield from _choice_flaws(inner_path, field)
        if field.get("kind") == FieldKind.LEVEL and not levels:
            what = "It asks for a level, and the curriculum has no scale."
            yield Flaw((*inner_path, "kind"), what, "Add a scale to the curriculum, or ask with choices.")


def _choice_flaws(path: Path, field: Mapping[str, Any]) -> Iterator[Flaw]:
    is_choice, has_choices = field.get("kind") == FieldKind.CHOICE, "choices" in field
    if is_choice and not has_choices:
        yield Flaw(path, "It is a choice and has nothing to choose from.", "List the answers under choices.")
    if has_choices and not is_choice:
        what = f"It lists choices, and its kind is {field.get('kind')}."
        yield Flaw((*path, "choices"), what, "Make it a choice, or take the choices out.")
