"""A link between two programs that can be cut between a question and its answer."""

import socket
import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager, suppress
from dataclasses import dataclass, field

import sqlalchemy as sa

Address = str | tuple[str, int]  # of a Unix socket, or of a port


def is_post(said: bytes) -> bool:
    """Whether a browser sends a form."""
    return said.startswith(b"POST ")


def is_commit(said: bytes) -> bool:
    """Whether an app tells PostgreSQL to commit."""
    return b"COMMIT" in said


@dataclass
class Link:
    """Passes everything on, until it is told when to cut."""

    to: Address
    port: int
    cut_at: Callable[[bytes], bool] | None = None
    before: bool = False
    cuts: int = field(default=0)

    def cut_next(self, cut_at: Callable[[bytes], bool], *, before: bool = False) -> None:
        """Cut at the next such question: once it is answered, or before the other side hears of it."""
        self.cut_at, self.before = cut_at, before

    def carry(self, near: socket.socket) -> None:
        """Pass on what is said over one connection until one side ends it, or the link is cut."""
        with near, _connected(self.to) as far:
            cut = threading.Event()
            back = threading.Thread(target=_answer, args=(far, near, cut))
            back.start()
            with suppress(OSError):
                self._ask(near, far, cut)
            _hang_up(near, far)
            back.join()

    def _ask(self, near: socket.socket, far: socket.socket, cut: threading.Event) -> None:
        while said := near.recv(65_536):
            if self.cut_at is not None and self.cut_at(said):
                self.cut_at, self.cuts = None, self.cuts + 1
                if self.before:
                    return
                cut.set()
            far.sendall(said)


def _answer(far: socket.socket, near: socket.socket, cut: threading.Event) -> None:
    """Pass answers on; when the link is to be cut, the first of them is where."""
    with suppress(OSError):
        while (said := far.recv(65_536)) and not cut.is_set():
            near.sendall(said)
    _hang_up(near, far)


def _hang_up(*ends: socket.socket) -> None:
    for end in ends:
        with suppress(OSError):
            end.shutdown(socket.SHUT_RDWR)


def _connected(to: Address) -> socket.socket:
    far = socket.socket(socket.AF_UNIX if isinstance(to, str) else socket.AF_INET)
    far.connect(to)
    return far


@contextmanager
def linked(to: Address) -> Iterator[Link]:
    """A link to that address, at a port of its own."""
    with socket.create_server(("127.0.0.1", 0)) as door:
        link = Link(to, door.getsockname()[1])
        threads: list[threading.Thread] = []

        def serve() -> None:
            with suppress(OSError):
                while True:
                    near, _ = door.accept()
                    threads.append(threading.Thread(target=link.carry, args=(near,)))
                    threads[-1].start()

        at_door = threading.Thread(target=serve)
        at_door.start()
        yield link
        door.shutdown(socket.SHUT_RDWR)
        at_door.join()
        for thread in threads:
            thread.join()


def socket_of(url: str) -> str:
    """The Unix socket of the PostgreSQL at this address."""
    return f"{sa.make_url(url).query['host']}/.s.PGSQL.5432"


def over(url: str, port: int) -> str:
    """The address of the same database through a port of this machine."""
    return f"postgresql://postgres@127.0.0.1:{port}/{sa.make_url(url).database}"
