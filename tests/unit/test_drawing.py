"""The samples of a visit: the same seed draws the same, nobody chooses, and every trainee and kind is there."""

from random import Random
from uuid import UUID

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tracker.moderation.drawing import Candidate, draw, list_digest, rank
from tracker.moderation.models import Stratum

SEED = "5e" * 32
IDS = st.uuids()
STRATA = st.sampled_from(list(Stratum))


@st.composite
def trainees(draw_one: st.DrawFn) -> list[list[Candidate]]:
    """Some trainees, each with some decisions; no id comes twice."""
    found, seen = [], set[UUID]()
    for enrolment_id in draw_one(st.lists(IDS, min_size=1, max_size=6, unique=True)):
        own = draw_one(st.lists(st.tuples(IDS, STRATA, st.integers(1, 99)), min_size=1, max_size=6))
        new = [Candidate(one, enrolment_id, stratum, seq) for one, stratum, seq in own if one not in seen]
        new = list({one.claim_id: one for one in new}.values())
        seen |= {one.claim_id for one in new}
        found.append(new)
    return [own for own in found if own]


def flat(groups: list[list[Candidate]]) -> list[Candidate]:
    return [one for own in groups for one in own]


@given(trainees(), st.randoms())
def test_the_same_seed_and_list_draw_the_same_in_whatever_order_the_list_is(
    groups: list[list[Candidate]], shuffled: Random
) -> None:
    candidates = flat(groups)
    mixed = list(candidates)
    shuffled.shuffle(mixed)
    assert draw(SEED, candidates, 2) == draw(SEED, mixed, 2)
    assert list_digest(candidates) == list_digest(mixed)


@given(trainees(), st.integers(1, 3))
def test_every_trainee_is_there_with_each_kind_of_decision_that_they_have(
    groups: list[list[Candidate]], each: int
) -> None:
    drawn = draw(SEED, flat(groups), each)
    for own in groups:
        mine = [one for one in drawn if one in own]
        plain = [one for one in own if one.stratum is Stratum.SIGNED_OFF]
        assert {one.stratum for one in mine} == {one.stratum for one in own}
        assert sum(one.stratum is Stratum.SIGNED_OFF for one in mine) == min(each, len(plain))


@given(trainees(), st.integers(1, 3))
def test_another_trainee_changes_nothing_of_what_is_drawn_of_the_others(
    groups: list[list[Candidate]], each: int
) -> None:
    *before, late = groups
    drawn = draw(SEED, flat(groups), each)
    assert [one for one in drawn if one not in late] == draw(SEED, flat(before), each)


@given(trainees(), st.integers(1, 4))
def test_of_so_many_trainees_no_more_are_drawn(groups: list[list[Candidate]], most: int) -> None:
    drawn = draw(SEED, flat(groups), 1, most)
    assert len({one.enrolment_id for one in drawn}) == min(most, len(groups))


def test_another_seed_draws_others() -> None:
    """The control: were the seed not used, every visit would look at the same."""
    one, own = UUID(int=1), [Candidate(UUID(int=at), UUID(int=1), Stratum.SIGNED_OFF, at) for at in range(50)]
    drawn = {draw(f"{seed:064x}", own, 1)[0].claim_id for seed in range(20)}
    assert len(drawn) > 10
    assert draw(SEED, own, 1)[0].enrolment_id == one


def test_anybody_can_draw_again_from_the_words_of_the_algorithm() -> None:
    """The rank as the docstring tells it, and what it gave on the day that it was written."""
    assert rank("00" * 32, UUID(int=0)) == "17b0761f87b081d5cf10757ccc89f12be355c70e2e29df288b65b30710dcbcd1"


@pytest.mark.parametrize("number", [0, 1])
def test_nobody_is_drawn_from_nothing(number: int) -> None:
    assert draw(SEED, [], number) == []
