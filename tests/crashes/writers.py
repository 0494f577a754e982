"""Pairs who write at the same time over HTTP, note each answer, and send a press again until it is answered."""

import re
import time
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, field
from http.client import HTTPConnection, HTTPException
from itertools import cycle
from threading import Event, Thread
from urllib.parse import urlencode
from uuid import UUID, uuid4

from tests.crashes.people import Pair, SignedIn

MOVES = ("return", "submit", "sign-off", "revoke", "submit")  # round and round
DIGEST = re.compile(r'name="digest"[^>]*value="([0-9a-f]{64})"')
PATIENCE_SECONDS = 180


@dataclass(frozen=True)
class Answer:
    """What came back: the status, and where to go next."""

    status: int
    location: str
    text: str


@dataclass(frozen=True)
class Press:
    """One press of a button: by whom, where, and everything the form says."""

    by: SignedIn
    path: str
    form: dict[str, str]

    @property
    def key(self) -> UUID:
        """By which the press is known."""
        return UUID(self.form["key"])


@dataclass
class Client:
    """One connection, opened again when it is lost."""

    port: int
    connection: HTTPConnection | None = None

    def send(self, press: Press) -> Answer:
        """Send a form once. Raises OSError or HTTPException when nobody answers."""
        body = urlencode(press.form | {"csrf_token": press.by.token})
        return self._ask("POST", press.path, press.by, body)

    def read(self, by: SignedIn, path: str) -> Answer:
        """Ask for a page once."""
        return self._ask("GET", path, by, None)

    def _ask(self, method: str, path: str, by: SignedIn, body: str | None) -> Answer:
        headers = {"Cookie": by.cookie, "Content-Type": "application/x-www-form-urlencoded"}
        if self.connection is None:
            self.connection = HTTPConnection("127.0.0.1", self.port, timeout=PATIENCE_SECONDS)
        try:
            self.connection.request(method, path, body, headers)
            answer = self.connection.getresponse()
            return Answer(answer.status, answer.headers.get("Location", ""), answer.read().decode())
        except (OSError, HTTPException):
            self.close()
            raise

    def close(self) -> None:
        """Let go of the connection."""
        if self.connection is not None:
            self.connection.close()
        self.connection = None


@dataclass
class Writer:
    """A pair at work. `kept` are the presses that were answered with a redirect, in their order."""

    pair: Pair
    client: Client
    stop: Event
    kept: list[Press] = field(default_factory=list)
    problems: list[str] = field(default_factory=list)
    told: list[str] = field(default_factory=list)  # pages that said to send it again

    def run(self) -> None:
        """Press one button after the other, each until it is answered."""
        for move in cycle(MOVES):
            if self.stop.is_set() or self.problems:
                return
            press = self.press(move)
            if (answer := self._until_answered(press)) is None:
                return
            if answer.status == 302:
                self.kept.append(press)
            else:
                self.problems.append(f"{move} answered {answer.status}")

    def press(self, move: str) -> Press:
        """The next press of that button, on the claim as it is after what was answered."""
        pair = self.pair
        form = {"key": str(uuid4()), "version": str(len(self.kept) + 1), "level": "2"}
        form |= {"comment": f"Round {len(self.kept)}."}
        if move == "submit":
            address = f"/enrolments/{pair.enrolment_id}/competencies/{pair.competency_id}"
            return Press(pair.trainee, address, form | {"note": form["comment"]})
        address = f"/claims/{pair.claim_id}"
        if move == "sign-off":
            form |= {"digest": self._shown(address)}
        return Press(pair.supervisor, f"{address}/{move}", form)

    def _shown(self, address: str) -> str:
        """The digest of the claim as its page shows it."""
        for _ in self._tries():
            try:
                answer = self.client.read(self.pair.supervisor, address)
            except (OSError, HTTPException):
                continue
            if answer.status == 200:
                found = DIGEST.search(answer.text)
                return found[1] if found else ""
        return ""

    def _until_answered(self, press: Press) -> Answer | None:
        """Nobody there, or a page that says that it is safe to send it again: then it is sent again."""
        for _ in self._tries():
            try:
                answer = self.client.send(press)
            except (OSError, HTTPException):
                continue
            if answer.status != 503:
                return answer
            self.told.append(answer.text)
        self.problems.append("Nobody answered.")
        return None

    def _tries(self) -> Iterator[None]:
        until = time.monotonic() + PATIENCE_SECONDS
        while time.monotonic() < until:
            yield
            time.sleep(0.02)


@contextmanager
def at_work(pairs: Sequence[Pair], port: int) -> Iterator[list[Writer]]:
    """All pairs write until the block ends; then each sees to it that its last press is answered."""
    stop = Event()
    writers = [Writer(pair, Client(port), stop) for pair in pairs]
    threads = [Thread(target=writer.run) for writer in writers]
    for thread in threads:
        thread.start()
    try:
        yield writers
    finally:
        stop.set()
        for thread in threads:
            thread.join()
        for writer in writers:
            writer.client.close()


def answered(writers: Sequence[Writer]) -> int:
    """How many presses were answered with yes so far."""
    return sum(len(writer.kept) for writer in writers)
