import pytest

from tests.make import make_curriculum, make_version
from tracker.curricula.models import VersionStatus
from tracker.curricula.rules import PARTS, EvidenceRule, Mix, evidence_parts, evidence_sentence, length, why_not_publish
from tracker.logbook.models import Part


def test_a_rule_is_said_in_one_sentence() -> None:
    mixes = (Mix(1, ("DOPS", "OCE")), Mix(3, ("CBD",)))
    work = "3 entries on 3 different days, at least 4 weeks from the first to the last"
    rule = EvidenceRule(entries=3, days=3, span_days=28, reflections=2, assessments=mixes)
    assert evidence_sentence(rule) == f"{work}; 2 reflections; one DOPS or OCE; 3 CBD."


@pytest.mark.parametrize(
    ("rule", "phrase"),
    [
        (EvidenceRule(entries=1), "one entry"),
        (EvidenceRule(entries=1, days=1), "one entry on one day"),
        (EvidenceRule(days=2), "entries on 2 different days"),
        (EvidenceRule(span_days=10), "entries, at least 10 days from the first to the last"),
        (EvidenceRule(times=20), "done 20 times in all"),
        (
            EvidenceRule(part=Mix(2, ("supervised", "independent"))),
            "2 entries where your part was supervised or independent",
        ),
        (EvidenceRule(reflections=1), "one reflection"),
        (EvidenceRule(action_plan=True), "an action plan"),
        (EvidenceRule(assessments=(Mix(1, ("DOPS", "OCE", "CBD")),)), "one DOPS, OCE or CBD"),
        (EvidenceRule(assessors=3), "3 different assessors"),
        (EvidenceRule(max_age_days=730), "nothing older than 2 years"),
        (EvidenceRule(since_enrolment=True), "nothing from before your enrolment"),
        (
            EvidenceRule(scaled=("entries", "span_days")),
            "part-time working lowers the minimum of entries and time from first to last",
        ),
    ],
)
def test_each_part_of_a_rule_has_its_phrase(rule: EvidenceRule, phrase: str) -> None:
    assert evidence_parts(rule) == [phrase]


def test_a_rule_that_asks_for_nothing_still_says_something() -> None:
    assert evidence_sentence(EvidenceRule()) == "Any evidence that persuades your supervisor."


@pytest.mark.parametrize(
    ("days", "said"), [(1, "one day"), (10, "10 days"), (7, "one week"), (28, "4 weeks"), (365, "one year")]
)
def test_a_length_is_said_in_its_largest_whole_unit(days: int, said: str) -> None:
    assert length(days) == said


def test_the_parts_of_a_rule_are_those_of_a_log_entry() -> None:
    assert tuple(Part) == PARTS


def test_only_a_draft_is_published() -> None:
    curriculum = make_curriculum()
    draft = make_version(curriculum.id, status=VersionStatus.DRAFT)
    published = make_version(curriculum.id, number=2)
    assert why_not_publish(draft) is None
    assert why_not_publish(published) == "Version 2 was published before. Import a changed file to make a new version."
