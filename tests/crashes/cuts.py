"""A link cut between COMMIT and its answer: nobody knows, and the same press again is safe."""

from collections.abc import Mapping
from contextlib import ExitStack
from dataclasses import dataclass, field, replace
from http.client import HTTPException
from itertools import cycle, islice
from threading import Event as Flag

import sqlalchemy as sa

from tests.crashes.link import Link, is_commit, is_post, linked, over, socket_of
from tests.crashes.people import Pair, looking, make_pairs
from tests.crashes.served import Launcher, served
from tests.crashes.writers import MOVES, Answer, Client, Press, Writer
from tracker.core.db import db, is_sqlite
from tracker.record import verify
from tracker.record.models import Event

KEPT, REUSED, UNKNOWN = 302, 422, 503
SAFE_TO_SEND = "It is safe to send it again"


@dataclass
class Sent:
    """What became of the presses whose link was cut."""

    cuts: int = 0
    unknown: int = 0  # nobody answered, or the page said that we do not know
    kept: int = 0  # when sent again
    same_again: int = 0  # and once more: the same answer
    other_body: int = 0  # the key with another comment was refused
    events: int = 0  # new ones
    faults: list[str] = field(default_factory=list)


def send_over(browser: Link, database: Link | None, pair: Pair, cuts: int) -> Sent:
    """Press so many buttons. The link of each is cut: the browser's, or the database's on either side of COMMIT."""
    writer, sent = Writer(pair, Client(browser.port), Flag()), Sent()
    places = cycle([(browser, False)] if database is None else [(browser, False), (database, False), (database, True)])
    for move, (link, before) in zip(islice(cycle(MOVES), cuts), places, strict=False):
        press = writer.press(move)
        link.cut_next(is_post if link is browser else is_commit, before=before)
        sent.unknown += _is_unknown(writer.client, press)
        first, second = _again(writer.client, press), _again(writer.client, press)
        sent.kept += first.status == KEPT
        sent.same_again += (first.status, first.location) == (second.status, second.location)
        other = replace(press, form=press.form | {"comment": "Something else.", "note": "Something else."})
        sent.other_body += _again(writer.client, other).status == REUSED
        writer.kept.append(press)
    writer.client.close()
    sent.cuts = browser.cuts + (database.cuts if database else 0)
    return sent


def cut_and_send_again(launcher: Launcher, settings: Mapping[str, str], cuts: int, fault: str = "") -> Sent:
    """What became of presses over links that were cut: the browser's and, where there is a server, the database's."""
    [pair] = make_pairs(settings, 1)
    url = settings["DATABASE_URL"]
    with ExitStack() as links:
        database = None if is_sqlite(url) else links.enter_context(linked(socket_of(url)))
        through = {**settings, "DATABASE_URL": over(url, database.port)} if database else settings
        server = links.enter_context(served(launcher, through, pair, fault))
        browser = links.enter_context(linked(("127.0.0.1", server.port)))
        server.start()
        server.until_ready()
        sent = send_over(browser, database, pair, cuts)
        server.kill()
    return look(settings, sent)


def _is_unknown(client: Client, press: Press) -> bool:
    """Whether the answer was lost, or says that nobody knows."""
    try:
        answer = client.send(press)
    except (OSError, HTTPException):
        return True
    return answer.status == UNKNOWN and SAFE_TO_SEND in answer.text


def _again(client: Client, press: Press) -> Answer:
    """The answer, on a new connection when the old one is gone."""
    try:
        return client.send(press)
    except (OSError, HTTPException):
        return client.send(press)


def look(settings: Mapping[str, str], sent: Sent) -> Sent:
    """Count what is on record: the press by which a claim was made is there besides."""
    with looking(settings):
        sent.events = (db.session.scalar(sa.select(sa.func.count()).select_from(Event)) or 0) - 1
        sent.faults = [f"event {fault.seq} {fault.what}" for fault in verify.faults()]
    return sent
