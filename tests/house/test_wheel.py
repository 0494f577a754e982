import subprocess
import sys
from pathlib import Path
from zipfile import ZipFile

import pytest

from tests.house.test_tidiness import TOP, committed

pytestmark = pytest.mark.xdist_group("wheel")  # built once
OUTSIDE = {"config.py", "templates", "migrations"}  # beside the package in a checkout, inside it in a wheel


@pytest.fixture(scope="module")
def packed(tmp_path_factory: pytest.TempPathFactory) -> set[str]:
    """The names in a wheel that is built as `pip wheel .` builds it, with the tools that are here."""
    folder = tmp_path_factory.mktemp("wheel")
    pip = [sys.executable, "-m", "pip", "wheel", "--quiet", "--no-deps", "--no-index", "--no-build-isolation"]
    subprocess.run([*pip, "--disable-pip-version-check", "--wheel-dir", str(folder), str(TOP)], check=True)
    (wheel,) = folder.glob("*.whl")
    return set(ZipFile(wheel).namelist())


def inside(path: Path) -> str:
    """Where a file of the checkout is in the wheel."""
    name = path.relative_to(TOP)
    return f"tracker/{name}" if name.parts[0] in OUTSIDE else str(name)


def test_the_wheel_has_all_that_runs(packed: set[str]) -> None:
    needed = {inside(path) for path in committed() if path.relative_to(TOP).parts[0] in {"tracker", *OUTSIDE}}
    assert needed - packed == set()
    assert "tracker/docs/curriculum.schema.json" in packed


def test_the_wheel_brings_the_look_and_the_letters(packed: set[str]) -> None:
    vendor = TOP / "tracker/static/vendor"
    assert {str(path.relative_to(TOP)) for path in vendor.rglob("*") if path.is_file()} - packed == set()
    assert "tracker/static/vendor/nhsuk/nhsuk-frontend.min.css" in packed


def test_the_wheel_has_nothing_else(packed: set[str]) -> None:
    assert {name.split("/")[0] for name in packed if ".dist-info/" not in name} == {"tracker"}
    assert [name for name in packed if "__pycache__" in name or name.startswith("tests")] == []
