"""Curriculum files: what is read, what is refused and where, and that a file and its document are the same."""

from collections.abc import Callable
from contextlib import suppress
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tests.curricula import GOOD
from tests.whole_curricula import whole_documents
from tracker.core.errors import BadInput, Problem
from tracker.curricula.checks import flaws_of
from tracker.curricula.document import Document
from tracker.curricula.exporter import write_yaml
from tracker.curricula.importer import read_document
from tracker.curricula.plain_data import digest, from_data, to_data
from tracker.curricula.schema import shape_flaws
from tracker.curricula.yaml_file import LARGEST_BYTES, read_yaml


def problems(text: str | bytes) -> list[Problem]:
    with pytest.raises(BadInput) as caught:
        read_document("f.yaml", text.encode() if isinstance(text, str) else text)
    return caught.value.problems


def line_of(text: str, mark: str) -> int:
    return next(number for number, line in enumerate(text.splitlines(), 1) if mark in line)


def test_a_good_file_is_read() -> None:
    document = read_document("f.yaml", GOOD.encode())
    assert (document.code, document.length_months, document.kinds[0].evidence.entries) == ("NURSE-1", 24, 3)
    assert [section.code for section in document.every_section()] == ["GEN", "A", "A-T", "MOD"]
    assert document.sections[0].competencies[0].guidance == "First line and its second line."


@pytest.mark.parametrize("change", [lambda text: "\ufeff" + text, lambda text: text.replace("\n", "\r\n")])
def test_a_byte_order_mark_and_windows_line_ends_change_nothing(change: Callable[[str], str]) -> None:
    assert read_document("f.yaml", change(GOOD).encode()) == read_document("f.yaml", GOOD.encode())


def test_words_that_yaml_once_took_for_something_else_are_texts() -> None:
    text = GOOD.replace("title: A test scheme", "title: no").replace("title: Watches", "title: 2026-01-31")
    document = read_document("f.yaml", text.encode())
    assert document.title == "no"
    assert document.scale is not None
    assert document.scale.levels[0].title == "2026-01-31"


BROKEN = [
    ("title: A test scheme", "titel: A test scheme", "The field titel is not known here. Did you mean title?"),
    (
        "title: A test scheme",
        "title: [a, b]",
        "The field title is a list. Write a line of text, 200 characters at most.",
    ),
    ("title: A test scheme", "title:", "The field title is empty. Write a line of text, 200 characters at most."),
    ("code: NURSE-1", "code: has blanks", "The field code is the text 'has blanks'. Write a short code"),
    ("format: tracker-curriculum/1", "format: other/9", "The field format is the text 'other/9'. Write the words"),
    ("length_months: 24", "length_months: 0", "The field length_months is 0. Write a whole number of months from 1"),
    ("length_months: 24", "length_months: true", "The field length_months is true. Write a whole number"),
    ("value: 2, title: Does it", "value: 1, title: Does it", "The value 1 is used a second time."),
    ("code: MSF", "code: DOPS", "The code DOPS is used a second time."),
    ("any_of: [DOPS]", "any_of: [DOPX]", "DOPX is not one of the curriculum's assessments."),
    (
        "any_of: [supervised]",
        "any_of: [sleeping]",
        "Number 1 of any_of is the text 'sleeping'. Write observed, assisted,",
    ),
    ("scaled: [entries]", "scaled: [times]", "It scales times, which the rule does not ask for."),
    ("days: 2", "days: 9", "It asks for more days than entries."),
    ("span_days: 28", "span_days: 800", "The evidence must be spread over more days than it may be old."),
    ("{ setting: least }", "{ setting: most }", "There is no setting most."),
    (
        "level: 2 # of the kind",
        "level: 9 # of the kind",
        "The level 9 is not on the scale. Use a level of the scale (1, 2).",
    ),
    ("level: 1 # of its own", "level: 8 # of its own", "The level 8 is not on the scale."),
    ("kind: plain # used", "kind: fancy # used", "There is no kind fancy. Use one of the kinds (plain)"),
    ("expected_month: 12", "expected_month: 25", "Month 25 is after the end: the curriculum has 24 months."),
    (
        "at_least: 1 }",
        "at_least: 2 }",
        "It asks for 2, and the number of parts in the section is 1. Ask for 1 at most.",
    ),
    ("at_least: 1 }", "at_least: 1, points: 1 }", "The rule asks for at_least and for something else."),
    ("points: 2, compulsory", "points: 3, compulsory", "It asks for 3, and the number of points in the section is 2."),
    ("compulsory: [GEN-1]", "compulsory: [A-1]", "A-1 is not one of the curriculum's section GEN."),
    (
        "{ points: 2, compulsory: [GEN-1] }",
        "{ compulsory: [GEN-1] }",
        "names what is compulsory and asks for no points",
    ),
    (
        "{ points: 2, compulsory: [GEN-1] }",
        "some",
        "The field rule is the text 'some'. Write the word all, a group with",
    ),
    (
        "{ points: 2, compulsory: [GEN-1] }",
        "{}",
        "The field rule is a group of fields. Write the word all, a group with",
    ),
    (
        "item: assessor",
        "item: friend",
        "The field item is the text 'friend'. Write assessor, supervisor or training_lead.",
    ),
    ("outcomes: [good] }", "outcomes: [fine] }", "fine is not one of the curriculum's outcomes."),
    ("expected_month: 12, outcomes", "expected_month: 25, outcomes", "Month 25 is after the end"),
    ("milestone: Y2", "milestone: Y3", "Y3 is not one of the curriculum's milestones."),
    ("code: Y2", "code: Y1", "The code Y1 is used a second time."),
    ("{ month: 12 }", "{ month: 25 }", "Month 25 is after the end: the curriculum has 24 months."),
    ("{ month: 12 }", "{ month: 12, year: 1 }", "It is not clear when this is due."),
    ("{ month: 12 }", "{ day: 1, year: 1 }", "It is not clear when this is due."),
    ("{ day: 30, month_of_year: 9, year: 2 }", "{ day: 30, month_of_year: 9, year: 3 }", "Year 3 is after the end"),
    ("{ day: 30, month_of_year: 9, year: 2 }", "{ day: 31, month_of_year: 9, year: 2 }", "does not come every year"),
    ("{ day: 30, month_of_year: 9, year: 2 }", "{ day: 29, month_of_year: 2, year: 2 }", "Use a day up to 28."),
    ("{ section: GEN } # first", "{ section: GONE } # first", "GONE is not one of the curriculum's sections."),
    ("{ section: GEN } # first", "{} # first", "The field condition is a group of fields. Write a group with one of"),
    ("{ section: GEN } # first", "{ percent: 5 } # first", "It does not say of what."),
    ("{ section: GEN } # first", "{ section: GEN, overall: 5 } # first", "It asks for section and overall in one."),
    ("{ section: GEN } # first", "{ all: [] } # first", "The field all is empty."),
    ("{ section: GEN } # first", "{ section: GEN, year: 1 } # first", "Only a review is held between two dates."),
    ("percent: 50 }", "percent: 101 }", "The field percent is 101. Write a whole number of percent from 1 to 100"),
    ("review: R1, from", "review: R9, from", "R9 is not one of the curriculum's reviews."),
    (" }, year: 2 } # window", " } } # window", "The dates of the review are not complete."),
    ("to: { day: 30, month", "to: { day: 31, month", "does not come every year"),
    ("requirement: M-1", "requirement: M-9", "M-9 is not one of the curriculum's competencies and modules."),
    ("credits: 20 }", "credits: 21 }", "It asks for 21, and the number of credits in the curriculum's modules is 20."),
    ("code: A-1", "code: GEN-1", "The code GEN-1 is used a second time."),
    ("code: MOD # section", "code: A # section", "The code A is used a second time."),
    ("code: EX", "code: CW", "The code CW is used a second time."),
    (
        "pass_mark_percent: 40 # whole",
        "pass_mark_percent: 101 # whole",
        "The field pass_mark_percent is 101. Write a number from 0 to 100",
    ),
    (
        "weight_percent: 62.5",
        "weight_percent: 62.505",
        "The field weight_percent is 62.505. Write a number from 0 to 100 with",
    ),
    ("kind: theme", "kind: area", "A section of kind area stands inside another section. Make it a theme."),
    ("kind: area # top", "kind: theme # top", "A theme stands at the top"),
    ("must_pass: true", "must_pass: maybe", "The field must_pass is the text 'maybe'. Write true or false."),
    ("sources: [book]", "sources: [film]", "film is not one of the curriculum's sources."),
    ("sources: [book]", "sources: [book, book]", "The field sources names the same thing twice."),
    ("code: GEN-1", "code: &one GEN-1", "The anchor &one is not allowed."),
    ("code: GEN-1", "code: !secret GEN-1", "The tag !secret is not allowed."),
    ("code: GEN-1", 'code: "GEN\\0"', "There is a control character here (U+0000)."),
]


@pytest.mark.parametrize(("old", "new", "said"), BROKEN)
def test_a_mistake_is_named_with_its_row(old: str, new: str, said: str) -> None:
    found = problems(GOOD.replace(old, new, 1))
    assert [problem.row for problem in found if said in f"{problem.what} {problem.mend}"] == [line_of(GOOD, old)], found


def test_weights_that_do_not_make_a_whole_are_named_at_the_components() -> None:
    found = problems(GOOD.replace("weight_percent: 62.5", "weight_percent: 60"))
    mend = "Change weight_percent so that they add up to 100."
    what = "The weights of M-1 add up to 97.5, not 100."
    assert found == [Problem("f.yaml", line_of(GOOD, "components:"), what, mend)]


def test_a_missing_field_is_named_at_what_misses_it() -> None:
    text = GOOD.replace("            statement: Do the second thing.\n", "")
    assert problems(text) == [
        Problem(
            "f.yaml",
            line_of(text, "code: A-1"),
            "Number 1 of competencies has no field statement.",
            "Add the field statement.",
        )
    ]


def test_a_field_that_is_there_twice_is_named_with_both_rows() -> None:
    text = GOOD.replace("length_months: 24\n", "length_months: 24\nlength_months: 12\n")
    line = line_of(text, "length_months: 12")
    what = f"The field length_months is here a second time (first in row {line - 1})."
    assert problems(text) == [Problem("f.yaml", line, what, "Keep one of the two.")]


def test_an_alias_is_refused_and_nothing_more_is_said_of_it() -> None:
    text = GOOD.replace("title: A test scheme", "title: &name A test scheme").replace("title: General", "title: *name")
    assert [(problem.row, problem.what) for problem in problems(text)] == [
        (line_of(text, "&name"), "The anchor &name is not allowed."),
        (line_of(text, "*name"), "This points at an anchor."),
    ]


def test_an_empty_section_is_refused() -> None:
    text = GOOD + "  - { code: NONE, title: Nothing, kind: generic }\n"
    assert [problem.what for problem in problems(text)] == ["The section NONE is empty."]


def test_all_mistakes_are_named_at_once_in_the_order_of_rows() -> None:
    text = GOOD.replace("length_months: 24", "length_months: long").replace("kind: plain # used", "kind: fancy")
    text = text.replace("weight_percent: 62.5", "weight_percent: 1").replace("title: Watches", "titel: Watches")
    rows = [problem.row for problem in problems(text)]
    assert len(rows) == 5  # an unknown field is also a missing one
    assert rows == sorted(rows)


@pytest.mark.parametrize(
    ("raw", "row", "said"),
    [
        (b"", 1, "There is nothing in the file."),
        (b"# only a remark\n", 1, "There is nothing in the file."),
        (b"- 1\n", 1, "The file is a list."),
        (b"a: 1\nb: \xff\n", 2, "There is a character here that is not UTF-8."),
        (b"a: 1\nb: [\n", 3, "This is not YAML"),
        (b"a: 1\n---\nb: 2\n", 2, "A second document begins here."),
        (b"? [a]\n: 1\n", 1, "A list or group stands where the name of a field belongs."),
        (b"a: " + b"[" * 60, 1, "This is nested more than 40 deep."),
        (b"- " * 100000, 1, "This is nested more than 40 deep."),
        (b"a" * (LARGEST_BYTES + 1), 0, "The file has 5,242,881 bytes; at most 5,242,880 are read."),
    ],
)
def test_what_cannot_be_read_to_its_end_says_where_it_stopped(raw: bytes, row: int, said: str) -> None:
    (problem,) = [problem for problem in problems(raw) if said in problem.what]
    assert problem.row == row


def test_a_file_of_anchors_that_would_grow_without_end_is_refused_at_once() -> None:
    lines = ["a0: &a0 [x, x]", *(f"a{n}: &a{n} [{', '.join([f'*a{n - 1}'] * 9)}]" for n in range(1, 30))]
    assert any(problem.what == "This points at an anchor." for problem in problems("\n".join(lines)))


@given(whole_documents())
def test_a_document_and_its_data_are_the_same(document: Document) -> None:
    assert from_data(to_data(document)) == document


@given(whole_documents())
def test_a_document_survives_its_file(document: Document) -> None:
    again = read_document("f.yaml", write_yaml(document).encode())
    assert again == document
    assert digest(again) == digest(document)


@given(whole_documents())
def test_a_document_has_the_shape_that_the_schema_describes(document: Document) -> None:
    assert list(shape_flaws(to_data(document))) == []


@given(st.binary(max_size=300))
def test_any_bytes_are_read_or_refused_and_never_fail(raw: bytes) -> None:
    with suppress(BadInput):
        read_document("f.yaml", raw)


PLAIN = st.recursive(
    st.none() | st.booleans() | st.integers() | st.text(max_size=5),
    lambda inner: (
        st.lists(inner, max_size=3)
        | st.dictionaries(st.sampled_from(["setting", "code", "sections", "level", "x"]), inner, max_size=4)
    ),
    max_leaves=20,
)


@given(st.sampled_from(list(read_yaml("f.yaml", GOOD.encode()).data)), PLAIN)
def test_a_value_of_any_shape_anywhere_gives_flaws_and_no_failure(field: str, value: Any) -> None:
    data = read_yaml("f.yaml", GOOD.encode()).data | {field: value}
    assert isinstance(flaws_of(data), list)


@pytest.mark.parametrize(("old", "new", "_said"), BROKEN)
def test_what_the_schema_refuses_check_refuses(old: str, new: str, _said: str) -> None:
    """The schema is for editors: it may let pass what only check sees, and never refuses what check takes."""
    try:
        data = read_yaml("f.yaml", GOOD.replace(old, new, 1).encode()).data
    except BadInput:
        return
    if list(shape_flaws(data)):
        assert flaws_of(data)


def test_the_schema_takes_the_good_file_as_it_is_written() -> None:
    assert list(shape_flaws(read_yaml("f.yaml", GOOD.encode()).data)) == []


@pytest.mark.parametrize("file", sorted(Path("tracker/curricula/library").glob("*.yaml")), ids=lambda file: file.name)
def test_the_library_has_no_problems_and_fits_the_schema(file: Path) -> None:
    raw = file.read_bytes()
    document = read_document(file.name, raw)
    assert list(shape_flaws(read_yaml(file.name, raw).data)) == []
    assert read_document(file.name, write_yaml(document).encode()) == document
