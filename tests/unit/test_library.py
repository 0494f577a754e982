"""The library: every topic of the field is there, in words that help."""

from collections import Counter
from collections.abc import Iterator
from functools import cache
from itertools import chain

import pytest

from tests.topics import TOPICS
from tracker.core.places import PACKAGE
from tracker.curricula.conditions import CreditsConfirmed, Signatures, Signer
from tracker.curricula.document import Competency, Document, Module, Section
from tracker.curricula.importer import read_document
from tracker.curricula.models import SectionKind
from tracker.curricula.yaml_file import read_yaml

LIBRARY = PACKAGE / "curricula" / "library"
SCHEME, DEGREE, DIPLOMA = "ct-scheme.yaml", "dl-bsc-ct.yaml", "dl-pgdip-ct.yaml"
AREAS = {
    "RT": "Radiotherapy physics",
    "ME": "Medical engineering",
    "RH": "Rehabilitation engineering",
    "RE": "Renal technology",
    "LA": "Laser and optical radiation",
    "MR": "Magnetic resonance imaging",
    "NM": "Nuclear medicine",
    "US": "Technical ultrasound",
}
QUALITIES = [
    "Technical skill",
    "Responsibility",
    "Professionalism",
    "Attention to detail under pressure",
    "Empathy and reassurance of patients",
]
# The scopes of practice of the Register of Clinical Technologists.
SCOPES = {
    "Nuclear medicine",
    "Radiotherapy physics",
    "Radiation physics",
    "Medical engineering",
    "Radiation engineering",
    "Rehabilitation engineering",
    "Renal technology",
}
# What the source of the kinds of activity itself counts: done once, looked back on once or at two times.
SOURCED = {
    ("developmental", "entries"): 1,
    ("developmental", "reflections"): 1,
    ("observational", "entries"): 1,
    ("observational", "reflections"): 2,
}
# Sources of the kinds, the scale, the milestones and reviews, the entry requirements and the grades.
SOURCES_OF_THE_WHOLE = {
    "activity-types",
    "observed-assessment",
    "evidence-date",
    "entrustment",
    "progression",
    "review-outcomes",
    "trainee-pay",
    "scheme-entry",
    "grade-profiles",
}
# What needs no source: a year has 12 months, everything is 100 %, and an award is all of its credits.
PLAIN = {SCHEME: {12, 100}, DEGREE: {15, 36, 120, 240}, DIPLOMA: {12, 24, 120}}
TOPICS_OF = {"GEN": 15, "NM": 14, "RT": 15, "BE": 15, "RE": 13, "LA": 13, "MR": 14, "US": 13}
OFTEN_ALIKE = 0.4
CREDITS = {DEGREE: {5: 120, 6: 120}, DIPLOMA: {7: 120}}
PASS_MARKS = {5: 40, 6: 40, 7: 50}


@cache
def library(name: str) -> Document:
    return read_document(name, (LIBRARY / name).read_bytes())


def top_sections() -> dict[str, Section]:
    return {section.code: section for section in library(SCHEME).sections}


def within(section: Section) -> Iterator[Competency]:
    yield from section.competencies
    for part in section.sections:
        yield from within(part)


def competencies() -> dict[str, Competency]:
    return {each.code: each for each in chain.from_iterable(map(within, library(SCHEME).sections))}


def modules(name: str) -> list[Module]:
    return list(chain.from_iterable(section.modules for section in library(name).every_section()))


@pytest.mark.parametrize(("topic", "code", "words"), TOPICS, ids=[f"{topic}-{code}" for topic, code, _ in TOPICS])
def test_each_topic_of_the_field_has_a_competency_that_speaks_of_it(
    topic: str, code: str, words: tuple[str, ...]
) -> None:
    competency = competencies()[code]
    text = f"{competency.statement} {competency.guidance}".lower()
    assert [word for word in words if word not in text] == [], topic


def test_no_topic_is_left_out() -> None:
    assert Counter(topic.partition("-")[0] for topic in {topic for topic, _, _ in TOPICS}) == TOPICS_OF


def test_the_scheme_has_each_area_of_the_field_to_choose() -> None:
    areas = {code: each.title for code, each in top_sections().items() if each.kind is SectionKind.AREA}
    assert areas == AREAS


def test_what_everybody_takes_is_laid_out_by_the_qualities_of_a_technologist() -> None:
    assert [theme.title for theme in top_sections()["GEN"].sections] == QUALITIES
    assert all(theme.competencies for theme in top_sections()["GEN"].sections)


@pytest.mark.parametrize("code", ["GEN", *AREAS])
def test_each_section_has_8_to_15_competencies_numbered_without_a_gap(code: str) -> None:
    codes = sorted(each.code for each in within(top_sections()[code]))
    assert 8 <= len(codes) <= 15
    assert codes == [f"{code}-{number:02}" for number in range(1, len(codes) + 1)]


@pytest.mark.parametrize("code", ["GEN", *AREAS])
def test_each_competency_says_what_good_evidence_looks_like_and_when_it_is_expected(code: str) -> None:
    for competency in within(top_sections()[code]):
        assert 30 <= len(competency.guidance.split()) <= 80, competency.code
        assert competency.expected_month in range(1, library(SCHEME).length_months + 1), competency.code


@pytest.mark.parametrize("code", AREAS)
def test_the_work_of_an_area_is_spread_over_the_training(code: str) -> None:
    months = [each.expected_month or 0 for each in within(top_sections()[code])]
    assert min(months) <= 8
    assert max(months) >= 18
    assert any(month > 12 for month in months)


def test_no_statement_is_repeated() -> None:
    statements = [each.statement.casefold() for each in competencies().values()]
    assert len(set(statements)) == len(statements)


def test_no_two_competencies_have_nearly_the_same_guidance() -> None:
    texts = {each.code: set(each.guidance.lower().split()) for each in competencies().values()}
    alike = [
        (one, other)
        for one, words in texts.items()
        for other, others in texts.items()
        if one < other and len(words & others) / len(words | others) > OFTEN_ALIKE
    ]
    assert alike == []


@pytest.mark.parametrize("code", AREAS)
def test_each_competency_of_an_area_serves_scopes_of_the_register(code: str) -> None:
    for competency in within(top_sections()[code]):
        assert competency.register_scopes, competency.code
        assert set(competency.register_scopes) <= SCOPES, competency.code


def test_areas_and_scopes_are_many_to_many() -> None:
    scopes = {code: {s for each in within(top_sections()[code]) for s in each.register_scopes} for code in AREAS}
    assert set().union(*scopes.values()) == SCOPES
    assert all({"Radiation physics", "Radiation engineering"} <= scopes[code] for code in ("LA", "MR", "US"))


def test_the_scheme_uses_each_kind_of_competency_and_says_what_each_source_is_for() -> None:
    scheme = library(SCHEME)
    used = list(competencies().values())
    assert {each.kind for each in used} == {kind.code for kind in scheme.kinds}
    lists = [*(each.sources for each in used), *(each.sources for each in scheme.every_section())]
    cited = set(chain.from_iterable(lists))
    assert cited.isdisjoint(SOURCES_OF_THE_WHOLE)
    assert cited | SOURCES_OF_THE_WHOLE == {source.code for source in scheme.sources}


@pytest.mark.parametrize("name", [SCHEME, DEGREE, DIPLOMA])
def test_every_setting_is_used(name: str) -> None:
    document = library(name)
    assert {use.setting for use in document.uses} == {setting.code for setting in document.settings}


def test_a_number_in_the_rule_of_a_kind_is_a_setting_or_the_source_counts_it() -> None:
    scheme = library(SCHEME)
    named = {use.path for use in scheme.uses}
    for index, kind in enumerate(scheme.kinds):
        path = ("kinds", index, "evidence")
        for field in ("entries", "times", "days", "span_days", "reflections", "assessors", "max_age_days"):
            count = getattr(kind.evidence, field)
            assert not count or (*path, field) in named or SOURCED.get((kind.code, field)) == count, (kind.code, field)
        for number in range(len(kind.evidence.assessments)):
            assert (*path, "assessments", number, "count") in named, kind.code
        assert kind.evidence.part is None or (*path, "part", "count") in named, kind.code


@pytest.mark.parametrize("name", CREDITS)
def test_an_award_has_its_credits_at_each_level(name: str) -> None:
    levels = {module.study_level for module in modules(name)}
    credits = {level: sum(each.credits for each in modules(name) if each.study_level == level) for level in levels}
    assert credits == CREDITS[name]


@pytest.mark.parametrize("name", CREDITS)
def test_every_component_of_an_award_must_be_passed_and_the_weights_are_whole(name: str) -> None:
    for module in modules(name):
        assert all(component.must_pass for component in module.components), module.code
        assert sum(component.weight_percent for component in module.components) == 100, module.code


@pytest.mark.parametrize("name", CREDITS)
def test_no_component_of_an_award_has_a_pass_mark_below_that_of_its_level(name: str) -> None:
    for module in modules(name):
        least = PASS_MARKS[module.study_level or 0]
        assert module.pass_mark_percent == least, module.code
        assert all((component.pass_mark_percent or 0) >= least for component in module.components), module.code


@pytest.mark.parametrize("name", CREDITS)
def test_the_modules_of_an_award_follow_each_other_to_its_end(name: str) -> None:
    months = [module.expected_month or 0 for module in modules(name)]
    assert months == sorted(months)
    assert months[0] >= 1
    assert library(name).length_months - 1 <= months[-1] <= library(name).length_months


def planned_percent(codes: list[str], month: int) -> float:
    """How much of it is done at the end of a month by somebody who keeps to the expected months."""
    months = [each.expected_month or 0 for code in codes for each in within(top_sections()[code])]
    return 100 * sum(each <= month for each in months) / len(months)


def setting(code: str) -> int:
    return next(each.value for each in library(SCHEME).settings if each.code == code)


@pytest.mark.parametrize("code", AREAS)
def test_whoever_keeps_to_the_expected_months_passes_each_milestone(code: str) -> None:
    check_in = setting("check_in_month")
    assert planned_percent(["GEN"], check_in) >= setting("check_in_generic_percent")
    assert all((competencies()[each].expected_month or 99) <= check_in for each in ("GEN-04", "GEN-05"))
    assert planned_percent(["GEN", code], 12) >= setting("first_year_percent")
    assert planned_percent(["GEN", code], setting("length_months")) == 100


def test_each_milestone_of_the_scheme_has_its_review_and_each_outcome_its_use() -> None:
    scheme = library(SCHEME)
    assert {review.milestone for review in scheme.reviews} == {milestone.code for milestone in scheme.milestones}
    used = {outcome for review in scheme.reviews for outcome in review.outcomes}
    assert used == {outcome.code for outcome in scheme.outcomes}
    assert all(len(outcome.meaning.split()) > 10 for outcome in scheme.outcomes)


def test_a_competency_a_section_and_the_whole_are_signed_by_different_people() -> None:
    signatures = library(SCHEME).signatures
    assert signatures == Signatures(item=Signer.ASSESSOR, section=Signer.SUPERVISOR, whole=Signer.TRAINING_LEAD)


@pytest.mark.parametrize("asked", ["A levels", "Highers", "degree in physics or engineering", "training centre", "18"])
def test_who_wants_to_begin_sees_what_is_asked_for(asked: str) -> None:
    assert any(asked in requirement for requirement in library(SCHEME).entry_requirements)


def test_the_grades_lead_from_band_to_band_and_each_but_the_last_says_what_the_next_one_asks() -> None:
    *below, top = library(SCHEME).grades
    assert [grade.band for grade in below[:5]] == ["Bands 2 and 3", "Band 4", "Band 5", "Band 6", "Band 7"]
    assert all(grade.asks for grade in below)
    assert not top.asks


@pytest.mark.parametrize("name", PLAIN)
def test_a_number_in_a_milestone_is_a_setting_or_needs_no_source(name: str) -> None:
    milestones = read_yaml(name, (LIBRARY / name).read_bytes()).data["milestones"]
    assert set(numbers_in(milestones)) <= PLAIN[name]


def numbers_in(data: object) -> Iterator[int]:
    """The numbers that stand in plain data as they are, not as the name of a setting."""
    if isinstance(data, dict | list):
        for value in data.values() if isinstance(data, dict) else data:
            yield from numbers_in(value)
    elif isinstance(data, int):
        yield data


@pytest.mark.parametrize("name", CREDITS)
def test_an_award_ends_when_all_its_credits_are_confirmed(name: str) -> None:
    last = library(name).milestones[-1]
    assert last.condition == CreditsConfirmed(sum(module.credits for module in modules(name)))
    assert last.due.month == library(name).length_months
