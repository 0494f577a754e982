"""kill -9 of all processes of the app at random moments, while many write."""

import random
import time
from collections.abc import Mapping, Sequence

from tests.crashes.ledger import Compared, compare
from tests.crashes.people import make_pairs
from tests.crashes.served import PATIENCE_SECONDS, Launcher, served
from tests.crashes.writers import Writer, answered, at_work

WRITERS = 50
LONGEST_SECONDS = 0.25  # from the first answer of a round to its end


def kill_at_random(launcher: Launcher, settings: Mapping[str, str], kills: int, seed: int, fault: str = "") -> Compared:
    """Kill so often, each time while answers come, and compare what was answered with what is there."""
    moments = random.Random(seed)
    pairs = make_pairs(settings, WRITERS)
    with served(launcher, settings, pairs[0], fault) as server, at_work(pairs, server.port) as people:
        for _ in range(kills):
            server.start()
            wait_for_an_answer(people)
            time.sleep(moments.uniform(0, LONGEST_SECONDS))
            server.kill()
        server.start()
        wait_for_an_answer(people)
    return compare(settings, people)


def wait_for_an_answer(people: Sequence[Writer]) -> None:
    """Wait until one more press was answered with yes."""
    before, until = answered(people), time.monotonic() + PATIENCE_SECONDS
    while answered(people) == before:
        assert time.monotonic() < until, [problem for person in people for problem in person.problems]
        time.sleep(0.005)
