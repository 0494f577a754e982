"""Files of other formats, small and whole, and the ways in which files go wrong."""

import copy
import io
import json
import zipfile
from collections.abc import Callable
from datetime import UTC, datetime
from typing import Any

from hypothesis import strategies as st

from tests.curricula import GOOD
from tracker.curricula.document import Document
from tracker.curricula.exporter import write_curriculum
from tracker.curricula.formats import Format
from tracker.curricula.importer import Imported, read_curriculum, read_document
from tracker.curricula.plain_data import from_data, to_data

AT = datetime(2026, 1, 31, 9, tzinfo=UTC)
DOCUMENT = "11111111-1111-4111-8111-111111111111"
CHANGED = "2018-01-03T07:35:48+00:00"
HEADINGS = (
    "Parent ID number,ID number,Short name,Description,Description format,Scale values,Scale configuration,"
    "Rule type (optional),Rule outcome (optional),Rule config (optional),Cross-referenced competency ID numbers,"
    "Exported ID (optional),Is framework,Taxonomy\n"
)
MOODLE = HEADINGS + (
    ',FW,A framework,"<p>About</p>",1,"Not yet,Nearly,Done","[{""scaleid"":""7""},'
    '{""id"":2,""scaledefault"":1,""proficient"":1},{""id"":3,""proficient"":1}]",,,,,,1,"domain,competency,behaviour,outcome"\n'
    ',GEN,General,,1,,,core_competency\\competency_rule_all,1,null,,1,,\n'
    'GEN,"A,1",First thing,"<p>Some <b>bold</b> &amp; more</p>",1,,,,0,null,"B%2C2,GEN",2,,\n'
    'GEN,"B,2",Second thing,Plain words,2,"Not yet,Nearly,Done",'
    '"[{""scaleid"":""7""},{""id"":3,""scaledefault"":1,""proficient"":1}]"'
    ',,0,null,,3,,\n'
)  # fmt: skip


def good() -> Document:
    """The small curriculum that uses every field."""
    return read_document("f.yaml", GOOD.encode())


def own(document: Document) -> Document:
    """The document as if it had never been in another format."""
    return from_data(_without(to_data(document)))


def _without(value: Any) -> Any:
    if isinstance(value, dict):
        return {name: _without(inner) for name, inner in value.items() if name not in {"origin", "links"}}
    return list(map(_without, value)) if isinstance(value, list) else value


def written(document: Document, form: Format, *, extended: bool = True) -> bytes:
    return write_curriculum(document, form, AT, extended=extended)


def read(raw: bytes | str, name: str = "f") -> Imported:
    return read_curriculum(name, raw.encode() if isinstance(raw, str) else raw)


def identifier(number: int) -> str:
    return f"22222222-2222-4222-8222-{number:012}"


def item(number: int, statement: str, **more: Any) -> dict[str, Any]:
    name = {"identifier": identifier(number), "uri": f"https://example.org/CFItems/{identifier(number)}"}
    return name | {"fullStatement": statement, "lastChangeDateTime": CHANGED} | more


def node(at: int | str) -> dict[str, str]:
    name = identifier(at) if isinstance(at, int) else at
    kind = "CFItems" if isinstance(at, int) else "CFDocuments"
    return {"title": str(at), "identifier": name, "uri": f"https://example.org/{kind}/{name}"}


def association(number: int, kind: str, start: int, end: Any, **more: Any) -> dict[str, Any]:
    name = f"33333333-3333-4333-8333-{number:012}"
    ends = {"originNodeURI": node(start), "destinationNodeURI": node(end) if isinstance(end, int) else end}
    names = {"identifier": name, "uri": f"https://example.org/CFAssociations/{name}", "associationType": kind}
    return names | ends | {"lastChangeDateTime": CHANGED} | more


def case_package(**more: Any) -> dict[str, Any]:
    """A package of CASE 1.0 as other programs write it: two sections, three competencies, links of several types."""
    framework = node(DOCUMENT)
    document = {"identifier": DOCUMENT, "uri": framework["uri"], "title": "Ordering", "creator": "Somebody"}
    document |= {"lastChangeDateTime": CHANGED, "language": "en", "adoptionStatus": "Draft"}
    return {
        "CFDocument": document | {"CFPackageURI": f"https://example.org/CFPackages/{DOCUMENT}"},
        "CFItems": [
            item(1, "Second section", humanCodingScheme="B", listEnumeration="2"),
            item(2, "First section", humanCodingScheme="A (x)", listEnumeration="1", notes="Of a section"),
            item(3, "Third of B", humanCodingScheme="B.3", educationalLevel="06", notes="Some\n\nnotes"),
            item(4, "First of B", humanCodingScheme="B.1", educationLevel=["07"], CFItemType="Standard"),
            item(5, "Only one of A <b>in bold</b>", conceptKeywords=["one"], statusStartDate="2018-01-01"),
        ],
        "CFAssociations": [
            association(1, "isChildOf", 1, framework["uri"]),
            association(2, "isChildOf", 2, framework),
            association(3, "isChildOf", 3, 1, sequenceNumber=20),
            association(4, "isChildOf", 4, 1, sequenceNumber=3),
            association(5, "isChildOf", 5, 2),
            association(6, "isRelatedTo", 5, 3, CFAssociationGroupingURI=node("g")),
            association(7, "exactMatchOf", 5, {"title": "Else", "identifier": "else", "uri": "https://example.com/else"}),
            association(8, "precedes", 4, 3),
            association(9, "isChildOf", 5, 1),
        ],
        "CFDefinitions": {"CFConcepts": [], "CFItemTypes": [{"identifier": "t", "title": "Standard"}]},
        "CFRubrics": [{"identifier": "r", "weight": 0.25}],
    } | more  # fmt: skip


SAMPLES: dict[str, bytes] = {
    "tracker": GOOD.encode(),
    "case": json.dumps(case_package()).encode(),
    "case, our own": written(good(), Format.CASE),
    "moodle": MOODLE.encode(),
    "xlsx": written(good(), Format.XLSX),
}
VALUES = st.recursive(
    st.none()
    | st.booleans()
    | st.integers()
    | st.floats()
    | st.text(max_size=5)
    | st.sampled_from(["isChildOf", "\x00", "e\u0301", 10**400, 1e300, -1, "x" * 6000, identifier(1), DOCUMENT]),
    lambda inner: (
        st.lists(inner, max_size=3)
        | st.dictionaries(
            st.sampled_from(["identifier", "uri", "extensions", "tracker-curriculum/1", "code", "setting", "part"]),
            inner,
        )
    ),
    max_leaves=8,
)


@st.composite
def broken_bytes(draw: st.DrawFn, raw: bytes) -> bytes:
    """The file with some bytes changed, or a piece cut out or doubled."""
    changed = bytearray(raw)
    for _ in range(draw(st.integers(1, 4))):
        at = draw(st.integers(0, len(changed) - 1))
        piece = draw(st.integers(0, 60))
        match draw(st.sampled_from(["flip", "cut", "double"])):
            case "flip":
                changed[at] = draw(st.integers(0, 255))
            case "cut":
                del changed[at : at + piece]
            case _:
                changed[at:at] = changed[at : at + piece]
        changed = changed or bytearray(b"x")
    return bytes(changed)


@st.composite
def broken_lines(draw: st.DrawFn, raw: bytes) -> bytes:
    """The file with lines removed, doubled or swapped."""
    lines = raw.splitlines(keepends=True)
    for _ in range(draw(st.integers(1, 3))):
        one, other = draw(st.integers(0, len(lines) - 1)), draw(st.integers(0, len(lines) - 1))
        match draw(st.sampled_from(["remove", "double", "swap"])):
            case "remove" if len(lines) > 1:
                del lines[one]
            case "double":
                lines.insert(other, lines[one])
            case _:
                lines[one], lines[other] = lines[other], lines[one]
    return b"".join(lines)


@st.composite
def broken_json(draw: st.DrawFn, raw: bytes) -> bytes:
    """The file with some values replaced, taken out, or put somewhere else."""
    data = copy.deepcopy(json.loads(raw))
    for _ in range(draw(st.integers(1, 3))):
        places = list(_places(data))
        holder, key = draw(st.sampled_from(places))
        other, other_key = draw(st.sampled_from(places))
        match draw(st.sampled_from(["replace", "remove", "swap"])):
            case "replace":
                holder[key] = draw(VALUES)
            case "remove":
                del holder[key]
                places = list(_places(data))
            case _:
                holder[key] = copy.deepcopy(other[other_key])
        if not list(_places(data)):
            break
    return json.dumps(data).encode()


def _places(value: Any) -> Any:
    keys = value.keys() if isinstance(value, dict) else range(len(value)) if isinstance(value, list) else ()
    for key in keys:
        yield value, key
        yield from _places(value[key])


@st.composite
def broken_cells(draw: st.DrawFn, rows: list[list[Any]]) -> list[list[Any]]:
    """A table with cells swapped, replaced or emptied."""
    table = [list(row) for row in rows]
    for _ in range(draw(st.integers(1, 4))):
        row, other = draw(st.sampled_from(table)), draw(st.sampled_from(table))
        at, there = draw(st.integers(0, len(row) - 1)), draw(st.integers(0, len(other) - 1))
        match draw(st.sampled_from(["swap", "replace"])):
            case "swap":
                row[at], other[there] = other[there], row[at]
            case _:
                row[at] = draw(st.sampled_from(ODD_CELLS) | st.text(max_size=8))
    return table


ODD_CELLS = [
    "",
    "=1+1",
    "3 of DOPS",
    "GEN",
    "1",
    "1e999",
    "-1",
    "[{}]",
    '[{"id":[],"proficient":1}]',
    "{",
    "[[[",
    "x" * 600,
]


@st.composite
def broken_workbook(draw: st.DrawFn, raw: bytes) -> bytes:
    """The workbook with a part of it damaged inside, and packed again."""
    with zipfile.ZipFile(io.BytesIO(raw)) as archive:
        parts = {name: archive.read(name) for name in archive.namelist()}
    name = draw(st.sampled_from(sorted(parts)))
    parts[name] = draw(broken_bytes(parts[name]))
    packed = io.BytesIO()
    with zipfile.ZipFile(packed, "w") as archive:
        for each, content in parts.items():
            archive.writestr(each, content)
    return packed.getvalue()


def edited(raw: bytes, change: Callable[[Any], None]) -> bytes:
    """The workbook after somebody changed it in their spreadsheet program."""
    from openpyxl import load_workbook  # noqa: PLC0415 - slow, and only some tests edit

    book = load_workbook(io.BytesIO(raw))
    change(book)
    packed = io.BytesIO()
    book.save(packed)
    return packed.getvalue()
