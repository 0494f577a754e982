"""How long a start takes and how much memory, beside an empty app with the same extensions."""

import os
import re
import secrets
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path
from statistics import median

from tracker.operations.bench.figures import MILLISECONDS, Figure

LIMIT = 1.2
KILOBYTES_IN_MEGABYTE = 1024


def starting(folder: Path, times: int) -> Iterator[Figure]:
    """CPU time and memory from nothing to the first answer, each start a process of its own, in turns."""
    environ = {"TRACKER_FOLDER": str(folder), "TRACKER_SECRET_KEY": secrets.token_hex(32)}
    taken: dict[str, list[dict[str, float]]] = {"tracker_app": [], "empty_app": []}
    for _ in range(times):
        for name, kept in taken.items():
            kept.append(_start(name, environ))
    for what, unit, key, factor in (
        ("start to first answer, CPU", "ms", "cpu", MILLISECONDS),
        ("memory of one process after it", "MB", "kilobytes", 1 / KILOBYTES_IN_MEGABYTE),
    ):
        ours, floor = (median(each[key] for each in taken[name]) * factor for name in ("tracker_app", "empty_app"))
        yield Figure(what, unit, ours, floor, most=LIMIT)


def _start(name: str, environ: dict[str, str]) -> dict[str, float]:
    script = Path(__file__).with_name(f"{name}.py")
    top = Path(__file__).resolve().parents[3]
    done = subprocess.run(  # noqa: S603 - our own script
        [sys.executable, str(script)],
        env={**os.environ, **environ, "PYTHONPATH": str(top)},
        capture_output=True,
        check=True,
        text=True,
    )
    cpu, status = done.stdout.split(maxsplit=1)
    most = re.search(r"VmHWM:\s+(\d+) kB", status)
    return {"cpu": float(cpu), "kilobytes": float(most[1]) if most else 0.0}
