"""Whether plain data has the shape of a curriculum: docs/curriculum.schema.json, and its faults in sentences."""

import difflib
import json
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from decimal import Decimal
from functools import cache
from typing import TYPE_CHECKING, Any

from tracker.core.places import resource
from tracker.curricula.document import Path

if TYPE_CHECKING:
    from jsonschema import Draft202012Validator, ValidationError

LONGEST_SHOWN = 60
MOST_UNKNOWN = 50


@dataclass(frozen=True)
class Flaw:
    """Something wrong with a value of the data: where it is, what is wrong, how to mend it."""

    path: Path
    what: str
    mend: str


def shape_flaws(data: Any) -> Iterator[Flaw]:
    """Every place where the data has not the shape that the schema describes."""
    for error in _validator().iter_errors(data):
        yield from _flaws(error)


@cache
def _validator() -> "Draft202012Validator":
    from jsonschema import Draft202012Validator  # noqa: PLC0415 - a tenth of a second that only an import needs

    text = resource("docs/curriculum.schema.json").read_text(encoding="utf-8")
    return Draft202012Validator(json.loads(text, parse_float=Decimal))


def _flaws(error: "ValidationError") -> Iterator[Flaw]:
    """A fault that the schema found, in sentences; one for each field that is unknown or missing."""
    path: Path = tuple(error.absolute_path)
    schema: Any = error.schema
    wanted: Any = error.validator_value
    instance: Any = error.instance
    match error.validator:
        case "additionalProperties":
            yield from _unknown_fields(path, [*instance], sorted(schema["properties"]))
        case "required":
            field = next(name for name in wanted if error.message.startswith(repr(name)))
            yield Flaw(path, f"{_name(path)} has no field {field}.", f"Add the field {field}.")
        case "minItems":
            yield Flaw(
                path, f"{_name(path)} is empty.", "List at least one, or take it out together with what holds it."
            )
        case "uniqueItems":
            yield Flaw(path, f"{_name(path)} names the same thing twice.", "Name each once.")
        case _:
            yield Flaw(path, f"{_name(path)} is {_shown(instance)}.", f"Write {_wanted(schema)}.")


def _unknown_fields(path: Path, fields: list[str], known: list[str]) -> Iterator[Flaw]:
    """A flaw for each unknown field; of very many, as in a file that is something else, the first."""
    unknown = [field for field in fields if field not in known]
    for field in unknown[:MOST_UNKNOWN]:
        yield Flaw((*path, field), f"The field {field[:LONGEST_SHOWN]} is not known here.", _nearest(field, known))
    if len(unknown) > MOST_UNKNOWN:
        what = f"{len(unknown) - MOST_UNKNOWN} more fields are not known here."
        yield Flaw(path, what, "Make sure that this is a curriculum.")


def _nearest(field: str, known: list[str]) -> str:
    near = difflib.get_close_matches(field, known, n=1)
    return f"Did you mean {near[0]}?" if near else f"Take it out, or use one of {', '.join(known)}."


def _name(path: Path) -> str:
    """What a value is called: its field, or its place in a list."""
    if not path:
        return "The file"
    last = path[-1]
    return f"Number {last + 1} of {path[-2]}" if isinstance(last, int) else f"The field {last}"


def _shown(value: Any) -> str:
    match value:
        case None:
            return "empty"
        case dict():
            return "a group of fields"
        case list():
            return "a list"
        case bool():
            return "true" if value else "false"
        case str():
            return f"the text {value!r}" if len(value) <= LONGEST_SHOWN else f"a text of {len(value)} characters"
        case _:
            return str(value)[:LONGEST_SHOWN]


def _wanted(schema: Mapping[str, Any]) -> str:
    words = {"array": "a list, each item after a hyphen", "object": "a group of fields, indented below it"}
    description: str = schema.get("description", "")
    return description or words.get(str(schema.get("type")), "what docs/curriculum.schema.json describes")
