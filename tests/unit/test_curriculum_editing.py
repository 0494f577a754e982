"""Changes to a draft are functions from document to document."""

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from tests.curricula import GOOD
from tests.whole_curricula import whole_documents
from tracker.core.errors import NotFound, Refused
from tracker.curricula import editing
from tracker.curricula.checks import flaws_of
from tracker.curricula.document import Document
from tracker.curricula.editing import DOWN, UP, Place
from tracker.curricula.importer import read_document
from tracker.curricula.plain_data import to_data

some = settings(max_examples=30, deadline=None)
NEW = {"code": "new-one", "statement": "Do something new.", "kind": "plain"}


def good() -> Document:
    return read_document("f.yaml", GOOD.encode())


def requirements(document: Document) -> list[str]:
    return list(editing.codes(document, "competencies"))


def sections(document: Document) -> list[str]:
    return [section.code for section in document.every_section()]


def places(document: Document) -> list[Place]:
    """Every part of the document that can be edited."""
    return [
        Place(name, code)
        for name in editing.LISTS
        for code in editing.codes(document, name)
        if _is(document, name, code)
    ]


def _is(document: Document, name: str, code: str) -> bool:
    """Competencies and modules share their codes."""
    try:
        editing.find(document, Place(name, code))
    except NotFound:
        return False
    return True


@st.composite
def documents_with_place(draw: st.DrawFn) -> tuple[Document, Place]:
    document = draw(whole_documents())
    return document, draw(st.sampled_from(places(document)))


@some
@given(drawn=documents_with_place())
def test_moving_up_then_down_changes_nothing_where_there_is_room(drawn: tuple[Document, Place]) -> None:
    document, place = drawn
    up = editing.move(document, place, UP)
    assert up == document or editing.move(up, place, DOWN) == document


@some
@given(document=whole_documents(), code=st.sampled_from(["zz1", "zz.2"]))
def test_adding_then_removing_changes_nothing(document: Document, code: str) -> None:
    new = NEW | {"code": code, "kind": document.kinds[0].code}
    added = editing.add(document, "competencies", new, "T")
    assert code in requirements(added)
    assert editing.remove(added, Place("competencies", code)) == document


@some
@given(drawn=documents_with_place())
def test_a_change_to_the_same_values_changes_nothing(drawn: tuple[Document, Place]) -> None:
    document, place = drawn
    assert editing.change(document, place, editing.find(document, place)) == document


@some
@given(drawn=documents_with_place())
def test_a_new_code_is_followed_by_all_that_refers_to_it(drawn: tuple[Document, Place]) -> None:
    document, place = drawn
    new = {"value": 99} if place.name == "levels" else {"code": "zz"}
    changed = editing.change(document, place, new)
    assert flaws_of(to_data(changed)) == []
    back = {"value": int(place.code)} if place.name == "levels" else {"code": place.code}
    assert editing.change(changed, Place(place.name, "99" if place.name == "levels" else "zz"), back) == document


@some
@given(drawn=documents_with_place(), data=st.data())
def test_every_edit_keeps_codes_apart(drawn: tuple[Document, Place], data: st.DataObject) -> None:
    document, place = drawn
    taken = data.draw(st.sampled_from(editing.codes(document, place.name)))
    value = {"value": int(taken)} if place.name == "levels" else {"code": taken}
    try:
        document = editing.change(document, place, value)
    except Refused:
        assert taken != place.code
    with pytest.raises(Refused, match="is in the draft already"):
        editing.add(document, place.name, value, "T")
    for name in editing.LISTS:
        codes = editing.codes(document, name)
        assert len(codes) == len(set(codes))


def test_at_the_end_of_its_list_a_part_stays() -> None:
    assert editing.move(good(), Place("sections", "GEN"), UP) == good()
    assert editing.move(good(), Place("competencies", "GEN-1"), DOWN) == good()


def test_a_section_moves_with_all_that_is_in_it_and_its_settings() -> None:
    document = editing.change(good(), Place("competencies", "GEN-1"), {"expected_month": {"setting": "least"}})
    moved = editing.move(document, Place("sections", "GEN"), DOWN)
    assert sections(moved) == ["A", "A-T", "GEN", "MOD"]
    assert editing.find(moved, Place("competencies", "GEN-1"))["expected_month"] == {"setting": "least"}


def test_a_competency_moves_into_another_section() -> None:
    moved = editing.move_into(good(), Place("competencies", "GEN-1"), "A-T")
    assert editing.holder(moved, Place("competencies", "GEN-1")) == "A-T"
    assert requirements(moved) == ["A-1", "GEN-1", "M-1"]
    assert editing.move_into(moved, Place("competencies", "GEN-1"), "A-T") == moved


def test_a_section_is_not_moved_into_itself() -> None:
    assert editing.tops(good(), "A") == ("GEN", "MOD")
    with pytest.raises(Refused, match="cannot be moved into itself"):
        editing.move_into(good(), Place("sections", "A"), "A-T")
    assert sections(editing.move_into(good(), Place("sections", "A-T"), "")) == ["GEN", "A", "MOD", "A-T"]


def test_another_value_of_a_setting_is_another_value_where_it_is_used() -> None:
    changed = editing.change(good(), Place("settings", "least"), {"value": 5})
    assert changed.kinds[0].evidence.entries == 5
    assert editing.find(changed, Place("kinds", "plain"))["evidence"]["entries"] == {"setting": "least"}


def test_none_takes_a_field_away_and_what_is_not_named_stays() -> None:
    changed = editing.change(good(), Place("competencies", "GEN-1"), {"level": None, "points": 3})
    part = editing.find(changed, Place("competencies", "GEN-1"))
    assert "level" not in part
    assert (part["points"], part["weight"]) == (3, 3)


@pytest.mark.parametrize(
    ("place", "said"),
    [
        (Place("sections", "A"), "A still has something in it."),
        (Place("kinds", "plain"), "The kind plain is used by GEN-1, A-1."),
        (Place("settings", "least"), "The setting least is used by plain."),
    ],
)
def test_what_is_needed_is_not_removed(place: Place, said: str) -> None:
    with pytest.raises(Refused, match=said):
        editing.remove(good(), place)


def test_without_its_last_level_a_draft_has_no_scale() -> None:
    document = editing.remove(editing.remove(good(), Place("levels", "1")), Place("levels", "2"))
    assert document.scale is None
    again = editing.add(document, "levels", {"value": 1, "title": "Sees it"})
    assert again.scale is not None
    assert again.scale.title == "Levels"


def test_what_is_not_there_is_not_found() -> None:
    with pytest.raises(NotFound):
        editing.move(good(), Place("modules", "GEN-1"), UP)
    with pytest.raises(NotFound):
        editing.add(good(), "competencies", NEW, "nowhere")
    with pytest.raises(NotFound):
        editing.add(good(), "competencies", NEW)


def test_a_problem_is_found_at_the_smallest_part_that_holds_it() -> None:
    assert editing.place_of(good(), ("sections", 1, "sections", 0, "competencies", 0, "kind")) == Place(
        "competencies", "A-1"
    )
    assert editing.place_of(good(), ("sections", 2, "modules", 0, "components", 1, "code")) == Place("modules", "M-1")
    assert editing.place_of(good(), ("kinds", 0, "evidence", "days")) == Place("kinds", "plain")
    assert editing.place_of(good(), ("scale", "levels", 1, "title")) == Place("levels", "2")
    assert editing.place_of(good(), ("milestones", 0)) is None


def test_title_length_and_scale_are_changed() -> None:
    changed = editing.name_scale(editing.describe(good(), {"title": "Another", "owner": None}), "How far")
    assert (changed.title, changed.owner) == ("Another", "")
    assert changed.scale is not None
    assert changed.scale.title == "How far"
