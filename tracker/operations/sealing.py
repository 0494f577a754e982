"""Sealing the record: a step of the worker, or the work of a process of its own."""

import signal
from threading import Event

from flask import current_app

from tracker.core.db import db
from tracker.core.errors import Refused
from tracker.record import notary

PAUSE_SECONDS = 1
SAID = "notary_said"  # what was last logged, so that a no is not logged every second


def run(*, once: bool = False) -> None:
    """Seal what is new until told to stop (SIGTERM, Ctrl-C), or with `once` what there is now."""
    stop = Event()
    for kind in (signal.SIGTERM, signal.SIGINT):
        signal.signal(kind, lambda *_: stop.set())
    while not stop.is_set():
        handled = seal_new()
        if once and not handled:
            return
        stop.wait(PAUSE_SECONDS)


def seal_in_worker() -> int:
    """The worker's step, unless the notary runs in a process of its own."""
    return seal_new() if current_app.config["NOTARY"] == "worker" else 0


def seal_new() -> int:
    """Seal what is new. Gives how many checkpoints were signed; a no is logged when it is another one than before."""
    try:
        sealed = notary.seal()
    except Refused as no:
        db.session.rollback()
        if current_app.extensions.get(SAID) != no.sentence:
            current_app.extensions[SAID] = no.sentence
            current_app.logger.error("Nothing is sealed. %s", no.sentence)  # noqa: TRY400 - a sentence says it all
        return 0
    current_app.extensions.pop(SAID, None)
    return int(sealed is not None)
