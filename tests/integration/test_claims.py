"""The life of a claim, on both databases."""

from datetime import UTC, date, datetime, timedelta
from uuid import uuid4

import pytest
import sqlalchemy as sa
import time_machine
from flask import Flask

from tests.make import make_supervision
from tests.world import World, make_entry_facts, make_world, saving, seen
from tracker.core.db import db
from tracker.core.errors import Forbidden, Refused, Stale
from tracker.curricula.queries import get_outline
from tracker.enrolments.models import SupervisionRole
from tracker.logbook import claim_actions as actions
from tracker.logbook.claim_actions import Submission
from tracker.logbook.entry_actions import Saving, save_entry
from tracker.logbook.models import Claim, ClaimStatus, EntryStatus
from tracker.logbook.queries import history_of, visible_claims, visible_entries
from tracker.notifications.models import Notice, NoticeKind
from tracker.progress.models import SectionSum, Stage, Standing
from tracker.record import verify
from tracker.record.models import Event


@pytest.fixture
def world(app: Flask) -> World:
    return make_world()


def standing_of(world: World, code: str) -> Standing:
    return db.session.get_one(Standing, (world.enrolment.id, world.id_of(code)), populate_existing=True)


def sums_of(world: World, code: str) -> tuple[int, int]:
    section = get_outline(world.enrolment.version_id).requirement(world.id_of(code)).section_id
    row = db.session.get_one(SectionSum, (world.enrolment.id, section), populate_existing=True)
    return row.done, row.waiting


def notices_to(person_id: object) -> list[NoticeKind]:
    chosen = sa.select(Notice.kind).where(Notice.person_id == person_id).order_by(Notice.written_at, Notice.id)
    return list(db.session.scalars(chosen))


def test_a_claim_is_submitted_signed_and_recorded(world: World) -> None:
    claim = world.submitted()
    event = actions.sign_off(world.supervisor, claim.id, seen(claim), 2, "Seen twice.")
    assert (claim.status, claim.level_signed, claim.signed_off_by_id) == (
        ClaimStatus.SIGNED_OFF,
        2,
        world.supervisor.id,
    )
    assert (event.seq, event.kind) == (2, "claim_signed_off")
    assert standing_of(world, "GEN-1").stage is Stage.DONE
    assert sums_of(world, "GEN-1") == (1, 0)
    assert notices_to(world.supervisor.id) == [NoticeKind.CLAIM_WAITING]
    assert notices_to(world.trainee.id) == [NoticeKind.CLAIM_SIGNED_OFF]
    assert list(verify.faults()) == []


def test_a_submitted_claim_waits_in_the_sums(world: World) -> None:
    world.submitted()
    assert standing_of(world, "GEN-1").stage is Stage.SUBMITTED
    assert sums_of(world, "GEN-1") == (0, 1)


def test_no_name_and_no_text_is_in_an_event(world: World) -> None:
    world.signed()
    bodies = b"".join(db.session.scalars(sa.select(Event.body)))
    for word in (b"Osei", b"Well done", b"Please look", b"gamma"):
        assert word not in bodies


def test_a_claim_without_evidence_is_refused_with_what_to_do(world: World) -> None:
    with pytest.raises(Refused, match="There is no evidence yet: log what you did, then submit"):
        actions.submit(world.trainee, world.enrolment, world.competencies["GEN-1"], Submission(uuid4(), 2))


def test_a_claim_with_too_little_evidence_says_what_is_missing(world: World) -> None:
    world.logged("GEN-2")
    with pytest.raises(Refused, match=r"1 of 3 entries: log two more\. 1 of 2 different days"):
        actions.submit(world.trainee, world.enrolment, world.competencies["GEN-2"], Submission(uuid4(), 3))


def test_a_signed_claim_is_not_signed_twice(world: World) -> None:
    claim = world.signed()
    with pytest.raises(Refused, match="Only a submitted claim can be signed off: it is signed off already"):
        actions.sign_off(world.supervisor, claim.id, seen(claim), 2, "")


def test_pressing_twice_is_one_event(world: World) -> None:
    claim = world.submitted()
    pressed = seen(claim)
    first = actions.sign_off(world.supervisor, claim.id, pressed, 2, "Good.")
    second = actions.sign_off(world.supervisor, claim.id, pressed, 2, "Good.")
    assert first.seq == second.seq
    assert len(history_of(claim)) == 2


def test_the_same_key_with_another_answer_is_refused(world: World) -> None:
    claim = world.submitted()
    pressed = seen(claim)
    actions.sign_off(world.supervisor, claim.id, pressed, 2, "Good.")
    with pytest.raises(Refused, match="already sent with other answers"):
        actions.sign_off(world.supervisor, claim.id, pressed, 3, "Good.")


def test_a_stale_page_is_refused_with_who_changed_what(world: World) -> None:
    claim = world.submitted()
    old = seen(claim)
    actions.return_(world.supervisor, claim.id, seen(claim), "No date on the worksheet.")
    with pytest.raises(Stale, match=r"Supervisor Osei changed this claim after you opened it \(returned\)"):
        actions.sign_off(world.supervisor, claim.id, old, 2, "")


def test_what_is_signed_is_what_was_shown(world: World) -> None:
    claim = world.submitted()
    with pytest.raises(Stale, match="The evidence is not what you were shown"):
        actions.sign_off(world.supervisor, claim.id, seen(claim, digest="0" * 64), 2, "")


def test_nobody_signs_for_themselves(world: World) -> None:
    claim = world.submitted()
    with pytest.raises(Forbidden):
        actions.sign_off(world.trainee, claim.id, seen(claim), 2, "")


def test_the_database_refuses_a_signer_who_is_the_trainee(world: World) -> None:
    claim = world.signed()
    with pytest.raises(sa.exc.IntegrityError):
        db.session.execute(sa.update(Claim).values(signed_off_by_id=claim.trainee_id))


@pytest.mark.parametrize("who", ["stranger", "lead"])
def test_only_a_supervisor_signs(world: World, who: str) -> None:
    claim = world.submitted()
    with pytest.raises(Forbidden):
        actions.sign_off(getattr(world, who), claim.id, seen(claim), 2, "")


def test_a_level_below_the_one_needed_is_refused(world: World) -> None:
    claim = world.submitted()
    with pytest.raises(Refused, match="needs level 2"):
        actions.sign_off(world.supervisor, claim.id, seen(claim), 1, "")


def test_a_returned_claim_is_submitted_again_as_the_next_attempt(world: World) -> None:
    claim = world.submitted()
    actions.return_(world.supervisor, claim.id, seen(claim), "Say which camera.")
    assert standing_of(world, "GEN-1").stage is Stage.RETURNED
    assert sums_of(world, "GEN-1") == (0, 0)
    again = actions.submit(world.trainee, world.enrolment, world.competencies["GEN-1"], Submission(uuid4(), 2))
    assert (again.id, again.attempt, again.status) == (claim.id, 2, ClaimStatus.SUBMITTED)
    assert [step.comment for step in history_of(claim)] == ["Please look.", "Say which camera.", ""]


def test_a_trainee_withdraws_before_anybody_acted(world: World) -> None:
    claim = world.submitted()
    actions.withdraw(world.trainee, claim.id, seen(claim))
    assert claim.status is ClaimStatus.OPEN
    assert standing_of(world, "GEN-1").stage is Stage.IN_PROGRESS
    with pytest.raises(Refused, match="There is nothing to withdraw"):
        actions.withdraw(world.trainee, claim.id, seen(claim))


def test_the_signer_revokes_within_a_day_and_the_lead_afterwards(world: World) -> None:
    with time_machine.travel(datetime(2026, 4, 1, 9, tzinfo=UTC), tick=False) as clock:
        claim = world.signed()
        clock.shift(timedelta(hours=25))
        with pytest.raises(Refused, match="more than 24 hours ago"):
            actions.revoke(world.supervisor, claim.id, seen(claim), "Wrong trainee.")
        actions.revoke(world.lead, claim.id, seen(claim), "Wrong trainee.")
    assert claim.status is ClaimStatus.REVOKED
    assert claim.signed_off_at is not None
    assert sums_of(world, "GEN-1") == (0, 0)


def test_an_entry_that_a_claim_rests_on_cannot_be_changed(world: World) -> None:
    claim = world.submitted()
    (entry,) = db.session.scalars(visible_entries(world.trainee))
    change = Saving(entry.id, entry.version, EntryStatus.LOGGED, frozenset({claim.competency_id}))
    with pytest.raises(Refused, match="evidence for GEN-1"):
        save_entry(world.trainee, world.enrolment, make_entry_facts(title="Another"), change)


def test_an_entry_of_a_returned_claim_can_be_changed(world: World) -> None:
    claim = world.submitted()
    actions.return_(world.supervisor, claim.id, seen(claim), "Say which camera.")
    (entry,) = db.session.scalars(visible_entries(world.trainee))
    change = Saving(entry.id, entry.version, EntryStatus.LOGGED, frozenset({claim.competency_id}))
    assert save_entry(world.trainee, world.enrolment, make_entry_facts(title="Camera 2"), change).title == "Camera 2"


def test_an_entry_changed_in_another_window_is_not_overwritten(world: World) -> None:
    entry = world.logged()
    stale = Saving(entry.id, entry.version, EntryStatus.LOGGED, frozenset({world.id_of("GEN-1")}))
    save_entry(world.trainee, world.enrolment, make_entry_facts(title="First window"), stale)
    with pytest.raises(Stale, match="in another window"):
        save_entry(world.trainee, world.enrolment, make_entry_facts(title="Second window"), stale)


def test_the_same_press_twice_is_one_entry(world: World) -> None:
    press = saving(world.id_of("GEN-1"))
    first = save_entry(world.trainee, world.enrolment, make_entry_facts(), press)
    second = save_entry(world.trainee, world.enrolment, make_entry_facts(), press)
    assert first.id == second.id
    assert standing_of(world, "GEN-1").counts["entries"] == 1


def test_one_entry_counts_towards_several_competencies(world: World) -> None:
    press = saving(world.id_of("GEN-1"), world.id_of("NM-1"))
    save_entry(world.trainee, world.enrolment, make_entry_facts(), press)
    assert [standing_of(world, code).counts["entries"] for code in ("GEN-1", "NM-1")] == [1, 1]


def test_an_entry_taken_off_a_competency_no_longer_counts_there(world: World) -> None:
    entry = world.logged("GEN-1")
    move = Saving(entry.id, entry.version, EntryStatus.LOGGED, frozenset({world.id_of("NM-1")}))
    save_entry(world.trainee, world.enrolment, make_entry_facts(), move)
    assert standing_of(world, "GEN-1").stage is Stage.NOT_STARTED
    assert standing_of(world, "NM-1").stage is Stage.IN_PROGRESS


def test_a_draft_does_not_count_and_is_its_trainees_alone(world: World) -> None:
    save_entry(
        world.trainee, world.enrolment, make_entry_facts(), saving(world.id_of("GEN-1"), status=EntryStatus.DRAFT)
    )
    assert db.session.get(Standing, (world.enrolment.id, world.id_of("GEN-1"))) is None
    assert db.session.scalars(visible_entries(world.supervisor)).all() == []
    assert len(db.session.scalars(visible_entries(world.trainee)).all()) == 1


def test_a_former_supervisor_sees_what_they_signed_and_no_more(world: World) -> None:
    signed = world.signed("GEN-1")
    world.submitted("NM-1")
    world.enrolment.supervisions[0].ends_on = date(2026, 1, 6)
    db.session.flush()
    assert [claim.id for claim in db.session.scalars(visible_claims(world.supervisor))] == [signed.id]
    assert len(db.session.scalars(visible_entries(world.supervisor)).all()) == 1


def test_a_stranger_sees_nothing(world: World) -> None:
    world.signed()
    assert db.session.scalars(visible_claims(world.stranger)).all() == []
    assert db.session.scalars(visible_entries(world.stranger)).all() == []


def test_who_signed_an_earlier_attempt_does_not_see_the_next(world: World) -> None:
    claim = world.signed()
    actions.revoke(world.supervisor, claim.id, seen(claim), "Wrong camera.")
    world.enrolment.supervisions[0].ends_on = date(2026, 1, 6)
    db.session.add(make_supervision(world.enrolment, world.stranger.id))
    db.session.flush()
    db.session.refresh(world.enrolment, ["supervisions"])
    world.logged("GEN-1", title="After the revocation")
    actions.submit(world.trainee, world.enrolment, world.competencies["GEN-1"], Submission(uuid4(), 2, "Again."))
    assert db.session.scalars(visible_claims(world.supervisor)).all() == []
    assert [entry.title for entry in db.session.scalars(visible_entries(world.supervisor))] == [
        "Daily uniformity of the gamma camera"
    ]


def test_an_assessor_is_not_asked_to_sign(world: World) -> None:
    world.enrolment.supervisions[0].role = SupervisionRole.ASSESSOR
    db.session.flush()
    world.logged("GEN-1")
    with pytest.raises(Refused, match="Nobody supervises you yet"):
        actions.submit(world.trainee, world.enrolment, world.competencies["GEN-1"], Submission(uuid4(), 2))
