"""How parts of a curriculum stand in a package of 1EdTech CASE, and how they are read from it.

Source: 1EdTech Competencies and Academic Standards Exchange 1.0 and 1.1, CFPackage.
"""

from typing import Any
from uuid import NAMESPACE_URL, uuid5

from tracker.curricula.foreign import (
    LONGEST_LINE,
    LONGEST_STATEMENT,
    LONGEST_TEXT,
    cut,
    lines,
    one_line,
    short_code,
    text_of,
)
from tracker.curricula.plain_data import FORMAT

Values = dict[str, Any]

NAME = "urn:training-tracker:curriculum:"
UNIQUE = "urn:uuid:"
NOBODY = "Not stated"
CHILD = "isChildOf"
TYPES = {"generic": "Generic section", "area": "Area", "theme": "Theme"}  # of sections, by their kind
LISTS = {"section": "sections", "competency": "competencies", "module": "modules"}
WORDS = ("fullStatement", "abbreviatedStatement", "notes")
Name = tuple[str, str]  # an identifier and a URI


def name_of(*parts: str) -> Name:
    """The identifier and URI of something that we name ourselves: the code of a curriculum, and of a part of it."""
    uri = NAME + ":".join(parts)
    return str(uuid5(NAMESPACE_URL, uri)), uri


def name_of_part(framework: str, part: str, code: str) -> Name:
    """What we call a part: a module as if it were a competency, since programs that know no modules take it for one."""
    return name_of(framework, "section" if part == "section" else "requirement", code)


def name_of_link(kind: str, start: str, end: str) -> Name:
    """The identifier and URI of an association that we name ourselves."""
    identifier = str(uuid5(NAMESPACE_URL, f"{NAME}{start}:{kind}:{end}"))
    return identifier, UNIQUE + identifier


def words_of(part: str, item: Values) -> Values:
    """The words of an item as our own format has them; where they are too long, shortened and then whole."""
    full, short = one_line(item["fullStatement"]), one_line(text_of(item.get("abbreviatedStatement")))
    most = LONGEST_STATEMENT if part == "competency" else LONGEST_LINE
    head = full if len(full) <= most else cut(short or full, most)
    notes = lines(text_of(item.get("notes")))
    if part == "section":
        return {"title": head}
    whole = notes if head == full else f"{full}\n\n{notes}".strip()
    text = {"guidance" if part == "competency" else "about": cut(whole, LONGEST_TEXT)} if whole else {}
    return {"statement" if part == "competency" else "title": head} | text


def item_of(part: str, data: Values) -> Values:
    """What CASE itself has a field for, of a part in plain data."""
    item = {"humanCodingScheme": data["code"], "CFItemType": _type(part, data)}
    item["fullStatement"] = data["statement" if part == "competency" else "title"]
    notes = data.get("guidance") or data.get("about")
    return item | ({"notes": notes} if notes else {})


def _type(part: str, data: Values) -> str:
    return TYPES.get(str(data.get("kind")), TYPES["theme"]) if part == "section" else part.capitalize()


def item_with(part: str, data: Values, held: Values) -> Values:
    """An item with what it once said beside, but for what the curriculum says otherwise now."""
    item = item_of(part, data)
    beside = {name: value for name, value in held.items() if name not in (*WORDS, "humanCodingScheme")}
    words = {name: held.get(name, item.get(name)) for name in WORDS if name in held or name == "fullStatement"}
    if _same_words(part, data, words):
        item.pop("notes", None)
        item |= words
    coding = held.get("humanCodingScheme")
    if isinstance(coding, str) and _same_code(short_code(coding), data["code"]):
        item["humanCodingScheme"] = coding
    if part == "section" and beside.get("CFItemType") in TYPES.values():
        del beside["CFItemType"]
    return item | beside


def _same_words(part: str, data: Values, item: Values) -> bool:
    names = {"section": ("title",), "competency": ("statement", "guidance"), "module": ("title", "about")}[part]
    words = words_of(part, item) if isinstance(item["fullStatement"], str) else {}
    return bool(words) and all(words.get(name, "") == data.get(name, "") for name in names)


def _same_code(wanted: str, code: str) -> bool:
    return bool(wanted) and (code == wanted or code.startswith(f"{wanted[:34]}-"))


def own_fields(part: str, data: Values) -> Values:
    """What CASE has no field for, of a part in plain data: it travels as an extension."""
    gone = {"code", "title", "statement", "guidance", "about", "origin", *LISTS.values()}
    if part == "module":
        gone -= {"modules"}
    if part == "section":
        gone |= {"kind"}
    return {"part": part} | {name: value for name, value in data.items() if name not in gone}


def extension_of(values: Values) -> Values | None:
    """Our own fields in what another program may have changed."""
    extensions = values.get("extensions")
    own = extensions.get(FORMAT) if isinstance(extensions, dict) else None
    return own if isinstance(own, dict) else None
