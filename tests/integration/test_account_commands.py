"""Accounts from the command line."""

from flask import Flask

from tests.make import make_person
from tracker.accounts.actions import check_password
from tracker.accounts.cli import account
from tracker.accounts.models import Role
from tracker.accounts.queries import find_person, grants_of
from tracker.core.clock import today
from tracker.core.db import db
from tracker.core.errors import NotFound, Refused

PASSWORD = "three random words"


def test_the_first_administrator_is_made_with_a_command(app: Flask) -> None:
    words = ["create", "Ada@example.org", "Ada", "Osei", "--role", "administrator", "--password", PASSWORD]
    done = app.test_cli_runner().invoke(account, words)
    assert done.output == "ada@example.org can sign in now.\n"
    person = find_person("ada@example.org")
    assert person is not None
    assert check_password(person, PASSWORD)
    assert [grant.role for grant in grants_of(person, today())] == [Role.ADMINISTRATOR]


def test_a_short_password_makes_no_account(app: Flask) -> None:
    done = app.test_cli_runner().invoke(account, ["create", "a@example.org", "A", "O", "--password", "short"])
    assert isinstance(done.exception, Refused)
    db.session.rollback()
    assert find_person("a@example.org") is None


def test_a_password_is_set_for_who_is_there(app: Flask) -> None:
    db.session.add(make_person())
    db.session.commit()
    run = app.test_cli_runner()
    assert run.invoke(account, ["password", "ada@example.org", "--password", PASSWORD]).exit_code == 0
    assert isinstance(run.invoke(account, ["password", "no@example.org", "--password", PASSWORD]).exception, NotFound)
    person = find_person("ada@example.org")
    assert person is not None
    assert check_password(person, PASSWORD)
