"""The explaining engine: counts, sentences and steps."""

from datetime import date, timedelta
from decimal import Decimal

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tracker.curricula.rules import EvidenceRule, Mix
from tracker.progress.facts import EntryFact, count
from tracker.progress.needs import Need, allotted, needs_of, remarks_of

STARTS, TODAY = date(2026, 1, 5), date(2026, 6, 1)
FULL = Decimal(1)

entry_facts = st.builds(
    EntryFact,
    performed_on=st.dates(date(2025, 10, 1), TODAY),
    times=st.integers(1, 5),
    part=st.sampled_from(["", "observed", "supervised", "independent"]),
    assessment=st.sampled_from(["", "DOPS", "OCE", "CBD"]),
    assessor=st.sampled_from(["", "A. Osei", "B. Lund", "b. lund"]),
    reflection=st.booleans(),
    action_plan=st.booleans(),
)
small = st.integers(0, 4)
mixes = st.lists(st.sampled_from(["DOPS", "OCE", "CBD"]), min_size=1, max_size=3, unique=True).map(tuple)
rules = st.builds(
    EvidenceRule,
    entries=small,
    times=small,
    days=small,
    span_days=st.integers(0, 60),
    reflections=small,
    assessments=st.lists(st.builds(Mix, st.integers(1, 3), mixes), max_size=2).map(tuple),
    assessors=small,
    action_plan=st.booleans(),
    part=st.none() | st.builds(Mix, st.integers(1, 3), st.just(("supervised", "independent"))),
    max_age_days=st.none() | st.integers(30, 400),
    since_enrolment=st.booleans(),
)


def needs_for(rule: EvidenceRule, *entries: EntryFact, fraction: Decimal = FULL) -> list[Need]:
    return list(needs_of(rule, count(rule, entries, STARTS, TODAY).counts, fraction, TODAY))


def test_the_sentence_says_what_is_there_what_is_needed_and_the_step() -> None:
    rule = EvidenceRule(entries=3, days=3)
    entry = EntryFact(date(2026, 3, 2))
    assert [need.sentence for need in needs_for(rule, entry, entry)] == [
        "2 of 3 entries: log one more.",
        "1 of 3 different days: log two more on another day.",
    ]


def test_an_assessment_that_is_missing_names_whom_to_ask() -> None:
    (need,) = needs_for(EvidenceRule(assessments=(Mix(1, ("DOPS", "OCE")),)))
    assert need.sentence == "0 of 1 assessment (DOPS or OCE): ask an assessor for a DOPS or OCE."


def test_a_spread_names_the_day_from_which_an_entry_helps() -> None:
    (need,) = needs_for(EvidenceRule(span_days=28), EntryFact(date(2026, 5, 20)))
    assert need.sentence == "0 of 28 days from the first entry to the last: log again on or after 17 June 2026."


def test_one_observation_counts_once_and_where_it_helps_most() -> None:
    wanted = (Mix(1, ("DOPS", "OCE")), Mix(1, ("DOPS",)))
    assert allotted(wanted, {"form.DOPS": 1, "form.OCE": 1}) == [1, 1]
    assert sum(allotted(wanted, {"form.DOPS": 1})) == 1


def test_three_discussions_plus_three_of_either_observation() -> None:
    wanted = (Mix(3, ("CBD",)), Mix(3, ("DOPS", "OCE")))
    assert allotted(wanted, {"form.CBD": 5, "form.DOPS": 1, "form.OCE": 1}) == [3, 2]


@pytest.mark.parametrize(("fraction", "needed"), [("1", 5), ("0.6", 3), ("0.5", 3), ("0.2", 1)])
def test_a_scaled_minimum_follows_the_working_fraction_and_rounds_up(fraction: str, needed: int) -> None:
    (need,) = needs_for(EvidenceRule(entries=5, scaled=("entries",)), fraction=Decimal(fraction))
    assert need.needed == needed


def test_a_minimum_that_is_not_scaled_stays_whole() -> None:
    (need,) = needs_for(EvidenceRule(entries=5), fraction=Decimal("0.5"))
    assert need.needed == 5


def test_what_is_too_old_or_too_early_does_not_count_and_is_said() -> None:
    rule = EvidenceRule(entries=1, max_age_days=60, since_enrolment=True)
    counted = count(rule, [EntryFact(date(2025, 12, 1)), EntryFact(date(2026, 2, 1))], STARTS, TODAY)
    assert "entries" not in counted.counts
    assert remarks_of(rule, counted.counts) == [
        "1 entry is from before the enrolment and cannot count.",
        "1 entry is too old to count any more.",
    ]


def test_time_alone_changes_a_count_on_the_day_after_the_oldest_entry_may_count() -> None:
    rule = EvidenceRule(entries=1, max_age_days=60)
    entry = EntryFact(date(2026, 5, 1))
    changes_on = count(rule, [entry], STARTS, TODAY).changes_on
    assert changes_on == date(2026, 7, 1)
    assert count(rule, [entry], STARTS, changes_on - timedelta(days=1)).counts["entries"] == 1
    assert "entries" not in count(rule, [entry], STARTS, changes_on).counts


def test_an_assessment_without_its_form_is_not_a_dead_end() -> None:
    rule = EvidenceRule(assessments=(Mix(1, ("DOPS",)),))
    counted = count(rule, [EntryFact(TODAY, unnamed_assessment=True)], STARTS, TODAY)
    assert "open the entry, choose it, and it counts" in remarks_of(rule, counted.counts)[0]


@given(rules, st.lists(entry_facts, max_size=8), entry_facts)
def test_more_evidence_never_makes_a_met_part_unmet(
    rule: EvidenceRule, entries: list[EntryFact], one_more: EntryFact
) -> None:
    before, after = needs_for(rule, *entries), needs_for(rule, *entries, one_more)
    assert [need.what for need in before] == [need.what for need in after]
    assert all(later.met for earlier, later in zip(before, after, strict=True) if earlier.met)


@given(rules, st.lists(entry_facts, max_size=8))
def test_the_numbers_in_a_sentence_are_the_numbers_of_the_facts(rule: EvidenceRule, entries: list[EntryFact]) -> None:
    for need in needs_for(rule, *entries):
        assert need.sentence.startswith(f"{need.there} of {need.needed} {need.what}")
        assert need.met == (need.there >= need.needed)
