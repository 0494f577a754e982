"""Where everybody stands: the pages, the document and the commands have the same numbers."""

import io
import json
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import date, timedelta
from typing import Any

import pypdf
import pytest
import sqlalchemy as sa
import time_machine
from flask import Flask
from flask.testing import FlaskClient

from tests.browsing import sign_in
from tests.make import make_centre, make_enrolment, make_grant, make_person
from tests.world import World, make_entry_facts, make_world, saving, seen
from tracker.accounts.models import Role
from tracker.core.clock import now, today
from tracker.core.db import db
from tracker.enrolments.queries import get_enrolment
from tracker.logbook import claim_actions
from tracker.logbook.entry_actions import save_entry
from tracker.logbook.queries import find_claim
from tracker.progress.models import SectionSum
from tracker.reports.cli import report
from tracker.reports.progress import report_on


@pytest.fixture
def world(app: Flask) -> World:
    world = make_world()
    world.signed("GEN-1")
    world.submitted("NM-1")
    world.logged("GEN-2")
    db.session.commit()
    return world


@contextmanager
def counted_statements() -> Iterator[list[str]]:
    """Every statement that reaches the database, but for what transactions are made of."""
    statements: list[str] = []

    def note(*args: Any) -> None:
        if not args[2].startswith(("SAVEPOINT", "RELEASE", "ROLLBACK", "BEGIN")):
            statements.append(args[2])

    sa.event.listen(sa.Engine, "before_cursor_execute", note)
    try:
        yield statements
    finally:
        sa.event.remove(sa.Engine, "before_cursor_execute", note)


def printed(app: Flask, *words: str) -> Any:
    answer = app.test_cli_runner().invoke(report, [*words, "--format", "json"])
    assert answer.exit_code == 0, answer.output
    return json.loads(answer.output)


def test_the_progress_page_says_what_is_done_what_waits_and_what_next(client: FlaskClient, world: World) -> None:
    sign_in(client, world.trainee)
    text = client.get(f"/progress/{world.enrolment.id}").text
    assert "1 of 3 done, 1 waiting for Supervisor Osei." in " ".join(text.split())
    assert "Signed off at level 2" in text
    assert "Submitted, waits for Supervisor Osei since" in text
    assert "1 of 3 entries: log two more." in text


def test_page_command_and_document_have_the_same_numbers(app: Flask, client: FlaskClient, world: World) -> None:
    (progress,) = printed(app, "progress", "trainee@hospital.example")["enrolments"]
    assert (progress["done"], progress["waiting"], progress["total"]) == (1, 1, 3)
    (curriculum,) = printed(app, "cohort", "leeds")["curricula"]
    (trainee,) = curriculum["trainees"]
    assert (trainee["done"], trainee["waiting"], trainee["total"]) == (1, 1, 3)
    assert trainee["sections"] == {
        section["code"]: {name: section[name] for name in ("done", "waiting", "total")}
        for section in progress["sections"]
    }
    sign_in(client, world.lead)
    page = client.get(f"/cohort/{world.enrolment.centre_id}").text
    assert "1 of 2" in page
    assert "<small>1 waiting</small>" in page
    document = client.get(f"/progress/{world.enrolment.id}/report.pdf")
    assert "1 of 3" in text_of(document.data)


def text_of(content: bytes) -> str:
    reader = pypdf.PdfReader(io.BytesIO(content))
    assert len(reader.pages) == 1
    assert "/StructTreeRoot" in reader.root_object
    return reader.pages[0].extract_text()


def test_the_sums_are_what_the_explanation_counts(world: World) -> None:
    report_now = report_on(get_enrolment(world.trainee, world.enrolment.id), today())
    sums = {row.section_id: (row.done, row.waiting) for row in db.session.scalars(sa.select(SectionSum))}
    explained = {each.section.id: (each.done, each.waiting) for each in report_now.sections}
    assert sums == explained


def test_the_queue_shows_the_oldest_first_with_its_age(app: Flask, client: FlaskClient, world: World) -> None:
    with time_machine.travel(now() + timedelta(days=20)):
        for _ in range(2):
            save_entry(
                world.trainee,
                world.enrolment,
                make_entry_facts(today(), reflection="Learned."),
                saving(world.id_of("GEN-2")),
            )
        world.submitted("GEN-2")
        db.session.commit()
        assert [(each["code"], each["days"]) for each in printed(app, "queue", "supervisor@hospital.example")] == [
            ("NM-1", 20),
            ("GEN-2", 0),
        ]
        sign_in(client, world.supervisor)
        text = client.get("/queue").text
        assert text.index("NM-1") < text.index("GEN-2")
        assert "20 days" in text


def test_a_queue_is_empty_for_who_supervises_nobody(app: Flask, world: World) -> None:
    assert printed(app, "queue", "lead@hospital.example") == []


@pytest.mark.parametrize(
    ("who", "goes_to"), [("trainee", "/progress/"), ("supervisor", "/queue"), ("lead", "/cohort/")]
)
def test_signing_in_leads_to_the_one_thing_that_one_does_here(
    client: FlaskClient, world: World, who: str, goes_to: str
) -> None:
    sign_in(client, getattr(world, who))
    assert client.get("/").location.startswith(goes_to)


def test_who_has_nothing_here_is_told_whom_to_ask(client: FlaskClient, world: World) -> None:
    sign_in(client, world.stranger)
    assert "Ask your training lead." in client.get("/").text


def test_a_moderator_starts_with_the_records_of_the_grant(client: FlaskClient, world: World) -> None:
    db.session.add(make_grant(world.stranger.id, Role.MODERATOR, enrolment_id=world.enrolment.id))
    sign_in(client, world.stranger)
    assert f"/progress/{world.enrolment.id}" in client.get("/").text


def more_trainees(world: World, number: int) -> None:
    for index in range(number):
        person = make_person(f"t{index}@hospital.example", f"Given{index}", f"Name{index:02}")
        db.session.add(person)
        db.session.flush()
        starts_on = date(2024 + index % 2, 9, 1)
        version_id, centre_id = world.enrolment.version_id, world.enrolment.centre_id
        db.session.add(make_enrolment(person.id, version_id, centre_id, starts_on=starts_on))
    db.session.commit()


def test_a_cohort_is_sorted_and_filtered_by_the_address(client: FlaskClient, world: World) -> None:
    more_trainees(world, 4)
    sign_in(client, world.lead)
    address = f"/cohort/{world.enrolment.centre_id}"
    text = client.get(f"{address}?sort=-whole").text
    assert text.index("Trainee Osei") < text.index("Given0")
    assert "Trainee Osei" not in client.get(f"{address}?started=2024").text
    only_area = client.get(f"{address}?area=NM").text
    assert "Trainee Osei" in only_area
    assert "Given0" not in only_area


def test_a_cohort_is_for_its_own_training_lead(client: FlaskClient, world: World) -> None:
    elsewhere = make_centre("York")
    db.session.add(elsewhere)
    db.session.flush()
    sign_in(client, world.lead)
    assert client.get(f"/cohort/{elsewhere.id}").status_code == 404
    sign_in(client, world.supervisor)
    assert client.get(f"/cohort/{world.enrolment.centre_id}").status_code == 404


@pytest.mark.parametrize(
    ("who", "page", "most"),
    [("trainee", "/progress/{enrolment}", 6), ("supervisor", "/queue", 6), ("lead", "/cohort/{centre}", 8)],
)
def test_a_page_asks_a_fixed_number_of_questions(
    client: FlaskClient, world: World, who: str, page: str, most: int
) -> None:
    address = page.format(enrolment=world.enrolment.id, centre=world.enrolment.centre_id)
    sign_in(client, getattr(world, who))
    client.get(address)  # The outline is kept from here on.
    with counted_statements() as before:
        assert client.get(address).status_code == 200
    more_trainees(world, 8)
    for code in ("GEN-1", "GEN-2", "NM-1"):
        world.logged(code, date(2026, 3, 9))
    db.session.commit()
    with counted_statements() as after:
        assert client.get(address).status_code == 200
    assert len(before) == len(after) <= most, after


def test_no_cell_of_a_csv_starts_a_formula(app: Flask, world: World) -> None:
    world.trainee.given_name = "=cmd"
    db.session.commit()
    answer = app.test_cli_runner().invoke(report, ["queue", "supervisor@hospital.example", "--format", "csv"])
    assert "'=cmd Osei" in answer.output


def test_text_reports_say_the_same_in_sentences(app: Flask, world: World) -> None:
    text = app.test_cli_runner().invoke(report, ["progress", "trainee@hospital.example"]).output
    assert "1 of 3 done, 1 waiting, 1 expected by now." in text
    assert "Generic: 1 of 2 done: 1 to go." in text
    cohort = app.test_cli_runner().invoke(report, ["cohort", "Leeds"]).output
    assert "Trainee Osei, Jan 2026: 1/3; GEN 1/2, NM 0/1 (1 wait)" in cohort


def test_a_trainee_who_is_not_known_is_named(app: Flask, world: World) -> None:
    answer = app.test_cli_runner().invoke(report, ["progress", "nobody@hospital.example"])
    assert "Nobody has the address nobody@hospital.example." in str(answer.exception)


def test_what_a_return_says_shows_first_among_the_next_steps(client: FlaskClient, world: World) -> None:
    claim = find_claim(world.enrolment.id, world.id_of("NM-1"))
    assert claim is not None
    claim_actions.return_(world.supervisor, claim.id, seen(claim), "Which generator?")
    db.session.commit()
    report_now = report_on(get_enrolment(world.trainee, world.enrolment.id), today())
    assert report_now.steps[0].code == "NM-1"
