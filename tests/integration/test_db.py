from flask import Flask

from tracker.core.db import begin_write, db
from tracker.enrolments.models import Centre


def test_what_a_write_transaction_commits_is_there(app: Flask) -> None:
    begin_write()
    db.session.add(Centre(name="Leeds"))
    db.session.commit()
    assert [centre.name for centre in db.session.query(Centre)] == ["Leeds"]


def test_nothing_stays_of_the_test_before(app: Flask) -> None:
    assert db.session.query(Centre).count() == 0
