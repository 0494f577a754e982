"""What was acknowledged is there, once, whatever ended the processes or the connections in between."""

import random
from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.conftest import DATABASES, new_postgresql
from tests.crashes.cuts import Sent, cut_and_send_again
from tests.crashes.kills import kill_at_random
from tests.crashes.launcher import ANSWERS_FIRST, FORGETS_KEYS
from tests.crashes.served import Launcher, environ, launching

pytestmark = [pytest.mark.races, pytest.mark.xdist_group("crashes")]
KILLS = 20  # on each database
CUTS = 20


@pytest.fixture(scope="module")
def launcher() -> Iterator[Launcher]:
    with launching() as one:
        yield one


@pytest.fixture(params=DATABASES)
def settings(request: pytest.FixtureRequest, tmp_path: Path) -> dict[str, str]:
    """Those of a tracker on an empty database."""
    if request.param == "postgresql":
        return environ(tmp_path, new_postgresql(request.getfixturevalue("postgresql_server")))
    return on_sqlite(tmp_path)


def on_sqlite(folder: Path) -> dict[str, str]:
    return environ(folder, f"sqlite:///{folder / 'tracker.sqlite'}")


def test_nothing_acknowledged_is_lost_or_doubled_by_kills(launcher: Launcher, settings: dict[str, str]) -> None:
    seed = random.SystemRandom().randrange(10**6)
    found = kill_at_random(launcher, settings, KILLS, seed)
    assert (found.lost, found.doubled, found.faults) == (0, 0, []), f"seed {seed}"
    assert found.answered > KILLS


def test_an_app_that_answers_before_it_commits_is_caught(launcher: Launcher, tmp_path: Path) -> None:
    """The control."""
    assert kill_at_random(launcher, on_sqlite(tmp_path), 2, 0, ANSWERS_FIRST).lost > 0


def test_a_press_whose_answer_was_lost_can_be_sent_again(launcher: Launcher, settings: dict[str, str]) -> None:
    sent = cut_and_send_again(launcher, settings, CUTS)
    assert sent == Sent(cuts=CUTS, unknown=CUTS, kept=CUTS, same_again=CUTS, other_body=CUTS, events=CUTS, faults=[])


def test_an_app_that_forgets_its_keys_is_caught(launcher: Launcher, tmp_path: Path) -> None:
    """The control."""
    sent = cut_and_send_again(launcher, on_sqlite(tmp_path), 1, FORGETS_KEYS)
    assert (sent.unknown, sent.kept) == (1, 0)
