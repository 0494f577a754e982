"""The kinds of competency worked through: what lacks, and that the step, when it is done, changes it."""

from collections.abc import Sequence
from dataclasses import replace
from datetime import date, timedelta
from decimal import Decimal
from itertools import product

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tests.unit.test_progress import STARTS, TODAY, entry_facts, rules
from tracker.curricula.rules import EvidenceRule, Mix
from tracker.progress.facts import EntryFact, count
from tracker.progress.needs import Need, needs_of, remarks_of

FULL = Decimal(1)
ENTRUSTABLE = EvidenceRule(
    entries=3,
    days=3,
    span_days=28,
    reflections=2,
    part=Mix(2, ("supervised", "independent")),
    assessments=(Mix(1, ("DOPS", "OCE")),),
    since_enrolment=True,
)
DEVELOPMENTAL = EvidenceRule(entries=1, reflections=1, action_plan=True)
OBSERVATIONAL = EvidenceRule(entries=2, days=2, reflections=2, part=Mix(1, ("observed",)))
DISCUSSED_AND_WATCHED = EvidenceRule(assessments=(Mix(3, ("CBD",)), Mix(3, ("DOPS", "OCE"))))


def needs_for(rule: EvidenceRule, entries: Sequence[EntryFact], today: date = TODAY) -> list[Need]:
    return list(needs_of(rule, count(rule, entries, STARTS, today).counts, FULL, today))


def unmet(rule: EvidenceRule, *entries: EntryFact) -> list[str]:
    return [need.sentence for need in needs_for(rule, entries) if not need.met]


def work(day: int, **more: object) -> EntryFact:
    return replace(EntryFact(date(2026, 3, 1) + timedelta(days=day), part="supervised"), **more)  # type: ignore[arg-type] # named


def test_an_entrustable_competency_is_shown_often_over_time_and_watched() -> None:
    enough = [work(0, reflection=True), work(14, reflection=True), work(28, assessment="DOPS")]
    assert unmet(ENTRUSTABLE, *enough) == []
    assert unmet(ENTRUSTABLE, *enough[:2]) == [
        "2 of 3 entries: log one more.",
        "2 of 3 different days: log one more on another day.",
        "14 of 28 days from the first entry to the last: log one more entry now.",
        "0 of 1 assessment (DOPS or OCE): ask an assessor for a DOPS or OCE.",
    ]


def test_a_developmental_competency_is_done_once_and_thought_through() -> None:
    assert unmet(DEVELOPMENTAL, work(0, reflection=True, action_plan=True)) == []
    assert unmet(DEVELOPMENTAL, work(0, reflection=True)) == [
        "0 of 1 action plan: add what you will do next to an entry."
    ]
    assert unmet(DEVELOPMENTAL, work(0, action_plan=True)) == ["0 of 1 reflection: write what you learned in one more."]


def test_an_observational_competency_is_seen_and_reflected_on_at_two_times() -> None:
    seen = work(0, part="observed", reflection=True)
    assert unmet(OBSERVATIONAL, seen, work(7, part="", reflection=True)) == []
    assert unmet(OBSERVATIONAL, seen) == [
        "1 of 2 entries: log one more.",
        "1 of 2 different days: log one more on another day.",
        "1 of 2 reflections: write what you learned in one more.",
    ]


@pytest.mark.parametrize(("cbd", "dops", "oce"), list(product(range(5), repeat=3)))
def test_three_discussions_plus_three_of_either_observation_in_any_mix(cbd: int, dops: int, oce: int) -> None:
    forms = ["CBD"] * cbd + ["DOPS"] * dops + ["OCE"] * oce
    discussed, watched = needs_for(DISCUSSED_AND_WATCHED, [EntryFact(TODAY, assessment=form) for form in forms])
    assert (discussed.there, watched.there) == (min(3, cbd), min(3, dops + oce))


def test_an_assessment_of_another_form_says_which_forms_count_and_how_to_change_it() -> None:
    counts = count(ENTRUSTABLE, [EntryFact(TODAY, assessment="MSF")], STARTS, TODAY).counts
    (said,) = remarks_of(ENTRUSTABLE, counts)
    assert said.startswith("1 assessment is logged as MSF, which does not count here: ")
    assert said.endswith("if it was a DOPS or OCE, open the entry and choose that form.")
    assert remarks_of(DEVELOPMENTAL, counts) == []


def test_work_that_was_logged_as_a_document_says_how_to_change_it() -> None:
    counts = count(ENTRUSTABLE, [EntryFact(TODAY, document=True)], STARTS, TODAY).counts
    (said,) = remarks_of(ENTRUSTABLE, counts)
    assert "open it, change what it is, and say what your part was" in said
    assert remarks_of(DEVELOPMENTAL, counts) == []


def doing(need: Need, rule: EvidenceRule, entries: Sequence[EntryFact], today: date) -> tuple[list[EntryFact], date]:
    """The entries, and the day, once somebody did what the step of a need says."""
    days = {entry.performed_on for entry in entries}
    free = next(day for back in range(100) if (day := today - timedelta(days=back)) not in days)
    more = EntryFact(today)
    if "different day" in need.what:
        more = EntryFact(free)
    elif need.what.startswith("days from") and "on or after" in need.step:
        first = date.fromordinal(count(rule, entries, STARTS, today).counts["first_on"])
        today = first + timedelta(days=rule.span_days)
        more = EntryFact(today)
    elif need.what.startswith("assessment"):
        more = replace(more, assessment=next(form for form in ("DOPS", "OCE", "CBD") if form in need.step))
    elif "assessor" in need.what:
        more = replace(more, assessor=f"Somebody new {len(entries)}")
    elif "reflection" in need.what:
        more = replace(more, reflection=True)
    elif "action plan" in need.what:
        more = replace(more, action_plan=True)
    elif rule.part and "supervised" in need.what:
        more = replace(more, part="supervised")
    return [*entries, more], today


@given(rules, st.lists(entry_facts, max_size=8))
def test_each_step_changes_what_lacks_when_it_is_done(rule: EvidenceRule, entries: list[EntryFact]) -> None:
    for need in needs_for(rule, entries):
        if not need.met:
            after, day = doing(need, rule, entries, TODAY)
            assert like(need, needs_for(rule, after, day)) != like(need, needs_for(rule, entries))


def like(need: Need, needs: list[Need]) -> list[Need]:
    """The need itself; of assessments all, since one that is done counts where it helps most."""
    return [each for each in needs if each.what == need.what or each.what[:10] == need.what[:10] == "assessment"]
