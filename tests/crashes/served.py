"""A tracker that is really served, and can be killed and started again within a moment."""

import json
import os
import signal
import socket
import subprocess
import sys
import time
from collections.abc import Iterator, Mapping
from contextlib import contextmanager, suppress
from http.client import HTTPConnection, HTTPException
from pathlib import Path
from uuid import UUID

from tests.crashes.launcher import FAULT, WARM
from tests.crashes.people import Pair

TOP = Path(__file__).parents[2]
PATIENCE_SECONDS = 60
SECRET = "a secret of the tests, which is long enough"


def environ(folder: Path, url: str, **more: str) -> dict[str, str]:
    """The settings of a tracker outside the demo, as the environment gives them."""
    ours = {
        "TRACKER_FOLDER": str(folder),
        "TRACKER_SECRET_KEY": SECRET,
        "TRACKER_COOKIE_SECURE": "0",
        "DATABASE_URL": url,
        "PORT": str(free_port()),
    }
    return ours | more


def free_port() -> int:
    """A port that nobody has at the moment."""
    with socket.socket() as trial:
        trial.bind(("127.0.0.1", 0))
        port: int = trial.getsockname()[1]
        return port


class Launcher:
    """The process from which servers are forked, one at a time."""

    def __init__(self) -> None:
        self.process = subprocess.Popen(
            [sys.executable, "-W", "ignore", "-m", "tests.crashes.launcher"],
            cwd=TOP,
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            stderr=subprocess.DEVNULL,
            text=True,
        )

    def send(self, line: str) -> None:
        """Say what to start."""
        assert self.process.stdin is not None
        self.process.stdin.write(line + "\n")
        self.process.stdin.flush()

    def hear(self) -> str:
        """What it says next."""
        assert self.process.stdout is not None
        return self.process.stdout.readline().strip()


class Served:
    """The processes of `tracker serve`, or none of them."""

    def __init__(self, launcher: Launcher, settings: Mapping[str, str]) -> None:
        self.launcher, self.settings = launcher, settings
        self.port = int(settings["PORT"])
        self.running: int | None = None

    def start(self) -> None:
        """Start serving; the first answers come a little later."""
        self.launcher.send(json.dumps(self.settings))
        self.running = int(self.launcher.hear())

    def kill(self) -> None:
        """End every process of it in the same moment, whatever they are doing."""
        assert self.running is not None
        while True:
            with suppress(ProcessLookupError):  # it has not made its group yet
                os.killpg(self.running, signal.SIGKILL)
                break
        self.running = None
        assert self.launcher.hear() == "ended"

    def until_ready(self) -> None:
        """Wait until it answers that it is ready."""
        until = time.monotonic() + PATIENCE_SECONDS
        while not self._is_ready():
            assert time.monotonic() < until, "It does not get ready."
            time.sleep(0.02)

    def _is_ready(self) -> bool:
        connection = HTTPConnection("127.0.0.1", self.port, timeout=PATIENCE_SECONDS)
        try:
            connection.request("GET", "/health/ready")
            return connection.getresponse().status == 200
        except (OSError, HTTPException):
            return False
        finally:
            connection.close()


@contextmanager
def launching() -> Iterator[Launcher]:
    """A launcher, for as long as it is needed."""
    launcher = Launcher()
    with launcher.process as process:
        yield launcher
        process.kill()


@contextmanager
def served(launcher: Launcher, settings: Mapping[str, str], pair: Pair, fault: str = "") -> Iterator[Served]:
    """A tracker with these settings that is not yet started, with a fault or none. The pair's claim is submitted."""
    server = Served(launcher, {**settings, FAULT: fault, WARM: json.dumps(list(_refused(pair)))})
    try:
        yield server
    finally:
        if server.running is not None:
            server.kill()


def _refused(pair: Pair) -> Iterator[tuple[str, str, dict[str, str]]]:
    """Forms that come too late: the claim was never at that version, and is submitted already."""
    form = {"key": str(UUID(int=0)), "version": "999", "level": "2", "comment": "Too late."}
    claim, supervisor = f"/claims/{pair.claim_id}", pair.supervisor
    for move in ("return", "sign-off"):
        yield supervisor.cookie, f"{claim}/{move}", form | {"csrf_token": supervisor.token}
    yield supervisor.cookie, f"{claim}/sign-off", {"csrf_token": supervisor.token}
    submit = f"/enrolments/{pair.enrolment_id}/competencies/{pair.competency_id}"
    yield pair.trainee.cookie, submit, form | {"csrf_token": pair.trainee.token}
