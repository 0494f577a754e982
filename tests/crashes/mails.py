"""The worker is killed again and again while people write: each mail that was written arrives, and no other."""

import random
import time
from collections.abc import Mapping
from dataclasses import dataclass, field
from email import message_from_bytes
from typing import Any
from uuid import UUID

import sqlalchemy as sa
from aiosmtpd.controller import Controller

from tests.crashes.kills import wait_for_an_answer
from tests.crashes.launcher import RUNS_WORKER
from tests.crashes.ledger import Compared, compare
from tests.crashes.people import looking, make_pairs
from tests.crashes.served import PATIENCE_SECONDS, Launcher, Served, free_port, launching, served
from tests.crashes.writers import at_work
from tracker.accounts.models import Person
from tracker.core.clock import now
from tracker.core.db import begin_write, db
from tracker.core.mail import OutgoingMail
from tracker.notifications.models import MailChoice, MailTime, Notice, NoticeKind
from tracker.record.models import Event

WRITERS = 10


@dataclass
class Sink:
    """A mail server that keeps the number of each message."""

    came: list[UUID] = field(default_factory=list)

    async def handle_DATA(self, _server: Any, _session: Any, envelope: Any) -> str:  # noqa: N802 - of the library
        """Take a message."""
        said = message_from_bytes(envelope.content)["Message-ID"]
        self.came.append(UUID(said.strip("<>").split("@")[0]))
        return "250 OK"


@dataclass(frozen=True)
class Mailed:
    """How many messages were written, never came, came though nobody wrote them, and sign-offs that tell nobody."""

    written: int
    lost: int
    invented: int
    untold: int
    compared: Compared


def kill_workers(launcher: Launcher, settings: Mapping[str, str], kills: int, seed: int) -> Mailed:
    """Kill the worker so often, then let one work until nothing is due."""
    sink, port, moments = Sink(), free_port(), random.Random(seed)
    mail = {"TRACKER_SMTP_HOST": "127.0.0.1", "TRACKER_SMTP_PORT": str(port), "TRACKER_TIME_ZONE": where_it_is_noon()}
    settings = {**settings, **mail}
    pairs = make_pairs(settings, WRITERS)
    _want_mail_at_once(settings)
    door = Controller(sink, hostname="127.0.0.1", port=port)
    door.start()
    with launching() as other:
        worker = Served(other, {**settings, RUNS_WORKER: "1"})
        with served(launcher, settings, pairs[0]) as server, at_work(pairs, server.port) as people:
            server.start()
            wait_for_an_answer(people)
            for _ in range(kills):
                worker.start()
                time.sleep(moments.uniform(0, 1))
                worker.kill()
        worker.start()
        _until_nothing_waits(settings)
        worker.kill()
    door.stop()
    return _compared(settings, set(sink.came), compare(settings, people))


def where_it_is_noon() -> str:
    """A time zone in which mail may leave: nobody is woken by it."""
    east = 12 - now().hour
    return f"Etc/GMT{-east:+d}" if east else "Etc/GMT"


def _want_mail_at_once(settings: Mapping[str, str]) -> None:
    with looking(settings):
        begin_write()
        everybody = db.session.scalars(sa.select(Person.id))
        db.session.add_all(MailChoice(person_id=each, mail_time=MailTime.AT_ONCE) for each in everybody)
        db.session.commit()


def _until_nothing_waits(settings: Mapping[str, str]) -> None:
    """What a killed worker had in hand is due again at once, and not only after its lease."""
    until = time.monotonic() + PATIENCE_SECONDS
    waiting = sa.select(sa.func.count()).where(OutgoingMail.delivered_at.is_(None))
    with looking(settings):
        while True:
            begin_write()
            db.session.execute(
                sa.update(OutgoingMail).where(OutgoingMail.delivered_at.is_(None)).values(next_try_at=now())
            )
            db.session.commit()
            time.sleep(2)
            if not db.session.scalar(waiting):
                return
            db.session.rollback()
            assert time.monotonic() < until, "Mail waits for ever."


def _compared(settings: Mapping[str, str], came: set[UUID], compared: Compared) -> Mailed:
    with looking(settings):
        written = set(db.session.scalars(sa.select(OutgoingMail.id)))
        signed = sa.select(sa.func.count()).where(Event.kind == "claim_signed_off")
        told = sa.select(sa.func.count()).where(Notice.kind == NoticeKind.CLAIM_SIGNED_OFF)
        untold = (db.session.scalar(signed) or 0) - (db.session.scalar(told) or 0)
    return Mailed(len(written), len(written - came), len(came - written), untold, compared)
