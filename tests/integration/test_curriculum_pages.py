from pathlib import Path

import pytest
import sqlalchemy as sa
from flask import Flask
from flask.testing import FlaskClient

from tests.browsing import sign_in
from tests.curricula import GOOD
from tests.make import make_person
from tracker.core.db import db
from tracker.curricula.actions import import_document
from tracker.curricula.importer import read_document
from tracker.curricula.models import Version, VersionStatus


@pytest.fixture
def reader(client: FlaskClient) -> FlaskClient:
    """Somebody signed in, with no role at all."""
    sign_in(client, make_person())
    return client


def kept(publish: bool = True) -> Version:
    version = import_document(read_document("f.yaml", GOOD.encode()), publish)
    db.session.commit()
    return version


def test_the_list_leads_to_each_published_version(reader: FlaskClient) -> None:
    kept()
    page = reader.get("/curricula")
    assert page.status_code == 200
    assert 'href="/curricula/NURSE-1/1"' in page.text
    assert "24 months" in page.text


def test_a_draft_is_neither_listed_nor_found(reader: FlaskClient) -> None:
    kept(publish=False)
    assert "NURSE-1" not in reader.get("/curricula").text
    assert reader.get("/curricula/NURSE-1/1").status_code == 404


@pytest.mark.parametrize("address", ["/curricula/NOBODY/1", "/curricula/NURSE-1/2", "/curricula/NURSE-1/x"])
def test_what_is_not_there_is_not_found(reader: FlaskClient, address: str) -> None:
    kept()
    assert reader.get(address).status_code == 404


def test_a_version_shows_what_it_asks_for(reader: FlaskClient) -> None:
    kept()
    page = reader.get("/curricula/NURSE-1/1").text
    for said in (
        "3 entries on 2 different days, at least 4 weeks from the first to the last",
        "one entry where your part was supervised",
        "Signed off at level 2 (Does it) or above, on:",
        "GEN-1 Do the first thing.",
        "Good evidence looks like: First line and its second line.",
        "Plain. Level 1. Expected by month 12. 2 points, weight 3. Register scope: One scope.",
        "An area: for trainees who take it.",
        "Complete with 2 points, GEN-1 among them.",
        "Complete with at least 1 of its parts.",
        "A post as a trainee",
        "Due by 30 September of year 2: 50 % of General; and First review held between 1 September and 30 September of",
        "of year 2; and (M-1 done; or (60 % of everything; and 20 credits confirmed; and Second review held)).",
        "In month 12. It can come to: Going well.",
        "For Second year.",
        "The whole training is signed by a training lead.",
        "Band 4: Trainee",
        "Somebody. 20 credits at level 6. Passed at 40 %. 2 attempts.",
        "62.5 %",
        "40 %, must be passed",
    ):
        assert said in page, said


def test_a_withdrawn_version_stays_readable_and_says_so(reader: FlaskClient) -> None:
    version = kept()
    db.session.execute(sa.update(Version).where(Version.id == version.id).values(status=VersionStatus.WITHDRAWN))
    db.session.commit()
    assert "Withdrawn: nobody new is enrolled" in reader.get("/curricula/NURSE-1/1").text
    assert "NURSE-1" not in reader.get("/curricula").text


def test_text_from_a_file_is_shown_as_text(reader: FlaskClient) -> None:
    text = GOOD.replace("statement: Do the first thing.", "statement: <script>alert(1)</script>")
    import_document(read_document("f.yaml", text.encode()), publish=True)
    db.session.commit()
    page = reader.get("/curricula/NURSE-1/1").text
    assert "<script>alert" not in page
    assert "&lt;script&gt;alert(1)" in page


@pytest.mark.parametrize("file", sorted(Path("tracker/curricula/library").glob("*.yaml")), ids=lambda file: file.name)
def test_each_curriculum_of_the_library_has_its_page(reader: FlaskClient, file: Path) -> None:
    version = import_document(read_document(file.name, file.read_bytes()), publish=True)
    db.session.commit()
    page = reader.get(f"/curricula/{version.curriculum.code}/1")
    assert page.status_code == 200


def test_nobody_reads_curricula_without_signing_in(app: Flask, client: FlaskClient) -> None:
    assert client.get("/curricula").status_code in {302, 401}


def test_a_reader_sees_what_a_form_asks(reader: FlaskClient) -> None:
    kept()
    page = reader.get("/curricula/NURSE-1/1").text
    assert "What was done?" in page
    assert "easy or hard; may be left out" in page
    assert "Whoever fills it in is on a register." in page
    assert "nobody sees the sums before 4 have" in page
