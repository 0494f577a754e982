"""Multi-source feedback: nobody learns who said what, too few answers show nothing, and comments pass a supervisor."""

import json
from collections.abc import Iterator
from datetime import UTC, date, datetime
from uuid import uuid4

import pytest
import sqlalchemy as sa
import time_machine
from flask import Flask
from flask.testing import FlaskClient

from tests.browsing import sign_in
from tests.feedback import (
    COLLEAGUES,
    FEWEST,
    OWN,
    answer,
    answered,
    collated,
    comments,
    feedback_world,
    link_of,
    opened,
)
from tests.make import make_supervision
from tests.world import World
from tracker.accounts.models import Person
from tracker.assessments import msf_actions, msf_closing
from tracker.assessments.msf_models import (
    CommentStatus,
    FeedbackAnswer,
    FeedbackColleague,
    FeedbackComment,
    FeedbackRound,
    RoundStatus,
)
from tracker.core.db import db
from tracker.core.errors import Forbidden, Refused
from tracker.core.mail import OutgoingMail
from tracker.enrolments.models import SupervisionRole
from tracker.logbook.models import EntryKind, LogEntry
from tracker.notifications.models import Notice, NoticeKind
from tracker.operations.models import METADATA
from tracker.progress.models import Standing
from tracker.record import verify
from tracker.record.decision import THE_TRACKER
from tracker.record.models import Event, Opening

LAST_DAY = date(2026, 3, 31)
NOON = datetime(2026, 3, 10, 12, tzinfo=UTC)


@pytest.fixture
def clock() -> Iterator[time_machine.Traveller]:
    with time_machine.travel(NOON, tick=False) as coordinates:
        yield coordinates


@pytest.fixture
def world(app: Flask, clock: time_machine.Traveller) -> World:
    return feedback_world()


def as_(app: Flask, person: Person) -> FlaskClient:
    client = app.test_client()
    sign_in(client, person)
    return client


def page_of(app: Flask, person: Person, asked: FeedbackRound) -> str:
    return as_(app, person).get(f"/feedback/{asked.id}").text


def now_(asked: FeedbackRound) -> FeedbackRound:
    chosen = sa.select(FeedbackRound).where(FeedbackRound.id == asked.id).execution_options(populate_existing=True)
    return db.session.scalars(chosen).one()


def told(person: Person) -> list[NoticeKind]:
    return list(db.session.scalars(sa.select(Notice.kind).where(Notice.person_id == person.id)))


def reply(**more: str) -> dict[str, str]:
    said = {"answer_team": "yes", "answer_trust": "yes", "answer_keep": "Be on time."}
    return {"key": uuid4().hex, "version": "0"} | said | more


def rows() -> dict[str, list[str]]:
    """Every row of every table."""
    return {
        name: sorted(repr(tuple(row)) for row in db.session.execute(sa.select(table)))
        for name, table in METADATA.tables.items()
    }


# Asking


def test_each_colleague_is_mailed_a_link_of_their_own(world: World) -> None:
    opened(world)
    links = {link_of(address) for address in COLLEAGUES}
    assert len(links) == len(COLLEAGUES)
    mails = db.session.scalars(sa.select(OutgoingMail)).all()
    assert all(mail.text.count("@") == 0 for mail in mails)  # no mail names another colleague


def test_two_presses_ask_once(world: World) -> None:
    key = uuid4()
    assert opened(world, key=key).id == opened(world, key=key).id
    assert db.session.scalar(sa.select(sa.func.count()).select_from(FeedbackColleague)) == len(COLLEAGUES)


def test_one_round_is_open_at_a_time(world: World) -> None:
    opened(world)
    with pytest.raises(Refused, match="open already"):
        opened(world)


@pytest.mark.parametrize(
    ("addresses", "said"),
    [
        (COLLEAGUES[:7], "Name 8 to 12 colleagues. With these there are 7."),
        ([*COLLEAGUES, *(f"more{number}@elsewhere.example" for number in range(5))], "there are 13"),
        ([*COLLEAGUES[:7], "trainee@hospital.example"], "This is your own address."),
        ([*COLLEAGUES[:7], "nobody"], "nobody: Enter an email address"),
    ],
)
def test_neither_too_few_nor_oneself_is_asked(world: World, addresses: list[str], said: str) -> None:
    with pytest.raises(Refused, match=said):
        opened(world, addresses=addresses)


def test_the_page_asks_those_who_are_ticked_and_those_who_are_typed(app: Flask, world: World) -> None:
    client = as_(app, world.trainee)
    sent = {
        "key": uuid4().hex,
        "version": "0",
        "form": "MSF",
        "competency_id": "",
        "people": [str(world.supervisor.id)],
        "addresses": "\n".join([*COLLEAGUES[:7], COLLEAGUES[0].upper()]),
        "closes_on-day": "31",
        "closes_on-month": "3",
        "closes_on-year": "2026",
    }
    path = f"/enrolments/{world.enrolment.id}/feedback/new"
    assert client.post(path, data=sent | {"people": []}).status_code == 422
    assert client.post(path, data=sent).status_code == 302
    asked = set(db.session.scalars(sa.select(FeedbackColleague.address)))
    assert asked == {*COLLEAGUES[:7], "supervisor@hospital.example"}


def test_a_supervisor_opens_a_round_too_and_the_trainee_is_told(world: World) -> None:
    opening = msf_actions.Opening(uuid4(), "MSF", COLLEAGUES, LAST_DAY)
    msf_actions.open_round(world.supervisor, world.enrolment, opening, None)
    db.session.commit()
    assert told(world.trainee) == [NoticeKind.FEEDBACK_OPENED]
    with pytest.raises(Forbidden):
        msf_actions.open_round(world.lead, world.enrolment, opening, None)


def test_a_reminder_goes_to_those_who_have_not_answered_and_both_links_work_once(
    client: FlaskClient, world: World, clock: time_machine.Traveller
) -> None:
    asked = opened(world)
    answer(COLLEAGUES[0])
    old = link_of(COLLEAGUES[1])
    with pytest.raises(Refused, match="less than 2 days ago"):
        msf_actions.remind(world.trainee, asked.id)
    clock.move_to(datetime(2026, 3, 13, 12, tzinfo=UTC))
    msf_actions.remind(world.trainee, asked.id)
    db.session.commit()
    assert _mails_to(COLLEAGUES[0]) == 1
    assert _mails_to(COLLEAGUES[1]) == 2
    assert client.post(old, data=reply()).status_code == 302
    assert client.get(link_of(COLLEAGUES[1])).status_code == 410


def _mails_to(address: str) -> int:
    counted = sa.select(sa.func.count()).where(OutgoingMail.to_address == address)
    return db.session.scalar(counted) or 0


# Answering


def test_opening_the_link_changes_nothing_and_sending_does(client: FlaskClient, world: World) -> None:
    opened(world)
    path, before = link_of(COLLEAGUES[0]), rows()
    assert client.get(path).status_code == 200
    assert client.head(path).status_code == 200
    assert rows() == before
    assert client.post(path, data=reply()).headers["Location"].endswith("/feedback/by-mail/thanks")
    assert rows() != before


def test_a_link_works_once(client: FlaskClient, world: World) -> None:
    opened(world)
    path = link_of(COLLEAGUES[0])
    assert client.post(path, data=reply()).status_code == 302
    for again in (client.post(path, data=reply()), client.get(path), client.post(f"{path}/decline", data={})):
        assert again.status_code == 410
        assert "was sent already" in again.text
    assert db.session.scalar(sa.select(sa.func.count()).select_from(FeedbackAnswer)) == 1


def test_an_incomplete_form_comes_back_and_a_patient_is_not_named(client: FlaskClient, world: World) -> None:
    opened(world)
    path = link_of(COLLEAGUES[0])
    refused = client.post(path, data=reply(answer_team="", answer_keep="For 943 476 5919."))
    assert refused.status_code == 422
    assert "Answer “Works well with others”." in refused.text
    assert "NHS number" in refused.text
    assert not db.session.scalar(sa.select(sa.func.count()).select_from(FeedbackAnswer))


def test_who_would_rather_not_is_not_asked_again(client: FlaskClient, world: World) -> None:
    asked = opened(world)
    path = link_of(COLLEAGUES[0])
    assert client.post(f"{path}/decline", data={}).status_code == 302
    assert client.get(path).status_code == 410
    assert now_(asked).answered == 0


def test_a_link_that_never_was_says_what_to_do(client: FlaskClient, world: World) -> None:
    answer_ = client.get("/feedback/by-mail/nothing")
    assert answer_.status_code == 404
    assert "We do not know this link." in answer_.text


# Ending


def test_with_one_answer_fewer_nothing_is_shown(app: Flask, world: World, clock: time_machine.Traveller) -> None:
    asked = answered(world, FEWEST - 1)
    msf_actions.rate_self(world.trainee, asked.id, OWN)
    db.session.commit()
    with pytest.raises(Refused, match=f"{FEWEST} must"):
        msf_closing.close(world.supervisor, asked.id)
    clock.move_to(datetime(2026, 4, 1, 12, tzinfo=UTC))
    assert msf_closing.close_due() == 1
    assert now_(asked).status is RoundStatus.TOO_FEW
    for person in (world.trainee, world.supervisor, world.lead):
        page = page_of(app, person, asked)
        assert "Works well with others" not in page
        assert "Comment number" not in page
    assert db.session.get(LogEntry, asked.id) is None
    assert NoticeKind.FEEDBACK_TOO_FEW in told(world.trainee)


def test_with_enough_answers_the_sums_are_shown(app: Flask, world: World, clock: time_machine.Traveller) -> None:
    """The control of the test above: one answer more, and the same page shows them."""
    asked = answered(world, FEWEST)
    msf_actions.rate_self(world.trainee, asked.id, OWN)
    db.session.commit()
    clock.move_to(datetime(2026, 4, 1, 12, tzinfo=UTC))
    assert msf_closing.close_due() == 1
    for person in (world.trainee, world.supervisor, world.lead):
        page = page_of(app, person, asked)
        assert "Works well with others" in page
        assert f"What {FEWEST} colleagues answered" in page


def test_sums_are_not_shown_while_the_round_is_open(app: Flask, world: World) -> None:
    asked = answered(world, FEWEST)
    for person in (world.trainee, world.supervisor):
        assert "Works well with others" not in page_of(app, person, asked)


def test_a_round_ends_when_everybody_has_answered_and_the_worker_decides(world: World) -> None:
    asked = answered(world, len(COLLEAGUES) - 1)
    assert msf_closing.close_due() == 0
    answer(COLLEAGUES[-1])
    assert now_(asked).status is RoundStatus.OPEN  # not in the request of the last colleague
    assert msf_closing.close_due() == 1
    assert now_(asked).status is RoundStatus.COLLATED
    body = json.loads(_event("feedback_collated").body)
    assert body["actor"] == str(THE_TRACKER)


def test_a_round_with_too_few_answers_goes_on_with_more_colleagues(world: World, clock: time_machine.Traveller) -> None:
    asked = answered(world, FEWEST - 1)
    clock.move_to(datetime(2026, 4, 1, 12, tzinfo=UTC))
    msf_closing.close_due()
    more = [COLLEAGUES[0], "late@elsewhere.example"]
    msf_actions.ask_more(world.trainee, asked.id, more, date(2026, 4, 20))
    db.session.commit()
    answer("late@elsewhere.example")
    assert _mails_to(COLLEAGUES[0]) == 1
    msf_closing.close(world.supervisor, asked.id)
    db.session.commit()
    assert now_(asked).status is RoundStatus.COLLATED


def test_the_trainee_rates_themselves_before_they_see_the_sums(app: Flask, world: World) -> None:
    asked = answered(world)
    msf_closing.close(world.supervisor, asked.id)
    db.session.commit()
    assert "Works well with others" not in page_of(app, world.trainee, asked)
    client = as_(app, world.trainee)
    assert client.post(f"/feedback/{asked.id}/self", data=reply(answer_team="very")).status_code == 302
    assert "Your own rating: very" in client.get(f"/feedback/{asked.id}").text
    assert client.post(f"/feedback/{asked.id}/self", data=reply(answer_team="yes")).status_code == 409


def test_only_a_supervisor_ends_a_round_early(world: World) -> None:
    asked = answered(world)
    for person in (world.trainee, world.lead):
        with pytest.raises(Forbidden):
            msf_closing.close(person, asked.id)


# What it counts for


def test_collated_feedback_counts_as_an_observed_assessment(world: World) -> None:
    asked = collated(world, code="GEN-2")
    entry = db.session.scalars(
        sa.select(LogEntry).where(LogEntry.id == asked.id).options(sa.orm.selectinload(LogEntry.competencies))
    ).one()
    assert (entry.kind, entry.assessment) == (EntryKind.OBSERVED_ASSESSMENT, "MSF")
    assert [each.code for each in entry.competencies] == ["GEN-2"]
    assert entry.assessor == f"{FEWEST} colleagues, who are not named"
    standing = db.session.scalars(sa.select(Standing).where(Standing.requirement_id == world.id_of("GEN-2"))).one()
    assert standing.counts["entries"] == 1


def test_an_entry_leads_to_the_answers_that_it_stands_for(app: Flask, world: World) -> None:
    asked = collated(world)
    client = as_(app, world.supervisor)
    assert f"/entries/{asked.id}/said" in client.get(f"/entries/{asked.id}").text
    assert client.get(f"/entries/{asked.id}/said").headers["Location"] == f"/feedback/{asked.id}"
    given = uuid4()
    assert as_(app, world.stranger).get(f"/entries/{asked.id}/said").headers["Location"] == f"/assessments/{asked.id}"
    assert client.get(f"/entries/{given}/said").headers["Location"] == f"/assessments/{given}"


def test_feedback_that_counts_for_no_competency_is_logged_all_the_same(world: World) -> None:
    asked = collated(world)
    assert db.session.get(LogEntry, asked.id) is not None
    assert list(verify.faults()) == []


# Who said what


def _event(kind: str) -> Event:
    return db.session.scalars(sa.select(Event).where(Event.kind == kind)).one()


def test_no_event_says_who_was_asked_or_who_answered(world: World) -> None:
    asked = collated(world)
    msf_closing.release(world.supervisor, asked.id, uuid4(), set())
    db.session.commit()
    colleagues = {str(each) for each in db.session.scalars(sa.select(FeedbackColleague.id))}
    answers = {str(each) for each in db.session.scalars(sa.select(FeedbackAnswer.id))}
    written = [*(event.body.decode() for event in db.session.scalars(sa.select(Event))), *_openings()]
    for text in written:
        assert not any(each in text for each in (colleagues | answers | set(COLLEAGUES)))
    kinds = [event.kind for event in db.session.scalars(sa.select(Event).order_by(Event.seq))]
    assert kinds == ["feedback_opened", "feedback_collated", "feedback_released"]  # none for an answer


def _openings() -> list[str]:
    return [opening.text or "" for opening in db.session.scalars(sa.select(Opening))]


def test_an_answer_is_kept_without_its_author_its_time_and_its_place(world: World) -> None:
    names = {column.name for table in (FeedbackAnswer, FeedbackComment) for column in table.__table__.columns}
    assert names == {"id", "round_id", "answers", "question", "text", "status", "decided_by_id"}
    assert {column.name for column in FeedbackColleague.__table__.columns} == {"id", "round_id", "address", "status"}
    answered(world, 8)
    if db.engine.dialect.name == "sqlite":
        for table in ("feedback_answer", "feedback_comment"):
            with pytest.raises(sa.exc.OperationalError, match="rowid"):
                db.session.execute(sa.text(f"SELECT rowid FROM {table}"))


def test_no_page_of_the_trainee_names_a_colleague(app: Flask, world: World) -> None:
    asked = collated(world)
    client = as_(app, world.trainee)
    places = (
        f"/feedback/{asked.id}",
        f"/feedback/{asked.id}/more",
        f"/feedback/{asked.id}/self",
        f"/enrolments/{world.enrolment.id}/feedback",
        f"/enrolments/{world.enrolment.id}/assessments",
        "/notices",
        f"/entries/{asked.id}",
    )
    for place in places:
        page = client.get(place)
        assert page.status_code in {200, 302}, place
        assert not any(address in page.text for address in COLLEAGUES), place


def test_comments_come_in_another_order_than_they_were_written(app: Flask, world: World) -> None:
    asked = collated(world, 8)
    page = page_of(app, world.supervisor, asked)
    shown = [page.index(text) for text in sorted(comments(asked), key=lambda text: comments(asked)[text].id)]
    assert shown == sorted(shown)


# Comments


def test_the_trainee_reads_what_a_supervisor_released_and_nothing_else(app: Flask, world: World) -> None:
    asked = collated(world)
    for person in (world.trainee, world.lead):
        assert "Comment number" not in page_of(app, person, asked)
    found = comments(asked)
    sent = {f"comment_{each.id.hex}": "hold_back" for each in found.values()}
    sent[f"comment_{found['Comment number 2.'].id.hex}"] = "release"
    supervisor = as_(app, world.supervisor)
    assert "Comment number 1." in supervisor.get(f"/feedback/{asked.id}").text
    done = supervisor.post(f"/feedback/{asked.id}/release", data={"key": uuid4().hex, "version": "0"} | sent)
    assert done.status_code == 302
    for person in (world.trainee, world.lead, world.supervisor):
        page = page_of(app, person, asked)
        assert "Comment number 2." in page
        assert "Comment number 1." not in page
    assert NoticeKind.FEEDBACK_RELEASED in told(world.trainee)


def test_every_comment_is_decided_on_at_once(app: Flask, world: World) -> None:
    asked = collated(world)
    supervisor = as_(app, world.supervisor)
    refused = supervisor.post(f"/feedback/{asked.id}/release", data={"key": uuid4().hex, "version": "0"})
    assert refused.status_code == 422
    assert {each.status for each in comments(asked).values()} == {CommentStatus.WAITING}


def test_the_same_press_releases_once_and_what_is_decided_stays(world: World) -> None:
    asked, key = collated(world), uuid4()
    released = {comments(asked)["Comment number 1."].id}
    first = msf_closing.release(world.supervisor, asked.id, key, released)
    db.session.commit()
    assert msf_closing.release(world.supervisor, asked.id, key, released).seq == first.seq
    with pytest.raises(Refused, match="read already"):
        msf_closing.release(world.supervisor, asked.id, uuid4(), set())


def test_a_training_lead_and_an_assessor_read_no_comment_before_it_is_released(app: Flask, world: World) -> None:
    asked = collated(world)
    assessor = make_supervision(world.enrolment, world.stranger.id, role=SupervisionRole.ASSESSOR)
    db.session.add(assessor)
    db.session.commit()
    for person in (world.lead, world.stranger):
        client = as_(app, person)
        assert "Comment number" not in client.get(f"/feedback/{asked.id}").text
        assert client.post(f"/feedback/{asked.id}/release", data={}).status_code == 403


def test_a_round_that_is_open_is_not_there_for_others(app: Flask, world: World) -> None:
    asked = answered(world)
    for person in (world.lead, world.stranger):
        assert as_(app, person).get(f"/feedback/{asked.id}").status_code == 404
