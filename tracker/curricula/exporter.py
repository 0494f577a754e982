"""From a document to the bytes of a file in one of the formats, and what that format cannot carry."""

from collections import Counter
from collections.abc import Iterator
from datetime import datetime
from decimal import Decimal
from typing import Any

import yaml

from tracker.core.errors import BadInput
from tracker.curricula.case_writer import write_case
from tracker.curricula.document import Document
from tracker.curricula.formats import Format
from tracker.curricula.importer import read_curriculum
from tracker.curricula.moodle_writer import write_moodle
from tracker.curricula.plain_data import to_data
from tracker.curricula.workbook_writer import write_workbook

WIDTH = 110
WORDS = {"origin": "names in another format", "length_months": "length in months"}


class _Dumper(yaml.SafeDumper):
    """Lists indented below their field, long texts as paragraphs, decimal numbers as they are."""

    def increase_indent(self, flow: bool = False, indentless: bool = False) -> None:  # noqa: ARG002 - PyYAML calls it so
        super().increase_indent(flow, False)


def _number(dumper: yaml.SafeDumper, number: Decimal) -> yaml.ScalarNode:
    return dumper.represent_scalar("tag:yaml.org,2002:float", str(number))


_Dumper.add_representer(Decimal, _number)


def write_yaml(document: Document) -> str:
    """The document in our own format, tracker-curriculum/1."""
    data: dict[str, Any] = to_data(document)
    text: str = yaml.dump(data, Dumper=_Dumper, sort_keys=False, allow_unicode=True, width=WIDTH)
    return text


def write_curriculum(document: Document, form: Format, changed_at: datetime, *, extended: bool = True) -> bytes:
    """The document in a format. `extended` is for CASE: version 1.1 with our own fields in extensions, else 1.0."""
    match form:
        case Format.TRACKER:
            return write_yaml(document).encode()
        case Format.CASE:
            return write_case(document, changed_at, extended).encode()
        case Format.MOODLE:
            return write_moodle(document).encode()
        case Format.XLSX:
            return write_workbook(document, changed_at)


def losses(document: Document, raw: bytes) -> list[str]:
    """What of a document is not in a file that was written of it, found by reading the file.

    Order: as in the document. A part's loss says how many parts have it.
    """
    try:
        again = read_curriculum("the file", raw)
    except BadInput as error:
        return [f"the whole of it ({error.problems[0]})"]
    before, after = to_data(document), to_data(again.document)
    there = {field: value for field, value in after.items() if field not in again.unsaid}
    counted = Counter(_differences(before, there, ()))
    return [f"{what} ({count:,})" if count > 1 else what for what, count in counted.items()]


def _differences(before: Any, after: Any, path: tuple[str, ...]) -> Iterator[str]:
    """A phrase for each value that is there before and not, or another, after."""
    if isinstance(before, dict) and isinstance(after, dict):
        for field, value in before.items():
            if field not in after or (field == "origin" and value != after[field]):
                yield from _named(value, (*path, field))
            else:
                yield from _differences(value, after[field], (*path, field))
    elif _has_codes(before) and _has_codes(after):
        by_code = {item["code"]: item for item in after}
        for item in before:
            yield from (
                _differences(item, by_code[item["code"]], path) if item["code"] in by_code else _named(item, path)
            )
    elif before != after:
        yield _phrase(path)


def _named(value: Any, path: tuple[str, ...]) -> Iterator[str]:
    yield from [_phrase(path)] * (len(value) if _has_codes(value) else 1)


def _has_codes(value: Any) -> bool:
    return isinstance(value, list) and bool(value) and all(isinstance(item, dict) and "code" in item for item in value)


def _phrase(path: tuple[str, ...]) -> str:
    """Such as "expected month of competencies": what is lost, and of what."""
    above = [name for name in path[:-1] if name not in {"evidence", "rule", "sections"}]
    owner = above[-1] if above else "sections" if "sections" in path[:-1] else ""
    words = WORDS.get(path[-1], path[-1].replace("_", " "))
    return f"{words} of {owner}" if owner else words
