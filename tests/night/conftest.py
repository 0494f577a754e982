"""The slow jobs: how large they are, the seed of each, and the table of their figures."""

import json
import os
import random
import time
from collections.abc import Callable, Iterator
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import pytest

from tests.conftest import DATABASES, new_postgresql
from tests.crashes.served import Launcher, environ, launching

PERCENT = int(os.environ.get("TEST_NIGHT_PERCENT", "100"))  # of the full size
REPORT = Path(os.environ.get("TEST_NIGHT_REPORT", "instance/night.json"))
FIGURES: list[dict[str, Any]] = []
Note = Callable[..., None]


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """None of these runs with the others."""
    for item in items:
        if Path(__file__).parent in item.path.parents:
            item.add_marker(pytest.mark.night)


def pytest_terminal_summary(terminalreporter: Any) -> None:
    """A line for each job; the same goes into a file."""
    if not FIGURES:
        return
    terminalreporter.section("figures of the night")
    for figures in FIGURES:
        terminalreporter.write_line(", ".join(f"{name}: {value}" for name, value in figures.items()))
    REPORT.parent.mkdir(parents=True, exist_ok=True)
    with REPORT.open("a", encoding="utf-8") as report:
        report.writelines(json.dumps(figures, default=str) + "\n" for figures in FIGURES)


def size(full: int) -> int:
    """How often, when this often is the full size."""
    return max(1, full * PERCENT // 100)


@pytest.fixture
def seed() -> int:
    """TEST_NIGHT_SEED, or a new one; it is in the table."""
    return int(os.environ.get("TEST_NIGHT_SEED") or random.SystemRandom().randrange(10**6))


@pytest.fixture
def note(request: pytest.FixtureRequest, seed: int) -> Iterator[Note]:
    """Puts figures into the table, with the day, the seed and the minutes it took."""
    begun = time.monotonic()
    figures: dict[str, Any] = {"job": request.node.name, "on": f"{datetime.now(UTC):%Y-%m-%d}", "seed": seed}
    yield lambda **more: figures.update(more)
    FIGURES.append(figures | {"minutes": round((time.monotonic() - begun) / 60, 1)})


@pytest.fixture(scope="session")
def launcher() -> Iterator[Launcher]:
    with launching() as one:
        yield one


@pytest.fixture(params=DATABASES)
def place(request: pytest.FixtureRequest, tmp_path: Path) -> dict[str, str]:
    """The settings of a tracker on an empty database of each kind."""
    if request.param == "postgresql":
        return environ(tmp_path, new_postgresql(request.getfixturevalue("postgresql_server")))
    return environ(tmp_path, f"sqlite:///{tmp_path / 'tracker.sqlite'}")
