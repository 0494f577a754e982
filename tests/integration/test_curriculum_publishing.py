"""Publishing a draft, what the database keeps of it from then on, withdrawing, and beginning a curriculum."""

import pytest
import sqlalchemy as sa
from flask import Flask
from flask.testing import FlaskClient

from tests.drafts import EDIT, as_, draft, send, shown
from tracker.accounts.models import Person
from tracker.core.db import db
from tracker.curricula.models import Competency, Component, Requirement, Section, Version, VersionStatus


def test_problems_are_listed_with_their_places_and_stop_publishing(app: Flask, editor: FlaskClient) -> None:
    assert send(editor, f"{EDIT}/new/sections", code="NEW", title="Empty").status_code == 302
    page = editor.get(EDIT).text
    assert f'<a href="{EDIT}/sections/NEW">NEW: The section NEW is empty.' in page
    assert "It cannot be published yet." in editor.get("/curricula/NURSE-1/2/publish").text
    answer = editor.post("/curricula/NURSE-1/2/publish", data={"digest": draft().digest})
    assert answer.status_code == 409
    assert draft().status is VersionStatus.DRAFT


def test_publishing_says_what_it_means_and_freezes(editor: FlaskClient) -> None:
    assert "4 sections, 2 competencies, 1 module" in editor.get("/curricula/NURSE-1/2/publish").text
    answer = send(editor, "/curricula/NURSE-1/2/publish")
    assert answer.headers["Location"] == "/curricula/NURSE-1/2?done=published"
    assert draft().status is VersionStatus.PUBLISHED
    refused = editor.get(EDIT)
    assert refused.status_code == 409
    assert "Version 2 is published and does not change any more." in refused.text


def test_where_a_scheme_has_a_lead_only_they_publish(app: Flask, editor: FlaskClient, scheme_lead: Person) -> None:
    assert editor.get("/curricula/NURSE-1/2/publish").status_code == 403
    assert send(as_(app, scheme_lead), "/curricula/NURSE-1/2/publish").status_code == 302


def test_a_page_that_is_out_of_date_publishes_nothing(editor: FlaskClient) -> None:
    old = shown(editor, "/curricula/NURSE-1/2/publish")
    send(editor, EDIT, move="sections/GEN/down")
    assert editor.post("/curricula/NURSE-1/2/publish", data=old).status_code == 409
    assert draft().status is VersionStatus.DRAFT


def test_a_scheme_lead_withdraws_a_version(app: Flask, scheme_lead: Person) -> None:
    client = as_(app, scheme_lead)
    assert "trainees who are on it stay" in client.get("/curricula/NURSE-1/1/withdraw").text
    assert send(client, "/curricula/NURSE-1/1/withdraw").status_code == 302
    assert draft(1).status is VersionStatus.WITHDRAWN
    assert client.get("/curricula/NURSE-1/1/withdraw").status_code == 409


def test_a_new_curriculum_begins_empty_and_says_what_is_missing(editor: FlaskClient) -> None:
    values = {"code": "LASER", "title": "Laser safety", "length_months": "12", "owner": ""}
    answer = editor.post("/curricula/new", data=values)
    assert answer.headers["Location"] == "/curricula/LASER/1/edit?done=begun"
    assert "There is no section yet. Add one." in editor.get(answer.headers["Location"]).text
    assert "Add a kind first" in editor.get("/curricula/LASER/1/edit/new/competencies").text
    again = editor.post("/curricula/new", data=values)
    assert again.status_code == 422
    assert "There is a curriculum LASER already." in again.text


def test_a_draft_is_shown_as_a_trainee_would_see_it(editor: FlaskClient) -> None:
    page = editor.get("/curricula/NURSE-1/2").text
    assert "A draft, as a trainee would see it." in page
    assert "GEN-1 Do the first thing." in page


FROZEN = [
    sa.update(Section).values(title="Changed"),
    sa.update(Competency).values(title="Changed"),
    sa.update(Component).values(title="Changed"),
    sa.delete(Component),
    sa.update(Requirement).values(position=99),
    sa.update(Version).values(title="Changed"),
    sa.update(Version).values(status=VersionStatus.DRAFT),
    sa.delete(Version),
]


@pytest.mark.parametrize("statement", FROZEN, ids=str)
def test_the_database_keeps_a_published_version_as_it_is(published: Version, statement: sa.UpdateBase) -> None:
    with pytest.raises(sa.exc.DBAPIError, match="published version of a curriculum does not change"):
        db.session.execute(statement)
    db.session.rollback()


def test_the_database_adds_nothing_to_a_published_version(published: Version) -> None:
    section = db.session.scalars(sa.select(Section).where(Section.version_id == published.id)).first()
    assert section is not None
    values = {"version_id": published.id, "position": 9, "code": "NEW", "title": "New", "kind": section.kind}
    with pytest.raises(sa.exc.DBAPIError, match="published version of a curriculum does not change"):
        db.session.execute(sa.insert(Section).values(values | {"details": {}}))
    db.session.rollback()
