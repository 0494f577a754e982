"""The primary is killed while many write, and its standby takes over."""

import os
import signal
import time
from collections.abc import Sequence
from contextlib import ExitStack
from dataclasses import dataclass
from pathlib import Path

from tests.crashes.clusters import Cluster, folder_for_clusters
from tests.crashes.kills import wait_for_an_answer
from tests.crashes.ledger import Compared, compare
from tests.crashes.people import make_pairs
from tests.crashes.served import Launcher, environ, served
from tests.crashes.writers import Writer, at_work

STREAMING = "SELECT 1 FROM pg_stat_replication WHERE state = 'streaming'"
WRITERS = 20


@dataclass(frozen=True)
class Failovers:
    """What became of the answers, and how long nobody could write at most."""

    compared: Compared
    longest_seconds: float


def kill_primaries(launcher: Launcher, folder: Path, kills: int, *, synchronous: bool = True) -> Failovers:
    """Kill the primary so often; each time the standby is promoted, and a new one is made of what was killed."""
    primary, standby = (Cluster(folder_for_clusters(folder / name) / "data") for name in ("one", "two"))
    primary.make()
    primary.start()
    _join(primary, standby, synchronous=synchronous)
    settings = environ(folder / "files", _either(primary, standby))
    pairs = make_pairs(settings, WRITERS)
    longest = 0.0
    with ExitStack() as ending:
        for cluster in (primary, standby):
            ending.callback(cluster.kill)
        with served(launcher, settings, pairs[0]) as server, at_work(pairs, server.port) as people:
            server.start()
            for _ in range(kills):
                wait_for_an_answer(people)
                if not synchronous:
                    _fall_behind(primary, people)
                longest = max(longest, _take_over(primary, standby, people))
                primary, standby = standby, primary
                _join(primary, standby, synchronous=synchronous)
            wait_for_an_answer(people)
        return Failovers(compare(settings, people), round(longest, 1))


def _take_over(primary: Cluster, standby: Cluster, people: Sequence[Writer]) -> float:
    """Kill the one and promote the other. Gives after how many seconds somebody was answered again."""
    primary.kill()
    killed_at = time.monotonic()
    standby.promote()
    standby.wait_for_standbys(wait=False)  # it has none yet
    wait_for_an_answer(people)
    return time.monotonic() - killed_at


def _join(primary: Cluster, standby: Cluster, *, synchronous: bool) -> None:
    """Make a standby of the primary, and have the primary wait for it from now on."""
    standby.follow(primary)
    standby.start()
    primary.until(STREAMING)
    if synchronous:
        primary.wait_for_standbys(wait=True)
        primary.until(f"{STREAMING} AND sync_state = 'sync'")


def _fall_behind(primary: Cluster, people: Sequence[Writer]) -> None:
    """Stop what sends to the standby, while people go on writing."""
    for (number,) in primary.tell("SELECT pid FROM pg_stat_replication"):
        os.kill(int(str(number)), signal.SIGSTOP)
    for _ in range(3):
        wait_for_an_answer(people)


def _either(one: Cluster, two: Cluster) -> str:
    """The address of whichever is the primary."""
    hosts = "&".join(f"host=127.0.0.1:{each.port}" for each in (one, two))
    return f"postgresql://postgres@/postgres?{hosts}&target_session_attrs=read-write&connect_timeout=5"
