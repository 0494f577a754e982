"""What an operator would ask of a tracker that is to be relied on: one finding a line."""

import os
import shutil
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from datetime import datetime, timedelta
from pathlib import Path

import sqlalchemy as sa
from flask import current_app
from sqlalchemy.exc import DBAPIError

from tracker.core.clock import now
from tracker.core.db import db
from tracker.core.mail import OutgoingMail
from tracker.evidence import sweeping
from tracker.notifications.models import Notice
from tracker.operations.setup import at_head
from tracker.operations.worker import signs_of_life
from tracker.record import guard, places, private_keys
from tracker.record.checkpoints import list_vkeys, sealed_to
from tracker.record.models import Event

LEAST_FREE_BYTES = 1024**3
LONGEST_UNSEEN = timedelta(minutes=5)
LONGEST_WAITING = timedelta(hours=1)
LARGEST_SLIP = timedelta(seconds=30)


@dataclass(frozen=True)
class Finding:
    """One thing that was looked at, and what to do about it; empty when there is nothing to do."""

    about: str
    is_so: str
    to_do: str = ""

    def __str__(self) -> str:
        return f"{'TO DO' if self.to_do else 'ok':5}  {self.about}: {self.is_so}{' ' if self.to_do else ''}{self.to_do}"


def findings() -> Iterator[Finding]:
    """Everything that was looked at. Without a database there is no more to ask of it."""
    yield from _folder()
    try:
        yield _tables()
    except DBAPIError as lost:
        yield Finding(
            "database", f"it does not answer ({type(lost.orig).__name__}).", "Start it, or mend DATABASE_URL."
        )
        return
    for look in LOOKS:
        yield from look()


def _folder() -> Iterator[Finding]:
    folder = Path(current_app.config["FOLDER"])
    for place in (folder, folder / "files"):
        if not os.access(place, os.W_OK):
            yield Finding(
                "folder", f"{place} cannot be written to.", "Make it, and give it to whoever runs the tracker."
            )
            return
    free = shutil.disk_usage(folder).free
    low = free < LEAST_FREE_BYTES
    yield Finding(
        "disk", f"{free // 1024**2:,} MB are free.", "Make room: a full disk refuses sign-offs." if low else ""
    )


def _tables() -> Finding:
    if at_head():
        return Finding("database", f"{db.engine.dialect.name} answers with this release's tables.")
    return Finding("database", "its tables are not those of this release.", "Run tracker init.")


def _durable() -> Iterator[Finding]:
    """What PostgreSQL is set to; SQLite is refused at the start when it would lose what was acknowledged."""
    if db.engine.dialect.name != "postgresql":
        return
    unsafe = {"fsync": "off", "full_page_writes": "off", "synchronous_commit": "off"}
    found = {name: str(db.session.scalar(sa.text(f"SHOW {name}"))) for name in unsafe}
    wrong = [name for name, value in found.items() if value == unsafe[name]]
    if wrong:
        yield Finding("durability", f"{', '.join(wrong)} is off.", "Set it on: a power cut would lose sign-offs.")
    else:
        yield Finding("durability", "what PostgreSQL acknowledges is on the disk.")


def _worker() -> Iterator[Finding]:
    seen = signs_of_life()
    if not seen.exists():
        yield Finding("worker", "none was seen.", "Start tracker worker, or serve --with-worker.")
        return
    ago = now().timestamp() - seen.stat().st_mtime
    late = ago > LONGEST_UNSEEN.total_seconds()
    is_so = f"last seen {_ago(timedelta(seconds=max(0, ago)))} ago."
    yield Finding("worker", is_so, "Start tracker worker, or serve --with-worker." if late else "")


def _mail() -> Iterator[Finding]:
    unposted = sa.select(sa.func.count(), sa.func.min(Notice.written_at)).where(Notice.mailed_at.is_(None))
    unsent = sa.select(sa.func.count(), sa.func.min(OutgoingMail.written_at)).where(OutgoingMail.delivered_at.is_(None))
    waiting = [db.session.execute(each).one() for each in (unposted, unsent)]
    number, oldest = sum(row[0] for row in waiting), min((row[1] for row in waiting if row[1]), default=None)
    if not number or oldest is None:
        yield Finding("mail", "none waits.")
        return
    age = now() - oldest.astimezone(now().tzinfo)
    to_do = "See that the worker runs, and that the mail server answers." if age > LONGEST_WAITING else ""
    yield Finding("mail", f"{number} wait, the oldest for {_ago(age)}.", to_do)


def _clock() -> Iterator[Finding]:
    newest: datetime | None = db.session.scalar(sa.select(sa.func.max(Event.recorded_at)))
    if newest is not None and newest > now() + LARGEST_SLIP:
        yield Finding("clock", "the newest event is of the future.", "Set this machine's clock by a time server.")
        return
    theirs = db.session.scalar(sa.select(sa.func.now())) if db.engine.dialect.name == "postgresql" else None
    slip = abs(theirs - now()) if theirs else timedelta(0)
    to_do = "Set both clocks by a time server." if slip > LARGEST_SLIP else ""
    yield Finding("clock", f"{slip.seconds} s from the database's, and after the newest event.", to_do)


def _evidence() -> Iterator[Finding]:
    lost, orphans = sweeping.missing(), sweeping.orphans()
    if lost:
        yield Finding("evidence", f"{len(lost)} files are gone, first {lost[0]}.", "Take them from a backup.")
    else:
        yield Finding("evidence", "every file that a row names is there.")
    if orphans:
        yield Finding("orphans", f"{len(orphans)} files that no row names.", "Run tracker doctor --sweep.")


def _seal() -> Iterator[Finding]:
    if why_not := guard.look_again():
        yield Finding("record", "nothing can be put on record.", why_not)
        return
    if blind := guard.why_blind():
        yield Finding("checkpoint", "none is kept outside the database.", blind)
    waiting = unsealed()
    to_do = "See that the worker, or tracker notary, runs where the private key is." if waiting else ""
    yield Finding("seal", f"{waiting} events wait to be sealed." if waiting else "every event is sealed.", to_do)
    keys = list_vkeys()
    if keys and current_app.config["NOTARY"] == "worker" and not private_keys.find(places.key_folder(), keys[-1]):
        yield Finding("notary", f"the private key is not in {places.key_folder()}.", "Set TRACKER_KEY_FOLDER.")


def unsealed() -> int:
    """How many events are older than a minute and not under a checkpoint."""
    late = Event.recorded_at < now() - timedelta(minutes=1)
    waits = sa.select(sa.func.count()).select_from(Event).where(Event.seq > sealed_to(), late)
    return db.session.scalar(waits) or 0


def _ago(span: timedelta) -> str:
    minutes = int(span.total_seconds() // 60)
    if minutes < 1:
        return f"{int(span.total_seconds())} s"
    return f"{minutes} minutes" if minutes < 120 else f"{minutes // 60} hours"  # noqa: PLR2004 - two hours


LOOKS: tuple[Callable[[], Iterator[Finding]], ...] = (_durable, _worker, _seal, _mail, _clock, _evidence)
