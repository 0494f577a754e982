"""How parts of a curriculum stand in the rows of a Moodle competency framework, and how they are read from them.

Source: Moodle, "Import competency framework" (tool_lpimportcsv), 14 columns of CSV.
"""

import json
from typing import Any

from tracker.curricula.foreign import LONGEST_LINE, LONGEST_STATEMENT, LONGEST_TEXT, cut, lines, one_line, plain_text

Row = dict[str, str]  # a cell for each column

HEADINGS = {
    "parent": "Parent ID number",
    "id": "ID number",
    "name": "Short name",
    "description": "Description",
    "description_format": "Description format",
    "scale": "Scale values",
    "scale_configuration": "Scale configuration",
    "rule_type": "Rule type (optional)",
    "rule_outcome": "Rule outcome (optional)",
    "rule_config": "Rule config (optional)",
    "related": "Cross-referenced competency ID numbers",
    "exported_id": "Exported ID (optional)",
    "is_framework": "Is framework",
    "taxonomy": "Taxonomy",
}
ALIASES = {"crossreferencedidnumbers": "related", "relatedidnumbers": "related", "exportid": "exported_id"}
COMMA = "%2C"  # in an ID number that another row refers to
RELATED = "isRelatedTo"
MARKED_UP = {"", "0", "1"}  # Moodle's own format and HTML; 2 is plain text, 4 is Markdown
PLAIN = "2"
LONGEST_NAME, LONG_NAME = 100, 95  # Moodle cuts a name; one that long may have been cut
USUAL = {"rule_outcome": "0", "rule_config": "null", "description_format": PLAIN}
TAXONOMIES = "competency,competency,competency,competency"


def words_of(part: str, row: Row) -> dict[str, str]:
    """The words of a row as our own format has them. A name that Moodle may have cut is whole in the description."""
    name, text = one_line(row["name"]), _text(row)
    first, _, rest = text.partition("\n")
    if len(name) >= LONG_NAME and one_line(first).startswith(name.removesuffix("...").rstrip()):
        name, text = one_line(first), rest.strip()
    if part == "section":
        return {"title": cut(name, LONGEST_LINE)}
    head = cut(name, LONGEST_STATEMENT)
    whole = text if head == name else f"{name}\n\n{text}".strip()
    return {"statement": head} | ({"guidance": cut(whole, LONGEST_TEXT)} if whole else {})


def _text(row: Row) -> str:
    marked_up = row.get("description_format", "").strip() in MARKED_UP
    return plain_text(row["description"]) if marked_up else lines(row["description"])


def row_of(part: str, data: dict[str, Any]) -> Row:
    """A row with the words of a part in plain data; the description is plain text."""
    name = data.get("statement") or data["title"]
    text = "" if part == "section" else data.get("guidance") or data.get("about") or ""
    short = name if len(name) <= LONGEST_NAME else name[: LONGEST_NAME - 3] + "..."
    whole = f"{name}\n\n{text}".strip() if len(name) >= LONG_NAME else text
    return dict.fromkeys(HEADINGS, "") | USUAL | {"name": short, "description": whole}


def row_with(part: str, data: dict[str, Any], held: Row) -> Row:
    """A row with what it once said beside, but for what the curriculum says otherwise now."""
    row = row_of(part, data)
    told = {name: held.get(name, row[name]) for name in ("name", "description", "description_format")}
    words = words_of(part, told)
    names = ("title",) if part == "section" else ("statement", "guidance")
    ours = {
        "statement": data.get("statement") or data.get("title"),
        "guidance": data.get("guidance") or data.get("about"),
    }
    if all((words.get(name) or "") == ((data | ours).get(name) or "") for name in names):
        row |= told
    beside = {"rule_type", "rule_outcome", "rule_config", "exported_id", "taxonomy"}
    return row | {name: text for name, text in held.items() if name in beside}


def read_levels(row: Row) -> tuple[list[str], int | None]:
    """The titles of the levels in a row, from the lowest, and the number of the lowest that is enough.

    Raises ValueError when the two cells do not fit together.
    """
    titles = [one_line(title) for title in row["scale"].split(",")] if row["scale"].strip() else []
    if not row["scale_configuration"].strip():
        return titles, None
    steps = json.loads(row["scale_configuration"])
    steps = steps if isinstance(steps, list) else [{"proficient": 1}]  # no number: refused below
    enough = [_number(step) for step in steps if isinstance(step, dict) and step.get("proficient") in (1, "1")]
    if any(not 1 <= number <= len(titles) for number in enough):
        raise ValueError("no such level")
    return titles, min(enough, default=None)


def _number(step: dict[str, Any]) -> int:
    number = step.get("id")
    if isinstance(number, str) and number.isascii() and number.isdecimal() and len(number) < LONGEST_NAME:
        return int(number)
    if type(number) is int:
        return number
    raise ValueError("no number")


def levels_to_cells(titles: list[str], enough: int) -> Row:
    """The two cells that say the levels and which of them are enough, the lowest of those by default."""
    marks = {enough: {"scaledefault": 1}}
    steps = [{"id": number, **marks.get(number, {}), "proficient": 1} for number in range(enough, len(titles) + 1)]
    cells = ",".join(title.replace(",", ";") for title in titles)
    return {"scale": cells, "scale_configuration": json.dumps([{"scaleid": "0"}, *steps], separators=(",", ":"))}
