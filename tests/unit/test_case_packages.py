"""CASE packages: the tree, the order, what is kept, what is refused and where."""

import json
from collections.abc import Callable
from typing import Any

import pytest
from hypothesis import given, settings

from tests.curricula import documents
from tests.formats import AT, association, case_package, good, identifier, item, own, read, written
from tracker.core.errors import BadInput
from tracker.curricula.case_writer import write_case
from tracker.curricula.document import Document, Section
from tracker.curricula.exporter import losses
from tracker.curricula.foreign import LENGTH_MONTHS
from tracker.curricula.formats import Format

Package = dict[str, Any]


def package_of(document: Document, *, extended: bool = True) -> Package:
    package: Package = json.loads(write_case(document, AT, extended))
    return package


def read_package(package: Package) -> Document:
    return read(json.dumps(package)).document


def problems(package: Package) -> list[str]:
    with pytest.raises(BadInput) as caught:
        read_package(package)
    return [str(problem) for problem in caught.value.problems]


def tree(document: Document) -> list[tuple[str, list[str]]]:
    return [(section.title, [each.statement for each in section.competencies]) for section in document.every_section()]


def test_the_tree_is_in_the_associations_and_ordered_by_sequence_then_enumeration() -> None:
    assert tree(read_package(case_package())) == [
        ("First section", ["Only one of A <b>in bold</b>"]),
        ("Second section", ["First of B", "Third of B"]),
    ]


def test_children_without_a_number_come_after_those_with_one_by_their_enumeration() -> None:
    package = case_package()
    package["CFItems"] += [item(6, "Tenth", listEnumeration="b10"), item(7, "Second", listEnumeration="b2")]
    package["CFAssociations"] += [association(10, "isChildOf", 6, 1), association(11, "isChildOf", 7, 1)]
    assert tree(read_package(package))[1][1] == ["First of B", "Third of B", "Second", "Tenth"]


def test_codes_notes_and_language_are_read_and_markup_stays_text() -> None:
    document = read_package(case_package())
    assert [section.code for section in document.sections] == ["A-x", "B"]
    assert document.sections[1].competencies[1].code == "B.3"
    assert document.sections[1].competencies[1].guidance == "Some\n\nnotes"
    assert document.sections[0].competencies[0].statement == "Only one of A <b>in bold</b>"
    assert (document.code, document.language, document.owner) == ("Ordering", "en", "Somebody")


def test_what_is_assumed_is_said() -> None:
    assumed = " ".join(read(json.dumps(case_package())).assumed)
    assert f"The training takes {LENGTH_MONTHS} months" in assumed
    assert "Competencies have the kind imported" in assumed
    assert "Sections at the top are for everybody (generic) (A-x, B)" in assumed
    assert "A (x) is A-x" in assumed


@pytest.mark.parametrize("uri", ["https://example.org/CFPackages/1", {"title": "t", "identifier": "i", "uri": "u"}])
def test_the_address_of_the_package_may_be_a_text_or_an_object(uri: Any) -> None:
    package = case_package()
    package["CFDocument"]["CFPackageURI"] = uri
    assert tree(read_package(package)) == tree(read_package(case_package()))


def test_an_item_under_two_parents_stands_under_the_first_and_keeps_the_second_as_a_link() -> None:
    links = read_package(case_package()).links
    assert [(link.kind, link.start, link.end) for link in links][-1] == ("isChildOf", identifier(5), identifier(1))


@pytest.mark.parametrize("extended", [True, False])
def test_identifiers_and_links_of_every_type_come_out_as_they_went_in(extended: bool) -> None:
    package = case_package()
    out = package_of(read_package(package), extended=extended)
    before = {each["identifier"]: each for each in package["CFAssociations"]}
    after = {each["identifier"]: each for each in out["CFAssociations"]}
    assert after.keys() == before.keys()
    for name, link in before.items():
        assert after[name]["associationType"] == link["associationType"]
        assert after[name]["originNodeURI"]["identifier"] == link["originNodeURI"]["identifier"]
    assert out["CFDocument"]["identifier"] == package["CFDocument"]["identifier"]
    assert out["CFDefinitions"] == package["CFDefinitions"]
    assert out["CFRubrics"] == package["CFRubrics"]


def test_fields_that_we_have_no_place_for_come_out_again() -> None:
    out = package_of(read_package(case_package()))
    items = {each["identifier"]: each for each in out["CFItems"]}
    for each in case_package()["CFItems"]:
        if "educationalLevel" in each:
            each["educationLevel"] = [each.pop("educationalLevel")]
        assert each.items() <= items[each["identifier"]].items()


@pytest.mark.parametrize("extended", [True, False])
def test_a_package_that_was_imported_and_exported_is_the_same_when_imported_again(extended: bool) -> None:
    document = read_package(case_package())
    assert read_package(package_of(document, extended=extended)) == document


def test_a_statement_that_was_reworded_is_exported_as_it_is_now() -> None:
    package = case_package()
    package["CFItems"][4]["fullStatement"] = "  Two\n lines "
    document = read_package(package)
    kept = {each["identifier"]: each for each in package_of(document)["CFItems"]}
    assert kept[identifier(5)]["fullStatement"] == "  Two\n lines "
    reworded = _reworded(document, "Two lines", "Other words")
    changed = {each["identifier"]: each for each in package_of(reworded)["CFItems"]}
    assert changed[identifier(5)]["fullStatement"] == "Other words"


def _reworded(document: Document, old: str, new: str) -> Document:
    from dataclasses import replace  # noqa: PLC0415 - only here

    def change(section: Section) -> Section:
        each = tuple(replace(one, statement=one.statement.replace(old, new)) for one in section.competencies)
        return replace(section, competencies=each)

    return replace(document, sections=tuple(map(change, document.sections)))


def test_our_own_curriculum_comes_back_whole_from_version_1_1() -> None:
    assert read(written(good(), Format.CASE)).document == good()
    assert read(written(good(), Format.CASE)).assumed == ()


@settings(deadline=None, max_examples=60)
@given(documents())
def test_any_curriculum_of_ours_comes_back_whole_from_version_1_1(document: Document) -> None:
    assert read(written(own(document), Format.CASE)).document == own(document)


@settings(deadline=None, max_examples=60)
@given(documents())
def test_what_came_back_from_version_1_0_comes_back_from_it_again(document: Document) -> None:
    once = read(written(own(document), Format.CASE, extended=False)).document
    assert read(written(once, Format.CASE, extended=False)).document == once


def test_what_version_1_0_cannot_carry_is_listed() -> None:
    lost = losses(good(), written(good(), Format.CASE, extended=False))
    assert {"settings", "kinds", "modules of sections", "register scopes of competencies"} <= set(lost)
    assert "guidance of competencies" not in lost
    assert losses(good(), written(good(), Format.CASE)) == []


def test_a_very_long_statement_is_shortened_and_stands_whole_in_the_guidance() -> None:
    package = case_package()
    package["CFItems"][4]["fullStatement"] = "Long words " * 60
    competency = read_package(package).sections[0].competencies[0]
    assert competency.statement.endswith("words...")
    assert len(competency.statement) <= 500
    assert competency.guidance == ("Long words " * 60).strip()


def test_competencies_directly_in_the_framework_get_a_section_and_lose_it_again() -> None:
    package = case_package(CFItems=[item(1, "Alone")], CFAssociations=[association(1, "isChildOf", 1, "x")])
    package["CFAssociations"][0]["destinationNodeURI"] = package["CFDocument"]["uri"]
    document = read_package(package)
    assert tree(document) == [("Ordering", ["Alone"])]
    assert [each["fullStatement"] for each in package_of(document)["CFItems"]] == ["Alone"]


def _twice(package: Package) -> None:
    package["CFItems"].append(item(1, "Again"))


def _no_statement(package: Package) -> None:
    del package["CFItems"][2]["fullStatement"]


def _no_parent(package: Package) -> None:
    package["CFItems"].append(item(9, "Lost"))
    package["CFAssociations"].append(association(20, "isChildOf", 9, 77))


def _cycle(package: Package) -> None:
    package["CFAssociations"][0]["destinationNodeURI"] = package["CFAssociations"][4]["originNodeURI"]
    package["CFAssociations"][4]["destinationNodeURI"] = package["CFAssociations"][0]["originNodeURI"]


def _no_type(package: Package) -> None:
    del package["CFAssociations"][5]["associationType"]


def _control(package: Package) -> None:
    package["CFItems"][3]["fullStatement"] = "a\x01b"


def _no_items(package: Package) -> None:
    package["CFItems"] = {}


@pytest.mark.parametrize(
    ("break_it", "said"),
    [
        (_twice, f"f, CFItems, row 6: The identifier {identifier(1)} is used a second time."),
        (_no_statement, "f, CFItems, row 3: The item has no fullStatement."),
        (_no_parent, f"f, CFAssociations, row 10: The parent {identifier(77)} of Lost is not in the package."),
        (_cycle, "f, CFItems, row 1: B is in itself: its parents lead back to it."),
        (_no_type, "f, CFAssociations, row 6: The association has no associationType"),
        (_control, "f, CFItems, row 4: There is a control character here (U+0001)."),
        (_no_items, "f, CFItems: The package has no items."),
    ],
)
def test_what_cannot_be_used_is_refused_and_named(break_it: Callable[[Package], None], said: str) -> None:
    package = case_package()
    break_it(package)
    assert any(problem.startswith(said) for problem in problems(package)), problems(package)


NAMED = {"identifier", "uri", "lastChangeDateTime"}
FIELDS = {  # of version 1.1, and which of them must be there
    "CFDocument": (NAMED | {"creator", "title"}, {"language", "caseVersion", "extensions", "adoptionStatus"}),
    "CFItems": (
        NAMED | {"fullStatement"},
        {"humanCodingScheme", "CFItemType", "notes", "listEnumeration", "educationLevel", "conceptKeywords"}
        | {"statusStartDate", "extensions"},
    ),
    "CFAssociations": (
        NAMED | {"associationType", "originNodeURI", "destinationNodeURI"},
        {"sequenceNumber", "CFAssociationGroupingURI"},
    ),
}


@pytest.mark.parametrize("document", [good(), read_package(case_package())], ids=["ours", "theirs"])
def test_a_package_has_the_fields_that_version_1_1_asks_for_and_no_others(document: Document) -> None:
    package = package_of(document)
    for name, (needed, allowed) in FIELDS.items():
        for each in [package[name]] if isinstance(package[name], dict) else package[name]:
            assert needed <= each.keys() <= needed | allowed
    for link in package["CFAssociations"]:
        assert link["originNodeURI"].keys() == link["destinationNodeURI"].keys() == {"title", "identifier", "uri"}


def test_a_package_of_version_1_0_names_its_framework_in_each_part_and_has_no_extensions() -> None:
    package = package_of(good(), extended=False)
    assert package["CFDocument"]["CFPackageURI"].keys() == {"title", "identifier", "uri"}
    for each in [*package["CFItems"], *package["CFAssociations"]]:
        assert each["CFDocumentURI"]["identifier"] == package["CFDocument"]["identifier"]
    assert "extensions" not in json.dumps(package)
