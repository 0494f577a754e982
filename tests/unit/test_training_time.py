"""Months and years of a training in the calendar, with part-time working and breaks."""

from datetime import date, timedelta
from decimal import Decimal

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tracker.curricula.conditions import DayOfYear
from tracker.progress.training_time import Break, TrainingTime

FULL = Decimal(1)
STARTS = date(2025, 10, 1)
MARCH = Break(date(2026, 3, 1), date(2026, 3, 31))
starts = st.dates(date(2024, 1, 1), date(2028, 12, 31))
fractions = st.integers(4, 20).map(lambda twentieths: Decimal(twentieths) / 20)
breaks = st.lists(
    st.builds(
        lambda starts_on, days: Break(starts_on, starts_on + timedelta(days=days)),
        st.dates(date(2023, 6, 1), date(2031, 1, 1)),
        st.integers(0, 300),
    ),
    max_size=3,
).map(tuple)


@given(starts, fractions, breaks, st.integers(1, 36))
def test_a_month_ends_on_the_last_day_that_counts_as_that_month(
    starts_on: date, fraction: Decimal, away: tuple[Break, ...], month: int
) -> None:
    time = TrainingTime(starts_on, fraction, away)
    last = time.end_of_month(month)
    assert time.month(last) <= month < time.month(last + timedelta(days=1 + 400))
    if not any(each.starts_on <= last + timedelta(days=1) <= each.ends_on for each in away):
        assert time.month(last + timedelta(days=1)) == month + 1 or fraction < 1


@given(starts, fractions, breaks, st.integers(1, 36))
def test_one_more_break_never_brings_a_day_forward(
    starts_on: date, fraction: Decimal, away: tuple[Break, ...], month: int
) -> None:
    before, after = TrainingTime(starts_on, fraction, away), TrainingTime(starts_on, fraction, (*away, MARCH))
    assert before.end_of_month(month) <= after.end_of_month(month)
    assert before.date_in_year(DayOfYear(30, 9), 2) <= after.date_in_year(DayOfYear(30, 9), 2)


@pytest.mark.parametrize(
    ("on", "month"),
    [(date(2025, 10, 1), 1), (date(2025, 10, 31), 1), (date(2025, 11, 1), 2), (date(2026, 10, 1), 13)],
)
def test_the_first_month_is_month_one(on: date, month: int) -> None:
    assert TrainingTime(STARTS, FULL).month(on) == month


def test_a_break_does_not_count_as_time() -> None:
    time = TrainingTime(STARTS, FULL, (MARCH,))
    assert [time.month(date(2026, *day)) for day in ((2, 28), (3, 1), (3, 31), (5, 1), (5, 2))] == [5, 6, 6, 6, 7]
    assert time.end_of_month(12) == date(2026, 10, 31)
    assert TrainingTime(STARTS, FULL, (MARCH, MARCH)).end_of_month(12) == date(2026, 10, 31)


def test_a_break_after_a_day_does_not_move_it() -> None:
    assert TrainingTime(STARTS, FULL, (MARCH,)).end_of_month(5) == date(2026, 2, 28)


def test_a_break_before_the_training_does_not_count() -> None:
    early = Break(date(2025, 9, 1), date(2025, 10, 10))
    assert TrainingTime(STARTS, FULL, (early,)).end_of_month(1) == date(2025, 11, 10)


@pytest.mark.parametrize(
    ("day", "year", "found"),
    [
        (DayOfYear(30, 9), 1, date(2026, 9, 30)),
        (DayOfYear(1, 10), 1, date(2025, 10, 1)),
        (DayOfYear(30, 9), 2, date(2027, 9, 30)),
        (DayOfYear(1, 3), 2, date(2027, 3, 1)),
    ],
)
def test_a_date_in_a_year_of_training_is_found_once(day: DayOfYear, year: int, found: date) -> None:
    assert TrainingTime(STARTS, FULL).date_in_year(day, year) == found


def test_a_half_timer_has_until_the_last_such_date_of_a_year_that_is_two_years_long() -> None:
    time = TrainingTime(STARTS, Decimal("0.5"))
    assert time.date_in_year(DayOfYear(30, 9), 1) == date(2027, 9, 30)
    assert time.window(DayOfYear(1, 9), DayOfYear(30, 9), 1) == (date(2027, 9, 1), date(2027, 9, 30))


def test_a_window_may_reach_over_new_year() -> None:
    window = TrainingTime(STARTS, FULL).window(DayOfYear(1, 12), DayOfYear(31, 1), 1)
    assert window == (date(2025, 12, 1), date(2026, 1, 31))


@pytest.mark.parametrize(
    ("starts_on", "ends"), [(date(2026, 1, 31), date(2026, 2, 28)), (date(2026, 8, 31), date(2026, 9, 30))]
)
def test_a_training_that_begins_on_the_last_of_a_month_has_whole_months(starts_on: date, ends: date) -> None:
    time = TrainingTime(starts_on, FULL)
    assert time.end_of_month(1) == ends
    assert (time.month(ends), time.month(ends + timedelta(days=1))) == (1, 2)
