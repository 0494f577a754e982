"""Passing a claim on, declining it, and returning only a part of its evidence."""

from datetime import date
from uuid import UUID, uuid4

import pytest
import sqlalchemy as sa
from flask import Flask
from flask.testing import FlaskClient

from tests.browsing import sign_in
from tests.integration.test_second_signature import add_supervisor, notices_to
from tests.world import World, make_entry_facts, make_world, seen
from tracker.accounts.models import Person
from tracker.core.db import db
from tracker.core.errors import Forbidden, Refused, Stale
from tracker.enrolments.models import Supervision
from tracker.logbook import claim_actions
from tracker.logbook.claim_actions import Submission
from tracker.logbook.entry_actions import Saving, save_entry
from tracker.logbook.models import Claim, ClaimStatus, EntryStatus, LogEntry, Mark
from tracker.logbook.resting import marks_of
from tracker.logbook.second_actions import decline, pass_on
from tracker.notifications.models import NoticeKind
from tracker.reports.queue import queue_of

ON = date(2026, 4, 1)
REASON = "Say which camera."


@pytest.fixture
def world(app: Flask) -> World:
    return make_world()


@pytest.fixture
def other(world: World) -> Person:
    return add_supervisor(world)


def waiting_for(person: Person) -> list[str]:
    return [each.code for each in queue_of(person, ON)]


def test_what_is_passed_on_waits_for_the_other_since_it_was_submitted(world: World, other: Person) -> None:
    claim = world.submitted()
    since = claim.moved_at
    event = pass_on(world.supervisor, claim.id, seen(claim), other.id, "You were there.")
    assert (event.kind, claim.status, claim.moved_at) == ("claim_passed_on", ClaimStatus.SUBMITTED, since)
    assert (waiting_for(world.supervisor), waiting_for(other)) == ([], ["GEN-1"])
    assert NoticeKind.CLAIM_PASSED_ON in notices_to(other)
    assert NoticeKind.CLAIM_ASKED_OF_ANOTHER in notices_to(world.trainee)


def test_what_was_passed_on_to_somebody_who_left_waits_for_all_again(world: World, other: Person) -> None:
    claim = world.submitted()
    pass_on(world.supervisor, claim.id, seen(claim), other.id, "")
    left = sa.update(Supervision).where(Supervision.supervisor_id == other.id).values(ends_on=date(2026, 1, 6))
    db.session.execute(left)
    assert waiting_for(world.supervisor) == ["GEN-1"]


def test_a_claim_is_passed_on_only_to_somebody_who_supervises(world: World, other: Person) -> None:
    claim = world.submitted()
    with pytest.raises(Refused, match="does not supervise this training today"):
        pass_on(world.supervisor, claim.id, seen(claim), world.lead.id, "")
    with pytest.raises(Refused, match="You have it already"):
        pass_on(world.supervisor, claim.id, seen(claim), world.supervisor.id, "")
    with pytest.raises(Forbidden):
        pass_on(world.trainee, claim.id, seen(claim), other.id, "")


def test_what_was_passed_on_meanwhile_is_not_signed_from_an_old_page(world: World, other: Person) -> None:
    claim = world.submitted()
    old = seen(claim)
    pass_on(world.supervisor, claim.id, seen(claim), other.id, "")
    with pytest.raises(Stale, match="passed on"):
        claim_actions.sign_off(world.supervisor, claim.id, old, 2, "")


def test_declining_leaves_the_claim_waiting_for_the_others(world: World, other: Person) -> None:
    claim = world.submitted()
    event = decline(world.supervisor, claim.id, seen(claim), "I was not there.", None)
    assert (event.kind, claim.status) == ("claim_declined", ClaimStatus.SUBMITTED)
    assert (waiting_for(world.supervisor), waiting_for(other)) == ([], ["GEN-1"])
    assert NoticeKind.CLAIM_DECLINED in notices_to(world.trainee)
    assert NoticeKind.CLAIM_DECLINED_BY_ALL not in notices_to(world.lead)


def test_declining_names_who_should_rather_sign(world: World, other: Person) -> None:
    claim = world.submitted()
    decline(world.supervisor, claim.id, seen(claim), "I was not there.", other.id)
    assert NoticeKind.CLAIM_PASSED_ON in notices_to(other)


def test_the_lead_is_told_when_nobody_is_left(world: World, other: Person) -> None:
    claim = world.submitted()
    decline(world.supervisor, claim.id, seen(claim), "I was not there.", None)
    decline(other, claim.id, seen(claim), "Nor was I.", None)
    assert NoticeKind.CLAIM_DECLINED_BY_ALL in notices_to(world.lead)


def two_entries(world: World) -> tuple[Claim, LogEntry, LogEntry]:
    """A claim on two entries."""
    first = world.logged("GEN-1", title="First")
    second = world.logged("GEN-1", date(2026, 3, 3), title="Second")
    claim = claim_actions.submit(world.trainee, world.enrolment, world.competencies["GEN-1"], Submission(uuid4(), 2))
    return claim, first, second


def change(world: World, entry: LogEntry, title: str) -> LogEntry:
    saved = Saving(entry.id, entry.version, EntryStatus.LOGGED, frozenset({world.id_of("GEN-1")}))
    return save_entry(world.trainee, world.enrolment, make_entry_facts(entry.performed_on, title=title), saved)


def return_part(world: World, claim: Claim, *rejected: UUID) -> None:
    claim_actions.return_(world.supervisor, claim.id, seen(claim), REASON, frozenset(rejected))


def test_a_return_of_a_part_reopens_only_that_entry(world: World) -> None:
    claim, first, second = two_entries(world)
    return_part(world, claim, second.id)
    assert marks_of(claim) == {first.id: Mark.ACCEPTED, second.id: Mark.NOT_ACCEPTED}
    with pytest.raises(Refused, match="This entry was accepted for GEN-1 and is kept as it is"):
        change(world, first, "Another")
    assert change(world, second, "Second, on camera 2").title == "Second, on camera 2"


def test_a_return_of_all_reopens_every_entry(world: World) -> None:
    """The control of the test above."""
    claim, first, second = two_entries(world)
    return_part(world, claim)
    assert marks_of(claim) == {}
    assert change(world, first, "Another").title == "Another"
    assert change(world, second, "Another").title == "Another"


def test_on_submitting_again_the_accepted_part_is_seen_before_and_the_rest_is_told_apart(world: World) -> None:
    claim, first, second = two_entries(world)
    return_part(world, claim, second.id)
    change(world, second, "Second, on camera 2")
    third = world.logged("GEN-1", date(2026, 3, 4), title="Third")
    claim_actions.submit(world.trainee, world.enrolment, world.competencies["GEN-1"], Submission(uuid4(), 2))
    assert marks_of(claim) == {first.id: Mark.SEEN, second.id: Mark.CHANGED}
    assert third.id not in marks_of(claim)


def test_what_was_not_accepted_and_is_unchanged_says_so(world: World) -> None:
    claim, first, second = two_entries(world)
    return_part(world, claim, second.id)
    claim_actions.submit(world.trainee, world.enrolment, world.competencies["GEN-1"], Submission(uuid4(), 2))
    assert marks_of(claim) == {first.id: Mark.SEEN, second.id: Mark.STILL_NOT_ACCEPTED}


def test_only_evidence_of_the_claim_is_not_accepted(world: World) -> None:
    claim, _, _ = two_entries(world)
    with pytest.raises(Refused, match="no evidence of this claim"):
        return_part(world, claim, uuid4())


def test_the_event_of_a_return_names_what_was_not_accepted(world: World) -> None:
    claim, _, second = two_entries(world)
    shown = seen(claim)
    event = claim_actions.return_(world.supervisor, claim.id, shown, REASON, frozenset({second.id}))
    assert f'"rejected":["{second.id}"]' in event.body.decode()


def test_the_trainee_reads_which_entry_is_not_accepted(client: FlaskClient, world: World) -> None:
    claim, _, second = two_entries(world)
    return_part(world, claim, second.id)
    db.session.commit()
    sign_in(client, world.trainee)
    page = client.get(f"/enrolments/{world.enrolment.id}/competencies/{world.id_of('GEN-1')}").text
    assert page.count("Not accepted") == 1
    assert page.count("Accepted, and kept as it is") == 1
    assert REASON in page


def press(claim: Claim, **more: object) -> dict[str, object]:
    shown = seen(claim)
    return {"key": uuid4().hex, "version": shown.version, "digest": shown.digest, "comment": REASON} | more


def test_a_supervisor_ticks_what_is_not_accepted(client: FlaskClient, world: World) -> None:
    claim, _, second = two_entries(world)
    form = press(claim, rejected=str(second.id))
    db.session.commit()
    sign_in(client, world.supervisor)
    assert f'value="{second.id}"' in client.get(f"/claims/{claim.id}").text
    assert client.post(f"/claims/{claim.id}/return", data=form).status_code == 302
    db.session.refresh(claim)
    assert marks_of(claim)[second.id] is Mark.NOT_ACCEPTED


def test_a_supervisor_passes_on_and_declines_on_the_page(client: FlaskClient, world: World, other: Person) -> None:
    claims = [world.submitted("GEN-1"), world.submitted("NM-1")]
    passing, declining = (
        press(claims[0], to=str(other.id), note="You were there."),
        press(claims[1], reason="Not there."),
    )
    db.session.commit()
    sign_in(client, world.supervisor)
    assert client.post(f"/claims/{claims[0].id}/pass-on", data=passing).location.endswith("done=passed_on&code=GEN-1")
    assert client.post(f"/claims/{claims[1].id}/decline", data=declining).location.endswith("done=declined&code=NM-1")
    page = client.get(f"/claims/{claims[0].id}").text
    assert "waits for Akin Bello since" in page
    assert "You were there." in page


def test_declining_without_a_reason_says_what_is_missing(client: FlaskClient, world: World) -> None:
    claim = world.submitted()
    form = press(claim, reason="")
    db.session.commit()
    sign_in(client, world.supervisor)
    answer = client.post(f"/claims/{claim.id}/decline", data=form)
    assert answer.status_code == 422
    assert "Say why, so that the trainee and the others know." in answer.text
