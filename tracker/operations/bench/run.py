"""A whole run of the bench."""

import tempfile
from collections.abc import Callable, Iterator
from contextlib import ExitStack
from dataclasses import dataclass
from pathlib import Path

from tracker.core.db import db
from tracker.operations.bench.explaining import explaining
from tracker.operations.bench.figures import Figure, table
from tracker.operations.bench.pages import as_they_grow, beside_floors, pages_of, statements
from tracker.operations.bench.place import MakeApp, Place, make_place, new_database
from tracker.operations.bench.signing import signing
from tracker.operations.bench.starting import starting
from tracker.operations.bench.weight import weight

AT_FIRST = 200  # trainees of the first centre, whose cohort is measured


@dataclass(frozen=True)
class Run:
    """How a run is made. `server` is the address of a PostgreSQL server; SQLite files without one."""

    make_app: MakeApp
    server: str
    sizes: tuple[int, int, int]  # of the databases: to count statements, to compare with, and the large one
    times: int  # how often each page is asked for
    starts: int
    say: Callable[[str], None]

    def all(self) -> str:
        """Measure everything. Gives the table."""
        with tempfile.TemporaryDirectory(prefix="bench-") as made, ExitStack() as stack:
            folder = Path(made)
            names = ("tiny", "small", "large")
            places = [self._place(stack, folder, name, size) for name, size in zip(names, self.sizes, strict=True)]
            figures = list(self._figures(folder, *places))
            for place in places:
                with place.app.app_context():
                    db.engine.dispose()
            return table(figures)

    def _place(self, stack: ExitStack, folder: Path, name: str, trainees: int) -> Place:
        self.say(f"Making a database of {trainees} trainees ...")
        url = stack.enter_context(new_database(self.server, folder, name))
        return make_place(self.make_app, folder, url, trainees, min(AT_FIRST, self.sizes[1]))

    def _figures(self, folder: Path, tiny: Place, small: Place, large: Place) -> Iterator[Figure]:
        self.say("Measuring pages ...")
        yield from beside_floors(pages_of(large), self.times)
        yield from statements(tiny, large)
        yield from as_they_grow(small, large, self.times)
        yield from weight(large)
        yield from explaining(tiny, self.times)
        self.say("Measuring sign-offs ...")
        yield from signing(large)
        self.say("Measuring starts ...")
        yield from starting(folder, self.starts)
