"""People from a file: all of it, or every problem and nothing."""

from datetime import date
from decimal import Decimal
from pathlib import Path

import pytest
import sqlalchemy as sa
import time_machine
from flask import Flask

from tests.world import SCHEME, make_world
from tracker.accounts.models import Grant, Person, Role
from tracker.core.db import db
from tracker.core.errors import BadInput
from tracker.curricula.actions import import_document
from tracker.curricula.plain_data import from_data
from tracker.enrolments.models import Centre, ChosenArea, Enrolment, Supervision
from tracker.enrolments.people_file import COLUMNS, RowRole
from tracker.enrolments.people_import import import_people
from tracker.operations.people_cli import people
from tracker.progress.models import Standing

HEADING = ",".join(COLUMNS)
FRACTION = "Write a number from 0.2 to 1, such as 0.6 for three days a week."
ROLES = f"Use one of: {', '.join(RowRole)}."
SUPERVISOR = "a.osei@hospital.example,Ama,Osei,supervisor,Leeds,,,,,"
TRAINEE = "t.bell@hospital.example,Tom,Bell,trainee,Leeds,SCHEME,NM;RE,2026-09-01,0.6,a.osei@hospital.example"
LEAD = "l.khan@hospital.example,Lena,Khan,training_lead,Leeds,,,2026-01-05,,"


@pytest.fixture(autouse=True)
def scheme(app: Flask) -> None:
    import_document(from_data(SCHEME), publish=True)
    db.session.commit()


def load(*rows: str, start: str = "", end: str = "\n") -> str:
    """Import these rows and say what changed."""
    text = start + end.join([HEADING, *rows]) + end
    return str(import_people(text.encode(), "people.csv"))


def problems_of(*rows: str, heading: str = HEADING) -> list[str]:
    """What is said of rows that are not taken."""
    with pytest.raises(BadInput) as refused:
        import_people("\n".join([heading, *rows]).encode(), "people.csv")
    db.session.rollback()
    assert db.session.scalar(sa.select(sa.func.count()).select_from(Person)) == 0  # Nothing is half-written.
    return [str(problem) for problem in refused.value.problems]


def test_a_file_brings_in_people_centres_enrolments_supervision_and_grants() -> None:
    assert load(SUPERVISOR, TRAINEE, LEAD) == (
        "3 people added, 1 centre added, 1 enrolment added, 1 supervision added, 1 grant added."
    )
    enrolment = db.session.scalars(sa.select(Enrolment)).one()
    assert (enrolment.starts_on, enrolment.working_fraction) == (date(2026, 9, 1), Decimal("0.60"))
    assert enrolment.planned_end_on == date(2030, 1, 1)  # 24 months of full time at three days a week.
    assert db.session.scalar(sa.select(sa.func.count()).select_from(ChosenArea)) == 2
    assert db.session.scalars(sa.select(Supervision.starts_on)).all() == [date(2026, 9, 1)]
    grant = db.session.scalars(sa.select(Grant)).one()
    assert (grant.role, grant.starts_on) == (Role.TRAINING_LEAD, date(2026, 1, 5))


def test_importing_twice_changes_nothing() -> None:
    load(SUPERVISOR, TRAINEE, LEAD)
    assert load(SUPERVISOR, TRAINEE, LEAD) == "Nothing changed: everything in the file is in the tracker already."


@pytest.mark.parametrize(("start", "end"), [("\ufeff", "\n"), ("", "\r\n"), ("\ufeff", "\r\n")])
def test_a_byte_order_mark_and_windows_line_ends_are_fine(start: str, end: str) -> None:
    assert "3 people added" in load(SUPERVISOR, TRAINEE, LEAD, start=start, end=end)


def test_a_quoted_line_break_is_one_cell_and_does_not_shift_the_rows() -> None:
    broken = TRAINEE.replace(",Leeds,", ',"Leeds\nGeneral",').replace("0.6", "7")
    assert problems_of(SUPERVISOR, broken, LEAD.replace("training_lead", "boss")) == [
        f"people.csv, row 3: The working_fraction “7” is not from 0.2 to 1. {FRACTION}",
        f"people.csv, row 4: The role “boss” is unknown. {ROLES}",
    ]


@pytest.mark.parametrize(
    ("old", "new", "changed"),
    [
        ("Tom", "Thomas", "1 person changed."),
        ("2026-09-01", "2026-10-01", "1 enrolment changed."),
        ("0.6", "0.8", "1 enrolment changed."),
        ("NM;RE", "NM", "1 enrolment changed."),
    ],
)
def test_a_changed_row_changes_just_that(old: str, new: str, changed: str) -> None:
    load(SUPERVISOR, TRAINEE, LEAD)
    assert load(SUPERVISOR, TRAINEE.replace(old, new), LEAD) == changed


def test_another_supervisor_begins_today_and_the_one_before_ends_yesterday() -> None:
    load(SUPERVISOR, TRAINEE)
    other = SUPERVISOR.replace("a.osei", "b.lund").replace("Ama,Osei", "Bo,Lund")
    with time_machine.travel(date(2026, 12, 1)):
        load(SUPERVISOR, other, TRAINEE.replace("a.osei", "b.lund"))
    dates = db.session.execute(sa.select(Supervision.starts_on, Supervision.ends_on).order_by(Supervision.starts_on))
    assert [tuple(row) for row in dates] == [
        (date(2026, 9, 1), date(2026, 11, 30)),
        (date(2026, 12, 1), None),
    ]


def test_one_person_may_have_several_rows() -> None:
    also_lead = LEAD.replace("l.khan", "a.osei").replace("Lena,Khan", "Ama,Osei")
    assert load(SUPERVISOR, TRAINEE, also_lead).startswith("2 people added")


def test_a_centre_is_one_whatever_its_capitals() -> None:
    load(SUPERVISOR, TRAINEE, LEAD.replace("Leeds", "LEEDS"))
    assert db.session.scalars(sa.select(Centre.name)).all() == ["Leeds"]


@pytest.mark.parametrize(
    ("rows", "said"),
    [
        (
            [TRAINEE, TRAINEE, SUPERVISOR],
            "row 3: t.bell@hospital.example is trainee of this centre and curriculum in row 2",
        ),
        ([TRAINEE.replace("SCHEME", "SHCEME"), SUPERVISOR], "row 2: The curriculum “SHCEME” is unknown."),
        (
            [TRAINEE.replace("NM;RE", "NM;XR"), SUPERVISOR],
            "row 2: The area “XR” is not in SCHEME. Its areas are NM, RE.",
        ),
        ([TRAINEE.replace("NM;RE", ""), SUPERVISOR], "row 2: A trainee on SCHEME needs at least one area."),
        ([TRAINEE], "row 2: The supervisor “a.osei@hospital.example” is unknown."),
        (
            [TRAINEE.replace("2026-09-01", "31/02/2026"), SUPERVISOR],
            "row 2: “31/02/2026” in starts_on is not a date: February 2026 has 28 days.",
        ),
        ([TRAINEE.replace("0.6", "0.1"), SUPERVISOR], "row 2: The working_fraction “0.1” is not from 0.2 to 1."),
        ([TRAINEE.replace("0.6", "nan"), SUPERVISOR], "row 2: The working_fraction “nan” is not from 0.2 to 1."),
        ([TRAINEE.replace("t.bell@hospital", "t.bell.hospital"), SUPERVISOR], "in email is not an e-mail address."),
        ([TRAINEE.replace("a.osei@", "t.bell@")], "row 2: Nobody supervises themselves."),
        ([TRAINEE.replace("Leeds", ""), SUPERVISOR], "row 2: A trainee needs a centre."),
        (
            [SUPERVISOR, SUPERVISOR.replace("Ama", "Amy").replace("supervisor", "assessor")],
            "row 3: a.osei@hospital.example has another name in row 2.",
        ),
        ([TRAINEE + ",extra", SUPERVISOR], "row 2: The row has 11 cells and the heading has 10."),
        (["x@hospital.example,X,Y,scheme_lead,,,,,,"], "row 2: A scheme_lead needs a curriculum."),
        (["x@hospital.example,X,Y,moderator,,,,,,"], "row 2: A moderator needs a centre or a curriculum."),
        (["x@demo.example,X,Y,auditor,,,,,,"], "row 2: x@demo.example"),
    ],
)
def test_a_broken_row_is_refused_with_where_what_and_how_to_mend(rows: list[str], said: str) -> None:
    assert any(said in problem for problem in problems_of(*rows))


def test_every_problem_is_told_at_once() -> None:
    rows = (TRAINEE.replace("0.6", "2").replace("2026-09-01", "soon").replace("Tom", ""), LEAD.replace("Leeds", ""))
    assert [problem.split(": ")[0] for problem in problems_of(*rows)] == ["people.csv, row 2"] * 3 + [
        "people.csv, row 3"
    ]


@pytest.mark.parametrize(
    ("content", "said"),
    [
        (b"", "people.csv: The file is empty."),
        (b"email,name\n", "people.csv, row 1: The column given_name is missing."),
        ((HEADING + ",email\n").encode(), "people.csv, row 1: The column email is there 2 times."),
        ((HEADING + "\n" + SUPERVISOR.replace("Ama", "Åma")).encode("latin-1"), "row 2: The file is not UTF-8."),
        (HEADING.encode("utf-16"), "The file is not UTF-8."),
        ((HEADING + '\n"never closed').encode(), "people.csv: The file cannot be read as CSV"),
        (b"PK\x03\x04\x00\x00", "The file is not text."),
    ],
)
def test_a_file_that_is_not_one_of_people_is_refused(content: bytes, said: str) -> None:
    with pytest.raises(BadInput) as refused:
        import_people(content, "people.csv")
    assert any(said in str(problem) for problem in refused.value.problems)


def test_a_day_may_be_written_day_first() -> None:
    load(SUPERVISOR, TRAINEE.replace("2026-09-01", "01/09/2026"))
    assert db.session.scalars(sa.select(Enrolment.starts_on)).all() == [date(2026, 9, 1)]


def test_a_new_version_of_the_curriculum_does_not_move_who_is_enrolled() -> None:
    load(SUPERVISOR, TRAINEE)
    import_document(from_data(SCHEME | {"title": "Training scheme, second edition"}), publish=True)
    assert load(SUPERVISOR, TRAINEE).startswith("Nothing changed")
    assert db.session.scalar(sa.select(sa.func.count()).select_from(Enrolment)) == 1


def test_the_command_imports_and_says_what_it_did(app: Flask, tmp_path: Path) -> None:
    file = tmp_path / "people.csv"
    file.write_text(f"{HEADING}\n{SUPERVISOR}\n{TRAINEE}")
    answer = app.test_cli_runner().invoke(people, ["import", str(file)])
    assert answer.exit_code == 0, answer.output
    assert "2 people added" in answer.output


def test_another_first_day_changes_what_counts_at_once(app: Flask, tmp_path: Path) -> None:
    kinds = [kind | {"evidence": kind["evidence"] | {"since_enrolment": True}} for kind in SCHEME["kinds"]]
    world = make_world(SCHEME | {"code": "SINCE", "kinds": kinds})
    world.logged("GEN-1", date(2026, 3, 2))
    db.session.commit()
    row = "trainee@hospital.example,Trainee,Osei,trainee,Leeds,SINCE,NM,{},1,supervisor@hospital.example"
    file = tmp_path / "people.csv"
    file.write_text(f"{HEADING}\n{row.format('2026-06-01')}\n")
    assert app.test_cli_runner().invoke(people, ["import", str(file)]).exit_code == 0
    standing = db.session.get_one(Standing, (world.enrolment.id, world.id_of("GEN-1")), populate_existing=True)
    assert standing.counts == {"too_early": 1}
