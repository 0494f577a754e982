import json
from datetime import date, timedelta
from decimal import Decimal
from uuid import UUID, uuid4

import pytest
import sqlalchemy as sa
from flask import Flask

from tests.award import Award, new_award
from tests.make import (
    make_person,
)
from tracker.core.clock import today
from tracker.core.db import db
from tracker.core.errors import Forbidden, NotFound, Refused, Stale
from tracker.learning import actions, queries
from tracker.learning.actions import MarkFact, MarksFacts
from tracker.learning.models import Mark, MarkStatus, Outcome, RegistrationStatus
from tracker.notifications.models import Notice, NoticeKind
from tracker.progress.models import SectionSum, Stage, Standing

RATIFIED, PROVISIONAL = MarkStatus.RATIFIED, MarkStatus.PROVISIONAL


@pytest.fixture
def award(app: Flask) -> Award:
    return new_award()


def standing(award: Award) -> Standing:
    return db.session.get_one(Standing, (award.enrolment.id, award.module.id))


def notices(kind: NoticeKind) -> list[UUID]:
    return list(db.session.scalars(sa.select(Notice.person_id).where(Notice.kind == kind)))


def test_registering_twice_is_registering_once(award: Award) -> None:
    first, second = award.registered(), award.registered()
    assert first is second
    assert (first.status, first.version) == (RegistrationStatus.REGISTERED, 1)
    assert standing(award).stage is Stage.IN_PROGRESS
    assert standing(award).counts == {"components": 2}


def test_nobody_registers_for_tomorrow(award: Award) -> None:
    with pytest.raises(Refused, match="in the future"):
        actions.register(award.trainee, award.enrolment, award.module.id, today() + timedelta(days=1))


@pytest.mark.parametrize("who", ["trainee", "supervisor", "lead"])
def test_the_trainee_and_those_responsible_register(award: Award, who: str) -> None:
    actions.register(getattr(award, who), award.enrolment, award.module.id, date(2026, 1, 5))
    assert queries.find_registration(award.enrolment.id, award.module.id) is not None


def test_an_assessor_may_not_register(award: Award) -> None:
    with pytest.raises(Forbidden):
        actions.register(award.stranger, award.enrolment, award.module.id, date(2026, 1, 5))


def test_a_mark_is_kept_with_who_recorded_it(award: Award) -> None:
    registration = award.marked("62.5", status=PROVISIONAL)
    [mark] = queries.list_marks(registration)
    assert (mark.mark_percent, mark.attempt, mark.correction) == (Decimal("62.5"), 1, 0)
    assert mark.recorded_by.name == "Tess Osei"
    assert registration.version == 2
    assert standing(award).counts == {"components": 2, "marked": 1, "passed": 1}


def test_a_changed_mark_is_a_new_row_and_an_unchanged_one_is_none(award: Award) -> None:
    award.marked("62.5", "50", status=PROVISIONAL)
    registration = award.marked("65", "50", status=PROVISIONAL)
    kept = [(mark.mark_percent, mark.correction) for mark in queries.list_marks(registration)]
    assert sorted(kept) == [(Decimal(50), 0), (Decimal("62.5"), 0), (Decimal(65), 1)]
    before = registration.version
    assert award.marked("65", "50", status=PROVISIONAL).version == before


def test_a_result_that_is_ratified_waits_for_the_supervisor(award: Award) -> None:
    award.marked("62", "50", status=PROVISIONAL)
    assert notices(NoticeKind.RESULT_WAITING) == []
    award.marked("62", "50")
    assert standing(award).stage is Stage.SUBMITTED
    assert notices(NoticeKind.RESULT_WAITING) == [award.supervisor.id]
    assert db.session.scalars(sa.select(SectionSum.waiting)).one() == 1


def test_a_final_fail_that_is_ratified_waits_too(award: Award) -> None:
    award.marked("30")
    assert standing(award).stage is Stage.IN_PROGRESS
    award.marked("39", attempt=2)
    assert standing(award).stage is Stage.SUBMITTED


@pytest.mark.parametrize("who", ["supervisor", "lead"])
def test_a_confirmed_pass_is_on_record_and_earns_its_credits(award: Award, who: str) -> None:
    registration = award.marked("62", "51")
    event = award.confirmed_by(getattr(award, who))
    assert (registration.status, registration.outcome) == (RegistrationStatus.CONFIRMED, Outcome.PASSED)
    assert registration.mark_percent == Decimal("56.5")
    facts = json.loads(event.body)["facts"]
    assert (facts["code"], facts["outcome"], facts["mark_hundredths"], facts["credits"]) == ("M1", "passed", 5650, 20)
    assert {mark["mark_hundredths"] for mark in facts["marks"]} == {6200, 5100}
    assert standing(award).stage is Stage.DONE
    assert db.session.scalars(sa.select(SectionSum.credits)).one() == 20
    assert notices(NoticeKind.RESULT_CONFIRMED) == [award.trainee.id]


def test_a_lead_confirms_marks_that_they_recorded(award: Award) -> None:
    marks = tuple(MarkFact(component.id, Decimal(70), RATIFIED) for component in (award.exam, award.work))
    facts = MarksFacts(award.registered().version, 1, marks)
    registration = queries.find_registration(award.enrolment.id, award.module.id)
    assert registration is not None
    actions.record_marks(award.lead, award.enrolment, registration.id, facts)
    award.confirmed_by(award.lead)
    assert registration.confirmed_by_id == award.lead.id


def test_a_confirmed_fail_earns_nothing(award: Award) -> None:
    award.marked("30")
    award.marked("39", attempt=2)
    event = award.confirmed_by(award.supervisor)
    assert json.loads(event.body)["facts"]["credits"] == 0
    assert standing(award).stage is Stage.FAILED


def test_the_same_press_is_the_same_event(award: Award) -> None:
    award.marked("62", "51")
    key = uuid4()
    assert award.confirmed_by(award.supervisor, key).seq == award.confirmed_by(award.supervisor, key).seq
    with pytest.raises(Refused, match="is confirmed and on record"):
        award.confirmed_by(award.supervisor)


@pytest.mark.parametrize("who", ["trainee", "stranger"])
def test_only_a_supervisor_or_lead_confirms(award: Award, who: str) -> None:
    award.marked("62", "51")
    with pytest.raises(Forbidden):
        award.confirmed_by(getattr(award, who))


def test_a_provisional_result_is_not_confirmed(award: Award) -> None:
    award.marked("62", "51", status=PROVISIONAL)
    with pytest.raises(Refused, match="still provisional"):
        award.confirmed_by(award.supervisor)


def test_a_confirmed_result_takes_no_more_marks(award: Award) -> None:
    award.marked("62", "51")
    award.confirmed_by(award.supervisor)
    with pytest.raises(Refused, match="confirmed and on record"):
        award.marked("99", "99")


def test_an_attempt_that_the_module_does_not_allow_is_refused(award: Award) -> None:
    award.marked("30")
    award.marked("30", attempt=2)
    with pytest.raises(Refused, match="all 2 attempts"):
        award.marked("50", attempt=3)


def test_a_stale_page_is_told_who_changed_what(award: Award) -> None:
    registration = award.marked("30")
    seen = registration.version
    actions.withdraw(award.supervisor, award.enrolment, registration.id, seen)
    facts = MarksFacts(seen, 1, (MarkFact(award.exam.id, Decimal(50), RATIFIED),))
    with pytest.raises(Stale, match="Sam Osei changed this module after you opened it: it is now withdrawn"):
        actions.record_marks(award.trainee, award.enrolment, registration.id, facts)


def test_a_withdrawn_registration_keeps_its_marks_and_can_be_made_again(award: Award) -> None:
    registration = award.marked("62", "51")
    actions.withdraw(award.trainee, award.enrolment, registration.id, registration.version)
    assert standing(award).stage is Stage.NOT_STARTED
    award.registered()
    assert standing(award).stage is Stage.SUBMITTED
    assert db.session.scalar(sa.select(sa.func.count()).select_from(Mark)) == 2


def test_a_component_of_another_module_is_refused(award: Award) -> None:
    registration = award.registered()
    facts = MarksFacts(registration.version, 1, (MarkFact(uuid4(), Decimal(50), RATIFIED),))
    with pytest.raises(Refused, match="not part of this module"):
        actions.record_marks(award.trainee, award.enrolment, registration.id, facts)


def test_the_modules_are_listed_for_those_who_may_see_them(award: Award) -> None:
    award.marked("62")
    [taken] = queries.list_modules(award.supervisor, award.enrolment)
    assert (taken.module.code, taken.result.marked, len(taken.marks)) == ("M1", 1, 1)
    [hidden] = queries.list_modules(make_person("other@example.org"), award.enrolment)
    assert hidden.registration is None
    assert hidden.marks == ()


def test_a_module_of_another_curriculum_is_not_found(award: Award) -> None:
    with pytest.raises(NotFound):
        queries.get_module(award.trainee, award.enrolment, uuid4())
