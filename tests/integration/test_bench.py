"""The bench runs from one end to the other. How fast anything is, is not for a test to say."""

import pytest
from click.testing import CliRunner

from tracker.operations.bench.figures import Figure, table
from tracker.operations.making_cli import bench

MEASURED = (
    "progress page, CPU",
    "supervisor's queue, CPU",
    "lead's cohort, CPU",
    "with 18 trainees over 6",
    "on a first visit",
    "explaining a trainee, 130 requirements and 600 entries",
    "explaining a cohort of 200",
    "beside the same statements by hand",
    "beside INSERT and COMMIT",
    "start to first answer",
    "memory of one process",
)


@pytest.fixture(scope="module")
def printed() -> list[str]:
    """The lines of one quick run."""
    done = CliRunner().invoke(bench, ["--quick"], catch_exceptions=False)
    assert done.exit_code == 0
    return done.stdout.splitlines()


def test_a_quick_run_prints_a_line_for_each_figure(printed: list[str]) -> None:
    assert printed[0].split() == ["figure", "unit", "ours", "floor", "ratio", "limit", "holds"]
    assert [what for what in MEASURED if not any(what in line for line in printed)] == []


def test_no_page_asks_more_when_there_are_more_trainees(printed: list[str]) -> None:
    counted = [line for line in printed if "SQL statements over" in line]

    assert len(counted) == 3
    assert all(line.endswith("yes") for line in counted)


def test_no_sign_off_of_many_at_once_fails(printed: list[str]) -> None:
    errors = next(line for line in printed if "errors" in line)

    assert errors.endswith("yes")


def test_a_figure_holds_by_its_ratio_to_the_floor() -> None:
    assert Figure("a page", "ms", ours=6, floor=2, most=3).holds is True
    assert Figure("a page", "ms", ours=6.1, floor=2, most=3).holds is False
    assert Figure("a rate", "per s", ours=50, floor=100, least=0.6).holds is False
    assert Figure("a weight", "kB", ours=20, most=25).holds is True
    assert Figure("for reading", "", ours=20).holds is None


def test_the_table_stands_in_columns() -> None:
    printed = table([Figure("a page", "ms", ours=6, floor=2, most=3)])

    assert printed.splitlines() == [
        "figure  unit  ours  floor  ratio  limit      holds",
        "a page  ms       6      2      3  at most 3  yes",
    ]
