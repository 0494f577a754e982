"""Starts what `tracker serve` starts, again and again and fast: a process that has apps in its memory, and forks.

Each line on its input holds settings, and starts a server in a process group of its own; its number is printed. When it
has ended, the next line may come.
"""

import json
import os
import sys
from collections.abc import Callable, Iterable, Iterator
from functools import cache
from io import BytesIO
from typing import Any

from flask import Flask

from tracker import create_app
from tracker.core.db import db
from tracker.core.places import read_settings
from tracker.logbook import claim_actions
from tracker.operations import worker
from tracker.operations.serving import Server

FAULT = "FAULT"  # among the settings: what is wrong with the app, so that a test must catch it
RUNS_WORKER = "RUNS_WORKER"  # as well: not the server, but the worker
WARM = "WARM"  # as well: a cookie, an address and a form each
ANSWERS_FIRST, FORGETS_KEYS, SYNCS_SELDOM = "answers first", "forgets keys", "syncs seldom"
Wsgi = Callable[..., Iterable[bytes]]


class AnswersFirst:
    """The fault: says that a form was kept, and only then hands it to the app."""

    def __init__(self, wsgi: Wsgi) -> None:
        self.wsgi = wsgi

    def __call__(self, environ: dict[str, Any], start_response: Any) -> Iterable[bytes]:
        if environ["REQUEST_METHOD"] != "POST":
            return self.wsgi(environ, start_response)
        body = environ["wsgi.input"].read(int(environ["CONTENT_LENGTH"]))
        start_response("302 FOUND", [("Location", "/"), ("Content-Length", "0")])
        return Afterwards(self.wsgi, environ | {"wsgi.input": BytesIO(body)})


class Afterwards:
    """An empty answer; when it has been sent, the work begins."""

    def __init__(self, wsgi: Wsgi, environ: dict[str, Any]) -> None:
        self.wsgi, self.environ = wsgi, environ

    def __iter__(self) -> Iterator[bytes]:
        return iter(())

    def close(self) -> None:
        list(self.wsgi(self.environ, lambda *_: None))


def main() -> None:
    """Fork a server for each line of input, and wait until it is gone."""
    for line in sys.stdin:
        app, fault = _app(line)
        child = os.fork()
        if not child:
            _let_go_of_ours()
            _spoil(app, fault)
            _run(app, line)
        _say(str(child))
        os.waitpid(child, 0)
        _say("ended")


def _run(app: Flask, line: str) -> None:
    if RUNS_WORKER not in json.loads(line):
        Server(app, processes=2).run()
    with app.app_context():
        worker.run()
    os._exit(0)


@cache
def _app(line: str) -> tuple[Flask, str]:
    settings = json.loads(line)
    seldom = {"SQLITE_SYNCHRONOUS": "NORMAL"} if settings.get(FAULT) == SYNCS_SELDOM else {}
    app = create_app(read_settings(settings) | seldom)
    _warm(app, json.loads(settings.get(WARM, "[]")))
    with app.app_context():
        db.session.remove()
        db.engine.dispose()
    return app, settings.get(FAULT, "")


def _warm(app: Flask, presses: list[tuple[str, str, dict[str, str]]]) -> None:
    """Compile templates and statements once, before the forks, by forms that are all refused."""
    client = app.test_client(use_cookies=False)
    for cookie, path, form in presses:
        answer = client.post(path, data=form, headers={"Cookie": cookie})
        assert answer.status_code in {409, 422}, (path, answer.status_code)


def _let_go_of_ours() -> None:
    """A server has a group of its own, reads nothing, and what it says is not for us."""
    os.setsid()
    sys.argv = sys.argv[:1]
    nothing = os.open(os.devnull, os.O_RDWR)
    for ours in (0, 1):
        os.dup2(nothing, ours)


def _spoil(app: Flask, fault: str) -> None:
    if fault == ANSWERS_FIRST:
        app.wsgi_app = AnswersFirst(app.wsgi_app)  # type: ignore[method-assign] # Flask's own advice
    if fault == FORGETS_KEYS:
        vars(claim_actions)["find_event"] = lambda _: None


def _say(text: str) -> None:
    sys.stdout.write(text + "\n")
    sys.stdout.flush()


if __name__ == "__main__":
    main()
