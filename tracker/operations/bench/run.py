"""A whole run of the bench."""

import tempfile
from collections.abc import Callable, Iterator
from contextlib import ExitStack
from dataclasses import dataclass
from pathlib import Path

from tracker.core.db import db
from tracker.operations.bench.figures import Figure, table
from tracker.operations.bench.pages import as_they_grow, beside_floors, pages_of, statements
from tracker.operations.bench.place import MakeApp, Place, make_place, new_database
from tracker.operations.bench.signing import signing
from tracker.operations.bench.starting import starting
from tracker.operations.bench.weight import weight

TINY, SMALLER, AT_FIRST = 10, 10, 200


@dataclass(frozen=True)
class Run:
    """How a run is made. `server` is the address of a PostgreSQL server; SQLite files without one."""

    make_app: MakeApp
    server: str
    trainees: int
    times: int  # how often each page is asked for
    starts: int
    say: Callable[[str], None]

    def all(self) -> str:
        """Measure everything. Gives the table."""
        with tempfile.TemporaryDirectory(prefix="bench-") as name, ExitStack() as stack:
            folder = Path(name)
            tiny, small, large = (
                self._place(stack, folder, size) for size in (TINY, self.trainees // SMALLER, self.trainees)
            )
            figures = list(self._figures(folder, tiny, small, large))
            for place in (tiny, small, large):
                with place.app.app_context():
                    db.engine.dispose()
            return table(figures)

    def _place(self, stack: ExitStack, folder: Path, trainees: int) -> Place:
        self.say(f"Making a database of {trainees} trainees ...")
        url = stack.enter_context(new_database(self.server, folder, f"of-{trainees}"))
        at_first = TINY if trainees == TINY else min(AT_FIRST, self.trainees // SMALLER)
        return make_place(self.make_app, folder, url, trainees, at_first)

    def _figures(self, folder: Path, tiny: Place, small: Place, large: Place) -> Iterator[Figure]:
        self.say("Measuring pages ...")
        yield from beside_floors(pages_of(large), self.times)
        yield from statements(tiny, large)
        yield from as_they_grow(small, large, self.times)
        yield from weight(large)
        self.say("Measuring sign-offs ...")
        yield from signing(large)
        self.say("Measuring starts ...")
        yield from starting(folder, self.starts)
