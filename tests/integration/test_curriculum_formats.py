"""Curricula in other formats: kept whole or not at all, and out again by command."""

from contextlib import suppress
from pathlib import Path

import pytest
import sqlalchemy as sa
from click.testing import Result
from flask import Flask
from flask.testing import FlaskClient
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from tests.browsing import sign_in
from tests.formats import SAMPLES, broken_bytes, broken_json, broken_lines, good, read
from tests.make import make_person
from tracker.core.db import Model, db
from tracker.core.errors import BadInput
from tracker.curricula.actions import import_document
from tracker.curricula.formats import Format
from tracker.curricula.models import Component, Curriculum, Requirement, Section, Version
from tracker.curricula.queries import build_document, find_newest
from tracker.operations.cli import commands

TABLES: tuple[type[Model], ...] = (Curriculum, Version, Section, Requirement, Component)
DAMAGE = {
    "tracker": broken_lines,
    "case": broken_json,
    "case, our own": broken_json,
    "moodle": broken_lines,
    "xlsx": broken_bytes,
}


def run(app: Flask, *words: object) -> Result:
    return app.test_cli_runner().invoke(commands, ["curriculum", *map(str, words)])


def counts() -> list[int]:
    return [db.session.scalar(sa.select(sa.func.count()).select_from(table)) or 0 for table in TABLES]


@pytest.mark.parametrize("name", SAMPLES)
def test_what_was_read_from_a_file_is_kept_as_it_was_read(app: Flask, name: str) -> None:
    document = read(SAMPLES[name]).document
    version = import_document(document, publish=False)
    db.session.expire_all()
    kept = find_newest(document.code)
    assert kept is not None
    assert kept.id == version.id
    assert build_document(kept) == document


@pytest.mark.parametrize("name", SAMPLES)
@settings(max_examples=30, deadline=None, suppress_health_check=list(HealthCheck))
@given(data=st.data())
def test_a_damaged_file_is_kept_whole_or_not_at_all(app: Flask, name: str, data: st.DataObject) -> None:
    raw = data.draw(DAMAGE[name](SAMPLES[name]))
    before = counts()
    with suppress(BadInput), db.session.begin_nested() as nested:
        document = read(raw).document
        assert build_document(import_document(document, publish=False)) == document
        nested.rollback()
    assert counts() == before


@pytest.mark.parametrize("name", SAMPLES)
def test_a_file_is_imported_whatever_it_is_called(app: Flask, tmp_path: Path, name: str) -> None:
    file = tmp_path / "curriculum"
    file.write_bytes(SAMPLES[name])
    assert run(app, "check", file).exit_code == 0
    assert counts() == [0] * len(TABLES)
    first = run(app, "import", file, "--code", "X", "--publish")
    assert first.stdout == "X@1 is imported, published.\n"
    assert run(app, "import", file, "--code", "X").stdout == "X@1 holds this file already, published.\n"


def test_an_import_says_what_it_assumed(app: Flask, tmp_path: Path) -> None:
    file = tmp_path / "framework.csv"
    file.write_bytes(SAMPLES["moodle"])
    said = run(app, "import", file).stderr
    assert "Assumed: The training takes 24 months: Moodle does not say how long it takes.\n" in said


def test_a_refused_file_keeps_nothing_and_names_each_row(app: Flask, tmp_path: Path) -> None:
    file = tmp_path / "framework.csv"
    file.write_bytes(SAMPLES["moodle"] + b"GEN,,Nameless,,2,,,,0,null,,,,\nNOBODY,C,C,,2,,,,0,null,,,,\n")
    result = run(app, "import", file, "--publish")
    assert result.exit_code == 1
    assert [line.split(":")[0] for line in result.stderr.splitlines()] == [
        "framework.csv, row 6",
        "framework.csv, row 7",
    ]
    assert counts() == [0] * len(TABLES)


@pytest.mark.parametrize("form", Format)
def test_an_export_is_imported_again_by_its_content(app: Flask, tmp_path: Path, form: Format) -> None:
    import_document(good(), publish=True)
    db.session.commit()
    out = tmp_path / "out"
    result = run(app, "export", "NURSE-1", "--format", form, "-o", out)
    assert result.exit_code == 0
    assert run(app, "check", out).exit_code == 0
    if form is not Format.MOODLE:
        assert run(app, "import", out).stdout == "NURSE-1@1 holds this file already, published.\n"


def test_an_export_says_what_the_format_cannot_carry(app: Flask, tmp_path: Path) -> None:
    import_document(good(), publish=True)
    db.session.commit()
    moodle = run(app, "export", "NURSE-1", "--format", "moodle", "-o", tmp_path / "m").stderr
    assert moodle.startswith("Moodle cannot carry: ")
    assert "kinds" in moodle
    old = run(app, "export", "NURSE-1", "--format", "case", "--case-version", "1.0", "-o", tmp_path / "c0").stderr
    assert old.startswith("CASE cannot carry: ")
    new = run(app, "export", "NURSE-1", "--format", "case", "-o", tmp_path / "c1").stderr
    assert new.startswith("CASE has no fields for: ")
    assert new.endswith("They are in extensions.\n")
    assert run(app, "export", "NURSE-1", "--format", "xlsx", "-o", tmp_path / "x").stderr == ""


def test_a_template_is_written_and_is_told_to_be_filled_in(app: Flask, tmp_path: Path) -> None:
    file = tmp_path / "new.xlsx"
    assert run(app, "template", "-o", file).exit_code == 0
    result = run(app, "check", file)
    assert result.exit_code == 1
    assert result.stderr.startswith("new.xlsx, sheet Curriculum: The sheet is empty.")


def test_markup_from_another_format_is_shown_as_text(client: FlaskClient, app: Flask) -> None:
    raw = SAMPLES["case"].replace(b"<b>in bold</b>", b"<script>alert(1)</script>")
    version = import_document(read(raw).document, publish=True)
    address = f"/curricula/{version.curriculum.code}/{version.number}"
    sign_in(client, make_person())
    page = client.get(address).text
    assert "&lt;script&gt;alert(1)&lt;/script&gt;" in page
    assert "<script>alert(1)" not in page
