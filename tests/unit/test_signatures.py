"""Signatures above the items: asked for where the curriculum says so, counted only when they hold, and explained."""

from datetime import date
from typing import TYPE_CHECKING, Any

import pytest

from tests.outlines import SCHEME, TODAY, make_situation, outline_of, scheme
from tracker.curricula.conditions import SectionDone
from tracker.curricula.outline import Outline
from tracker.curricula.plain_data import from_data
from tracker.progress.explain import Explanation, explain
from tracker.progress.models import Stage
from tracker.progress.sections import SectionExplained
from tracker.progress.signatures import Signed

if TYPE_CHECKING:
    from uuid import UUID

SIGNED_ON = date(2027, 3, 2)
ALL_OF_B = ("B-1", "B-2", "B-3")
EVERYTHING = ("A-1", "A-2", "A-3", "A-4", *ALL_OF_B, "M-1", "M-2", "R-1")


def asking(data: dict[str, Any] = SCHEME, **signatures: str) -> Outline:
    return outline_of(from_data(data | {"signatures": signatures}))


def explained(outline: Outline, *done: str, signed: dict[str, Signed] | None = None) -> Explanation:
    ids: dict[str, UUID | None] = {each.code: each.id for each in outline.sections} | {"": None}
    situation = make_situation(outline, dict.fromkeys(done, Stage.DONE))
    above = {ids[code]: each for code, each in (signed or {}).items()}
    object.__setattr__(situation, "signed", above)
    return explain(outline, situation, TODAY)


def section(found: Explanation, code: str) -> SectionExplained:
    return next(each for each in found.sections if each.section.code == code)


def test_a_complete_section_waits_for_the_signature_that_the_curriculum_asks_for() -> None:
    found = section(explained(asking(section="supervisor"), *ALL_OF_B), "B")
    assert not found.met
    assert found.sentence == "All 3 done. Complete, waits for the supervisor's signature."
    assert found.missing == ("Section B is complete: waits for the supervisor's signature.",)


def test_a_signed_section_is_met_and_says_by_whom() -> None:
    signed = {"B": Signed("A. Osei", SIGNED_ON)}
    found = section(explained(asking(section="supervisor"), *ALL_OF_B, signed=signed), "B")
    assert found.met
    assert found.sentence == "All 3 done. Signed by A. Osei on 2 March 2027."


def test_where_the_curriculum_does_not_ask_nothing_changes() -> None:
    plain, asked = explained(outline_of(from_data(SCHEME)), *ALL_OF_B), explained(asking(item="assessor"), *ALL_OF_B)
    for found in (plain, asked):
        assert section(found, "B").met
        assert section(found, "B").sentence == "All 3 done."
        assert found.signature is None


def test_an_incomplete_section_says_nothing_of_its_signature() -> None:
    found = section(explained(asking(section="supervisor"), "B-1"), "B")
    assert found.sentence == "1 of 3 done: 2 to go."
    assert "signature" not in " ".join(found.missing)


@pytest.mark.parametrize(
    ("done", "then"),
    [(ALL_OF_B, "waits for the supervisor's signature again"), (("B-1",), "to be signed again when all is done")],
)
def test_a_void_signature_says_since_when_why_and_what_next(done: tuple[str, ...], then: str) -> None:
    void = Signed("A. Osei", SIGNED_ON, date(2027, 3, 5), "the sign-off of B-1 was revoked")
    found = section(explained(asking(section="supervisor"), *done, signed={"B": void}), "B")
    assert not found.met
    since = "which is void since 5 March 2027 because the sign-off of B-1 was revoked"
    assert found.sentence.endswith(f"Was signed by A. Osei on 2 March 2027, {since}: {then}.")


def test_a_signature_does_not_make_an_incomplete_section_complete() -> None:
    found = section(explained(asking(section="supervisor"), "B-1", signed={"B": Signed("A. Osei", SIGNED_ON)}), "B")
    assert not found.met


def test_a_section_of_sections_is_complete_when_each_part_is_signed() -> None:
    inner = [SCHEME["sections"][1] | {"kind": "theme"}]
    data = SCHEME | {"sections": [{"code": "TOP", "title": "Top", "kind": "generic", "sections": inner}]}
    outline = asking(data, section="supervisor")
    waiting = explained(outline, *ALL_OF_B)
    assert not section(waiting, "TOP").met
    assert section(waiting, "TOP").missing == ("Section B is complete: waits for the supervisor's signature.",)
    assert section(explained(outline, *ALL_OF_B, signed={"B": Signed("A. Osei", SIGNED_ON)}), "TOP").met


def test_a_milestone_waits_for_the_signature_too() -> None:
    asked = scheme(SectionDone("B"))
    object.__setattr__(asked, "signatures", asking(section="supervisor").signatures)
    (waiting,) = explained(asked, *ALL_OF_B).milestones
    assert waiting.missing == ("Section B is complete: waits for the supervisor's signature.",)
    (met,) = explained(asked, *ALL_OF_B, signed={"B": Signed("A. Osei", SIGNED_ON)}).milestones
    assert met.met


def test_the_whole_waits_for_every_section_and_then_for_the_training_lead() -> None:
    outline = asking(section="supervisor", whole="training_lead")
    signed = {each.code: Signed("A. Osei", SIGNED_ON) for each in outline.sections}
    early, ready = explained(outline, *EVERYTHING), explained(outline, *EVERYTHING, signed=signed)
    assert early.signature
    assert ready.signature
    assert early.signature.sentence == (
        "0 of 4 sections are complete: the whole training is signed when every section is complete."
    )
    assert ready.signature.sentence == "The whole training is complete: waits for the training lead's signature."
    done = explained(outline, *EVERYTHING, signed=signed | {"": Signed("H. Pritchard", SIGNED_ON)})
    assert done.signature
    assert done.signature.met
