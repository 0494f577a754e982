"""Moodle competency frameworks: what is read, what comes out again, what is refused and in which row."""

import csv
import io

import pytest
from hypothesis import given, settings

from tests.curricula import documents
from tests.formats import HEADINGS, MOODLE, good, own, read, written
from tracker.core.errors import BadInput
from tracker.curricula.document import Document
from tracker.curricula.exporter import losses
from tracker.curricula.formats import Format
from tracker.curricula.moodle_writer import write_moodle


def rows(text: str) -> list[list[str]]:
    return list(csv.reader(io.StringIO(text)))


def problems(text: str) -> list[str]:
    with pytest.raises(BadInput) as caught:
        read(text)
    return [str(problem) for problem in caught.value.problems]


def row(parent: str, identifier: str, name: str = "A name", is_framework: str = "") -> str:
    return f"{parent},{identifier},{name},,2,,,,0,null,,,{is_framework},\n"


def test_a_framework_becomes_a_tree_with_its_scale_and_the_levels_that_are_enough() -> None:
    document = read(MOODLE).document
    assert document.title == "A framework"
    assert document.scale is not None
    assert [(level.value, level.title) for level in document.scale.levels] == [
        (1, "Not yet"),
        (2, "Nearly"),
        (3, "Done"),
    ]
    assert [kind.level for kind in document.kinds] == [2]
    (section,) = document.sections
    assert [(each.code, each.level) for each in section.competencies] == [("A-1", None), ("B-2", 3)]


def test_descriptions_are_plain_text_and_what_looks_like_markup_in_them_is_text() -> None:
    text = MOODLE.replace(
        "Some <b>bold</b> &amp; more", "<script>x()</script>Some <b>bold</b> &lt;i&gt; more<br>and more"
    )
    assert read(text).document.sections[0].competencies[0].guidance == "Some bold <i> more\nand more"


def test_cross_references_are_links_and_a_comma_in_an_id_number_is_no_separator() -> None:
    links = read(MOODLE).document.links
    assert [(link.kind, link.start, link.end) for link in links] == [
        ("isRelatedTo", "A,1", "B,2"),
        ("isRelatedTo", "A,1", "GEN"),
    ]


def test_what_went_in_comes_out_cell_by_cell() -> None:
    assert rows(write_moodle(read(MOODLE).document)) == rows(MOODLE)


@pytest.mark.parametrize(
    "headings",
    [
        HEADINGS.replace("Parent ID number", "Parent idnumber").replace(",ID number", ",Idnumber"),
        HEADINGS.replace("Cross-referenced", "Cross referenced").replace("Short name", "Shortname").lower(),
        HEADINGS.replace(" (optional)", "").replace(
            "Cross-referenced competency ID numbers", "Cross-referenced ID numbers"
        ),
    ],
)
def test_headings_may_be_spelt_in_several_ways(headings: str) -> None:
    assert read(MOODLE.replace(HEADINGS, headings)).document == read(MOODLE).document


@pytest.mark.parametrize("delimiter", [";", "\t", ":"])
def test_the_sign_between_cells_is_found(delimiter: str) -> None:
    text = io.StringIO()
    csv.writer(text, delimiter=delimiter).writerows(rows(MOODLE))
    assert read(text.getvalue()).document == read(MOODLE).document


def test_columns_may_stand_in_any_order() -> None:
    text = io.StringIO()
    csv.writer(text).writerows([list(reversed(cells)) for cells in rows(MOODLE)])
    assert read(text.getvalue()).document == read(MOODLE).document


def test_a_name_that_moodle_cut_is_whole_again_from_the_description() -> None:
    whole = (
        "Plans, coordinates and manages people, rooms and money so that the work is done within the time given to it"
    )
    cut = f'GEN,C,"{whole[:100]}","<p>{whole}<br></p>",1,,,,0,null,,,,\n'
    competency = read(MOODLE + cut).document.sections[0].competencies[-1]
    assert (competency.statement, competency.guidance) == (whole, "")


@pytest.mark.parametrize(
    ("text", "said"),
    [
        (MOODLE + row("GEN", "", "No ID"), "f, row 6: The row has no ID number."),
        (MOODLE + row("GEN", "C", ""), "f, row 6: The row has no Short name."),
        (MOODLE + row("NOBODY", "C"), "f, row 6: The parent NOBODY of C is not in the file."),
        (MOODLE + row("", "GEN"), "f, row 6: The ID number GEN is used a second time (first in row 3)."),
        (MOODLE + row("", "FW2", is_framework="1"), "f, row 6: FW2 is a second framework (the first is in row 2)."),
        (MOODLE + row("D", "C") + row("C", "D"), "f, row 6: C is in itself: its parents lead back to it."),
        (MOODLE + row("GEN", "C", is_framework="perhaps"), "f, row 6: Under Is framework stands neither 1 nor 0."),
        (HEADINGS + row("", "GEN"), "f: No row is the framework itself."),
        (HEADINGS + row("", "FW", is_framework="1"), "f: The framework has no competencies."),
        (MOODLE.replace('""id"":2', '""id"":9', 1), "f, row 2: The Scale configuration does not fit the Scale values."),
        (MOODLE + "GEN,C,x,,2,,,,0,null,,,,,,more\n", "f, row 6: The row has 16 cells, and there are 14 headings."),
        (MOODLE.replace("Is framework", "Else"), "f, row 1: There is no column Is framework."),
        (MOODLE.replace("Taxonomy", "Description"), "f, row 1: There are two columns Description."),
        (MOODLE + row("GEN", "C", "a\x01b"), "f, row 6: There is a control character here (U+0001)."),
    ],
)
def test_a_row_that_cannot_be_used_is_named(text: str, said: str) -> None:
    assert any(problem.startswith(said) for problem in problems(text)), problems(text)


def test_every_row_that_cannot_be_used_is_named_at_once() -> None:
    text = MOODLE + row("GEN", "") + row("NOBODY", "C") + row("GEN", "D", "")
    assert [problem.split(":")[0] for problem in problems(text)] == ["f, row 6", "f, row 7", "f, row 8"]


def test_competencies_with_another_scale_are_told() -> None:
    text = MOODLE + 'GEN,C,Third,,2,"Bad,Good","[{""scaleid"":""1""},{""id"":2,""proficient"":1}]",,0,null,,,,\n'
    imported = read(text)
    assert "A curriculum has one scale, so these are signed off at the framework's level (C)." in imported.assumed
    assert rows(write_moodle(imported.document))[-1][5] == "Bad,Good"


@settings(deadline=None, max_examples=60)
@given(documents())
def test_what_came_back_from_moodle_comes_back_from_it_again(document: Document) -> None:
    once = read(written(own(document), Format.MOODLE)).document
    assert read(written(once, Format.MOODLE)).document == once


def test_what_moodle_cannot_carry_is_listed() -> None:
    lost = losses(good(), written(good(), Format.MOODLE))
    assert {"length in months", "kinds", "modules of sections", "settings", "title of scale"} <= set(lost)
    assert not {"statement of competencies", "guidance of competencies"} & set(lost)
