"""PostgreSQL's own processes are killed while many write: one that serves the app, or all of them."""

import os
import random
import signal
import time
from contextlib import ExitStack, suppress
from pathlib import Path

from tests.crashes.clusters import Cluster, folder_for_clusters
from tests.crashes.kills import LONGEST_SECONDS, wait_for_an_answer
from tests.crashes.ledger import Compared, compare
from tests.crashes.people import make_pairs
from tests.crashes.served import Launcher, environ, served
from tests.crashes.writers import at_work

WRITERS = 20
OF_THE_APP = "SELECT pid FROM pg_stat_activity WHERE backend_type = 'client backend' AND pid <> pg_backend_pid()"


def kill_backends(launcher: Launcher, folder: Path, kills: int, seed: int, *, all_of_them: bool) -> Compared:
    """Kill one process that serves the app, or with `all_of_them` the whole server, which is then started again."""
    moments, cluster = random.Random(seed), Cluster(folder_for_clusters(folder / "one") / "data")
    cluster.make()
    cluster.start()
    settings = environ(folder / "files", cluster.address)
    with ExitStack() as ending:
        ending.callback(cluster.kill)
        pairs = make_pairs(settings, WRITERS)
        with served(launcher, settings, pairs[0]) as server, at_work(pairs, server.port) as people:
            server.start()
            for _ in range(kills):
                wait_for_an_answer(people)
                time.sleep(moments.uniform(0, LONGEST_SECONDS))
                if all_of_them:
                    cluster.kill()
                    cluster.start()
                else:
                    _kill_one(cluster, moments)
            wait_for_an_answer(people)
        return compare(settings, people)


def _kill_one(cluster: Cluster, moments: random.Random) -> None:
    """The server notices, throws everybody out, and recovers."""
    numbers = [int(str(number)) for (number,) in cluster.tell(OF_THE_APP)]
    if numbers:
        with suppress(ProcessLookupError):
            os.kill(moments.choice(numbers), signal.SIGKILL)
