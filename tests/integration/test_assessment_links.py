"""A mailed link opens one form without an account: opening it changes nothing, it works once, it gives nothing away."""

from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from uuid import uuid4

import pytest
import sqlalchemy as sa
import time_machine
from flask import Flask
from flask.testing import FlaskClient

from tests.asking import OUTSIDER, ask_by_mail, mailed_link, reply_form, token_of
from tests.make import make_person
from tests.world import World, make_world
from tracker.assessments import asking_actions
from tracker.assessments.models import Assessment, AssessmentLink, AssessmentStatus
from tracker.core.db import db
from tracker.core.mail import OutgoingMail
from tracker.logbook.models import Claim, LogEntry
from tracker.notifications.models import Notice, NoticeKind
from tracker.operations.models import METADATA
from tracker.record.models import Event

NOON = datetime(2026, 3, 10, 12, tzinfo=UTC)
OTHER = "kim@elsewhere.example"


@pytest.fixture
def clock() -> Iterator[time_machine.Traveller]:
    with time_machine.travel(NOON, tick=False) as coordinates:
        yield coordinates


@pytest.fixture
def world(app: Flask, clock: time_machine.Traveller) -> World:
    return make_world()


def rows() -> dict[str, list[tuple[object, ...]]]:
    """Every row of every table."""
    return {
        name: sorted((tuple(map(repr, row)) for row in db.session.execute(sa.select(table))), key=repr)
        for name, table in METADATA.tables.items()
    }


def status_of(assessment_id: object) -> AssessmentStatus:
    chosen = sa.select(Assessment.status).where(Assessment.id == assessment_id)
    return db.session.scalars(chosen).one()


def told(person_id: object) -> list[NoticeKind]:
    return list(db.session.scalars(sa.select(Notice.kind).where(Notice.person_id == person_id)))


def pressed(**more: object) -> dict[str, object]:
    return {"key": uuid4().hex, "version": "0"} | more


def test_opening_the_link_changes_nothing(client: FlaskClient, world: World) -> None:
    _, path = ask_by_mail(world)
    before = rows()
    for _ in range(3):
        assert client.get(path).status_code == 200
    assert client.head(path).status_code == 200
    assert rows() == before


def test_the_check_that_nothing_changes_would_notice_a_change(client: FlaskClient, world: World) -> None:
    """The control: a form that is sent does change rows."""
    _, path = ask_by_mail(world)
    before = rows()
    client.post(path, data=reply_form())
    assert rows() != before


def test_the_page_shows_one_form_and_no_more_of_the_record(client: FlaskClient, world: World) -> None:
    world.logged("GEN-2", title="Something of my own")
    _, path = ask_by_mail(world, message="Tell me how I spoke.")
    page = client.get(path).text
    assert "Trainee Osei" in page
    assert "GEN-1 Wash hands." in page
    assert "Washed hands at the bench" in page
    assert "Tell me how I spoke." in page
    assert "Something of my own" not in page
    assert "trainee@hospital.example" not in page


def test_only_a_hash_of_the_secret_is_kept(world: World) -> None:
    _, path = ask_by_mail(world)
    token = token_of(path)
    assert len(token) == 22  # 128 bits
    db.session.execute(sa.delete(OutgoingMail))
    assert token not in repr(rows())


def test_an_answer_without_an_account_waits_for_a_supervisor(client: FlaskClient, world: World) -> None:
    asked, path = ask_by_mail(world)
    answer = client.post(path, data=reply_form())
    assert answer.status_code == 302
    assert "Thank you" in client.get(answer.location).text
    assert status_of(asked.id) is AssessmentStatus.ANSWERED
    assert db.session.get(LogEntry, asked.id) is None
    assert told(world.supervisor.id) == [NoticeKind.ASSESSMENT_ANSWERED]
    assert db.session.scalars(sa.select(Event.kind)).all() == ["assessment_answered"]


def test_a_link_never_signs_a_claim(client: FlaskClient, world: World) -> None:
    claim = world.submitted("GEN-1")
    _, path = ask_by_mail(world)
    data = reply_form() | {"level": "2", "comment": "Good.", "digest": "0" * 64}
    client.post(path, data=data)
    assert client.post(f"/claims/{claim.id}/sign-off", data=data).status_code == 401
    assert db.session.scalars(sa.select(Claim.signed_off_by_id)).all() == [None]


def test_a_used_link_says_so_and_takes_nothing_more(client: FlaskClient, world: World) -> None:
    _, path = ask_by_mail(world)
    client.post(path, data=reply_form())
    before = rows()
    page = client.get(path)
    assert page.status_code == 410
    assert "was sent already" in page.text
    assert "Trainee Osei" not in page.text
    again = client.post(path, data=reply_form(answer_strengths="What I would rather have said."))
    assert again.status_code == 410
    assert "What I would rather have said." in again.text
    assert rows() == before


def test_the_same_press_twice_has_one_outcome_and_one_answer(client: FlaskClient, world: World) -> None:
    _, path = ask_by_mail(world)
    form = reply_form()
    places = [client.post(path, data=form).location for _ in range(2)]
    assert places[0] == places[1]
    assert db.session.scalar(sa.select(sa.func.count()).select_from(Event)) == 1


def test_an_unknown_link_and_a_dead_one_name_nobody(client: FlaskClient, world: World) -> None:
    asked, path = ask_by_mail(world)
    asking_actions.withdraw(world.trainee, asked.id)
    db.session.commit()
    unknown, dead = client.get("/assess/by-mail/AAAAAAAAAAAAAAAAAAAAAA"), client.get(path)
    assert (unknown.status_code, dead.status_code) == (404, 410)
    for page in (unknown.text, dead.text):
        assert all(word not in page for word in ("Trainee Osei", "GEN-1", "Washed", OUTSIDER))


def test_what_is_typed_is_kept_when_the_form_is_refused(client: FlaskClient, world: World) -> None:
    _, path = ask_by_mail(world)
    answer = client.post(path, data=reply_form(assessor_name="", answer_strengths="Calm. NHS 943 476 5919."))
    assert answer.status_code == 422
    assert "Enter your name, as people at work know it." in answer.text
    assert "Remove the NHS number" in answer.text
    assert "Calm. NHS 943 476 5919." in answer.text
    assert client.post(path, data=reply_form()).status_code == 302


def test_a_link_expires_unless_it_is_extended(client: FlaskClient, world: World, clock: time_machine.Traveller) -> None:
    _, path = ask_by_mail(world)
    clock.shift(timedelta(days=29))
    assert client.post(path + "/extend").status_code == 302
    clock.shift(timedelta(days=29))
    assert client.get(path).status_code == 200
    clock.shift(timedelta(days=2))
    page = client.get(path)
    assert page.status_code == 410
    assert "The time for this is over" in page.text


def test_declining_by_link_uses_it_up_and_tells_the_trainee(client: FlaskClient, world: World) -> None:
    asked, path = ask_by_mail(world)
    assert client.post(path + "/decline", data=pressed()).status_code == 422
    assert client.post(path + "/decline", data=pressed(reason="I did not see it.")).status_code == 302
    assert status_of(asked.id) is AssessmentStatus.DECLINED
    assert NoticeKind.ASSESSMENT_DECLINED in told(world.trainee.id)
    assert client.post(path, data=reply_form()).status_code == 410


def test_passing_on_kills_the_old_link_and_tells_the_trainee(client: FlaskClient, world: World) -> None:
    asked, old = ask_by_mail(world)
    assert client.post(old + "/pass-on", data=pressed(pass_to="Kim@Elsewhere.example")).status_code == 302
    new = mailed_link(OTHER)
    assert new != old
    assert client.get(old).status_code == 410
    assert client.post(old, data=reply_form()).status_code == 410
    assert client.get(new).status_code == 200
    assert NoticeKind.ASSESSMENT_PASSED_ON in told(world.trainee.id)
    assert client.post(new, data=reply_form()).status_code == 302
    assert status_of(asked.id) is AssessmentStatus.ANSWERED


def test_nothing_is_passed_on_to_the_trainee_or_to_somebody_in_training(client: FlaskClient, world: World) -> None:
    _, path = ask_by_mail(world)
    own = client.post(path + "/pass-on", data=pressed(pass_to="trainee@hospital.example"))
    assert own.status_code == 409
    assert client.get(path).status_code == 200


def test_passing_on_has_an_end(client: FlaskClient, world: World) -> None:
    _, path = ask_by_mail(world)
    for number in range(7):
        assert client.post(path + "/pass-on", data=pressed(pass_to=f"p{number}@elsewhere.example")).status_code == 302
        path = mailed_link(f"p{number}@elsewhere.example")
    refused = client.post(path + "/pass-on", data=pressed(pass_to="last@elsewhere.example"))
    assert refused.status_code == 409
    assert "This was sent on too often" in refused.text


@pytest.mark.parametrize(
    "address", ["a@b.example,c@d.example", "a@b.example\nBcc: c@d.example", "Jo <a@b.example>", "jo"]
)
def test_a_link_goes_to_one_address_and_no_other(client: FlaskClient, world: World, address: str) -> None:
    _, path = ask_by_mail(world)
    assert client.post(path + "/pass-on", data=pressed(pass_to=address)).status_code == 422
    assert db.session.scalars(sa.select(OutgoingMail.to_address)).all() == [OUTSIDER]


def test_a_reminder_is_a_new_link_in_place_of_the_old(
    client: FlaskClient, world: World, clock: time_machine.Traveller
) -> None:
    asked, old = ask_by_mail(world)
    clock.shift(timedelta(days=2))
    asking_actions.remind(world.trainee, asked.id)
    db.session.commit()
    assert "A reminder with a newer link was sent" in client.get(old).text
    assert client.get(mailed_link()).status_code == 200
    open_links = sa.select(sa.func.count()).select_from(AssessmentLink).where(AssessmentLink.ended_at.is_(None))
    assert db.session.scalar(open_links) == 1


def test_a_link_answers_its_own_request_and_no_other(client: FlaskClient, world: World) -> None:
    _, path = ask_by_mail(world)
    other, _ = ask_by_mail(world, address=OTHER)
    client.post(path, data=reply_form(assessment_id=str(other.id), id=str(other.id)))
    assert status_of(other.id) is AssessmentStatus.ASKED


def test_who_gets_an_account_meanwhile_answers_through_the_link_all_the_same(client: FlaskClient, world: World) -> None:
    asked, path = ask_by_mail(world)
    db.session.add(make_person(OUTSIDER))
    db.session.commit()
    assert client.post(path, data=reply_form()).status_code == 302
    assert status_of(asked.id) is AssessmentStatus.ANSWERED
