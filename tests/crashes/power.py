"""The power goes: the disk forgets what was not synced, and everything ends in the same moment."""

import os
import random
import shutil
import subprocess
import sys
import time
from contextlib import ExitStack
from pathlib import Path

from tests.crashes.kills import LONGEST_SECONDS, wait_for_an_answer
from tests.crashes.ledger import Compared, compare
from tests.crashes.people import make_pairs
from tests.crashes.served import PATIENCE_SECONDS, TOP, Launcher, environ, served
from tests.crashes.writers import at_work

WRITERS = 20


class Disk:
    """A mounted disk that forgets, or the place where it was."""

    def __init__(self, folder: Path) -> None:
        self.kept, self.mount = folder / "kept", folder / "mounted"
        self.kept.mkdir()
        self.mount.mkdir()
        self.process: subprocess.Popen[bytes] | None = None

    def start(self) -> None:
        """Mount it, with what it remembers."""
        command = [sys.executable, "-m", "tests.crashes.forgetful", str(self.kept), str(self.mount)]
        self.process = subprocess.Popen(command, cwd=TOP)
        until = time.monotonic() + PATIENCE_SECONDS
        while not os.path.ismount(self.mount):
            assert time.monotonic() < until, "The disk was not mounted."
            time.sleep(0.01)

    def forget(self) -> None:
        """Lose what was not synced."""
        if self.process is not None:
            self.process.kill()
            self.process.wait()

    def unmount(self) -> None:
        """Take away what is left of the mount, when nobody uses it any more."""
        subprocess.run(["fusermount3", "-u", "-z", str(self.mount)], check=True)
        self.process = None


def refuse_without_fuse() -> None:
    """Install what mounts the disk where we may. Raises AssertionError with the sentence where we may not."""
    if shutil.which("fusermount3") is None and os.geteuid() == 0 and shutil.which("apt-get"):
        for words in ("update", "install -y --no-install-recommends fuse3"):
            subprocess.run(["apt-get", "-qq", *words.split()], stdout=subprocess.DEVNULL, check=False)
    said = "This job needs FUSE 3 and /dev/fuse: install it (on Debian 12: sudo apt-get install fuse3)."
    assert shutil.which("fusermount3"), said
    assert Path("/dev/fuse").exists(), said


def cut_power(launcher: Launcher, folder: Path, cuts: int, seed: int, fault: str = "") -> Compared:
    """Cut the power so often while many write, and compare what was answered with what is there."""
    moments, disk = random.Random(seed), Disk(folder)
    kept = environ(folder, f"sqlite:///{disk.kept / 'tracker.sqlite'}")
    pairs = make_pairs(kept, WRITERS)
    mounted = {**kept, "DATABASE_URL": f"sqlite:///{disk.mount / 'tracker.sqlite'}"}
    disk.start()
    with ExitStack() as ending:
        ending.callback(disk.forget)
        server = ending.enter_context(served(launcher, mounted, pairs[0], fault))
        people = ending.enter_context(at_work(pairs, server.port))
        for _ in range(cuts):
            server.start()
            wait_for_an_answer(people)
            time.sleep(moments.uniform(0, LONGEST_SECONDS))
            disk.forget()
            server.kill()
            disk.unmount()
            disk.start()
        server.start()
        wait_for_an_answer(people)
    disk.unmount()
    return compare(kept, people)
