"""Sections and milestones of any rules and conditions, whatever is done."""

import re
from collections.abc import Iterator, Sequence
from datetime import date

from hypothesis import given
from hypothesis import strategies as st

from tests.outlines import IN_TIME, TODAY, WINDOW, make_situation, scheme
from tracker.curricula.conditions import (
    AllOf,
    AnyOf,
    Condition,
    CreditsConfirmed,
    OverallDone,
    RequirementDone,
    ReviewHeld,
    SectionDone,
    SectionRule,
)
from tracker.progress.explain import Explanation, explain
from tracker.progress.milestones import EitherOf, Lack
from tracker.progress.models import Stage
from tracker.progress.parts import Part
from tracker.progress.requirements import Held

CODES = ("A-1", "A-2", "A-3", "A-4", "B-1", "B-2", "B-3", "M-1", "M-2", "R-1")
leaves: st.SearchStrategy[Condition] = st.one_of(
    st.builds(SectionDone, st.sampled_from(["A", "B", "PHASE-2", "REST"]), st.none() | st.integers(1, 100)),
    st.builds(RequirementDone, st.sampled_from(CODES)),
    st.sampled_from([ReviewHeld("ANNUAL"), WINDOW]),
    st.builds(CreditsConfirmed, st.integers(1, 40)),
    st.builds(OverallDone, st.integers(1, 100)),
)


def several(inner: st.SearchStrategy[Condition]) -> st.SearchStrategy[Condition]:
    parts = st.lists(inner, min_size=1, max_size=3).map(tuple)
    return st.builds(AllOf, parts) | st.builds(AnyOf, parts)


conditions = st.recursive(leaves, several, max_leaves=6)
section_rules = st.one_of(
    st.just(SectionRule()),
    st.builds(SectionRule, at_least=st.integers(1, 3)),
    st.builds(SectionRule, points=st.integers(1, 3), compulsory=st.sampled_from([(), ("A-2",)])),
)
STAGES = (Stage.IN_PROGRESS, Stage.SUBMITTED, Stage.RETURNED, Stage.DONE)
stages = st.dictionaries(st.sampled_from(CODES), st.sampled_from(STAGES))
held = st.lists(st.dates(date(2027, 8, 1), date(2027, 10, 31)).map(lambda day: Held("ANNUAL", day)), max_size=2)


def parts_of(lacks: Sequence[Lack]) -> Iterator[Part]:
    """Every part that lacks, those of alternatives too."""
    for lack in lacks:
        if isinstance(lack, EitherOf):
            for alternative in lack.alternatives:
                yield from parts_of(alternative)
        else:
            yield lack


def explained(condition: Condition, rule: SectionRule, now: dict[str, Stage], reviews: list[Held]) -> Explanation:
    outline = scheme(condition, A=rule)
    return explain(outline, make_situation(outline, now, reviews=tuple(reviews)), TODAY)


@given(conditions, section_rules, stages, held, st.tuples(st.sampled_from(CODES), held))
def test_more_evidence_never_makes_a_section_or_milestone_unmet(
    condition: Condition,
    rule: SectionRule,
    now: dict[str, Stage],
    reviews: list[Held],
    more: tuple[str, list[Held]],
) -> None:
    code, more_reviews = more
    first = explained(condition, rule, now, reviews)
    then = explained(condition, rule, now | {code: Stage.DONE}, reviews + more_reviews)
    assert all(later.met for earlier, later in zip(first.milestones, then.milestones, strict=True) if earlier.met)
    assert all(later.met for earlier, later in zip(first.sections, then.sections, strict=True) if earlier.met)
    assert first.percent <= then.percent


@given(conditions, section_rules, stages, held)
def test_the_numbers_in_a_sentence_are_the_numbers_of_the_facts(
    condition: Condition, rule: SectionRule, now: dict[str, Stage], reviews: list[Held]
) -> None:
    found = explained(condition, rule, now, reviews)
    done = {code for code, stage in now.items() if stage is Stage.DONE}
    starts = {"Section A": "A", "Section B": "B", "Phase 2": "M", "The rest": "R"}
    for part in parts_of(found.milestones[0].lacks):
        assert not part.met
        if counted := re.match(r"(\d+) of (?:at least )?(\d+) (?:done|points) in (.+)", part.amount):
            assert (int(counted[1]), int(counted[2])) == (part.there, part.needed)
            assert part.there == sum(code.startswith(starts[counted[3]]) for code in done)
        elif part.amount.endswith("credits confirmed"):
            assert part.there == 20 * len(done & {"M-1", "M-2"})
        elif part.amount.endswith("of everything"):
            assert part.there == found.percent


def doing(step: str, now: dict[str, Stage], reviews: list[Held]) -> tuple[dict[str, Stage], list[Held]]:
    """The facts once somebody did what the step says."""
    if "to hold it" in step:
        return now, [*reviews, Held("ANNUAL", IN_TIME)]
    named = [code for code in CODES if re.search(rf"\b{code}\b", step)]
    return now | dict.fromkeys(named, Stage.DONE), reviews


@given(conditions, section_rules, stages, held)
def test_each_part_that_lacks_has_a_step_that_changes_it_when_it_is_done(
    condition: Condition, rule: SectionRule, now: dict[str, Stage], reviews: list[Held]
) -> None:
    for part in parts_of(explained(condition, rule, now, reviews).milestones[0].lacks):
        if part.amount.endswith("is not done"):
            continue  # the step is the competency's own: the tests of evidence rules do those
        facts = doing(part.step, now, reviews)
        assert facts != (now, reviews), part
        then = explained(condition, rule, *facts)
        assert part.phrase not in {each.phrase for each in parts_of(then.milestones[0].lacks)}
