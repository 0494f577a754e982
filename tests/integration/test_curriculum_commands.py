import json
from pathlib import Path

import pytest
from click.testing import Result
from flask import Flask

from tests.curricula import GOOD
from tracker.core.db import db
from tracker.curricula.models import Version
from tracker.operations.cli import commands


@pytest.fixture
def good(tmp_path: Path) -> Path:
    file = tmp_path / "good.yaml"
    file.write_text(GOOD, encoding="utf-8")
    return file


def run(app: Flask, *words: object) -> Result:
    return app.test_cli_runner().invoke(commands, ["curriculum", *map(str, words)])


def test_check_says_what_is_in_a_good_file_and_keeps_nothing(app: Flask, good: Path) -> None:
    result = run(app, "check", good)
    assert result.exit_code == 0
    assert result.output == (
        "good.yaml has no problems: NURSE-1, A test scheme: 4 sections, 2 competencies, 1 modules.\n"
    )
    assert db.session.query(Version).count() == 0


def test_check_says_each_problem_on_a_line_of_its_own(app: Flask, tmp_path: Path) -> None:
    file = tmp_path / "bad.yaml"
    file.write_text(GOOD.replace("length_months: 24", "length_months: long").replace("code: EX", "code: CW"))
    result = run(app, "check", file)
    assert result.exit_code == 1
    assert result.stdout == ""
    first, second = result.stderr.splitlines()
    assert first == ("bad.yaml, row 5: The field length_months is the text 'long'. Write a whole number, or a setting.")
    row = GOOD.splitlines().index(next(line for line in GOOD.splitlines() if "code: EX" in line)) + 1
    assert second.startswith(f"bad.yaml, row {row}: The code CW is used a second time.")


def test_import_of_a_bad_file_keeps_nothing(app: Flask, tmp_path: Path) -> None:
    file = tmp_path / "bad.yaml"
    file.write_text(GOOD.replace("code: EX", "code: CW"))
    assert run(app, "import", file, "--publish").exit_code == 1
    assert db.session.query(Version).count() == 0


def test_import_says_what_it_did_and_the_second_time_that_nothing_changed(app: Flask, good: Path) -> None:
    assert run(app, "import", good).output == "NURSE-1@1 is imported, draft.\n"
    assert run(app, "import", good, "--publish").output == "NURSE-1@1 holds this file already, published.\n"
    good.write_text(GOOD.replace("A test scheme", "A better scheme"))
    assert run(app, "import", good, "--publish").output == "NURSE-1@2 is imported, published.\n"


def test_import_under_another_code_keeps_it_there(app: Flask, good: Path) -> None:
    assert run(app, "import", good, "--code", "OTHER").output == "OTHER@1 is imported, draft.\n"
    refused = run(app, "import", good, "--code", "two words")
    assert refused.exit_code == 1
    assert "good.yaml, row 2: The field code is the text 'two words'." in refused.stderr


def test_list_shows_every_version(app: Flask, good: Path) -> None:
    run(app, "import", good, "--publish")
    assert run(app, "list").output == "NURSE-1@1  published  A test scheme\n"
    (version,) = json.loads(run(app, "list", "--format", "json").output)
    assert (version["code"], version["number"], version["status"]) == ("NURSE-1", 1, "published")


def test_an_export_that_is_imported_again_changes_nothing(app: Flask, good: Path, tmp_path: Path) -> None:
    run(app, "import", good, "--publish")
    out = tmp_path / "out.yaml"
    assert run(app, "export", "NURSE-1", "--format", "tracker", "-o", out).exit_code == 0
    assert run(app, "import", out).output == "NURSE-1@1 holds this file already, published.\n"


@pytest.mark.parametrize(
    ("reference", "code", "said"),
    [
        ("NOBODY", 1, "NOBODY has no published version. See what there is: tracker curriculum list."),
        ("NOBODY@3", 1, "There is no version 3 of NOBODY."),
        ("NOBODY@x", 2, "names no version: write a code, or a code and a number such as CODE@2."),
    ],
)
def test_export_says_what_it_cannot_find(app: Flask, tmp_path: Path, reference: str, code: int, said: str) -> None:
    out = tmp_path / "out.yaml"
    result = run(app, "export", reference, "--format", "tracker", "-o", out)
    assert result.exit_code == code
    assert said in result.stderr
    assert not out.exists()


@pytest.mark.parametrize(
    "words", [("check",), ("check", "/nowhere/file.yaml"), ("list", "--format", "xml"), ("unknown",)]
)
def test_wrong_usage_exits_with_two(app: Flask, words: tuple[str, ...]) -> None:
    assert run(app, *words).exit_code == 2


@pytest.mark.parametrize("command", ["check", "import", "list", "export", "template"])
def test_every_command_explains_itself(app: Flask, command: str) -> None:
    result = run(app, command, "--help")
    assert result.exit_code == 0
    assert len(result.output.splitlines()) > 5
