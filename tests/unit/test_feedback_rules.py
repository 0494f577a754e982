"""When a round of feedback ends, and what is made of its answers."""

from datetime import date
from itertools import permutations

import pytest

from tracker.assessments.answers import Answers
from tracker.assessments.msf_collation import Count, Sum, collate, comments_in, numbers_text
from tracker.assessments.msf_models import ColleagueStatus, FeedbackRound, RoundStatus
from tracker.assessments.msf_rules import fewest_of, is_due, is_for_many, why_not_answer, why_not_close
from tracker.curricula.document import FieldKind, Form, FormField, Level

LAST = date(2026, 3, 31)
LEVELS = (Level(1, "Watches"), Level(2, "Does it"))
FORM = Form(
    "MSF",
    "Views",
    fields=(
        FormField("team", "In a team?", FieldKind.CHOICE, choices=("no", "yes")),
        FormField("trust", "Trusted?", FieldKind.YES_NO),
        FormField("level", "At which level?", FieldKind.LEVEL),
        FormField("weeks", "Weeks together", FieldKind.NUMBER),
        FormField("keep", "Keep doing", FieldKind.LONG_TEXT),
        FormField("part", "Your part", FieldKind.TEXT),
    ),
)
GIVEN: tuple[Answers, ...] = (
    {"team": "yes", "trust": True, "level": 2, "weeks": 10},
    {"team": "yes", "trust": False, "level": 1, "weeks": 2},
    {"team": "no", "trust": True, "level": 2},
)


def asked(answered: int = 0, status: RoundStatus = RoundStatus.OPEN) -> FeedbackRound:
    return FeedbackRound(status=status, closes_on=LAST, fewest=3, answered=answered)


def test_each_answer_is_counted_and_the_trainees_own_is_marked() -> None:
    sums = collate(FORM, LEVELS, GIVEN, {"team": "no", "level": 1, "weeks": 5})
    assert sums == (
        Sum("In a team?", (Count("no", 1, by_self=True), Count("yes", 2, by_self=False))),
        Sum("Trusted?", (Count("Yes", 2, by_self=False), Count("No", 1, by_self=False))),
        Sum("At which level?", (Count("1: Watches", 1, by_self=True), Count("2: Does it", 2, by_self=False))),
        Sum("Weeks together", tuple(Count(str(each), n, by_self=n == 0) for each, n in ((2, 1), (5, 0), (10, 1)))),
    )


def test_the_sums_are_the_same_in_whatever_order_the_answers_came() -> None:
    sums = {numbers_text(collate(FORM, LEVELS, order, {})) for order in permutations(GIVEN)}
    assert len(sums) == 1


def test_texts_are_taken_apart_from_the_rest() -> None:
    assert comments_in(FORM, {"team": "yes", "keep": "Go on.", "part": "Nurse"}) == {"keep": "Go on.", "part": "Nurse"}


def test_a_form_without_questions_is_collated_by_the_standard_set() -> None:
    sums = collate(Form("MSF", "Views"), LEVELS, [{"help_given": 1, "help_next": 2}], {})
    assert [each.label for each in sums] == [
        "How much help was needed this time?",
        "How much help should be given next time?",
    ]


@pytest.mark.parametrize(
    ("form", "many", "fewest"),
    [
        (Form("MSF", "Views"), True, 5),
        (Form("360", "Views", fewest_answers=7), True, 7),
        (Form("DOPS", "Watching"), False, 5),
    ],
)
def test_the_curriculum_says_which_form_many_answer_and_how_many_must(form: Form, many: bool, fewest: int) -> None:
    assert (is_for_many(form), fewest_of(form)) == (many, fewest)


@pytest.mark.parametrize(
    ("answered", "waiting", "on", "due"),
    [
        (0, 8, LAST, False),
        (8, 0, LAST, True),
        (2, 0, LAST, False),  # everybody answered or said no, and they are too few: more can be asked
        (3, 1, LAST, False),
        (3, 1, date(2026, 4, 1), True),
        (0, 8, date(2026, 4, 1), True),
    ],
)
def test_a_round_ends_on_its_day_or_when_all_have_answered(answered: int, waiting: int, on: date, due: bool) -> None:
    assert is_due(asked(answered), waiting, on) is due


@pytest.mark.parametrize(("answered", "refused"), [(2, True), (3, False)])
def test_a_round_ends_early_only_with_enough_answers(answered: int, refused: bool) -> None:
    assert bool(why_not_close(asked(answered))) is refused


@pytest.mark.parametrize(
    ("status", "round_status", "on", "said"),
    [
        (ColleagueStatus.ASKED, RoundStatus.OPEN, LAST, None),
        (ColleagueStatus.ANSWERED, RoundStatus.OPEN, LAST, "sent already"),
        (ColleagueStatus.DECLINED, RoundStatus.OPEN, LAST, "You said no"),
        (ColleagueStatus.ASKED, RoundStatus.OPEN, date(2026, 4, 1), "time for this is over"),
        (ColleagueStatus.ASKED, RoundStatus.COLLATED, LAST, "time for this is over"),
    ],
)
def test_a_link_says_why_it_leads_nowhere(
    status: ColleagueStatus, round_status: RoundStatus, on: date, said: str | None
) -> None:
    sentence = why_not_answer(asked(status=round_status), status, on)
    assert (sentence is None) if said is None else (said in (sentence or ""))
