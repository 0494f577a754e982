"""The real app, served from a thread of this process on a database of its own."""

import shutil
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

from flask import Flask
from werkzeug.serving import WSGIRequestHandler, make_server

from tracker import create_app
from tracker.core.db import db
from tracker.core.places import read_settings
from tracker.operations import worker
from tracker.operations.demo import load_demo
from tracker.operations.setup import set_up


@dataclass(frozen=True)
class Site:
    """A tracker that is being served."""

    app: Flask
    address: str

    def deliver(self) -> None:
        """Let the worker do what is due."""
        with self.app.app_context():
            while worker.work(threading.Event()):
                pass
            db.session.remove()

    @property
    def database(self) -> Path:
        """The file of its database."""
        return Path(self.app.config["FOLDER"]) / "tracker.sqlite"

    def keep(self) -> None:
        """Remember how things are."""
        self._let_go()
        shutil.copyfile(self.database, self.database.with_suffix(".kept"))

    def restore(self) -> None:
        """Make everything as it was when it was kept."""
        self._let_go()
        for suffix in ("-wal", "-shm"):
            self.database.with_name(self.database.name + suffix).unlink(missing_ok=True)
        fresh = shutil.copyfile(self.database.with_suffix(".kept"), self.database.with_suffix(".fresh"))
        fresh.replace(self.database)
        for folder in ("outbox", "checkpoints", "segments"):  # what is kept elsewhere of what is undone here
            shutil.rmtree(Path(self.app.config["FOLDER"]) / folder, ignore_errors=True)

    def _let_go(self) -> None:
        with self.app.app_context():
            db.engine.dispose()


class Quiet(WSGIRequestHandler):
    """Answers without a line for each request."""

    def log_request(self, *_: object) -> None:
        """Say nothing."""


@contextmanager
def serve(folder: Path, url: str) -> Iterator[Site]:
    """The demo, at an address of this machine's own."""
    app = create_app(demo_settings(folder, url))
    server = make_server("127.0.0.1", 0, app, threaded=True, request_handler=Quiet)
    app.config["BASE_URL"] = f"http://127.0.0.1:{server.port}"  # mail that is clicked on leads here
    with app.app_context():
        set_up()
        load_demo()
        db.session.remove()
    thread = threading.Thread(target=server.serve_forever)
    thread.start()
    yield Site(app, f"http://127.0.0.1:{server.port}")
    server.shutdown()
    thread.join()
    server.server_close()
    with app.app_context():
        db.engine.dispose()


def demo_settings(folder: Path, url: str) -> dict[str, object]:
    """What config.py reads for the demo, with a small limit for files and none for signing in."""
    environ = {
        "TRACKER_DEMO": "1",
        "TRACKER_FOLDER": str(folder),
        "DATABASE_URL": url,
        "TRACKER_EVIDENCE_LIMIT_MB": "1",
        "TRACKER_SIGN_IN_LIMIT": "1000 per minute",
    }
    return read_settings(environ)
