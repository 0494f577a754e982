"""Processes are killed, links are cut, the power goes: what was acknowledged is there, once."""

from dataclasses import asdict
from pathlib import Path

from tests.crashes.cuts import Sent, cut_and_send_again
from tests.crashes.kills import kill_at_random
from tests.crashes.launcher import ANSWERS_FIRST, FORGETS_KEYS, SYNCS_SELDOM
from tests.crashes.power import cut_power, refuse_without_fuse
from tests.crashes.served import Launcher, environ
from tests.night.conftest import Note, size


def test_the_app_is_killed(launcher: Launcher, place: dict[str, str], seed: int, note: Note) -> None:
    found = kill_at_random(launcher, place, size(1000), seed)
    note(kills=size(1000), **asdict(found))
    assert (found.lost, found.doubled, found.faults) == (0, 0, [])


def test_an_app_that_answers_first_is_killed(launcher: Launcher, tmp_path: Path, seed: int, note: Note) -> None:
    """The control."""
    found = kill_at_random(launcher, on_sqlite(tmp_path), 3, seed, ANSWERS_FIRST)
    note(kills=3, answered=found.answered, lost=found.lost)
    assert found.lost > 0


def test_links_are_cut(launcher: Launcher, place: dict[str, str], note: Note) -> None:
    cuts = size(500)
    sent = cut_and_send_again(launcher, place, cuts)
    note(**asdict(sent))
    assert sent == Sent(cuts=cuts, unknown=cuts, kept=cuts, same_again=cuts, other_body=cuts, events=cuts, faults=[])


def test_links_of_an_app_that_forgets_keys_are_cut(launcher: Launcher, tmp_path: Path, note: Note) -> None:
    """The control."""
    sent = cut_and_send_again(launcher, on_sqlite(tmp_path), 1, FORGETS_KEYS)
    note(cuts=1, kept=sent.kept)
    assert sent.kept == 0


def test_the_power_goes(launcher: Launcher, tmp_path: Path, seed: int, note: Note) -> None:
    refuse_without_fuse()
    found = cut_power(launcher, tmp_path, size(500), seed)
    note(cuts=size(500), **asdict(found))
    assert (found.lost, found.doubled, found.faults) == (0, 0, [])


def test_the_power_goes_where_commits_are_not_synced(launcher: Launcher, tmp_path: Path, seed: int, note: Note) -> None:
    """The control: synchronous=NORMAL."""
    refuse_without_fuse()
    found = cut_power(launcher, tmp_path, 3, seed, SYNCS_SELDOM)
    note(cuts=3, answered=found.answered, lost=found.lost)
    assert found.lost > 0


def on_sqlite(folder: Path) -> dict[str, str]:
    return environ(folder, f"sqlite:///{folder / 'tracker.sqlite'}")
