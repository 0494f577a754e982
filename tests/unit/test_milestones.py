"""Sections and milestones explained: by their rule, with numbers, and with a step for each part that lacks."""

from dataclasses import replace
from datetime import date
from decimal import Decimal
from itertools import product
from typing import Any

import pytest

from tests.outlines import IN_TIME, SCHEME, TODAY, WINDOW, competencies, make_situation, outline_of, scheme
from tracker.curricula.conditions import (
    AllOf,
    AnyOf,
    Condition,
    CreditsConfirmed,
    Due,
    OverallDone,
    RequirementDone,
    SectionDone,
    SectionRule,
)
from tracker.curricula.outline import Outline
from tracker.curricula.plain_data import from_data
from tracker.progress.explain import Explanation, explain
from tracker.progress.milestones import MilestoneExplained
from tracker.progress.models import Stage
from tracker.progress.requirements import Held
from tracker.progress.sections import SectionExplained
from tracker.progress.training_time import Break

TOO_LATE = date(2027, 10, 1)
YEAR_TWO = AllOf(
    (
        SectionDone("A", 50),
        WINDOW,
        AnyOf((SectionDone("PHASE-2"), AllOf((OverallDone(60), SectionDone("B"))))),
    )
)


def explained(outline: Outline, *done: str, today: date = TODAY, **more: Any) -> Explanation:
    return explain(outline, make_situation(outline, dict.fromkeys(done, Stage.DONE), **more), today)


def milestone(condition: Condition, *done: str, **more: Any) -> MilestoneExplained:
    (only,) = explained(scheme(condition), *done, **more).milestones
    return only


def section(code: str, outline: Outline, *done: str, **more: Any) -> SectionExplained:
    return next(each for each in explained(outline, *done, **more).sections if each.section.code == code)


@pytest.mark.parametrize("parts", list(product([False, True], repeat=5)))
def test_the_second_year_is_met_by_exactly_the_combinations_that_its_condition_says(parts: tuple[bool, ...]) -> None:
    half_of_a, reviewed, phase_2, overall, all_of_b = parts
    done = ["A-1", "A-2"] * half_of_a + ["M-1", "M-2"] * phase_2 + ["R-1"] * overall + ["B-1", "B-2", "B-3"] * all_of_b
    found = milestone(YEAR_TWO, *done, reviews=(Held("ANNUAL", IN_TIME if reviewed else TOO_LATE),))
    assert found.met == (half_of_a and reviewed and (phase_2 or (overall and all_of_b)))
    said = " ".join(found.missing)
    assert ("of 50 % of Section A" in said) == (not half_of_a)
    assert ("Annual review not held between 1 September 2027 and 30 September 2027" in said) == (not reviewed)
    either = not phase_2 and not (overall and all_of_b)
    assert ("One of these is enough: (a) 0 of 2 done in Phase 2" in said) == either
    assert ("of 60 % of everything" in said) == (either and not overall)
    assert ("0 of 3 done in Section B" in said) == (either and not all_of_b)


def test_each_part_that_lacks_is_one_sentence_with_numbers_and_a_step() -> None:
    of_a, review, either = milestone(YEAR_TWO, "A-1").missing
    assert of_a == "25 of 50 % of Section A: finish A-2."
    assert review == (
        "Annual review not held between 1 September 2027 and 30 September 2027: "
        "ask your supervisor or training lead to hold it by 30 September 2027."
    )
    assert either == (
        "One of these is enough: (a) 0 of 2 done in Phase 2: finish two more, M-1 next; (b) 0 of 60 % of everything: "
        "finish 9 more, A-2 next and 0 of 3 done in Section B: finish three more, B-1 next."
    )


def test_what_waits_is_not_to_be_done_again() -> None:
    outline = scheme(SectionDone("A"))
    stages = {"A-1": Stage.DONE, "A-2": Stage.SUBMITTED, "A-3": Stage.SUBMITTED, "A-4": Stage.SUBMITTED}
    (found,) = explain(outline, make_situation(outline, stages), TODAY).milestones
    assert found.missing == ("1 of 4 done in Section A: A-2, A-3, A-4 wait for A. Osei.",)
    stages.pop("A-2")
    (found,) = explain(outline, make_situation(outline, stages), TODAY).milestones
    assert found.missing == ("1 of 4 done in Section A: finish A-2, and A-3, A-4 wait for A. Osei.",)


def test_what_is_to_be_finished_next_is_not_what_waits() -> None:
    outline = scheme(SectionDone("A"))
    (found,) = explain(outline, make_situation(outline, {"A-1": Stage.SUBMITTED}), TODAY).milestones
    assert found.missing == ("0 of 4 done in Section A: finish three more, A-2 next, and A-1 waits for A. Osei.",)


def test_when_enough_waits_nothing_more_is_to_be_finished() -> None:
    outline = scheme(SectionDone("A"), A=SectionRule(at_least=2))
    waiting = dict.fromkeys(("A-3", "A-4"), Stage.SUBMITTED)
    (found,) = explain(outline, make_situation(outline, waiting), TODAY).milestones
    assert found.missing == ("0 of at least 2 done in Section A: A-3, A-4 wait for A. Osei.",)


@pytest.mark.parametrize(
    ("today", "step"),
    [
        (date(2027, 8, 1), "ask your supervisor or training lead now for a day from 1 September 2027."),
        (date(2027, 9, 30), "ask your supervisor or training lead to hold it by 30 September 2027."),
        (date(2027, 10, 1), "ask who held it to put it on record; if not, ask your training lead what follows."),
    ],
)
def test_a_review_that_lacks_says_what_still_helps(today: date, step: str) -> None:
    (sentence,) = milestone(WINDOW, today=today).missing
    assert sentence.endswith(step)


def test_a_review_at_another_time_is_named() -> None:
    (sentence,) = milestone(WINDOW, reviews=(Held("ANNUAL", TOO_LATE),)).missing
    assert "(the one of 1 October 2027 was at another time)" in sentence


def test_a_milestone_is_overdue_only_while_it_is_not_met() -> None:
    late = date(2027, 10, 1)
    assert milestone(RequirementDone("A-1"), today=late).overdue
    assert not milestone(RequirementDone("A-1"), "A-1", today=late).overdue
    assert not milestone(RequirementDone("A-1"), today=date(2027, 9, 30)).overdue


def test_a_break_moves_what_is_due_and_the_end_of_a_review_by_its_days() -> None:
    away = (Break(date(2026, 3, 1), date(2026, 3, 31)),)
    assert milestone(WINDOW).due_on == date(2027, 9, 30)
    found = milestone(WINDOW, breaks=away)
    assert found.due_on == date(2027, 10, 31)
    assert "between 1 September 2027 and 31 October 2027" in found.missing[0]
    assert milestone(WINDOW, breaks=away, reviews=(Held("ANNUAL", TOO_LATE),)).met


def test_credits_count_the_modules_that_are_confirmed() -> None:
    assert milestone(CreditsConfirmed(40), "M-1").missing == (
        "20 of 40 credits confirmed: finish M-2 next, which brings 20 credits.",
    )
    assert milestone(CreditsConfirmed(40), "M-1", "M-2").met


def test_an_area_that_is_not_taken_neither_helps_nor_hinders() -> None:
    outline = scheme(AnyOf((SectionDone("A"), SectionDone("B"))))
    situation = make_situation(outline, {})
    only_b = replace(situation, area_ids=frozenset(each.id for each in outline.sections if each.code == "B"))
    (found,) = explain(outline, only_b, TODAY).milestones
    assert found.missing == ("0 of 3 done in Section B: finish three more, B-1 next.",)
    neither = replace(situation, area_ids=frozenset())
    assert explain(outline, neither, TODAY).milestones == ()


def test_at_least_so_many_parts_make_a_section_complete() -> None:
    outline = scheme(SectionDone("A"), A=SectionRule(at_least=3))
    assert section("A", outline, "A-4").sentence == "1 of at least 3 done in Section A: finish two more, A-1 next."
    complete = section("A", outline, "A-4", "A-1", "A-2")
    assert complete.met
    assert complete.sentence == "Complete: 3 of at least 3 done in Section A."
    assert complete.percent == 75


def test_points_make_a_section_complete_with_what_is_compulsory_among_them() -> None:
    rule = SectionRule(points=2, compulsory=("A-4",))
    outline = scheme(SectionDone("A"), A=rule)
    one_short = section("A", outline, "A-4")
    assert one_short.missing == ("1 of 2 points in Section A: finish A-1 next, which brings one point.",)
    without = section("A", outline, "A-1", "A-2", "A-3")
    assert without.missing == (
        "A-4, which is compulsory in Section A, is not done: not started; log your first entry.",
    )
    assert section("A", outline, "A-1", "A-4").met


def test_a_section_that_asks_for_all_asks_for_its_parts_by_their_own_rules() -> None:
    inner = {"code": "IN", "title": "Inner", "kind": "theme", "rule": {"at_least": 1}}
    outer = {"code": "OUT", "title": "Outer", "kind": "generic", "competencies": competencies("O", 1)}
    sections = [outer | {"sections": [inner | {"competencies": competencies("I", 2)}]}]
    outline = outline_of(from_data(SCHEME | {"sections": sections}))
    nothing = section("OUT", outline)
    assert nothing.missing == (
        "0 of 1 done in Outer: finish O-1.",
        "0 of at least 1 done in Inner: finish I-1.",
    )
    assert section("OUT", outline, "O-1", "I-2").met
    assert section("OUT", outline, "O-1", "I-2").percent == 66


def test_so_many_whole_sections_of_several_make_one_complete() -> None:
    inner = [
        {"code": code, "title": f"Theme {code}", "kind": "theme", "competencies": competencies(code, 2)}
        for code in ("X", "Y", "Z")
    ]
    sections = [{"code": "OUT", "title": "Outer", "kind": "generic", "rule": {"at_least": 2}, "sections": inner}]
    outline = outline_of(from_data(SCHEME | {"sections": sections}))
    assert section("OUT", outline, "X-1", "X-2", "Z-1").sentence == (
        "1 of at least 2 parts complete in Outer: complete one more, Theme Z next (1 of 2 done in Theme Z: finish Z-2)."
    )
    assert section("OUT", outline, "X-1", "X-2", "Z-1", "Z-2").met


def test_the_percentage_is_weighted_where_the_curriculum_says_so() -> None:
    outline = scheme(OverallDone(60))
    light = explained(outline, *(f"A-{at}" for at in range(1, 5)), "M-1", "M-2", "B-1", "B-2", "B-3")
    assert (light.done, light.percent) == (9, 8)
    heavy = explained(outline, "R-1")
    assert (heavy.done, heavy.percent) == (1, 91)


def test_a_module_that_failed_is_sent_to_somebody_who_can_decide() -> None:
    outline = scheme(SectionDone("PHASE-2"))
    stages = {"M-1": Stage.FAILED, "M-2": Stage.DONE}
    (found,) = explain(outline, make_situation(outline, stages), TODAY).milestones
    assert found.missing == ("1 of 2 done in Phase 2: M-1 failed, so talk to your training lead.",)


@pytest.mark.parametrize("fraction", ["1", "0.8", "0.6", "0.5"])
def test_part_time_working_gives_more_time_until_a_milestone_is_due(fraction: str) -> None:
    outline = scheme(RequirementDone("A-1"), Due(month=12))
    (found,) = explained(outline, working_fraction=Decimal(fraction)).milestones
    due = {"1": (2026, 9, 30), "0.8": (2026, 12, 31), "0.6": (2027, 5, 31), "0.5": (2027, 9, 30)}[fraction]
    assert found.due_on == date(*due)
