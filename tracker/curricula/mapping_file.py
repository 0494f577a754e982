"""Reading a mapping from a file: CSV with the columns from, to and kind, or YAML, a list of the same. Pure."""

import csv
import io
from collections.abc import Iterator
from dataclasses import replace
from typing import Any

from tracker.core.errors import BadInput, Problem
from tracker.curricula.mapping import Pair
from tracker.curricula.models import MappingKind
from tracker.curricula.yaml_file import read_yaml

COLUMNS = ("from", "to", "kind")
KINDS = ", ".join(MappingKind)
LONGEST_BYTES = 2 * 1024 * 1024
Line = tuple[int, Any]  # the row in the file, and what it holds


def read_pairs(file: str, raw: bytes) -> tuple[Pair, ...]:
    """Every line of the file. Raises BadInput with every problem and its row."""
    if len(raw) > LONGEST_BYTES:
        raise BadInput([Problem(file, 0, f"The file has {len(raw):,} bytes.", f"At most {LONGEST_BYTES:,} are read.")])
    lines = list(_yaml_lines(file, raw) if file.casefold().endswith((".yaml", ".yml")) else _csv_lines(file, raw))
    problems = [problem for line in lines for problem in _wrong_with(file, line)]
    if problems:
        raise BadInput(problems)
    return tuple(Pair(line["from"], line["to"], MappingKind(line["kind"])) for _, line in lines)


def read_lines(text: str) -> tuple[Pair, ...]:
    """Lines as somebody types them: two codes and a kind with commas between. Raises BadInput likewise, by line."""
    try:
        return read_pairs("", f"{','.join(COLUMNS)}\n{text}".encode())
    except BadInput as bad:
        problems = [replace(each, row=max(0, each.row - 1)) for each in bad.problems]
        raise BadInput(problems) from bad


def _yaml_lines(file: str, raw: bytes) -> Iterator[Line]:
    tree = read_yaml(file, raw)
    if tree.problems:
        raise BadInput(tree.problems)
    if not isinstance(tree.data, list):
        raise BadInput(
            [Problem(file, 1, "This is not a list.", "Write one line such as - { from: A1, to: B1, kind: same }.")]
        )
    return ((tree.line((index,)), line) for index, line in enumerate(tree.data))


def _csv_lines(file: str, raw: bytes) -> Iterator[Line]:
    try:
        reader = csv.DictReader(io.StringIO(raw.decode("utf-8-sig"), newline=""), strict=True)
        if [name.strip().casefold() for name in reader.fieldnames or ()] != list(COLUMNS):
            raise BadInput(
                [Problem(file, 1, "The headings are not those of a mapping.", f"Write {','.join(COLUMNS)}.")]
            )
        reader.fieldnames = list(COLUMNS)
        lines = [(reader.line_num, {name or "more": _tidy(value) for name, value in row.items()}) for row in reader]
    except (UnicodeDecodeError, csv.Error) as error:
        raise BadInput([Problem(file, 0, "This is not a CSV file in UTF-8.", "Save it as CSV UTF-8.")]) from error
    return iter(lines)


def _tidy(cell: Any) -> Any:
    """A cell without spaces round it; the cells beyond the last column, as they are, are one."""
    return (cell or "").strip() if cell is None or isinstance(cell, str) else cell


def _wrong_with(file: str, line: Line) -> Iterator[Problem]:
    row, values = line
    if not isinstance(values, dict) or set(values) != set(COLUMNS):
        yield Problem(file, row, "This line has not the three parts of a mapping.", f"Give it {', '.join(COLUMNS)}.")
        return
    for name in ("from", "to"):
        if not isinstance(values[name], str) or not values[name]:
            yield Problem(file, row, f"The code in {name} is missing or no text.", "Write the code of a requirement.")
    if values["kind"] not in tuple(MappingKind):
        yield Problem(file, row, f"The kind is {values['kind']!r}.", f"Write one of {KINDS}.")
