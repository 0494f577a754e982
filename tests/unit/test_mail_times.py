from datetime import datetime
from zoneinfo import ZoneInfo

import pytest

from tracker.notifications.models import MailTime
from tracker.notifications.rules import last_time, may_send, next_time

LONDON = ZoneInfo("Europe/London")


def at(text: str) -> datetime:
    return datetime.fromisoformat(text).replace(tzinfo=LONDON)


@pytest.mark.parametrize(
    ("local", "may"),
    [
        ("2026-03-10T06:59:59", False),
        ("2026-03-10T07:00:00", True),
        ("2026-03-10T19:59:59", True),
        ("2026-03-10T20:00:00", False),
        ("2026-03-10T00:30:00", False),
    ],
)
def test_nothing_leaves_at_night(local: str, may: bool) -> None:
    assert may_send(at(local)) is may


@pytest.mark.parametrize(
    ("local", "leaves"),
    [
        ("2026-03-10T19:59:59", "2026-03-10T19:59:59"),
        ("2026-03-10T20:00:00", "2026-03-11T07:00:00"),
        ("2026-03-10T06:59:59", "2026-03-10T07:00:00"),
        ("2026-03-28T23:30:00", "2026-03-29T07:00:00"),  # the night in which the clock goes forward
    ],
)
def test_what_is_written_at_night_leaves_in_the_morning(local: str, leaves: str) -> None:
    assert next_time(at(local)) == at(leaves)


@pytest.mark.parametrize(
    ("choice", "local", "last"),
    [
        (MailTime.DAILY, "2026-03-10T07:29:59", "2026-03-09T07:30:00"),
        (MailTime.DAILY, "2026-03-10T07:30:00", "2026-03-10T07:30:00"),
        (MailTime.DAILY, "2026-03-14T12:00:00", "2026-03-13T07:30:00"),  # Saturday
        (MailTime.DAILY, "2026-03-16T07:00:00", "2026-03-13T07:30:00"),  # Monday, too early
        (MailTime.WEEKLY, "2026-03-10T12:00:00", "2026-03-09T07:30:00"),
        (MailTime.WEEKLY, "2026-03-16T07:29:00", "2026-03-09T07:30:00"),
        (MailTime.WEEKLY, "2026-03-16T07:31:00", "2026-03-16T07:30:00"),
        (MailTime.AT_ONCE, "2026-03-14T12:00:00", "2026-03-14T12:00:00"),
        (MailTime.NEVER, "2026-03-14T12:00:00", "2026-03-14T12:00:00"),
    ],
)
def test_each_choice_has_its_times(choice: MailTime, local: str, last: str) -> None:
    assert last_time(choice, at(local)) == at(last)


@pytest.mark.parametrize(
    ("local", "utc"),
    [
        ("2026-03-27T12:00:00", "2026-03-27T07:30:00+00:00"),  # the Friday before the clocks go forward
        ("2026-03-30T12:00:00", "2026-03-30T06:30:00+00:00"),  # the Monday after
        ("2026-10-23T12:00:00", "2026-10-23T06:30:00+00:00"),  # the Friday before they go back
        ("2026-10-26T12:00:00", "2026-10-26T07:30:00+00:00"),
    ],
)
def test_mail_leaves_by_the_clock_on_the_wall_when_clocks_change(local: str, utc: str) -> None:
    assert last_time(MailTime.DAILY, at(local)) == datetime.fromisoformat(utc)
