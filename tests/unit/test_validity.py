from datetime import date

import pytest

from tracker.progress.models import LapseCause
from tracker.progress.validity import ends_soon, first_day_after, recheck_said, validity_said


@pytest.mark.parametrize(
    ("since", "months", "first"),
    [
        (date(2026, 3, 3), 24, date(2028, 3, 4)),
        (date(2026, 11, 30), 3, date(2027, 3, 1)),  # February has no 30th
        (date(2027, 11, 30), 3, date(2028, 3, 1)),  # the 29th is the last day of a leap year's February
        (date(2026, 12, 31), 1, date(2027, 2, 1)),
    ],
)
def test_a_sign_off_is_valid_until_the_same_day_of_the_month(since: date, months: int, first: date) -> None:
    assert first_day_after(since, months) == first


def test_the_sentence_says_until_when_and_warns_some_weeks_before() -> None:
    lapses_on = date(2028, 3, 4)
    assert validity_said(lapses_on, "A. Osei", date(2027, 12, 1)) == " Valid until 3 March 2028."
    soon = validity_said(lapses_on, "A. Osei", date(2028, 2, 1))
    assert soon == " Valid until 3 March 2028. It is due for a recheck in four weeks: ask A. Osei."
    assert validity_said(lapses_on, "A. Osei", date(2028, 3, 3)).endswith("this week: ask A. Osei.")
    assert validity_said(None, "A. Osei", date(2028, 3, 3)) == ""


def test_it_can_be_rechecked_eight_weeks_before_its_end_and_not_earlier() -> None:
    assert ends_soon(date(2028, 3, 4), date(2028, 1, 8))
    assert not ends_soon(date(2028, 3, 4), date(2028, 1, 7))
    assert not ends_soon(None, date(2028, 1, 8))


def test_a_lapsed_sign_off_is_never_called_void() -> None:
    for cause, why in ((LapseCause.CHANGE, "has changed"), (LapseCause.VALIDITY, "has ended")):
        said = recheck_said(cause, 3, date(2026, 3, 3), "A. Osei")
        assert why in said
        assert "It is not void: level 3 and its signer stay on record." in said
