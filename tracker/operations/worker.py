"""The worker: seals the record, hands notices to the post, and delivers what is due."""

import signal
import traceback
from collections.abc import Callable
from datetime import timedelta
from functools import partial
from pathlib import Path
from threading import Event
from uuid import UUID

import sqlalchemy as sa
from flask import current_app

from tracker.assessments.asking_actions import expire_due
from tracker.assessments.msf_closing import close_due
from tracker.assessments.queries import is_asked
from tracker.core import mail
from tracker.core.clock import now
from tracker.core.db import begin_unlocked, begin_write, db
from tracker.core.mail import OutgoingMail
from tracker.enrolments.queries import may_see
from tracker.logbook.ageing_actions import restate_due
from tracker.logbook.lapse_actions import ask_for_rechecks
from tracker.logbook.offer_actions import offer_waiting
from tracker.moderation.queries import is_asked_from_outside
from tracker.notifications.actions import post_due
from tracker.operations.receipting import post_receipts
from tracker.operations.sealing import seal_in_worker

PAUSE_SECONDS = 1
LEASE = timedelta(minutes=2)  # longer than a mail server may take


def run(*, once: bool = False) -> None:
    """Work until told to stop (SIGTERM, Ctrl-C), or with `once` until nothing is due."""
    stop = Event()
    for kind in (signal.SIGTERM, signal.SIGINT):
        signal.signal(kind, lambda *_: stop.set())
    while not stop.is_set():
        signs_of_life().touch()
        handled = work(stop)
        if once and not handled:
            return
        if not handled:
            stop.wait(PAUSE_SECONDS)


def signs_of_life() -> Path:
    """The file whose time says when a worker was last seen."""
    folder: Path = current_app.config["FOLDER"]
    return folder / "worker-seen"


def work(stop: Event) -> int:
    """Do once what is due. Gives how many things were taken in hand."""
    post = (post_receipts, post_notices, partial(deliver_mail, stop))
    steps = (seal_in_worker, *post, restate_due, expire_due, close_due)
    return sum(_guarded(step) for step in (*steps, ask_for_rechecks, offer_what_waits))


def offer_what_waits() -> int:
    """Offer what has waited long to somebody else who can decide it."""
    return offer_waiting(current_app.config["OFFER_AFTER_DAYS"])


def post_notices() -> int:
    """Turn notices into mail to those who may still see what they are about, or whose part in it is to come."""
    return post_due(lambda *about: may_see(*about) or is_asked(*about) or is_asked_from_outside(*about))


def deliver_mail(stop: Event) -> int:
    """Try every message that is due, each in transactions of its own: one that fails does not hold up the next."""
    due = mail.due_mail()
    db.session.rollback()
    for mail_id in due:
        if stop.is_set():
            break
        _guarded(partial(_deliver, mail_id))
    return len(due)


def _deliver(mail_id: UUID) -> int:
    """Take the message, then hand it over while no lock is held, since a mail server may be slow."""
    if not _take(mail_id):
        return 0
    begin_unlocked()
    message = db.session.get_one(OutgoingMail, mail_id)
    mail.deliver(message)
    db.session.commit()
    return 1


def _take(mail_id: UUID) -> bool:
    """Reserve a message for this worker; when it dies, another may try after the lease."""
    begin_write()
    free = sa.select(OutgoingMail).where(
        OutgoingMail.id == mail_id, OutgoingMail.delivered_at.is_(None), OutgoingMail.next_try_at <= now()
    )
    message = db.session.scalar(free.with_for_update(skip_locked=True))
    if message is not None:
        message.next_try_at = now() + LEASE
    db.session.commit()
    return message is not None


def _guarded(step: Callable[[], int]) -> int:
    """Go on when a step fails. The log says what and where, without values, which may be names."""
    try:
        return step()
    except Exception as failure:  # noqa: BLE001 - whatever it was, the next message must leave
        db.session.rollback()
        lines = "".join(traceback.format_tb(failure.__traceback__))
        current_app.logger.error("The worker met %s at\n%s", type(failure).__name__, lines)  # noqa: TRY400 - no values
        return 0
