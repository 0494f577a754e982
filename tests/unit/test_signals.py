"""Each prompt shows what it is for, and just short of it shows nothing."""

from datetime import UTC, datetime, timedelta
from typing import Any
from uuid import UUID, uuid4

import pytest

from tracker.reports.signals import Signed, signals_in

SIGNER, OTHER, TRAINEE = (UUID(int=number) for number in (1, 2, 3))
NOON = datetime(2026, 3, 10, 12, tzinfo=UTC)


def signed(at: datetime = NOON, **more: Any) -> Signed:
    values: dict[str, Any] = {
        "claim_id": uuid4(),
        "code": "GEN-1",
        "trainee_id": TRAINEE,
        "trainee": "Tia Osei",
        "signer_id": SIGNER,
        "signer": "Sam Bell",
        "at": at,
        "on": at.date(),
        "comment": "",
        "submitted_at": at - timedelta(days=3),
        "done_on": at.date() - timedelta(days=10),
    }
    return Signed(**(values | more))


def days_apart(number: int, **more: Any) -> list[Signed]:
    """Sign-offs on days of their own, of as many trainees."""
    return [
        signed(NOON + timedelta(days=index), **({"trainee_id": UUID(int=100 + index)} | more))
        for index in range(number)
    ]


def found(title: str, rows: list[Signed]) -> list[str]:
    return [
        finding.sentence for signal in signals_in(rows) if signal.title.startswith(title) for finding in signal.findings
    ]


def test_usual_work_shows_nothing() -> None:
    assert [signal.findings for signal in signals_in(days_apart(30))] == [()] * 6
    assert [signal.findings for signal in signals_in([])] == [()] * 6


def test_signed_within_a_minute_of_being_submitted() -> None:
    assert found("Signed within", [signed(submitted_at=NOON - timedelta(seconds=59))]) == [
        "Sam Bell for Tia Osei, 10 March 2026"
    ]
    assert found("Signed within", [signed(submitted_at=NOON - timedelta(seconds=60))]) == []
    assert found("Signed within", [signed(submitted_at=None)]) == []


@pytest.mark.parametrize(("number", "seconds", "shown"), [(5, 59, 1), (4, 59, 0), (5, 60, 0)])
def test_many_one_after_another(number: int, seconds: int, shown: int) -> None:
    rows = [signed(NOON + timedelta(seconds=seconds * index)) for index in range(number)]
    assert len(found("Many signed one", rows)) == shown


def test_two_people_at_once_are_no_row() -> None:
    rows = [signed(NOON + timedelta(seconds=index), signer_id=who) for who in (SIGNER, OTHER) for index in range(3)]
    assert found("Many signed one", rows) == []


@pytest.mark.parametrize(("number", "shown"), [(15, ["Sam Bell, 15 on 10 March 2026"]), (14, [])])
def test_many_on_one_day(number: int, shown: list[str]) -> None:
    assert found("Many signed by", [signed(NOON + timedelta(minutes=5 * index)) for index in range(number)]) == shown


def test_the_same_comment_is_the_same_in_other_spaces_and_letters() -> None:
    alike = [each for comment in ("Good.", " good. ", "GOOD.", "Good.", "Good.") for each in [signed(comment=comment)]]
    assert found("The same", alike) == ["Sam Bell, 5 times: “Good.”"]
    assert found("The same", alike[:4]) == []
    assert found("The same", days_apart(9)) == []  # no comment is no comment


def test_one_assessor_for_everything() -> None:
    alone = days_apart(10, trainee_id=TRAINEE)
    assert found("One assessor", alone) == ["Tia Osei: all 10 by Sam Bell"]
    assert found("One assessor", alone[:9]) == []
    assert found("One assessor", [*alone[:9], signed(signer_id=OTHER)]) == []


@pytest.mark.parametrize(("days", "shown"), [(91, 1), (90, 0)])
def test_signed_long_after_the_work(days: int, shown: int) -> None:
    assert len(found("Signed more", [signed(done_on=NOON.date() - timedelta(days=days))])) == shown
    assert found("Signed more", [signed(done_on=None)]) == []


def test_every_prompt_asks_and_none_accuses() -> None:
    for signal in signals_in([]):
        assert "?" in signal.ask
