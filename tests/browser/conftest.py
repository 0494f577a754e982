"""One browser and one server for all journeys; each begins with the demo as it was loaded."""

import os
import shutil
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest
from playwright.sync_api import Browser, ViewportSize

from tests.browser.reader import Reader
from tests.browser.site import Site, serve
from tests.conftest import new_postgresql

ARGUMENTS = ["--disable-background-networking", "--disable-component-update", "--disable-sync", "--no-first-run"]
BROWSERS = ("chromium", "chromium-browser", "google-chrome")
WAYS = [
    pytest.param((width, script), id=f"{width}px-{'with' if script else 'without'}-script")
    for width in (320, 1280)
    for script in (True, False)
]
Arrive = Callable[[], Reader]


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """All that drive a browser share one process, so that they share the browser and the server."""
    for item in items:
        if Path(__file__).parent in item.path.parents:
            item.add_marker(pytest.mark.browser)
            item.add_marker(pytest.mark.xdist_group("browser"))


@pytest.fixture(scope="session")
def browser_type_launch_args(browser_type_launch_args: dict[str, Any]) -> dict[str, Any]:
    """The machine's own Chromium, which talks to nobody; root has no sandbox to give it."""
    found = next(filter(None, map(shutil.which, BROWSERS)), None)
    sandbox = ["--no-sandbox"] if os.geteuid() == 0 else []
    return browser_type_launch_args | {"executable_path": found, "args": [*ARGUMENTS, *sandbox]}


@pytest.fixture(scope="session")
def sqlite_site(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Site]:
    """The tracker on a SQLite file."""
    folder = tmp_path_factory.mktemp("site")
    with serve(folder, f"sqlite:///{folder / 'tracker.sqlite'}") as site:
        site.keep()
        yield site


@pytest.fixture
def site(sqlite_site: Site) -> Site:
    """The tracker with the demo as it was loaded."""
    sqlite_site.restore()
    return sqlite_site


@pytest.fixture(scope="session")
def postgresql_site(postgresql_server: str, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Site]:
    """The tracker on PostgreSQL, for the one journey that is made there."""
    with serve(tmp_path_factory.mktemp("site"), new_postgresql(postgresql_server)) as site:
        yield site


@pytest.fixture
def arriving(browser: Browser) -> Iterator[Callable[..., Reader]]:
    """Opens browser windows, and sees in the end that no page had a problem."""
    readers: list[Reader] = []

    def arrive(site: Site, way: tuple[int, bool] = (1280, True), **more: Any) -> Reader:
        width, script = way
        view = ViewportSize(width=width, height=800)
        context = browser.new_context(viewport=view, java_script_enabled=script, locale="en-GB", **more)
        readers.append(Reader(context, site.address, script=script))
        return readers[-1]

    yield arrive
    for reader in readers:
        reader.close()
    assert [problem for reader in readers for problem in reader.problems] == []


@pytest.fixture(params=WAYS)
def way(request: pytest.FixtureRequest) -> tuple[int, bool]:
    """How wide the window is, and whether it runs script."""
    chosen: tuple[int, bool] = request.param
    return chosen


@pytest.fixture
def reader(site: Site, way: tuple[int, bool], arriving: Callable[..., Reader]) -> Reader:
    """Somebody whose window is of each kind in turn."""
    return arriving(site, way)


@pytest.fixture
def another(site: Site, way: tuple[int, bool], arriving: Callable[..., Reader]) -> Arrive:
    """Somebody else, at a machine of their own."""
    return lambda: arriving(site, way)
