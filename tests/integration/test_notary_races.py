"""Several that seal at once, and a notary with a database role of its own: real files, real commits."""

from collections.abc import Iterator
from pathlib import Path
from uuid import uuid4

import pytest
import sqlalchemy as sa
from flask import Flask

from tests.conftest import DATABASES, new_postgresql, settings
from tests.integration.test_notary import one_more
from tests.integration.test_races import at_once
from tracker import create_app
from tracker.core.db import begin_write, db
from tracker.operations.setup import migrate
from tracker.record import audit, checkpoints, notary, verify
from tracker.record.actions import append
from tracker.record.decision import Decision
from tracker.record.models import Checkpoint

pytestmark = pytest.mark.races
SEALERS = 4
SIGNERS = 4
EACH = 15
# What the notary's own role may do, and no more; as the operator's guide says.
ROLE = (
    "CREATE ROLE {role} LOGIN",
    "GRANT SELECT ON event, checkpoint, tree_block, notary_key TO {role}",
    "GRANT INSERT ON checkpoint, tree_block, notary_key TO {role}",
)


@pytest.fixture(params=DATABASES)
def live(request: pytest.FixtureRequest, tmp_path: Path) -> Iterator[Flask]:
    """An app on a database of its own, whose commits are real."""
    url = f"sqlite:///{tmp_path / 'tracker.sqlite'}"
    if request.param == "postgresql":
        url = new_postgresql(request.getfixturevalue("postgresql_server"))
    app = create_app(settings(tmp_path, url))
    with app.app_context():
        migrate()
        yield app
        db.session.remove()
        db.engine.dispose()


def sign(live: Flask) -> int:
    """Put some events on record, one by one."""
    with live.app_context():
        for _ in range(EACH):
            begin_write()
            append(Decision("review_held", uuid4(), None, uuid4(), {"review": "R1"}, {}))
            db.session.commit()
        db.session.remove()
    return EACH


def seal(live: Flask) -> int:
    """Seal as often as there are events to come. Gives how many checkpoints were signed here."""
    with live.app_context():
        signed = sum(notary.seal() is not None for _ in range(EACH))
        db.session.remove()
    return signed


def test_several_that_seal_while_others_sign_make_one_history(live: Flask) -> None:
    one_more()
    notary.seal()
    db.session.remove()

    def act(index: int) -> int:
        return sign(live) if index < SIGNERS else seal(live)

    at_once(SIGNERS + SEALERS, act)
    notary.seal()
    assert checkpoints.sealed_to() == 1 + SIGNERS * EACH
    assert (list(verify.faults()), list(audit.problems())) == ([], [])


def test_two_machines_with_one_key_make_one_history(
    live: Flask, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Without the lock on the folder, which holds on one machine, the database decides who was first."""
    one_more()
    notary.seal()
    one_more()
    last = checkpoints.latest_checkpoint()
    assert last is not None
    first = notary._seal(notary.get_signer(), last, 2)
    assert first is not None
    assert notary._seal(notary.get_signer(), db.session.merge(last), 2) is None
    assert [row.size for row in db.session.scalars(sa.select(Checkpoint).order_by(Checkpoint.size))] == [1, 2]


def test_the_notary_needs_no_more_than_its_role(postgresql_server: str, tmp_path: Path) -> None:
    url, role = new_postgresql(postgresql_server), f"notary_{uuid4().hex[:8]}"
    app = create_app(settings(tmp_path, url))
    with app.app_context():
        migrate()
        one_more()
        for statement in ROLE:
            db.session.execute(sa.text(statement.format(role=role)))
        db.session.commit()
        db.session.remove()
        db.engine.dispose()
    own = create_app(settings(tmp_path, _as_role(url, role)))
    with own.app_context():
        assert notary.seal() is not None
        with pytest.raises(sa.exc.ProgrammingError, match="permission denied"):
            one_more()
        db.session.remove()
        db.engine.dispose()


def _as_role(url: str, role: str) -> str:
    before, _, after = url.partition("://")
    return f"{before}://{role}@{after.partition('@')[2]}" if "@" in after else f"{before}://{role}@{after}"
