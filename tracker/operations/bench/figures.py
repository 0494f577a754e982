"""A figure: what was measured, beside its floor and its limit; and the table of them."""

import gc
import time
from collections.abc import Callable, Iterable
from dataclasses import dataclass
from statistics import median

MILLISECONDS = 1000


@dataclass(frozen=True)
class Figure:
    """One line of the table. Without a floor, the limit is on the figure itself; without a limit, it is for reading."""

    what: str
    unit: str
    ours: float
    floor: float | None = None
    most: float | None = None  # of ours, or of ours over the floor
    least: float | None = None  # the same, where more is better

    @property
    def ratio(self) -> float | None:
        """Ours over the floor."""
        return self.ours / self.floor if self.floor else None

    @property
    def holds(self) -> bool | None:
        """Whether the limit is kept; None without one."""
        measured = self.ours if self.floor is None else self.ratio
        if measured is None or (self.most is None and self.least is None):
            return None
        return (self.most is None or measured <= self.most) and (self.least is None or measured >= self.least)

    @property
    def limit(self) -> str:
        """The limit in words."""
        limits = [f"at most {self.most:g}"] if self.most is not None else []
        limits += [f"at least {self.least:g}"] if self.least is not None else []
        return " and ".join(limits)


def table(figures: Iterable[Figure]) -> str:
    """The figures, a line each, in columns."""
    heading = ("figure", "unit", "ours", "floor", "ratio", "limit", "holds")
    rows = [heading, *map(_cells, figures)]
    widths = [max(len(row[column]) for row in rows) for column in range(len(heading))]
    return "\n".join("  ".join(_padded(row, widths)).rstrip() for row in rows)


def _cells(figure: Figure) -> tuple[str, ...]:
    holds = {True: "yes", False: "no", None: ""}[figure.holds]
    ratio = figure.ratio if figure.floor else None
    return figure.what, figure.unit, _number(figure.ours), _number(figure.floor), _number(ratio), figure.limit, holds


def _number(value: float | None) -> str:
    if value is None:
        return ""
    return f"{value:.0f}" if value >= 100 or value == int(value) else f"{value:.2f}"  # noqa: PLR2004 - three figures are enough


def _padded(row: tuple[str, ...], widths: list[int]) -> Iterable[str]:
    for column, (cell, width) in enumerate(zip(row, widths, strict=True)):
        yield cell.rjust(width) if column in {2, 3, 4} else cell.ljust(width)


def side_by_side(ours: Callable[[], object], floor: Callable[[], object], times: int) -> tuple[float, float]:
    """The median CPU time of each, taken in turns. Unit: milliseconds."""
    for warm in (ours, floor) * 3:
        warm()
    taken: tuple[list[float], list[float]] = ([], [])
    gc.collect()
    for _ in range(times):
        for measured, kept in zip((ours, floor), taken, strict=True):
            begun = time.process_time()
            measured()
            kept.append((time.process_time() - begun) * MILLISECONDS)
    return median(taken[0]), median(taken[1])
