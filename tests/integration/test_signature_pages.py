"""The pages of signatures above the items."""

import re
from collections.abc import Iterator
from datetime import timedelta
from uuid import uuid4

import pytest
import sqlalchemy as sa
import time_machine
from flask import Flask
from flask.testing import FlaskClient

from tests.browsing import sign_in
from tests.integration.test_reports import counted_statements
from tests.signed_above import ASKING, NOW, complete, facts, revoke_claim, section_id, sign
from tests.world import World, make_world
from tracker.accounts.models import Person
from tracker.core.db import db
from tracker.logbook.models import Claim
from tracker.reviews.models import Signature


@pytest.fixture
def world(app: Flask) -> Iterator[World]:
    with time_machine.travel(NOW, tick=False):
        yield make_world(ASKING)


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
