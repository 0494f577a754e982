import json
from copy import deepcopy
from pathlib import Path
from typing import Any

import pytest
from click.testing import Result
from flask import Flask

from tests.world import SCHEME
from tracker.core.db import db
from tracker.curricula.actions import import_document
from tracker.curricula.mapping_queries import list_pairs
from tracker.curricula.models import MappingKind, RequirementMapping, Version
from tracker.curricula.plain_data import from_data
from tracker.operations.cli import commands

ROWS = "email,given_name,family_name,role,centre,curriculum,areas,starts_on,working_fraction,supervisor_email\n"
ADA = "ada@example.org,Ada,Osei,trainee,Leeds,SCHEME@1,NM,2026-01-05,1,\n"


def second() -> dict[str, Any]:
    """The scheme a year later: reworded, re-ruled, split."""
    data = deepcopy(SCHEME)
    generic = data["sections"][0]["competencies"]
    generic[0]["statement"] = "Wash both hands."
    generic.append({"code": "GEN-3", "statement": "Check records.", "guidance": "Shown.", "kind": "often"})
    return data


@pytest.fixture
def versions(app: Flask) -> tuple[Version, Version]:
    both = import_document(from_data(SCHEME), publish=True), import_document(from_data(second()), publish=True)
    db.session.commit()
    return both


def run(app: Flask, *words: object) -> Result:
    return app.test_cli_runner().invoke(commands, list(map(str, words)))


def test_diff_says_what_changed_with_the_words_marked(app: Flask, versions: tuple[Version, Version]) -> None:
    result = run(app, "curriculum", "diff", "SCHEME@1", "SCHEME@2")
    assert result.output.splitlines() == [
        "reworded: GEN-1 Wash both hands.",
        "    statement: Wash{+ both+} hands.",
        "added: GEN-3 Check records.",
    ]


def test_diff_as_json_has_the_same_changes(app: Flask, versions: tuple[Version, Version]) -> None:
    data = json.loads(run(app, "curriculum", "diff", "SCHEME@1", "SCHEME@2", "--format", "json").output)
    assert [(change["kinds"], change["new_codes"]) for change in data["requirements"]] == [
        (["reworded"], ["GEN-1"]),
        (["added"], ["GEN-3"]),
    ]
    assert run(app, "curriculum", "diff", "SCHEME@2", "SCHEME@2").output == (
        "SCHEME@2 and SCHEME@2 ask the same in the same words.\n"
    )


def test_a_version_that_is_not_there_is_refused(app: Flask, versions: tuple[Version, Version]) -> None:
    result = run(app, "curriculum", "diff", "SCHEME@1", "SCHEME@9")
    assert (result.exit_code, result.stderr) == (
        1,
        "There is no version 9 of SCHEME. See what there is: tracker curriculum list.\n",
    )
    assert run(app, "curriculum", "diff", "SCHEME@x", "SCHEME@1").exit_code == 2


@pytest.mark.parametrize(
    ("name", "text"),
    [
        ("map.csv", "\ufefffrom,to,kind\r\nGEN-2,GEN-2,split\r\nGEN-2,GEN-3,split\r\n"),
        ("map.yaml", "- { from: GEN-2, to: GEN-2, kind: split }\n- { from: GEN-2, to: GEN-3, kind: split }\n"),
    ],
)
def test_a_mapping_from_a_file_replaces_the_one_before(
    app: Flask, versions: tuple[Version, Version], tmp_path: Path, name: str, text: str
) -> None:
    file = tmp_path / name
    file.write_text(text, encoding="utf-8")
    for _ in range(2):
        result = run(app, "curriculum", "map", "SCHEME@1", "SCHEME@2", file)
        assert result.output == "The mapping from SCHEME@1 to SCHEME@2 has 2 lines.\n"
    old, new = versions
    assert [pair.kind for pair in list_pairs(old.id, new.id)] == [MappingKind.SPLIT, MappingKind.SPLIT]
    assert "split: GEN-2, GEN-3" in run(app, "curriculum", "diff", "SCHEME@1", "SCHEME@2").output


@pytest.mark.parametrize(
    ("name", "text", "problem"),
    [
        ("a.csv", "from,to\nGEN-1,GEN-1\n", "a.csv, row 1: The headings are not those of a mapping."),
        ("a.csv", "from,to,kind\nGEN-1,GEN-2,equal\n", "a.csv, row 2: The kind is 'equal'."),
        ("a.csv", "from,to,kind\n,GEN-2,same\n", "a.csv, row 2: The code in from is missing or no text."),
        (
            "a.csv",
            "from,to,kind\nGEN-9,GEN-2,same\n",
            "a.csv: GEN-9 is not in the version that the mapping leads from.",
        ),
        ("a.csv", "from,to,kind\nGEN-1,GEN-2,same,x\n", "a.csv, row 2: This line has not the three parts"),
        ("a.yaml", "from: GEN-1\n", "a.yaml, row 1: This is not a list."),
        ("a.yaml", "- GEN-1\n", "a.yaml, row 1: This line has not the three parts of a mapping."),
        (
            "a.yaml",
            "- { from: [1], to: GEN-1, kind: [same] }\n",
            "a.yaml, row 1: The code in from is missing or no text.",
        ),
    ],
)
@pytest.mark.usefixtures("versions")
def test_a_file_that_is_no_mapping_is_refused_by_row(
    app: Flask, tmp_path: Path, name: str, text: str, problem: str
) -> None:
    file = tmp_path / name
    file.write_text(text, encoding="utf-8")
    result = run(app, "curriculum", "map", "SCHEME@1", "SCHEME@2", file)
    assert result.exit_code == 1
    assert problem in result.stderr
    assert db.session.query(RequirementMapping).count() == 0


def test_a_withdrawn_version_takes_nobody_new_and_keeps_who_is_on_it(
    app: Flask, versions: tuple[Version, Version], tmp_path: Path
) -> None:
    file = tmp_path / "people.csv"
    file.write_text(ROWS + ADA)
    assert run(app, "people", "import", file).exit_code == 0
    assert run(app, "curriculum", "withdraw", "SCHEME@1").output == (
        "SCHEME@1 is withdrawn: nobody new can be enrolled on it.\n"
    )
    assert run(app, "people", "import", file).output.startswith("Nothing changed")
    file.write_text(ROWS + ADA + ADA.replace("ada@", "bob@"))
    result = run(app, "people", "import", file)
    assert result.exit_code == 1
    assert "row 3: The curriculum “SCHEME@1” is withdrawn: nobody new can be enrolled on it." in result.stderr
    assert run(app, "curriculum", "withdraw", "SCHEME@1").stderr == "Version 1 was withdrawn before.\n"
