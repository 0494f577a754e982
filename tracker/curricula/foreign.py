"""What the readers of other programs' files share: where they read to, codes and texts made to fit, what is assumed."""

import json
import re
import unicodedata
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from decimal import Decimal
from html.parser import HTMLParser
from typing import Any

from tracker.core.errors import BadInput, Problem
from tracker.curricula.document import Path
from tracker.record.canonical import normal

LARGEST_BYTES = 50 * 1024 * 1024
MOST_ITEMS = 20_000
DEEPEST = 30  # sections in sections
LONGEST_CODE, LONGEST_LINE, LONGEST_STATEMENT, LONGEST_TEXT = 40, 200, 500, 5000
LARGEST_NUMBER, MOST_DECIMALS = 10**9, 8
LENGTH_MONTHS = 24
KIND: dict[str, Any] = {
    "code": "imported",
    "title": "Imported",
    "meaning": "The file that this came from does not say what evidence is needed. Choose a kind before you publish.",
    "level": 2,
    "evidence": {},
}
SCALE: dict[str, Any] = {
    "title": "Imported",
    "levels": [{"value": 1, "title": "Not yet competent"}, {"value": 2, "title": "Competent"}],
}
HOLDER = "top"  # kept by a section that only holds competencies which stand directly in the framework
EXAMPLES = 3
_UNFIT = re.compile(r"[^A-Za-z0-9._-]+")
_BLANK_LINES = re.compile(r"\n{3,}")
_BLOCKS = frozenset({"p", "div", "ul", "ol", "table", "pre", "blockquote", "h1", "h2", "h3", "h4", "h5", "h6"})
_BREAKS = {"br": "\n", "tr": "\n", "li": "\n- ", "td": " ", "th": " "} | dict.fromkeys(_BLOCKS, "\n\n")
_UNSEEN = frozenset({"script", "style", "head", "title", "template"})


@dataclass
class Reading:
    """The data of a file in the shape of our own format, where each value stands in it, and what there is to say."""

    file: str
    data: Any = None
    places: dict[Path, tuple[str, int]] = field(default_factory=dict)
    problems: list[Problem] = field(default_factory=list)
    broken: set[Path] = field(default_factory=set)  # where a value could not be read: say no more about it
    assumed: list[str] = field(default_factory=list)
    unsaid: list[str] = field(default_factory=list)  # fields of the curriculum that the format has no place for

    def place(self, path: Path) -> tuple[str, int]:
        """The part of the file and the row in which a value stands, or the nearest thing around it."""
        while path and path not in self.places:
            path = path[:-1]
        return self.places.get(path, (self.file, 0))

    def report(self, part: str, row: int, what: str, mend: str) -> None:
        """Note a problem in a part of the file: a sheet, a list; the whole file has no name."""
        self.problems.append(Problem(f"{self.file}, {part}" if part else self.file, row, what, mend))

    def assume(self, items: Iterable[str], what: str) -> None:
        """Note what was assumed of some items, naming the first few; of none, nothing."""
        names = list(dict.fromkeys(items))
        if names:
            more = f" and {len(names) - EXAMPLES} more" if len(names) > EXAMPLES else ""
            self.assumed.append(f"{what} ({', '.join(names[:EXAMPLES])}{more}).")

    def stop_at_problems(self) -> None:
        """Raises BadInput when there are any."""
        if self.problems:
            raise BadInput(sorted(set(self.problems)))


def refuse(file: str, row: int, what: str, mend: str) -> BadInput:
    """One problem that ends the reading of a file."""
    return BadInput([Problem(file, row, what, mend)])


def decoded(file: str, raw: bytes) -> str:
    """The text of a file. Raises BadInput when it is too large or not UTF-8."""
    if len(raw) > LARGEST_BYTES:
        what = f"The file has {len(raw):,} bytes; at most {LARGEST_BYTES:,} are read."
        raise refuse(file, 0, what, "Split the curriculum.")
    try:
        return raw.decode("utf-8-sig")
    except UnicodeDecodeError as error:
        row = raw[: error.start].count(b"\n") + 1
        raise refuse(file, row, "There is a character here that is not UTF-8.", "Save the file as UTF-8.") from error


class Codes:
    """The codes of one sort of part, each used once."""

    def __init__(self) -> None:
        self.changed: list[str] = []
        self._used: set[str] = set()
        self._next: dict[str, int] = {}

    def take(self, wanted: str, fallback: str) -> str:
        """A code as near to the wanted one as codes allow; without one, the fallback."""
        base = short_code(wanted) or short_code(fallback) or "X"
        code = base
        while code in self._used:
            self._next[base] = self._next.get(base, 1) + 1
            end = f"-{self._next[base]}"
            code = base[: LONGEST_CODE - len(end)] + end
        self._used.add(code)
        if code != wanted:
            self.changed.append(f"{cut(one_line(wanted), LONGEST_CODE)} is {code}" if wanted.strip() else code)
        return code


def short_code(text: str) -> str:
    """The text as a code: letters, digits, dots, hyphens and underscores, or nothing where it has none."""
    plain = unicodedata.normalize("NFKD", text).encode("ascii", "ignore").decode()
    return _UNFIT.sub("-", plain).strip("-._")[:LONGEST_CODE] if _UNFIT.search(text) else _fit(text)


def _fit(text: str) -> str:
    return text.lstrip("-._")[:LONGEST_CODE]


def one_line(text: str) -> str:
    """A text in one line, as our own format keeps it."""
    return " ".join(normal(text).split())


def lines(text: str) -> str:
    """A text of several lines, as our own format keeps it."""
    return "\n".join(each.rstrip() for each in normal(text).splitlines()).strip()


def cut(text: str, most: int) -> str:
    """The text, or its first words and three dots."""
    if len(text) <= most:
        return text
    head = text[: most - 3]
    return (head.rsplit(" ", 1)[0].rstrip() or head) + "..." if " " in head else head + "..."


def keep(values: dict[str, Any]) -> str:
    """What a file says and we have no field for, as text. Nothing gives nothing."""
    return json.dumps(values, sort_keys=True) if values else ""


def kept(origin: dict[str, Any] | None) -> dict[str, Any]:
    """What `keep` kept in an origin or link; nothing when it cannot be read."""
    try:
        values = json.loads((origin or {}).get("kept", "") or "{}")
    except ValueError:
        return {}
    return values if isinstance(values, dict) else {}


def add_defaults(
    reading: Reading, format_title: str, unlabelled: list[dict[str, Any]], level: int | None = None
) -> None:
    """Give a curriculum what every one needs and its format does not have: a length, a scale, a kind at a level."""
    data = reading.data
    if "length_months" not in data:
        data["length_months"] = LENGTH_MONTHS
        reading.unsaid.append("length_months")
        reading.assumed.append(
            f"The training takes {LENGTH_MONTHS} months: {format_title} does not say how long it takes."
        )
    if not unlabelled:
        return
    data.setdefault("scale", SCALE)
    kind = KIND | {"level": level if level is not None else _highest(data["scale"])}
    if isinstance(data.setdefault("kinds", []), list):
        data["kinds"] = [*data["kinds"], kind]
    for competency in unlabelled:
        competency["kind"] = kind["code"]
    reading.assume(
        [competency["code"] for competency in unlabelled],
        f"Competencies have the kind {kind['code']}, which asks for no number of entries",
    )


def _highest(scale: Any) -> Any:
    """The highest level of a scale; of what is none, nothing that anybody takes for a level."""
    levels = scale.get("levels") if isinstance(scale, dict) else None
    values = [level.get("value") for level in levels if isinstance(level, dict)] if isinstance(levels, list) else []
    return max((value for value in values if type(value) is int), default=None)


def in_themselves(parents: Mapping[str, str]) -> list[str]:
    """Everything whose parents lead back to it. Order: as the parents have them."""
    settled: set[str] = set()
    found: set[str] = set()
    for start in parents:
        way: dict[str, int] = {}
        at = start
        while at in parents and at not in settled and at not in way:
            way[at] = len(way)
            at = parents[at]
        found.update(list(way)[way[at] :] if at in way else ())
        settled |= way.keys()
    return [each for each in parents if each in found]


def exact_numbers(value: Any) -> Any:
    """A value of JSON with its decimal numbers exact; a number that nobody writes by hand is a text."""
    match value:
        case dict():
            return {str(name): exact_numbers(inner) for name, inner in value.items()}
        case list():
            return list(map(exact_numbers, value))
        case bool():
            return value
        case int() | float() if abs(value) >= LARGEST_NUMBER:
            return str(value)[:MOST_DECIMALS]
        case float():
            exact = Decimal(repr(value))
            few = -int(exact.as_tuple().exponent) <= MOST_DECIMALS
            return (int(exact) if exact == exact.to_integral_value() else exact) if few else repr(value)
    return value


def text_of(value: Any) -> str:
    """A text, or a number that stands for one; anything else is none."""
    return str(value) if isinstance(value, str | int) and not isinstance(value, bool) else ""


def plain_text(markup: str) -> str:
    """The words of HTML, a blank line between paragraphs, list items after hyphens; none of it is markup any more."""
    words = _Words()
    words.feed(markup)
    words.close()
    stripped = "\n".join(line.strip() for line in "".join(words.parts).split("\n"))
    return lines(_BLANK_LINES.sub("\n\n", stripped))


class _Words(HTMLParser):
    """Collects what a reader of a page would see."""

    def __init__(self) -> None:
        super().__init__(convert_charrefs=True)
        self.parts: list[str] = []
        self._unseen = 0

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:  # noqa: ARG002 - html.parser calls it so
        self._unseen += tag in _UNSEEN
        self.parts.append(_BREAKS.get(tag, ""))

    def handle_endtag(self, tag: str) -> None:
        if tag in _UNSEEN and self._unseen:
            self._unseen -= 1
        elif tag in _BLOCKS:
            self.parts.append("\n\n")

    def handle_data(self, data: str) -> None:
        if not self._unseen:
            self.parts.append(re.sub(r"\s+", " ", data))
