"""From the bytes of a file to a document, or to everything that is wrong with it."""

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

from tracker.core.errors import BadInput, Problem
from tracker.curricula.case_graph import parse_json
from tracker.curricula.case_reader import read_case
from tracker.curricula.checks import flaws_of
from tracker.curricula.document import Document, Path
from tracker.curricula.foreign import Reading, refuse
from tracker.curricula.formats import Format, find_format
from tracker.curricula.moodle_reader import read_moodle
from tracker.curricula.plain_data import from_data
from tracker.curricula.workbook_reader import read_workbook
from tracker.curricula.yaml_file import odd_character, read_yaml


@dataclass(frozen=True)
class Imported:
    """A curriculum from a file of any format, and what was assumed because the file does not say it."""

    document: Document
    format: Format
    assumed: tuple[str, ...] = ()
    unsaid: tuple[str, ...] = ()  # fields of the curriculum that its format has no place for


def read_curriculum(file: str, raw: bytes, code: str = "") -> Imported:
    """The curriculum in a file of any format that is accepted. Raises BadInput with every problem and its row."""
    form = find_format(file, raw)
    if form is Format.TRACKER:
        return Imported(read_document(file, raw, code), form)
    try:
        reading = _read(form, file, raw)
        document = _checked(reading, code)
    except RecursionError as error:
        raise refuse(file, 0, "The file is nested too deep to be read.", "Make it flatter.") from error
    return Imported(document, form, tuple(reading.assumed), tuple(reading.unsaid))


def _read(form: Format, file: str, raw: bytes) -> Reading:
    if form is Format.CASE:
        return read_case(file, parse_json(file, raw))
    return read_moodle(file, raw) if form is Format.MOODLE else read_workbook(file, raw)


def _checked(reading: Reading, code: str) -> Document:
    """The document in a file of another format. Raises BadInput."""
    data = reading.data
    if code:
        data["code"] = code
    for path, odd in _odd_texts(data, ()):
        reading.broken.add(path)
        reading.problems.append(
            Problem(*reading.place(path), f"There is a control character here ({odd}).", "Take it out.")
        )
    for flaw in flaws_of(data):
        if flaw.path not in reading.broken:
            reading.problems.append(Problem(*reading.place(flaw.path), flaw.what, flaw.mend))
    reading.stop_at_problems()
    return from_data(data)


def _odd_texts(value: Any, path: Path) -> Iterator[tuple[Path, str]]:
    """Every text with a character that no file of ours may have, and the first such character."""
    match value:
        case dict():
            for name, inner in value.items():
                yield from _odd_texts(inner, (*path, name))
        case list():
            for index, inner in enumerate(value):
                yield from _odd_texts(inner, (*path, index))
        case str() if odd := odd_character(value):
            yield path, odd


def read_document(file: str, raw: bytes, code: str = "") -> Document:
    """The curriculum in a file of our own format, under another code if one is given. Raises BadInput likewise."""
    tree = read_yaml(file, raw)
    if code and isinstance(tree.data, dict):
        tree.data["code"] = code
    flaws = [flaw for flaw in flaws_of(tree.data) if flaw.path not in tree.broken]
    problems = tree.problems + [Problem(file, tree.line(flaw.path), flaw.what, flaw.mend) for flaw in flaws]
    if problems:
        raise BadInput(sorted(set(problems)))
    return from_data(tree.data)
