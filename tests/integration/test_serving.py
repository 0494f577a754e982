"""`tracker serve` as people start it: real processes on this machine's own address."""

import os
import signal
import socket
import subprocess
import sys
import time
import urllib.error
import urllib.request
from collections.abc import Iterator
from pathlib import Path

import pytest

pytestmark = pytest.mark.xdist_group("serving")  # set up once
TRACKER = [sys.executable, "-c", "from tracker.operations.cli import main; main()"]
PATIENCE_SECONDS = 60


def free_port() -> int:
    with socket.socket() as trial:
        trial.bind(("127.0.0.1", 0))
        port: int = trial.getsockname()[1]
        return port


@pytest.fixture(scope="module")
def folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Where an empty tracker was set up."""
    made = tmp_path_factory.mktemp("served")
    subprocess.run([*TRACKER, "init"], env=settings(made), check=True, stdout=subprocess.DEVNULL)
    return made


def settings(folder: Path) -> dict[str, str]:
    return os.environ | {"TRACKER_DEMO": "1", "TRACKER_FOLDER": str(folder), "PORT": str(free_port())}


@pytest.fixture
def environ(folder: Path) -> dict[str, str]:
    return settings(folder)


@pytest.fixture
def served(environ: dict[str, str]) -> Iterator[subprocess.Popen[str]]:
    """The server and its worker, in a process group of their own."""
    command = [*TRACKER, "serve", "--with-worker", "--processes", "1"]
    with subprocess.Popen(command, env=environ, stdout=subprocess.PIPE, text=True, start_new_session=True) as process:
        wait_for(f"http://127.0.0.1:{environ['PORT']}/health/ready")
        yield process
        if process.poll() is None:
            os.killpg(process.pid, signal.SIGKILL)


def wait_for(address: str) -> None:
    until = time.monotonic() + PATIENCE_SECONDS
    while True:
        try:
            with urllib.request.urlopen(address) as answer:
                assert answer.status == 200
                return
        except urllib.error.URLError:
            assert time.monotonic() < until
            time.sleep(0.1)


def children_of(process: subprocess.Popen[str]) -> list[int]:
    listed = Path(f"/proc/{process.pid}/task/{process.pid}/children").read_text("ascii")
    return [int(child) for child in listed.split()]


def ended(process: subprocess.Popen[str]) -> int:
    """How it ended; nothing of its group is left."""
    status = process.wait(PATIENCE_SECONDS)
    with pytest.raises(ProcessLookupError):
        os.killpg(process.pid, 0)
    return status


@pytest.mark.parametrize("told", [signal.SIGTERM, signal.SIGINT])
def test_server_and_worker_stop_together_when_told(served: subprocess.Popen[str], told: signal.Signals) -> None:
    served.send_signal(told)
    assert ended(served) == 0


def test_when_the_worker_dies_the_server_does_not_serve_on_without_it(served: subprocess.Popen[str]) -> None:
    _, worker = children_of(served)
    os.kill(worker, signal.SIGKILL)
    assert ended(served) == 1


def test_a_port_in_use_is_named(environ: dict[str, str]) -> None:
    with socket.socket() as other:
        other.bind(("127.0.0.1", int(environ["PORT"])))
        other.listen()
        answer = subprocess.run([*TRACKER, "serve"], env=environ, capture_output=True, text=True, check=False)
    assert answer.returncode == 1
    assert f"port {environ['PORT']} cannot be used" in answer.stderr
