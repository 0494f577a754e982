"""Signatures above the items: who gives them, on what, and what undoes them."""

import json
import re
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from typing import Any
from uuid import UUID, uuid4

import pytest
import sqlalchemy as sa
import time_machine
from flask import Flask
from flask.testing import FlaskClient

from tests.browsing import sign_in
from tests.integration.test_reports import counted_statements
from tests.world import SCHEME, World, make_world, seen
from tracker.accounts.models import Person
from tracker.core.db import db
from tracker.core.errors import Forbidden, NotFound, Refused, Reused, Stale
from tracker.curricula.queries import get_outline
from tracker.enrolments.queries import get_enrolment
from tracker.logbook import claim_actions
from tracker.logbook.ageing_actions import restate_due
from tracker.logbook.lapse_actions import recheck
from tracker.logbook.models import Claim
from tracker.notifications.models import Notice, NoticeKind
from tracker.record.models import Event
from tracker.reports.progress import report_on
from tracker.reviews import signature_actions as actions
from tracker.reviews.models import Signature, SignatureItem
from tracker.reviews.signature_actions import SignatureFacts
from tracker.reviews.to_sign import section_to_sign, whole_to_sign

NOW = datetime(2026, 4, 7, 12, tzinfo=UTC)
ONCE = [{"code": "once", "title": "Once", "meaning": "Done once.", "level": 2, "evidence": {"entries": 1}}]
ASKING: dict[str, Any] = SCHEME | {
    "kinds": ONCE,
    "signatures": {"section": "supervisor", "whole": "training_lead"},
    "sections": [
        SCHEME["sections"][0]
        | {
            "competencies": [
                {"code": code, "statement": "Do it.", "guidance": "Seen.", "kind": "once"}
                for code in ("GEN-1", "GEN-2")
            ]
        },
        *SCHEME["sections"][1:],
    ],
}


@pytest.fixture
def world(app: Flask) -> Iterator[World]:
    with time_machine.travel(NOW, tick=False):
        yield make_world(ASKING)


def section_id(world: World, code: str = "GEN") -> UUID:
    return next(each.id for each in get_outline(world.enrolment.version_id).sections if each.code == code)


def sentence_of(world: World, code: str = "GEN") -> str:
    report = report_on(world.enrolment, NOW.date())
    return next(each.sentence for each in report.sections if each.section.code == code)


def facts(world: World, code: str | None = "GEN", **more: Any) -> SignatureFacts:
    outline = get_outline(world.enrolment.version_id)
    if code is None:
        shown = whole_to_sign(outline, world.enrolment, NOW.date())
    else:
        shown = section_to_sign(outline, world.enrolment, section_id(world, code), NOW.date())
    values: dict[str, Any] = {"key": uuid4(), "digest": shown.digest, "comment": "All seen."}
    return SignatureFacts(**(values | more))


def complete(world: World, *codes: str) -> list[Claim]:
    return [world.signed(code) for code in codes or ("GEN-1", "GEN-2")]


def sign(world: World, code: str | None = "GEN", actor: Person | None = None, **more: Any) -> Signature:
    said = facts(world, code, **more)
    if code is None:
        return actions.sign_training(actor or world.lead, world.enrolment, said)
    return actions.sign_section(actor or world.supervisor, world.enrolment, section_id(world, code), said)


def revoke_claim(world: World, claim: Claim) -> None:
    claim_actions.revoke(world.supervisor, claim.id, seen(claim), "It was somebody else's work.")


def test_a_complete_section_waits_for_the_supervisor_and_is_met_when_signed(world: World) -> None:
    complete(world)
    assert sentence_of(world) == "All 2 done. Complete, waits for the supervisor's signature."
    sign(world)
    assert sentence_of(world) == "All 2 done. Signed by Supervisor Osei on 7 April 2026."


def test_a_signature_is_an_event_that_refers_to_each_sign_off(world: World) -> None:
    claims = complete(world)
    signature = sign(world)
    event = db.session.get_one(Event, signature.event_seq)
    body = json.loads(event.body)
    offs = sa.select(Event.seq).where(Event.kind == "claim_signed_off").order_by(Event.seq)
    assert body["kind"] == "section_signed"
    assert body["facts"]["events"] == db.session.scalars(offs).all()
    assert len(body["facts"]["events"]) == len(claims)
    assert body["facts"]["content"] == signature.digest
    assert "All seen." not in event.body.decode()
    (notice,) = db.session.scalars(sa.select(Notice).where(Notice.kind == NoticeKind.SECTION_SIGNED))
    assert notice.person_id == world.trainee.id


def test_the_same_press_is_the_same_signature(world: World) -> None:
    complete(world)
    said = facts(world)
    first, second = (actions.sign_section(world.supervisor, world.enrolment, section_id(world), said) for _ in range(2))
    assert first.id == second.id
    other = SignatureFacts(said.key, said.digest, "Other words.")
    with pytest.raises(Reused):
        actions.sign_section(world.supervisor, world.enrolment, section_id(world), other)


def test_a_section_that_is_signed_is_not_signed_again(world: World) -> None:
    complete(world)
    sign(world)
    with pytest.raises(Refused, match="signed already"):
        sign(world)


def test_an_incomplete_section_is_refused_with_what_lacks(world: World) -> None:
    complete(world, "GEN-1")
    with pytest.raises(Refused, match="1 of 2 done in Generic"):
        sign(world)


def test_what_changed_since_it_was_shown_is_refused(world: World) -> None:
    complete(world)
    with pytest.raises(Stale, match="changed after you opened"):
        sign(world, digest="0" * 64)


@pytest.mark.parametrize("who", ["trainee", "stranger", "lead"])
def test_nobody_but_whom_the_curriculum_names_signs_a_section(world: World, who: str) -> None:
    complete(world)
    with pytest.raises(Forbidden):
        sign(world, actor=getattr(world, who))


def test_a_section_that_is_not_the_trainees_cannot_be_signed(world: World) -> None:
    with pytest.raises(NotFound):
        sign(world, "RE")


def test_a_revoked_item_makes_the_signature_void_and_the_event_stays(world: World) -> None:
    claim, _ = complete(world)
    signature = sign(world)
    revoke_claim(world, claim)
    said = sentence_of(world)
    assert said.startswith("1 of 2 done: 1 to go. Was signed by Supervisor Osei on 7 April 2026, which is void since ")
    assert said.endswith("because the sign-off of GEN-1 was revoked: to be signed again when all is done.")
    assert db.session.get_one(Event, signature.event_seq).kind == "section_signed"


def test_a_void_signature_stays_void_when_the_item_is_signed_again_until_the_section_is(world: World) -> None:
    claim, _ = complete(world)
    sign(world)
    revoke_claim(world, claim)
    world.signed("GEN-1")
    assert sentence_of(world).endswith("waits for the supervisor's signature again.")
    sign(world)
    assert sentence_of(world) == "All 2 done. Signed by Supervisor Osei on 7 April 2026."
    assert db.session.scalar(sa.select(sa.func.count()).select_from(Signature)) == 2


def test_a_recheck_that_holds_leaves_the_signature_and_what_is_to_be_signed(app: Flask) -> None:
    valid_for_a_year = ASKING | {"kinds": [kind | {"validity_months": 12} for kind in ONCE]}
    with time_machine.travel(NOW, tick=False) as clock:
        world = make_world(valid_for_a_year)
        claim, _ = complete(world)
        sign(world)
        shown = facts(world).digest
        clock.move_to(datetime(2027, 3, 20, 12, tzinfo=UTC))
        recheck(world.supervisor, claim.id, seen(claim), holds=True, looked_at="Watched it done.")
        assert "void" not in sentence_of(world)
        assert facts(world).digest == shown
        db.session.commit()
        clock.move_to(datetime(2027, 4, 8, 12, tzinfo=UTC))  # the other lapses, and is rechecked
        restate_due()
        get_enrolment(world.trainee, world.enrolment.id)
        other = db.session.scalars(sa.select(Claim).where(Claim.id != claim.id)).one()
        recheck(world.supervisor, other.id, seen(other), holds=True, looked_at="Watched it done.")
        assert "void" in sentence_of(world)
        sign(world)
        assert "void" not in sentence_of(world)


def test_without_what_it_rests_on_a_signature_would_not_become_void(world: World) -> None:
    """The control: it is the items that make it void."""
    claim, _ = complete(world)
    sign(world)
    db.session.execute(sa.delete(SignatureItem))
    revoke_claim(world, claim)
    assert "void" not in sentence_of(world)


def test_the_whole_is_signed_by_the_lead_when_every_section_is(world: World) -> None:
    complete(world, "GEN-1", "GEN-2", "NM-1")
    with pytest.raises(Refused, match="Generic is complete: waits for the supervisor's signature"):
        sign(world, None)
    sign(world)
    sign(world, "NM")
    (told,) = db.session.scalars(sa.select(Notice).where(Notice.kind == NoticeKind.TRAINING_WAITING))
    assert told.person_id == world.lead.id
    with pytest.raises(Forbidden):
        sign(world, None, actor=world.supervisor)
    signature = sign(world, None)
    body = json.loads(db.session.get_one(Event, signature.event_seq).body)
    assert (body["kind"], len(body["facts"]["events"])) == ("training_signed", 5)
    assert report_on(world.enrolment, NOW.date()).signature.startswith("The whole training is signed by Lead Osei")


def test_a_revoked_section_makes_the_whole_void(world: World) -> None:
    complete(world, "GEN-1", "GEN-2", "NM-1")
    section, _, _ = sign(world), sign(world, "NM"), sign(world, None)
    actions.revoke_signature(world.supervisor, world.enrolment, section.id, uuid4(), "Too early.")
    said = report_on(world.enrolment, NOW.date()).signature
    assert "void since 7 April 2026 because the signature of GEN was revoked" in said
    assert "because it was revoked" in sentence_of(world)


def test_the_signer_revokes_for_a_day_and_the_lead_afterwards(world: World) -> None:
    complete(world)
    signature = sign(world)
    with time_machine.travel(NOW + timedelta(hours=25), tick=False):
        with pytest.raises(Refused, match="more than 24 hours ago"):
            actions.revoke_signature(world.supervisor, world.enrolment, signature.id, uuid4(), "Too early.")
        key = uuid4()
        first, second = (
            actions.revoke_signature(world.lead, world.enrolment, signature.id, key, "Too early.") for _ in range(2)
        )
    assert first.seq == second.seq
    assert signature.reason == "Too early."
    with pytest.raises(Refused, match="revoked already"):
        actions.revoke_signature(world.lead, world.enrolment, signature.id, uuid4(), "Again.")


def test_the_pages_lead_from_the_section_to_its_signature_and_its_revocation(client: FlaskClient, world: World) -> None:
    complete(world)
    db.session.commit()
    base = f"/enrolments/{world.enrolment.id}"
    sign_in(client, world.supervisor)
    overview = client.get(f"{base}/signatures").text
    address = f"{base}/sections/{section_id(world)}/sign"
    assert f'href="{address}"' in overview
    page = client.get(address).text
    assert "GEN-1 Do it." in page
    assert "Level 2, Supervisor Osei, 7 April 2026" in page
    said = facts(world)
    form = {"key": str(said.key), "version": "0", "digest": said.digest, "comment": "All seen."}
    assert client.post(address, data=form).status_code == 302
    signed = client.get(f"{base}/signatures").text
    assert "Revoke this signature" in signed
    assert "All seen." in signed
    revoking = f"/signatures/{db.session.scalars(sa.select(Signature.id)).one()}/revoke"
    assert client.post(revoking, data={"key": str(uuid4()), "version": "0", "reason": ""}).status_code == 422
    assert client.post(revoking, data={"key": str(uuid4()), "version": "0", "reason": "Too early."}).status_code == 302
    assert "Too early." in client.get(f"{base}/signatures").text


def test_a_signature_asks_for_a_factor(client: FlaskClient, world: World) -> None:
    complete(world)
    db.session.commit()
    sign_in(client, world.supervisor)
    said = facts(world)
    with time_machine.travel(NOW + timedelta(minutes=6), tick=False):
        form = {"key": str(said.key), "version": "0", "digest": said.digest, "comment": "All seen."}
        answer = client.post(f"/enrolments/{world.enrolment.id}/sections/{section_id(world)}/sign", data=form)
    assert answer.status_code == 422
    assert "All seen." in answer.text
    assert db.session.scalar(sa.select(sa.func.count()).select_from(Signature)) == 0


def test_the_progress_page_asks_no_more_questions_when_more_is_signed(client: FlaskClient, world: World) -> None:
    complete(world)
    db.session.commit()
    sign_in(client, world.trainee)
    address = f"/progress/{world.enrolment.id}"
    client.get(address)
    with counted_statements() as before:
        client.get(address)
    sign(world)
    db.session.commit()
    with counted_statements() as after:
        page = client.get(address).text
    assert "Signed by Supervisor Osei" in page
    assert len(before) == len(after) <= 6, after


def test_the_queue_shows_the_supervisor_the_section_and_the_lead_the_whole(client: FlaskClient, world: World) -> None:
    def waiting(person: Person) -> list[str]:
        sign_in(client, person)
        return re.findall(
            r'href="/enrolments/[0-9a-f-]{36}/(?:sections/[0-9a-f-]{36}/)?sign">([^<]*)', client.get("/queue").text
        )

    complete(world, "GEN-1", "NM-1")
    db.session.commit()
    assert (waiting(world.supervisor), waiting(world.lead)) == (["Nuclear medicine"], [])
    complete(world, "GEN-2")
    db.session.commit()
    assert waiting(world.supervisor) == ["Generic", "Nuclear medicine"]
    sign(world)
    sign(world, "NM")
    db.session.commit()
    assert (waiting(world.supervisor), waiting(world.lead)) == ([], ["The whole training"])
    sign(world, None)
    db.session.commit()
    assert (waiting(world.supervisor), waiting(world.lead)) == ([], [])
    revoke_claim(world, db.session.scalars(sa.select(Claim).where(Claim.competency_id == world.id_of("NM-1"))).one())
    world.signed("NM-1")
    db.session.commit()
    assert (waiting(world.supervisor), waiting(world.lead)) == (["Nuclear medicine"], [])
