"""The logbook and claims in a browser without script."""

import io
from datetime import timedelta
from uuid import uuid4

import pytest
import sqlalchemy as sa
import time_machine
from flask import Flask
from flask.testing import FlaskClient

from tests.browsing import sign_in
from tests.world import World, make_world, seen
from tracker.accounts.actions import set_password
from tracker.core.clock import now
from tracker.core.db import db
from tracker.logbook import claim_actions
from tracker.logbook.models import Claim, ClaimStatus, EntryFile, EntryStatus, LogEntry
from tracker.record.models import Event


@pytest.fixture
def world(app: Flask) -> World:
    return make_world()


def entry_form(world: World, **more: object) -> dict[str, object]:
    """What a browser sends for an entry on GEN-1."""
    filled = {
        "key": uuid4().hex,
        "version": "0",
        "title": "Daily uniformity",
        "performed_on-day": "2",
        "performed_on-month": "3",
        "performed_on-year": "2026",
        "kind": "procedure",
        "part": "supervised",
        "times": "2",
        "competency_ids": [str(world.id_of("GEN-1"))],
        "assessment": "",
        "reflection": "I checked the peak first.",
        "no_patient_details": "y",
        "save": "log",
    }
    return {name: value for name, value in (filled | more).items() if value is not None}


def decision_form(claim: Claim, **more: object) -> dict[str, object]:
    """What a browser sends from the page of a claim."""
    shown = seen(claim)
    filled = {"key": shown.key.hex, "version": shown.version, "digest": shown.digest, "level": 2, "comment": ""}
    return filled | more


def new_entry_address(world: World) -> str:
    return f"/enrolments/{world.enrolment.id}/log/new"


def test_the_page_starts_with_what_did_you_do(client: FlaskClient, world: World) -> None:
    sign_in(client, world.trainee)
    text = client.get(new_entry_address(world)).text
    assert '<h1 class="nhsuk-heading-l">What did you do?</h1>' in text
    assert "GEN-1 Wash hands." in text
    assert "RE-1" not in text  # The trainee does not take renal technology.


def test_an_entry_is_logged_and_its_page_says_what_next(client: FlaskClient, world: World) -> None:
    sign_in(client, world.trainee)
    answer = client.post(new_entry_address(world), data=entry_form(world), follow_redirects=True)
    assert answer.status_code == 200
    assert "It is in your log." in answer.text
    assert "See what GEN-1 still needs, or submit it" in answer.text
    entry = db.session.scalars(sa.select(LogEntry)).one()
    assert (entry.status, entry.times, entry.part) == (EntryStatus.LOGGED, 2, "supervised")


def test_all_problems_are_shown_at_once_and_every_character_is_kept(client: FlaskClient, world: World) -> None:
    sign_in(client, world.trainee)
    day = {"performed_on-day": "31", "performed_on-month": "2"}
    form = entry_form(world, title="", competency_ids=None, times="lots", **day)
    answer = client.post(new_entry_address(world), data=form)
    assert answer.status_code == 422
    for sentence in (
        "Say what you did, in a few words.",
        "31 February 2026 is not a date",
        "Choose at least one competency, or save it as a draft.",
    ):
        assert sentence in answer.text
    for kept in ('value="31"', 'value="lots"', "I checked the peak first."):
        assert kept in answer.text
    assert db.session.scalars(sa.select(LogEntry)).all() == []


def test_a_draft_needs_no_title_no_date_and_no_competency(client: FlaskClient, world: World) -> None:
    sign_in(client, world.trainee)
    blank = {f"performed_on-{part}": "" for part in ("day", "month", "year")}
    form = entry_form(world, save="draft", title="", competency_ids=None, **blank)
    answer = client.post(new_entry_address(world), data=form, follow_redirects=True)
    assert "Saved as a draft: only you can see it." in answer.text


@pytest.mark.parametrize("save", ["log", "draft"])
def test_an_nhs_number_is_not_saved(client: FlaskClient, world: World, save: str) -> None:
    sign_in(client, world.trainee)
    answer = client.post(new_entry_address(world), data=entry_form(world, save=save, reflection="Seen 943 476 5919."))
    assert answer.status_code == 422
    assert "Remove the NHS number" in answer.text
    assert db.session.scalars(sa.select(LogEntry)).all() == []


def test_nothing_is_saved_without_the_declaration(client: FlaskClient, world: World) -> None:
    sign_in(client, world.trainee)
    answer = client.post(new_entry_address(world), data=entry_form(world, no_patient_details=None))
    assert answer.status_code == 422
    assert "could identify a patient, then tick the box" in answer.text


def test_a_day_that_has_not_come_is_refused(client: FlaskClient, world: World) -> None:
    sign_in(client, world.trainee)
    answer = client.post(new_entry_address(world), data=entry_form(world, **{"performed_on-year": "2090"}))
    assert "you can log only what you have done" in answer.text


def test_an_observed_assessment_counts_for_one_competency(client: FlaskClient, world: World) -> None:
    sign_in(client, world.trainee)
    both = [str(world.id_of(code)) for code in ("GEN-1", "NM-1")]
    form = entry_form(world, kind="observed_assessment", competency_ids=both)
    answer = client.post(new_entry_address(world), data=form)
    assert answer.status_code == 422
    assert "counts for one competency" in answer.text


def test_a_file_is_attached_and_served_as_an_attachment(client: FlaskClient, world: World) -> None:
    sign_in(client, world.trainee)
    form = entry_form(world, files=(io.BytesIO(b"Uniformity 2.1 %\n"), "qc notes.txt"))
    answer = client.post(new_entry_address(world), data=form, follow_redirects=True)
    assert "qc notes.txt" in answer.text
    attached = db.session.scalars(sa.select(EntryFile)).one()
    with client.get(f"/entries/{attached.entry_id}/files/{attached.file_id}") as served:
        assert served.data == b"Uniformity 2.1 %\n"
        assert served.headers["Content-Disposition"].startswith("attachment")
        assert served.headers["X-Content-Type-Options"] == "nosniff"


def test_too_large_a_file_is_answered_with_413_and_the_text_is_kept(
    app: Flask, client: FlaskClient, world: World, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setitem(app.config, "EVIDENCE_LIMIT_BYTES", 100_000)
    sign_in(client, world.trainee)
    form = entry_form(world, files=(io.BytesIO(b"x" * 300_000), "scan.pdf"))
    answer = client.post(new_entry_address(world), data=form)
    assert answer.status_code == 413
    assert "scan.pdf" in answer.text
    assert "I checked the peak first." in answer.text
    assert db.session.scalars(sa.select(LogEntry)).all() == []


def test_the_same_again_fills_in_what_repeats_and_not_what_was_learned(client: FlaskClient, world: World) -> None:
    entry = world.logged("GEN-1", reflection="Only that day.")
    db.session.commit()
    sign_in(client, world.trainee)
    text = client.get(f"{new_entry_address(world)}?again={entry.id}").text
    assert 'value="Daily uniformity of the gamma camera"' in text
    assert "Only that day." not in text


def test_an_entry_is_changed_on_top_of_the_version_that_was_shown(client: FlaskClient, world: World) -> None:
    entry = world.logged("GEN-1")
    db.session.commit()
    sign_in(client, world.trainee)
    form = entry_form(world, version=entry.version, title="Camera 2")
    address = f"/entries/{entry.id}/change"
    assert [client.post(address, data=form).status_code for _ in range(2)] == [302, 302]  # the same press twice
    again = client.post(address, data=form | {"title": "Camera 3"})
    assert again.status_code == 409
    assert "in another window" in again.text
    assert "I checked the peak first." in again.text  # What was typed is not lost.


@pytest.mark.parametrize("who", ["supervisor", "lead", "stranger"])
def test_nobody_else_writes_in_a_logbook(client: FlaskClient, world: World, who: str) -> None:
    sign_in(client, getattr(world, who))
    answer = client.post(new_entry_address(world), data=entry_form(world))
    assert answer.status_code == (404 if who == "stranger" else 403)


def test_a_trainee_submits_and_the_supervisor_signs_off(client: FlaskClient, world: World) -> None:
    world.logged("GEN-1")
    db.session.commit()
    sign_in(client, world.trainee)
    address = f"/enrolments/{world.enrolment.id}/competencies/{world.id_of('GEN-1')}"
    assert "Submit to Supervisor Osei" in client.get(address).text
    client.post(address, data={"key": uuid4().hex, "version": "0", "level": "2", "note": "Twice on camera 1."})
    claim = db.session.scalars(sa.select(Claim)).one()
    sign_in(client, world.supervisor)
    page = client.get(f"/claims/{claim.id}").text
    for part in ("Wash hands.", "Seen.", "One entry.", "Twice on camera 1.", "Daily uniformity", "History"):
        assert part in page
    answer = client.post(f"/claims/{claim.id}/sign-off", data=decision_form(claim), follow_redirects=True)
    assert "GEN-1 is signed off" in answer.text
    db.session.expire_all()
    assert claim.status is ClaimStatus.SIGNED_OFF


def test_a_return_needs_a_reason(client: FlaskClient, world: World) -> None:
    claim = world.submitted()
    db.session.commit()
    sign_in(client, world.supervisor)
    answer = client.post(f"/claims/{claim.id}/return", data=decision_form(claim))
    assert answer.status_code == 422
    assert "Say why, so that the trainee knows what to do next." in answer.text
    answer = client.post(f"/claims/{claim.id}/return", data=decision_form(claim, comment="Which camera?"))
    assert answer.status_code == 302


def test_an_old_factor_brings_the_form_back_with_its_text_and_a_field(client: FlaskClient, world: World) -> None:
    claim = world.submitted()
    set_password(world.supervisor, "a long enough password")
    db.session.commit()
    sign_in(client, world.supervisor)
    with time_machine.travel(now() + timedelta(minutes=6)):
        late = client.post(f"/claims/{claim.id}/sign-off", data=decision_form(claim, comment="Careful work."))
        assert late.status_code == 422
        assert "Careful work." in late.text
        assert 'name="factor_password"' in late.text
        wrong = decision_form(claim, factor_password="guess")
        assert "This is not your password" in client.post(f"/claims/{claim.id}/sign-off", data=wrong).text
        right = decision_form(claim, factor_password="a long enough password")
        assert client.post(f"/claims/{claim.id}/sign-off", data=right).status_code == 302


def test_a_stale_claim_is_answered_with_409_and_who_changed_what(client: FlaskClient, world: World) -> None:
    claim = world.submitted()
    db.session.commit()
    form = decision_form(claim, comment="Half written.")
    claim_actions.return_(world.supervisor, claim.id, seen(claim), "Which camera?")
    db.session.commit()
    sign_in(client, world.supervisor)
    answer = client.post(f"/claims/{claim.id}/sign-off", data=form)
    assert answer.status_code == 409
    assert "Supervisor Osei changed this claim after you opened it (returned)." in answer.text
    assert "Half written." in answer.text


def test_a_second_press_has_the_same_answer_and_no_second_event(client: FlaskClient, world: World) -> None:
    claim = world.submitted()
    db.session.commit()
    sign_in(client, world.supervisor)
    form = decision_form(claim)
    first, second = (client.post(f"/claims/{claim.id}/sign-off", data=form) for _ in range(2))
    assert (first.status_code, first.location) == (second.status_code, second.location) == (302, second.location)
    assert db.session.scalar(sa.select(sa.func.count()).select_from(Event)) == 2


def test_somebody_elses_claim_is_not_there_and_an_open_one_is_its_trainees_alone(
    client: FlaskClient, world: World
) -> None:
    claim = world.submitted()
    db.session.commit()
    sign_in(client, world.stranger)
    assert client.get(f"/claims/{claim.id}").status_code == 404
    claim_actions.withdraw(world.trainee, claim.id, seen(claim))
    db.session.commit()
    sign_in(client, world.supervisor)
    assert client.get(f"/claims/{claim.id}").status_code == 404


def test_the_trainee_sees_the_claim_and_cannot_sign_it(client: FlaskClient, world: World) -> None:
    claim = world.submitted()
    db.session.commit()
    sign_in(client, world.trainee)
    assert "Sign off or return" not in client.get(f"/claims/{claim.id}").text
    assert client.post(f"/claims/{claim.id}/sign-off", data=decision_form(claim)).status_code == 403


def test_hostile_text_is_shown_as_text(client: FlaskClient, world: World) -> None:
    sign_in(client, world.trainee)
    hostile = "<script>alert(1)</script>{{ 7*7 }}"
    answer = client.post(
        new_entry_address(world), data=entry_form(world, title=hostile, reflection=hostile), follow_redirects=True
    )
    assert "<script>alert(1)" not in answer.text
    assert "&lt;script&gt;alert(1)&lt;/script&gt;{{ 7*7 }}" in answer.text


def test_more_text_after_a_first_press_is_kept(client: FlaskClient, world: World) -> None:
    sign_in(client, world.trainee)
    form = entry_form(world)
    client.post(new_entry_address(world), data=form)
    more = form | {"reflection": "I checked the peak first. Then the window."}
    assert client.post(new_entry_address(world), data=more).status_code == 302
    assert db.session.scalars(sa.select(LogEntry.reflection)).all() == ["I checked the peak first. Then the window."]
