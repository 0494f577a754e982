from copy import deepcopy
from typing import Any

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from tests.curricula import documents
from tests.world import SCHEME
from tracker.curricula.diff import ChangeKind, Diff, RunKind, compare, words_of
from tracker.curricula.document import Document
from tracker.curricula.mapping import Pair, digest_of, why_not_mapping
from tracker.curricula.models import MappingKind, RequirementKind
from tracker.curricula.plain_data import from_data

COMPETENCY, MODULE = RequirementKind.COMPETENCY, RequirementKind.MODULE
SPLIT = [Pair("GEN-2", "GEN-2", MappingKind.SPLIT), Pair("GEN-2", "GEN-3", MappingKind.SPLIT)]
MERGED = [Pair("GEN-1", "GEN-1", MappingKind.MERGED), Pair("GEN-2", "GEN-1", MappingKind.MERGED)]


def scheme() -> dict[str, Any]:
    return deepcopy(SCHEME)


def generic(data: dict[str, Any]) -> list[dict[str, Any]]:
    found: list[dict[str, Any]] = data["sections"][0]["competencies"]
    return found


def compared(new: dict[str, Any], *pairs: Pair) -> Diff:
    return compare(from_data(SCHEME), from_data(new), pairs)


def test_what_was_added_and_removed_is_said_by_its_code() -> None:
    new = scheme()
    generic(new)[1] = {"code": "GEN-9", "statement": "Speak plainly.", "guidance": "Heard.", "kind": "once"}
    diff = compared(new)
    assert [change.new_codes for change in diff.of(ChangeKind.ADDED)] == [("GEN-9",)]
    assert [(change.old_codes, change.title) for change in diff.of(ChangeKind.REMOVED)] == [
        (("GEN-2",), "Keep records.")
    ]
    assert diff.sources["GEN-1"] == ("GEN-1",)
    assert "GEN-9" not in diff.sources


def test_the_words_of_a_reworded_statement_are_marked() -> None:
    new = scheme()
    generic(new)[0]["statement"] = "Wash both hands."
    (change,) = compared(new).requirements
    assert change.kinds == (ChangeKind.REWORDED,)
    (rewording,) = change.rewordings
    assert rewording.what == "statement"
    assert [(run.kind.value, run.text) for run in rewording.runs] == [
        ("kept", "Wash"),
        ("added", " both"),
        ("kept", " hands."),
    ]


def test_a_changed_evidence_rule_is_told_as_it_was_and_as_it_is() -> None:
    new = scheme()
    new["kinds"][1]["evidence"]["entries"] = 4
    (change,) = compared(new).requirements
    assert (change.kinds, change.new_codes) == ((ChangeKind.RERULED,), ("GEN-2",))
    assert change.sentences == (
        (
            "It asked for: 3 entries on 2 different days; one reflection. "
            "It now asks for: 4 entries on 2 different days; one reflection."
        ),
    )


def test_another_kind_and_level_are_told() -> None:
    new = scheme()
    generic(new)[0]["kind"] = "often"
    (change,) = compared(new).requirements
    assert change.sentences[:2] == (
        "It was of the kind “Once” and is now of the kind “Often”.",
        "The level was 2 and is now 3.",
    )


def test_a_module_with_another_pass_mark_and_components_is_re_ruled() -> None:
    module = {"code": "M1", "title": "Physics", "credits": 20, "pass_mark_percent": 40}
    section = {"code": "DL", "title": "Modules", "kind": "generic"}
    exam = {"code": "EX", "title": "Examination", "weight_percent": 100}
    old, new = scheme(), scheme()
    old["sections"].append(section | {"modules": [module | {"components": [exam]}]})
    halves = [exam | {"weight_percent": 50, "must_pass": True}, {"code": "CW", "title": "Work", "weight_percent": 50}]
    new["sections"].append(section | {"modules": [module | {"pass_mark_percent": 50, "components": halves}]})
    (change,) = compare(from_data(old), from_data(new)).requirements
    assert change.kinds == (ChangeKind.RERULED,)
    assert change.sentences == (
        "The pass mark was 40 % and is now 50 %.",
        (
            "The component Examination was 100 %, no pass mark of its own and is now 50 %, no pass mark of its own, "
            "must be passed."
        ),
        "The component Work is new: 50 %, no pass mark of its own.",
    )


def test_what_moved_to_another_section_says_from_where_to_where() -> None:
    new = scheme()
    new["sections"][1]["competencies"].append(generic(new).pop(0))
    (change,) = compared(new).requirements
    assert change.kinds == (ChangeKind.MOVED,)
    assert change.sentences == ("Moved from section GEN (Generic) to section NM (Nuclear medicine).",)


def test_a_later_month_is_no_new_rule() -> None:
    new = scheme()
    generic(new)[0]["expected_month"] = 6
    (change,) = compared(new).requirements
    assert change.kinds == (ChangeKind.REPLANNED,)


def test_a_split_requirement_names_its_parts_and_each_comes_from_it() -> None:
    new = scheme()
    generic(new).append({"code": "GEN-3", "statement": "Check records.", "guidance": "Shown.", "kind": "often"})
    diff = compared(new, *SPLIT)
    (change,) = diff.requirements
    assert (change.kinds, change.old_codes, change.new_codes) == ((ChangeKind.SPLIT,), ("GEN-2",), ("GEN-2", "GEN-3"))
    assert diff.sources["GEN-3"] == diff.sources["GEN-2"] == ("GEN-2",)


def test_merged_requirements_lead_to_one() -> None:
    new = scheme()
    del generic(new)[1]
    diff = compared(new, *MERGED)
    (change,) = diff.requirements
    assert (change.kinds, change.old_codes, change.new_codes) == ((ChangeKind.MERGED,), ("GEN-1", "GEN-2"), ("GEN-1",))


def test_a_new_code_for_the_same_requirement_is_no_addition() -> None:
    new = scheme()
    generic(new)[0]["code"] = "GEN-10"
    (change,) = compared(new, Pair("GEN-1", "GEN-10", MappingKind.SAME)).requirements
    assert change.kinds == (ChangeKind.MOVED,)
    assert change.sentences == ("GEN-1 has the new code GEN-10.",)


def test_a_code_that_was_used_again_for_something_else_is_new() -> None:
    diff = compared(scheme(), Pair("GEN-1", "GEN-1", MappingKind.DIFFERENT))
    assert [change.kinds for change in diff.requirements] == [(ChangeKind.ADDED,), (ChangeKind.REMOVED,)]


@pytest.mark.parametrize(
    ("pairs", "sentence"),
    [
        ([Pair("GEN-7", "GEN-1", MappingKind.SAME)], "GEN-7 is not in the version that the mapping leads from."),
        ([Pair("GEN-1", "GEN-7", MappingKind.SAME)], "GEN-7 is not in the version that the mapping leads to."),
        (
            [Pair("GEN-1", "M1", MappingKind.SAME)],
            "GEN-1 is a competency and M1 a module: one cannot stand for the other.",
        ),
        (SPLIT[:1], "GEN-2 is said to be split and leads to GEN-2 alone: say “same”, or add the rest."),
        (MERGED[:1], "GEN-1 is said to be merged and comes from GEN-1 alone: say “same”, or add the other."),
        (
            [Pair("GEN-1", "GEN-1", MappingKind.SAME), Pair("GEN-2", "GEN-1", MappingKind.SAME)],
            "GEN-1 comes from 2 requirements: each of these lines must say “merged”.",
        ),
        (
            [Pair("GEN-1", "GEN-2", MappingKind.DIFFERENT)],
            "“different” is for a code that was used again: GEN-1 and GEN-2 are two codes.",
        ),
    ],
)
def test_a_mapping_with_a_doubt_is_refused_with_a_sentence(pairs: list[Pair], sentence: str) -> None:
    known = {"GEN-1": COMPETENCY, "GEN-2": COMPETENCY, "M1": MODULE}
    assert sentence in why_not_mapping(known, known, pairs, one_scheme=True)


def test_between_curricula_a_line_can_only_say_same() -> None:
    known = {"GEN-2": COMPETENCY, "GEN-3": COMPETENCY}
    assert len(why_not_mapping(known, known, SPLIT, one_scheme=False)) == 2
    several = [Pair("GEN-2", "GEN-2", MappingKind.SAME), Pair("GEN-2", "GEN-3", MappingKind.SAME)]
    assert why_not_mapping(known, known, several, one_scheme=False) == []


def test_the_order_of_the_lines_makes_no_other_mapping() -> None:
    assert digest_of(SPLIT) == digest_of(SPLIT[::-1]) != digest_of(MERGED)


def test_a_changed_part_outside_the_sections_is_named() -> None:
    assert compared(scheme() | {"length_months": 36}).others == ("Changed: length months.",)


@settings(max_examples=60, suppress_health_check=[HealthCheck.too_slow], deadline=None)
@given(documents())
def test_nothing_differs_from_itself(document: Document) -> None:
    assert compare(document, document).is_empty


@settings(max_examples=60, suppress_health_check=[HealthCheck.too_slow], deadline=None)
@given(documents(), documents())
def test_what_one_way_adds_the_other_way_removes(one: Document, other: Document) -> None:
    there, back = compare(one, other), compare(other, one)
    added = [change.new_codes for change in there.of(ChangeKind.ADDED)]
    assert added == [change.old_codes for change in back.of(ChangeKind.REMOVED)]


@given(st.text("ab .\n", max_size=20), st.text("ab .\n", max_size=20))
def test_the_marked_words_hold_both_texts(old: str, new: str) -> None:
    runs = words_of(old, new)
    assert "".join(run.text for run in runs if run.kind is not RunKind.ADDED) == old
    assert "".join(run.text for run in runs if run.kind is not RunKind.REMOVED) == new


def with_form(**says: Any) -> dict[str, Any]:
    data = scheme()
    data["assessments"] = [{"code": "DOPS", "title": "Direct observation"} | says]
    return data


TASK = {"code": "task", "label": "What was done?", "kind": "text"}
TIME = {"code": "minutes", "label": "Minutes watching", "kind": "number"}


@pytest.mark.parametrize(
    ("old", "new", "said"),
    [
        ({"fields": [TASK]}, {"fields": [TASK, TIME]}, "changed: it asks “Minutes watching”."),
        ({"fields": [TASK, TIME]}, {"fields": [TASK]}, "changed: it no longer asks “Minutes watching”."),
        ({"fields": [TASK]}, {"fields": [TASK | {"required": True}]}, "it asks in another way “What was done?”."),
        ({"fields": [TASK, TIME]}, {"fields": [TIME, TASK]}, "changed: its questions stand in another order."),
        ({}, {"needs_registration": True}, "changed: whether it needs somebody on a register."),
        ({"meaning": "One."}, {"title": "Watching"}, "changed: its title and what it is for."),
        ({}, {"code": "OCE"}, "The assessment form OCE (Direct observation) is new."),
        ({"code": "OCE"}, {}, "The assessment form OCE is no longer there."),
    ],
)
def test_a_changed_assessment_form_is_said(old: dict[str, Any], new: dict[str, Any], said: str) -> None:
    diff = compare(from_data(with_form(**old)), from_data(with_form(**new)), ())
    assert any(said in sentence for sentence in diff.others), diff.others


def test_an_assessment_form_that_did_not_change_is_not_mentioned() -> None:
    diff = compare(from_data(with_form(fields=[TASK])), from_data(with_form(fields=[TASK])), ())
    assert not diff.others
