"""Serving: gunicorn, and with it the worker, each in processes of their own."""

import os
import signal
import socket
import sys
from collections.abc import Callable
from contextlib import suppress
from threading import Event
from typing import NoReturn

import click
from flask import Flask
from gunicorn.app.base import BaseApplication

from tracker.core.errors import Refused

THREADS = 8


class Server(BaseApplication):  # type: ignore[misc] # gunicorn is untyped
    """gunicorn over an app that was made before its processes are, so that they share its memory."""

    def __init__(self, app: Flask, processes: int) -> None:
        self.app, self.processes = app, processes
        super().__init__()

    def load_config(self) -> None:
        settings = {
            "bind": self.address,
            "workers": self.processes,
            "worker_class": "gthread",
            "threads": THREADS,
            "control_socket_disable": True,
            "loglevel": "warning",  # requests are not logged: their addresses name people's records
            "when_ready": lambda _: click.echo(f"Serving at http://{self.address} (Ctrl-C stops it)."),
        }
        for name, value in settings.items():
            self.cfg.set(name, value)

    def load(self) -> Flask:
        return self.app

    @property
    def address(self) -> str:
        """Host and port as they stand in a URL."""
        host, port = self.app.config["HOST"], self.app.config["PORT"]
        return f"[{host}]:{port}" if ":" in host else f"{host}:{port}"


def refuse_port_in_use(host: str, port: int) -> None:
    """Raises Refused when another program has the address."""
    family = socket.AF_INET6 if ":" in host else socket.AF_INET
    with socket.socket(family) as trial:
        trial.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        try:
            trial.bind((host, port))
        except OSError as taken:
            why = taken.strerror
            raise Refused(
                f"{host} port {port} cannot be used ({why}): stop what uses it, or set PORT to another."
            ) from taken


def together(*parts: Callable[[], None]) -> NoReturn:
    """Run each part in a process of its own. When one ends, or we are told to stop, all end."""
    children = {_start(part) for part in parts}
    told = Event()

    def stop(*_: object) -> None:
        told.set()
        _stop(children)

    for kind in (signal.SIGTERM, signal.SIGINT):
        signal.signal(kind, stop)
    while children:
        ended, _ = os.wait()
        children.discard(ended)
        _stop(children)
    sys.exit(0 if told.is_set() else 1)


def _start(part: Callable[[], None]) -> int:
    """Give the number of a new process that runs the part and no more."""
    child = os.fork()
    if not child:
        part()
        sys.exit(0)
    return child


def _stop(children: set[int]) -> None:
    for child in children:
        with suppress(ProcessLookupError):  # it has just ended
            os.kill(child, signal.SIGTERM)
