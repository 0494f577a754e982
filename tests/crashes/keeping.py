"""A backup taken while people write, and what comes out of it elsewhere."""

import shutil
import time
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from uuid import UUID

import sqlalchemy as sa
from sqlalchemy.exc import DatabaseError

from tests.crashes.kills import wait_for_an_answer
from tests.crashes.people import looking, make_pairs
from tests.crashes.served import Launcher, served
from tests.crashes.writers import Writer, at_work
from tracker.accounts.models import Person
from tracker.core import storage
from tracker.core.clock import now
from tracker.core.db import begin_write, db
from tracker.evidence.models import EvidenceFile
from tracker.operations.backup import back_up
from tracker.operations.restore import restore
from tracker.record import verify
from tracker.record.models import Event

CONTENT = b"What the camera showed."


@dataclass(frozen=True)
class Restored:
    """How many presses were answered before the backup began, how many of those it lacks, and what else is wrong."""

    answered: int
    lost: int
    lost_files: list[str]
    faults: list[str]


def back_up_under_load(
    launcher: Launcher, settings: Mapping[str, str], file: Path, writers: int, wait: float
) -> set[UUID]:
    """Write a backup beside so many writers. Gives the keys of what was answered before it began."""
    pairs = make_pairs(settings, writers)
    _attach(settings)
    with served(launcher, settings, pairs[0]) as server, at_work(pairs, server.port) as people:
        server.start()
        wait_for_an_answer(people)
        time.sleep(wait)
        before = keys_of(people)
        with looking(settings):
            back_up(file)
        wait_for_an_answer(people)  # nobody had to stop
    return before


def restored(settings: Mapping[str, str], file: Path, before: set[UUID]) -> Restored:
    """Put it back elsewhere, and look."""
    with looking(settings):
        lost_files = restore(file).lost
        there = set(db.session.scalars(sa.select(Event.key)))
        digests = db.session.scalars(sa.select(EvidenceFile.sha256))
        lost_files += [digest for digest in digests if storage.path_of(digest).read_bytes() != CONTENT]
        faults = [f"event {fault.seq} {fault.what}" for fault in verify.faults()]
    return Restored(len(before), len(before - there), lost_files, faults)


def lost_in_a_plain_copy(launcher: Launcher, settings: Mapping[str, str], copy: Path, writers: int) -> int:
    """The control: the database's file is copied as it lies there. Gives how many answered presses it lacks."""
    pairs = make_pairs(settings, writers)
    with served(launcher, settings, pairs[0]) as server, at_work(pairs, server.port) as people:
        server.start()
        wait_for_an_answer(people)
        time.sleep(1)
        before = keys_of(people)
        shutil.copyfile(Path(settings["TRACKER_FOLDER"]) / "tracker.sqlite", copy)
    with looking({**settings, "DATABASE_URL": f"sqlite:///{copy}"}):
        try:
            there = set(db.session.scalars(sa.select(Event.key)))
        except DatabaseError:  # it is not even a database
            there = set()
    return len(before - there)


def keys_of(people: Sequence[Writer]) -> set[UUID]:
    """What was answered with yes so far."""
    return {press.key for person in people for press in list(person.kept)}


def _attach(settings: Mapping[str, str]) -> None:
    """Somebody owns a file."""
    with looking(settings):
        stored = storage.store(CONTENT)
        begin_write()
        owner = db.session.scalars(sa.select(Person.id).limit(1)).one()
        values = {"sha256": stored.sha256, "size_bytes": stored.size_bytes, "media_type": "text/plain"}
        db.session.add(EvidenceFile(owner_id=owner, name="notes.txt", stored_at=now(), **values))
        db.session.commit()
