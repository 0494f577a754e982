"""YAML as plain data, with the line of each value, read event by event: no objects, anchors, tags or surprises.

A text is a number, true, false or empty only where everybody's eyes agree: `no`, `1:30`, `010` and dates are texts.
"""

import re
from dataclasses import dataclass, field
from decimal import Decimal
from typing import Any

import yaml

from tracker.core.errors import BadInput, Problem
from tracker.curricula.document import Path
from tracker.record.canonical import normal

LARGEST_BYTES = 5 * 1024 * 1024
DEEPEST = 40
WHOLE = re.compile(r"[-+]?(0|[1-9][0-9]{0,14})\Z", re.ASCII)
DECIMAL = re.compile(r"[-+]?(0|[1-9][0-9]{0,8})\.[0-9]{1,8}\Z", re.ASCII)
WORDS = {"true": True, "false": False, "null": None, "~": None, "": None}
ODD = re.compile(r"[\x00-\x08\x0b-\x1f\x7f-\x9f\ud800-\udfff]")
LOADER: type[Any] = getattr(yaml, "CSafeLoader", yaml.SafeLoader)


@dataclass
class Tree:
    """The data of a file, the line of each value, and what was wrong with the writing itself."""

    file: str
    data: Any = None
    lines: dict[Path, int] = field(default_factory=dict)
    problems: list[Problem] = field(default_factory=list)
    broken: set[Path] = field(default_factory=set)  # where a value could not be read: say no more about it

    def line(self, path: Path) -> int:
        """The line of a value, or of the nearest thing around it."""
        while path and path not in self.lines:
            path = path[:-1]
        return self.lines.get(path, 1)

    def report(self, line: int, what: str, mend: str) -> None:
        """Note a problem with the writing."""
        self.problems.append(Problem(self.file, line, what, mend))


@dataclass
class _Open:
    """A list or mapping whose end was not read yet."""

    path: Path
    value: Any
    key: str | None = None
    key_line: int = 0


def read_yaml(file: str, raw: bytes) -> Tree:
    """The data in the bytes of a YAML file. Raises BadInput when they cannot be read to the end."""
    tree, stack = Tree(file), list[_Open]()
    try:
        for event in yaml.parse(_decoded(file, raw), Loader=LOADER):
            _take(tree, stack, event)
    except yaml.YAMLError as error:
        raise _unreadable(file, error) from error
    if tree.data is None and not tree.problems:
        raise _bad(file, 1, "There is nothing in the file.", "Save the curriculum in it.")
    return tree


def _bad(file: str, line: int, what: str, mend: str) -> BadInput:
    return BadInput([Problem(file, line, what, mend)])


def _decoded(file: str, raw: bytes) -> str:
    if len(raw) > LARGEST_BYTES:
        raise _bad(
            file, 0, f"The file has {len(raw):,} bytes; at most {LARGEST_BYTES:,} are read.", "Split the curriculum."
        )
    try:
        return raw.decode("utf-8-sig")
    except UnicodeDecodeError as error:
        line = raw[: error.start].count(b"\n") + 1
        raise _bad(file, line, "There is a character here that is not UTF-8.", "Save the file as UTF-8.") from error


def _unreadable(file: str, error: yaml.YAMLError) -> BadInput:
    mark = getattr(error, "problem_mark", None)
    what = getattr(error, "problem", None) or getattr(error, "reason", None) or "it breaks off"
    line = mark.line + 1 if mark is not None else 0
    return _bad(
        file, line, f"This is not YAML: {what}.", "Check indentation, colons and quotes on this line and above it."
    )


def _take(tree: Tree, stack: list[_Open], event: Any) -> None:
    line = event.start_mark.line + 1
    match event:
        case yaml.DocumentStartEvent() if tree.lines:
            raise _bad(tree.file, line, "A second document begins here.", "Keep one curriculum in a file.")
        case yaml.MappingEndEvent() | yaml.SequenceEndEvent():
            stack.pop()
        case yaml.AliasEvent():
            tree.report(line, "This points at an anchor.", "Write out what is meant instead of the alias.")
            tree.broken.add(_place(tree, stack, None, line))
        case yaml.NodeEvent():
            _refuse_anchor_and_tag(tree, event, line)
            _take_node(tree, stack, event, line)
        case _:
            pass


def _refuse_anchor_and_tag(tree: Tree, event: Any, line: int) -> None:
    if event.anchor is not None:
        tree.report(line, f"The anchor &{event.anchor} is not allowed.", "Take it out.")
    if event.tag not in {None, "!"}:
        tree.report(line, f"The tag {event.tag} is not allowed.", "Take it out.")


def _take_node(tree: Tree, stack: list[_Open], event: Any, line: int) -> None:
    if len(stack) >= DEEPEST:
        raise _bad(tree.file, line, f"This is nested more than {DEEPEST} deep.", "Make the tree of sections flatter.")
    if isinstance(event, yaml.ScalarEvent):
        _take_scalar(tree, stack, event, line)
        return
    if stack and isinstance(stack[-1].value, dict) and stack[-1].key is None:
        raise _bad(tree.file, line, "A list or group stands where the name of a field belongs.", "Write a plain name.")
    value: Any = [] if isinstance(event, yaml.SequenceStartEvent) else {}
    stack.append(_Open(_place(tree, stack, value, line), value))


def _take_scalar(tree: Tree, stack: list[_Open], event: yaml.ScalarEvent, line: int) -> None:
    odd = odd_character(event.value)
    if odd:
        tree.report(line, f"There is a control character here ({odd}).", "Take it out.")
    if stack and isinstance(stack[-1].value, dict) and stack[-1].key is None:
        _take_key(tree, stack[-1], event.value, line)
        return
    path = _place(tree, stack, _scalar(event), line)
    if odd:
        tree.broken.add(path)


def odd_character(text: str) -> str:
    """The first control character or half of a character in a text; no file of ours may have any."""
    found = ODD.search(text)
    return f"U+{ord(found[0]):04X}" if found else ""


def _take_key(tree: Tree, mapping: _Open, key: str, line: int) -> None:
    if key in mapping.value:
        first = tree.line((*mapping.path, key))
        tree.report(line, f"The field {key} is here a second time (first in row {first}).", "Keep one of the two.")
    mapping.key, mapping.key_line = key, line


def _scalar(event: Any) -> Any:
    text: str = normal(event.value).strip()
    if not event.implicit[0]:
        return text
    if text in WORDS:
        return WORDS[text]
    if WHOLE.match(text):
        return int(text)
    return _shortest(Decimal(text)) if DECIMAL.match(text) else text


def _shortest(number: Decimal) -> int | Decimal:
    return int(number) if number == number.to_integral_value() else number


def _place(tree: Tree, stack: list[_Open], value: Any, line: int) -> Path:
    """Put a value where it belongs, and give its path."""
    path: Path = ()
    if not stack:
        tree.data = value
    elif (top := stack[-1]).key is not None:
        path, line = (*top.path, top.key), top.key_line
        top.value.setdefault(top.key, value)
        top.key = None
    else:
        path = (*top.path, len(top.value))
        top.value.append(value)
    tree.lines.setdefault(path, line)
    return path
