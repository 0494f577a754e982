"""What happened, kept out of memory until all of it can be put in order."""

import pickle
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field
from datetime import datetime
from typing import IO
from uuid import UUID

from tracker.operations.population.claims import Happening
from tracker.operations.population.rows import Row
from tracker.record.decision import Decision


@dataclass
class Shelf:
    """Decisions with the lines of history beside them, in a file for as long as they are needed."""

    file: IO[bytes]
    places: list[tuple[datetime, UUID, int]] = field(default_factory=list)

    def __len__(self) -> int:
        return len(self.places)

    def add(self, happenings: Iterable[Happening]) -> None:
        """Keep what happened to one trainee."""
        for each in happenings:
            self.places.append((each.at, each.decision.key, self.file.tell()))
            pickle.dump((each.decision, each.step), self.file, pickle.HIGHEST_PROTOCOL)

    def in_order(self) -> Iterator[tuple[datetime, Decision, Row | None]]:
        """Everything. Order: as it happened."""
        for at, _, place in sorted(self.places):
            self.file.seek(place)
            decision, step = pickle.load(self.file)  # noqa: S301 - written by us, into a file that nobody else has
            yield at, decision, step
