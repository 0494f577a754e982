"""Accounts are made, given roles and passwords; signing in is tried."""

import hmac
from datetime import date
from typing import Any
from uuid import uuid4

from flask import current_app
from flask_security.utils import hash_password, verify_password

from tracker.accounts import queries, rules
from tracker.accounts.authenticator_app import take_code
from tracker.accounts.models import Grant, Person, Role, SignInAttempt
from tracker.accounts.sessions import end_sessions
from tracker.core.clock import now, today
from tracker.core.db import begin_unlocked, begin_write, db
from tracker.core.errors import Refused, refuse_if


def create_person(email: str, given_name: str, family_name: str) -> Person:
    """A new account without a password: the person sets one through the link for forgotten passwords.

    Raises Refused when the address is taken or cannot be used.
    """
    address = email.strip().lower()
    refuse_if(rules.why_not_this_address(address, demo=current_app.config["DEMO"]))
    if queries.find_person(address) is not None:
        raise Refused(f"{address} has an account already.")
    person = Person(
        email=address,
        given_name=given_name.strip(),
        family_name=family_name.strip(),
        password=None,
        fs_uniquifier=uuid4().hex,
        created_at=now(),
    )
    db.session.add(person)
    return person


def set_password(person: Person, text: str) -> None:
    """Give the person a password; every open session of theirs ends. Raises Refused when it is too short."""
    refuse_if(rules.why_not_this_password(text))
    person.password = hash_password(rules.normal_password(text))
    person.fs_uniquifier = uuid4().hex
    end_sessions(person)


def check_password(person: Person, text: str) -> bool:
    """Whether this is the person's password. Takes as long when there is none."""
    if person.password is None or not rules.can_be_password(text):
        _take_as_long()
        return False
    return bool(verify_password(rules.normal_password(text), person.password))


def grant(actor: Person | None, person: Person, role: Role, *, starts_on: date | None = None, **scope: Any) -> Grant:
    """Give a role in a scope (centre_id, curriculum_id, enrolment_id, ends_on), from today unless said.

    Without an actor it was given by a command.
    """
    given_by_id = actor.id if actor else None
    row = Grant(person_id=person.id, role=role, starts_on=starts_on or today(), given_by_id=given_by_id, **scope)
    db.session.add(row)
    return row


def try_sign_in(email: str, password: str) -> Person | None:
    """Who signs in with this address and password; the attempt is kept in a transaction of its own.

    Nothing shows whether the address has an account. Raises Refused, and tries nothing, after too many failures.
    """
    digest = _digest(email)
    refuse_if(rules.why_wait(queries.count_failures(digest)))
    person = queries.find_person(email)
    if person is not None and not _may_sign_in(person):
        person = None
    if person is None:
        _take_as_long()
    succeeded = person is not None and check_password(person, password)
    _note_attempt(digest, succeeded=succeeded)
    return person if succeeded else None


def try_code(person: Person, code: str) -> bool:
    """Whether the person's authenticator app shows this code now; the attempt is kept in a transaction of its own.

    Raises Refused, and tries nothing, after too many failures.
    """
    digest, person_id = _digest(person.email), person.id
    refuse_if(rules.why_wait(queries.count_failures(digest)))
    begin_write()
    succeeded = take_code(person_id, code)
    db.session.add(SignInAttempt(email_digest=digest, at=now(), succeeded=succeeded))
    db.session.commit()
    begin_unlocked()
    return succeeded


def _take_as_long() -> None:
    """Spend the time that checking a password takes, so that a stopwatch learns nothing."""
    hash_password("as long as a password")


def _may_sign_in(person: Person) -> bool:
    return person.active and rules.why_not_this_address(person.email, demo=current_app.config["DEMO"]) is None


def _digest(email: str) -> str:
    """What stands for a typed address, which may be a password typed in the wrong place."""
    key = current_app.config["SECRET_KEY"].encode()
    return hmac.digest(key, b"sign-in " + email.strip().lower().encode(), "sha256").hex()


def _note_attempt(digest: str, *, succeeded: bool) -> None:
    begin_write()
    db.session.add(SignInAttempt(email_digest=digest, at=now(), succeeded=succeeded))
    db.session.commit()
    begin_unlocked()
