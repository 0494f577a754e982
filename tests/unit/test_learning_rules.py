from collections.abc import Sequence
from datetime import date, timedelta
from decimal import Decimal
from typing import Any
from uuid import UUID, uuid5

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tests.make import LONG_AGO, make_mark, make_registration
from tracker.curricula.models import RequirementKind
from tracker.curricula.outline import ComponentOutline, RequirementOutline
from tracker.learning import rules
from tracker.learning.facts import facts_of
from tracker.learning.models import Mark, MarkStatus, Outcome, Registration, RegistrationStatus
from tracker.learning.rules import ModuleResult, result_of
from tracker.progress.models import Stage


def part(code: str, title: str = "Examination", **more: Any) -> ComponentOutline:
    values = {"weight_percent": Decimal(50), "pass_mark_percent": None, "must_pass": False}
    return ComponentOutline(id=uuid5(UUID(int=0), code), code=code, title=title, **(values | more))


EXAM = part("EX", pass_mark_percent=Decimal(40))
WORK = part("CW", "Coursework")


def module_of(*parts: ComponentOutline, attempts_allowed: int | None = 2) -> RequirementOutline:
    return RequirementOutline(
        id=UUID(int=1),
        code="M1",
        title="Radiation physics",
        section_id=UUID(int=2),
        requirement_kind=RequirementKind.MODULE,
        text="",
        expected_month=None,
        credits=20,
        pass_mark_percent=Decimal(40),
        attempts_allowed=attempts_allowed,
        components=parts,
    )


MODULE = module_of(EXAM, WORK)
TODAY = date(2026, 3, 3)
PERSON_ID = UUID(int=9)
REGISTERED = make_registration(UUID(int=3), MODULE.id, PERSON_ID)


def mark(component: ComponentOutline, percent: str, attempt: int = 1, **more: object) -> Mark:
    return make_mark(REGISTERED.id, component.id, PERSON_ID, attempt=attempt, mark_percent=Decimal(percent), **more)


def result(*marks: Mark, module: RequirementOutline = MODULE) -> ModuleResult:
    return result_of(module, marks)


def registration(status: RegistrationStatus, **more: object) -> Registration:
    return make_registration(UUID(int=3), MODULE.id, PERSON_ID, status=status, **more)


def test_a_module_is_passed_when_every_part_and_the_whole_are() -> None:
    passed = result(mark(EXAM, "40"), mark(WORK, "62.5"))
    assert (passed.outcome, passed.mark_percent, passed.sentences) == (Outcome.PASSED, Decimal("51.25"), ())
    assert passed.can_be_confirmed


def test_a_part_below_its_own_pass_mark_fails_whatever_the_average() -> None:
    failed = result(mark(EXAM, "38"), mark(WORK, "100"))
    assert failed.mark_percent == Decimal(69)
    assert failed.outcome is None
    assert failed.sentences == ("Examination: 38 %, needs 40 %; one attempt left.",)


def test_a_part_without_a_pass_mark_of_its_own_counts_only_in_the_whole() -> None:
    assert result(mark(EXAM, "70"), mark(WORK, "10")).outcome is Outcome.PASSED
    low = result(mark(EXAM, "60"), mark(WORK, "10"))
    assert low.outcome is None
    assert low.sentences == ("The whole module: 35 %, needs 40 %; one attempt left.",)


def test_a_part_that_must_be_passed_takes_the_modules_pass_mark() -> None:
    must = part("PR", must_pass=True)
    assert result_of(module_of(must), [mark(must, "39.99")]).components[0].passed is False
    assert result_of(module_of(must), [mark(must, "40")]).outcome is Outcome.PASSED


def test_the_latest_attempt_counts_and_a_correction_replaces_within_it() -> None:
    marks = [mark(EXAM, "80"), mark(EXAM, "30", 2), mark(EXAM, "45", 2, correction=1)]
    assert result(*marks).components[0].mark is marks[2]
    assert result(*reversed(marks)).components[0].mark is marks[2]


def test_a_fail_is_final_when_no_attempt_is_left() -> None:
    failed = result(mark(EXAM, "30"), mark(EXAM, "39.99", 2))
    assert failed.outcome is Outcome.FAILED
    assert failed.sentences[0] == "Examination: 39.99 %, needs 40 %; no attempt left."


def test_a_fail_is_final_when_the_rest_cannot_lift_the_whole() -> None:
    heavy = part("H", weight_percent=Decimal(90))
    light = part("L", weight_percent=Decimal(10))
    marks = [mark(heavy, "20"), mark(heavy, "20", 2), mark(light, "50")]
    assert result_of(module_of(heavy, light), marks).outcome is Outcome.FAILED


def test_without_a_limit_no_fail_is_final() -> None:
    endless = module_of(EXAM, WORK, attempts_allowed=None)
    failed = result(*[mark(EXAM, "0", number) for number in range(1, 30)], module=endless)
    assert failed.outcome is None
    assert failed.sentences[0] == "Examination: 0 %, needs 40 %; it can be taken again."


def test_a_provisional_result_cannot_be_confirmed() -> None:
    provisional = result(mark(EXAM, "60"), mark(WORK, "60", status=MarkStatus.PROVISIONAL))
    assert provisional.outcome is Outcome.PASSED
    assert rules.why_not_confirm(REGISTERED, provisional) == rules.RATIFY
    assert rules.next_step(REGISTERED, provisional) == f"Passed: 60 %. {rules.RATIFY}"


def test_what_is_shown_as_a_pass_is_one() -> None:
    third = part("T", weight_percent=Decimal("33.34"))
    rest = part("R", weight_percent=Decimal("66.66"))
    almost = result_of(module_of(third, rest), [mark(third, "39.99"), mark(rest, "40")])
    assert almost.mark_percent == Decimal("39.99")
    assert almost.outcome is None


percents = st.decimals(0, 100, places=2)


@given(st.lists(st.tuples(percents, st.booleans()), min_size=1, max_size=4), st.data())
def test_raising_a_mark_never_turns_a_pass_into_a_fail(
    drawn: Sequence[tuple[Decimal, bool]], data: st.DataObject
) -> None:
    parts = [
        part(str(n), must_pass=must, weight_percent=Decimal(100) / len(drawn)) for n, (_, must) in enumerate(drawn)
    ]
    marks = [mark(each, str(percent), 2) for each, (percent, _) in zip(parts, drawn, strict=True)]
    before = result_of(module_of(*parts), marks)
    raised = data.draw(st.sampled_from(marks))
    raised.mark_percent = data.draw(st.decimals(raised.mark_percent, 100, places=2))
    after = result_of(module_of(*parts), marks)
    assert before.outcome in {Outcome.PASSED, Outcome.FAILED}
    assert after.outcome is Outcome.PASSED or before.outcome is Outcome.FAILED


def test_an_attempt_follows_the_one_before_within_the_limit() -> None:
    failed = result(mark(EXAM, "10"))
    exam, work = failed.components
    assert rules.why_not_record_mark(exam, 1, failed) is None
    assert rules.why_not_record_mark(exam, 2, failed) is None
    assert rules.why_not_record_mark(exam, 3, failed) == "Examination: record attempt 2 before attempt 3."
    assert rules.why_not_record_mark(work, 2, failed) == "Coursework: record attempt 1 before attempt 2."
    used = result(mark(EXAM, "10", 2))
    assert "all 2 attempts" in (rules.why_not_record_mark(used.components[0], 3, used) or "")


def test_a_passed_part_is_taken_again_only_when_the_whole_is_too_low() -> None:
    passed = result(mark(EXAM, "60"))
    assert "attempt 1 is a pass" in (rules.why_not_record_mark(passed.components[0], 2, passed) or "")
    low = result(mark(EXAM, "60"), mark(WORK, "0"))
    assert rules.why_not_record_mark(low.components[0], 2, low) is None


@pytest.mark.parametrize(
    ("status", "register", "withdraw"),
    [
        (RegistrationStatus.REGISTERED, None, None),
        (RegistrationStatus.WITHDRAWN, None, rules.WITHDRAWN),
        (RegistrationStatus.CONFIRMED, rules.CONFIRMED, rules.CONFIRMED),
    ],
)
def test_a_confirmed_result_stays(status: RegistrationStatus, register: str | None, withdraw: str | None) -> None:
    known = registration(status)
    assert rules.why_not_register(known, TODAY, TODAY) == register
    assert rules.why_not_withdraw(known) == withdraw
    assert rules.why_not_record(known) == withdraw


def test_nobody_registers_for_a_day_to_come() -> None:
    assert "in the future" in (rules.why_not_register(None, TODAY + timedelta(days=1), TODAY) or "")
    assert rules.why_not_register(None, TODAY, TODAY) is None


def test_an_open_result_says_what_is_missing() -> None:
    why_not = rules.why_not_confirm(REGISTERED, result(mark(EXAM, "38")))
    assert why_not == (
        "The result is not settled yet: Examination: 38 %, needs 40 %; one attempt left. Coursework: no mark yet."
    )


def test_the_next_step_is_said_at_every_stage() -> None:
    none, some = result(), result(mark(EXAM, "50"))
    done = result(mark(EXAM, "50"), mark(WORK, "50"))
    confirmed = registration(RegistrationStatus.CONFIRMED, outcome=Outcome.PASSED, mark_percent=Decimal("62.50"))
    lost = registration(RegistrationStatus.CONFIRMED, outcome=Outcome.FAILED, mark_percent=Decimal(31))
    assert rules.next_step(None, none).startswith("Not registered. Register when")
    assert rules.next_step(REGISTERED, none) == "Registered. Record the first mark when you have it."
    assert rules.next_step(REGISTERED, some) == "Coursework: no mark yet."
    assert rules.next_step(REGISTERED, done).startswith("Passed: 50 %. It waits for")
    assert rules.next_step(registration(RegistrationStatus.WITHDRAWN), some).startswith("Withdrawn.")
    assert rules.next_step(confirmed, done) == "Passed: 62.5 %. Confirmed."
    assert rules.next_step(lost, none).startswith("Failed, and no attempt is left that could change it: 31 %.")


def test_progress_is_told_counts_and_a_stage() -> None:
    done = result(mark(EXAM, "50"), mark(WORK, "50.5"))
    facts = facts_of(registration(RegistrationStatus.WITHDRAWN), done)
    assert (facts.stage, facts.counts) == (Stage.NOT_STARTED, {})
    started = facts_of(REGISTERED, result())
    assert (started.stage, started.since, started.counts) == (Stage.IN_PROGRESS, LONG_AGO.date(), {"components": 2})
