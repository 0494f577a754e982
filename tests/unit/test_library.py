"""The library: every topic of the field is there, in words that help."""

from itertools import chain

import pytest

from tracker.core.places import PACKAGE
from tracker.curricula.document import Competency, Document, Module
from tracker.curricula.importer import read_document

TOPICS = {"GEN": 15, "NM": 14, "RE": 13}
OFTEN_ALIKE = 0.5


def library(name: str) -> Document:
    file = PACKAGE / "curricula" / "library" / name
    return read_document(name, file.read_bytes())


def competencies() -> dict[str, list[Competency]]:
    return {section.code: list(section.competencies) for section in library("ct-scheme.yaml").every_section()}


def modules() -> list[Module]:
    return list(chain.from_iterable(section.modules for section in library("dl-bsc-ct.yaml").every_section()))


@pytest.mark.parametrize(("section", "count"), TOPICS.items())
def test_each_topic_of_the_field_is_in_the_scheme(section: str, count: int) -> None:
    codes = [competency.code for competency in competencies()[section]]
    assert codes == [f"{section}-{number:02}" for number in range(1, count + 1)]


@pytest.mark.parametrize("section", TOPICS)
def test_each_competency_says_what_good_evidence_looks_like_and_when_it_is_expected(section: str) -> None:
    for competency in competencies()[section]:
        assert len(competency.guidance.split()) > 25, competency.code
        assert competency.expected_month is not None, competency.code


def test_no_two_competencies_have_nearly_the_same_guidance() -> None:
    texts = {each.code: set(each.guidance.lower().split()) for each in chain.from_iterable(competencies().values())}
    alike = [
        (one, other)
        for one, words in texts.items()
        for other, others in texts.items()
        if one < other and len(words & others) / len(words | others) > OFTEN_ALIKE
    ]
    assert alike == []


def test_the_scheme_uses_each_kind_of_competency() -> None:
    used = {competency.kind for competency in chain.from_iterable(competencies().values())}
    assert used == {kind.code for kind in library("ct-scheme.yaml").kinds}


def test_what_no_source_gives_is_a_setting() -> None:
    scheme = library("ct-scheme.yaml")
    assert {use.setting for use in scheme.uses} == {setting.code for setting in scheme.settings}


def test_the_award_has_120_credits_at_each_level() -> None:
    credits = {level: sum(each.credits for each in modules() if each.study_level == level) for level in (5, 6)}
    assert credits == {5: 120, 6: 120}


def test_every_module_of_the_award_has_components_one_of_which_must_be_passed() -> None:
    for module in modules():
        assert len(module.components) >= 2, module.code
        assert any(component.must_pass for component in module.components), module.code
