import json
import re
import socket
import subprocess
from pathlib import Path

import pytest
from pytest_socket import SocketConnectBlockedError

TOP = Path(__file__).parents[2]
TOP_LEVEL = {
    "tracker",
    "templates",
    "migrations",
    "tests",
    "docs",
    "config.py",
    "pyproject.toml",
    "README.md",
    "Makefile",
}
LOCKS = {"requirements.lock", "requirements-dev.lock", "requirements-node.lock", "package.json", "package-lock.json"}
LONGEST_FILE = 300
VERIFIER, LONGEST_VERIFIER = "tracker/record/verifier.py", 400  # one file, so that it can be handed on alone
HOMES = re.compile(r"(?<![\w.])/(root|home|Users)/\w")


def committed() -> list[Path]:
    """Every file that git knows and that is there."""
    listed = subprocess.run(["git", "ls-files"], cwd=TOP, capture_output=True, text=True, check=True)
    return [TOP / name for name in listed.stdout.splitlines() if (TOP / name).is_file()]


def texts() -> dict[str, str]:
    found = {}
    for path in committed():
        try:
            found[str(path.relative_to(TOP))] = path.read_text("utf-8")
        except UnicodeDecodeError:
            continue
    return found


def test_the_top_level_holds_only_what_the_style_names() -> None:
    names = {path.relative_to(TOP).parts[0] for path in committed()}
    assert {name for name in names if not name.startswith(".")} - TOP_LEVEL - LOCKS == set()


@pytest.mark.parametrize("name", sorted(name for name in LOCKS if name.startswith("requirements")))
def test_a_lock_pins_by_hash_and_names_no_host(name: str) -> None:
    text = (TOP / name).read_text("utf-8")
    pins = re.findall(r"^[a-z0-9][\w.-]*==.*(?:\n    --hash=sha256:[0-9a-f]{64}.*)+", text, re.MULTILINE)
    assert len(pins) == len(re.findall(r"^[^\s#]", text, re.MULTILINE))
    assert "://" not in text
    assert "index" not in text.replace("importlib", "")


def test_tests_run_the_same_code_as_people_get() -> None:
    runtime, dev = (pins(TOP / name) for name in ("requirements.lock", "requirements-dev.lock"))
    assert runtime - dev == set()


def pins(lock: Path) -> set[str]:
    return set(re.findall(r"^[\w.-]+==\S+", lock.read_text("utf-8"), re.MULTILINE))


def test_the_npm_lock_names_no_host() -> None:
    packages = json.loads((TOP / "package-lock.json").read_text("utf-8"))["packages"]
    assert [name for name, package in packages.items() if "resolved" in package] == []
    assert all("integrity" in package for name, package in packages.items() if name)


def test_no_file_knows_the_machine_it_was_written_on() -> None:
    here = str(TOP)
    assert [name for name, text in texts().items() if here in text or HOMES.search(text)] == []


def test_no_python_file_is_longer_than_one_idea() -> None:
    lengths = {
        name: text.count("\n") for name, text in texts().items() if name.endswith(".py") and "versions" not in name
    }
    assert lengths.pop(VERIFIER) <= LONGEST_VERIFIER
    assert {name: length for name, length in lengths.items() if length > LONGEST_FILE} == {}


def test_no_test_reaches_another_host() -> None:
    with socket.socket() as outward, pytest.raises((SocketConnectBlockedError, UserWarning)):
        outward.connect(("192.0.2.1", 80))
