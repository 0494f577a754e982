"""An entry that was filed under the wrong type: it counts as the right one, and what was signed stays as it was."""

from datetime import date
from typing import Any
from uuid import uuid4

import pytest
import sqlalchemy as sa
from flask import Flask
from flask.testing import FlaskClient

from tests.browsing import sign_in
from tests.integration.test_second_signature import notices_to
from tests.world import SCHEME, World, make_world, seen
from tracker.core.db import db
from tracker.core.errors import Forbidden, Refused
from tracker.logbook import claim_actions
from tracker.logbook.content import entry_digest
from tracker.logbook.models import ClaimEvidence, EntryKind, LogEntry, Part
from tracker.logbook.retyping_actions import Retyping, retype
from tracker.notifications.models import NoticeKind
from tracker.progress.models import Standing
from tracker.record.models import Event

WANTS_DOPS = {"entries": 1, "assessments": [{"any_of": ["DOPS"], "count": 1}]}
FORMS = [
    {"code": "DOPS", "title": "Directly observed"},
    {"code": "OCE", "title": "Observed clinical event"},
    {"code": "REG", "title": "By somebody on a register", "needs_registration": True},
]
KINDS = [SCHEME["kinds"][0] | {"evidence": WANTS_DOPS}, SCHEME["kinds"][1]]
OBSERVED: dict[str, Any] = {"kind": EntryKind.OBSERVED_ASSESSMENT, "assessment": "OCE", "assessor": "Dr Lund"}


@pytest.fixture
def world(app: Flask) -> World:
    return make_world(SCHEME | {"assessments": FORMS, "kinds": KINDS})


def counts_of(world: World, code: str = "GEN-1") -> dict[str, int]:
    chosen = (world.enrolment.id, world.id_of(code))
    return db.session.get_one(Standing, chosen, populate_existing=True).counts


def as_dops() -> Retyping:
    return Retyping(uuid4(), form="DOPS")


def test_an_assessment_under_the_wrong_form_counts_as_the_right_one(world: World) -> None:
    entry = world.logged(**OBSERVED)
    assert "form.DOPS" not in counts_of(world)
    event = retype(world.trainee, entry.id, as_dops())
    assert event.kind == "entry_retyped"
    assert counts_of(world)["form.DOPS"] == 1
    assert "form.OCE" not in counts_of(world)
    assert NoticeKind.ENTRY_RETYPED in notices_to(world.supervisor)


def test_what_was_written_and_its_digest_stay_as_they_were(world: World) -> None:
    entry = world.logged(**OBSERVED)
    before = entry_digest(entry)
    retype(world.trainee, entry.id, as_dops())
    assert (entry.assessment, entry_digest(entry)) == ("OCE", before)


def test_the_same_press_is_one_retyping(world: World) -> None:
    entry, press = world.logged(**OBSERVED), as_dops()
    assert retype(world.trainee, entry.id, press).seq == retype(world.trainee, entry.id, press).seq


def test_an_entry_of_an_assessor_is_retyped_and_not_changed(world: World) -> None:
    entry = world.logged(**OBSERVED)
    entry.fixed = True
    retype(world.trainee, entry.id, as_dops())
    assert counts_of(world)["form.DOPS"] == 1


def test_while_a_claim_waits_with_it_an_entry_is_not_retyped(world: World) -> None:
    entry = world.logged(**(OBSERVED | {"assessment": "DOPS"}))
    world_claim = claim_actions.submit(
        world.trainee, world.enrolment, world.competencies["GEN-1"], claim_actions.Submission(uuid4(), 2)
    )
    with pytest.raises(Refused, match="GEN-1 waits for sign-off with this entry as it is"):
        retype(world.trainee, entry.id, Retyping(uuid4(), form="OCE"))
    claim_actions.sign_off(world.supervisor, world_claim.id, seen(world_claim), 2, "")
    signed = db.session.scalars(sa.select(ClaimEvidence.digest)).one()
    retype(world.trainee, entry.id, Retyping(uuid4(), form="OCE"))
    assert entry_digest(entry) == signed  # What was signed is still what was shown.


def test_a_form_that_asks_for_registration_does_not_stand_in_for_one_that_does_not(world: World) -> None:
    entry = world.logged(**OBSERVED)
    with pytest.raises(Refused, match="Whoever fills in REG must be on a register"):
        retype(world.trainee, entry.id, Retyping(uuid4(), form="REG"))
    registered = world.logged(on=date(2026, 3, 3), **(OBSERVED | {"assessment": "REG"}))
    retype(world.trainee, registered.id, as_dops())  # The control: who could sign the one could sign the other.


def test_work_is_not_filed_as_an_assessment(world: World) -> None:
    entry = world.logged()
    with pytest.raises(Refused, match="Only an observed assessment"):
        retype(world.trainee, entry.id, as_dops())


def test_a_document_is_filed_as_work_with_a_part(world: World) -> None:
    entry = world.logged("GEN-2", kind=EntryKind.DOCUMENT, part=None)
    assert counts_of(world, "GEN-2")["documents"] == 1
    retype(world.trainee, entry.id, Retyping(uuid4(), part=Part.INDEPENDENT))
    assert counts_of(world, "GEN-2")["part.independent"] == 1
    assert "documents" not in counts_of(world, "GEN-2")


@pytest.mark.parametrize("who", ["supervisor", "lead", "stranger"])
def test_only_the_trainee_retypes(world: World, who: str) -> None:
    entry = world.logged(**OBSERVED)
    with pytest.raises(Forbidden):
        retype(getattr(world, who), entry.id, as_dops())


def test_the_sentence_that_says_so_leads_to_the_retyping(client: FlaskClient, world: World) -> None:
    entry = world.logged(**OBSERVED)
    db.session.commit()
    sign_in(client, world.trainee)
    page = client.get(f"/enrolments/{world.enrolment.id}/competencies/{world.id_of('GEN-1')}").text
    assert "logged as OCE, which does not count here" in page
    assert f'href="/entries/{entry.id}/retype"' in page
    shown = client.get(f"/entries/{entry.id}/retype").text
    assert "By somebody on a register: Whoever fills in REG must be on a register" in shown
    answer = client.post(f"/entries/{entry.id}/retype", data={"key": uuid4().hex, "version": 0, "to": "DOPS"})
    assert answer.location == f"/entries/{entry.id}?done=retyped"
    assert "OCE, counts as DOPS" in client.get(answer.location).text
    assert [event.kind for event in db.session.scalars(sa.select(Event))] == ["entry_retyped"]
    assert db.session.get_one(LogEntry, entry.id, populate_existing=True).counts_as_form == "DOPS"
