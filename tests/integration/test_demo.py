"""The demo stands as if today were an ordinary day in the department."""

import pytest
import sqlalchemy as sa
from flask import Flask

from tracker.accounts.actions import check_password
from tracker.accounts.models import Grant, Person, Role
from tracker.accounts.queries import find_person
from tracker.core.clock import today
from tracker.core.db import Model, db
from tracker.core.errors import Refused
from tracker.enrolments.models import Centre, Enrolment
from tracker.enrolments.queries import list_own_enrolments
from tracker.logbook.models import Claim, ClaimStatus, EntryStatus, LogEntry
from tracker.moderation.models import Sample
from tracker.moderation.visit_queries import waiting_visits
from tracker.operations.demo import address, load_demo
from tracker.operations.demo_accounts import DEMO_ACCOUNTS, DEMO_PASSWORD
from tracker.progress.models import Stage
from tracker.record.verify import faults
from tracker.reports.progress import report_on
from tracker.reports.queue import queue_of


@pytest.fixture
def demo(app: Flask, monkeypatch: pytest.MonkeyPatch) -> None:
    """The demo, loaded."""
    monkeypatch.setitem(app.config, "DEMO", True)
    load_demo()


def person(name: str) -> Person:
    """One of the demo's people."""
    found = find_person(address(name))
    assert found is not None
    return found


def counts() -> dict[str, int]:
    """How many rows each table has."""
    tables = Model.metadata.sorted_tables
    return {table.name: db.session.scalar(sa.select(sa.func.count()).select_from(table)) or 0 for table in tables}


def test_the_demo_is_refused_where_people_are_real(app: Flask) -> None:
    with pytest.raises(Refused, match="TRACKER_DEMO=1"):
        load_demo()


def test_a_second_start_changes_nothing(demo: None) -> None:
    before = counts()

    load_demo()

    assert counts() == before


def test_everybody_listed_can_sign_in(demo: None) -> None:
    people = [find_person(email) for email in DEMO_ACCOUNTS]

    assert all(each is not None and check_password(each, DEMO_PASSWORD) for each in people)


def test_the_record_of_the_demo_verifies(demo: None) -> None:
    assert list(faults()) == []


def test_the_trainee_has_something_at_every_stage(demo: None) -> None:
    enrolments = list_own_enrolments(person("trainee"))
    scheme = next(each for each in enrolments if each.areas)
    report = report_on(scheme, today())

    stages = {line.stage for _, lines in report.lines for line in lines}

    assert len(enrolments) == 2
    assert stages >= {Stage.NOT_STARTED, Stage.IN_PROGRESS, Stage.SUBMITTED, Stage.RETURNED, Stage.DONE}
    assert report.month in {10, 11}
    assert len({line.sentence for line in report.waiting}) == 2
    drafts = sa.select(sa.func.count()).where(LogEntry.enrolment_id == scheme.id, LogEntry.status == EntryStatus.DRAFT)
    assert db.session.scalar(drafts) == 2


def test_claims_of_several_trainees_wait_for_the_supervisor(demo: None) -> None:
    waiting = queue_of(person("supervisor"), today())

    assert len({each.trainee for each in waiting}) == 4
    assert [each.days for each in waiting] == sorted((each.days for each in waiting), reverse=True)


def test_the_lead_has_a_cohort_of_three_years(demo: None) -> None:
    centre = db.session.scalars(sa.select(Centre)).one()
    led = db.session.scalars(sa.select(Grant).where(Grant.person_id == person("lead").id)).one()
    starts = db.session.scalars(sa.select(Enrolment.starts_on).where(Enrolment.centre_id == centre.id)).all()

    trainees = db.session.scalar(sa.select(sa.func.count(Enrolment.trainee_id.distinct())))

    assert (led.role, led.centre_id) == (Role.TRAINING_LEAD, centre.id)
    assert trainees == 24
    assert len({start.year for start in starts}) >= 3


def test_no_claim_waits_without_its_reason_or_signer(demo: None) -> None:
    statuses = db.session.scalars(sa.select(Claim.status).where(Claim.trainee_id == person("trainee").id)).all()

    assert sorted(statuses) == sorted(
        [ClaimStatus.SIGNED_OFF] * 12 + [ClaimStatus.SUBMITTED] * 2 + [ClaimStatus.RETURNED]
    )


def test_a_visit_is_open_for_the_moderator(demo: None) -> None:
    (visit,) = waiting_visits(person("moderator"), today())
    samples = db.session.scalars(sa.select(Sample).where(Sample.visit_id == visit.id)).all()

    assert len({sample.enrolment_id for sample in samples}) == 3
