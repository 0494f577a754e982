"""A code from an app on the phone, in place of the password. Source: RFC 6238 (codes from a secret and the time)."""

import base64
import hmac
from uuid import UUID

import pyotp
import sqlalchemy as sa
from cryptography.fernet import Fernet, InvalidToken
from flask import current_app

from tracker.accounts.models import AuthenticatorApp, Person
from tracker.core.clock import now
from tracker.core.db import db

STEP_SECONDS = 30
EARLY_OR_LATE = 1  # steps by which a phone's clock may be wrong
ISSUER = "Training tracker"


def new_secret() -> str:
    """A secret that nobody has yet."""
    return pyotp.random_base32()


def address_of(secret: str, person: Person) -> str:
    """What the app reads from the picture."""
    return pyotp.TOTP(secret).provisioning_uri(name=person.email, issuer_name=ISSUER)


def picture_of(address: str) -> str:
    """The picture that a phone's camera reads, as an address of data."""
    import segno  # noqa: PLC0415 - only the page that adds an app draws one

    return segno.make(address, error="m").svg_data_uri(scale=5, border=2, light="white")


def add_app(person: Person, secret: str, code: str) -> bool:
    """Let codes from this secret stand for the person's password, if the app shows the right one now."""
    step = _step_of(secret, code)
    if step is None:
        return False
    remove_app(person)
    values = {"secret": _cipher().encrypt(secret.encode()), "added_at": now(), "last_step": step}
    db.session.add(AuthenticatorApp(person_id=person.id, **values))
    person.has_app = True
    return True


def remove_app(person: Person) -> None:
    """Codes from the app stand for nothing any more."""
    db.session.execute(sa.delete(AuthenticatorApp).where(AuthenticatorApp.person_id == person.id))
    person.has_app = False


def take_code(person_id: UUID, code: str) -> bool:
    """Whether this is the person's code now; each is taken once. Needs: a write transaction."""
    app = db.session.get(AuthenticatorApp, person_id, with_for_update=True)
    if app is None:
        return False
    try:
        secret = _cipher().decrypt(app.secret).decode()
    except InvalidToken:  # the key of this tracker was changed: the app has to be added again
        return False
    step = _step_of(secret, code)
    if step is None or step <= app.last_step:
        return False
    app.last_step = step
    return True


def _step_of(secret: str, code: str) -> int | None:
    """The step of the clock to which a code belongs, if to one near now."""
    totp, present = pyotp.TOTP(secret), int(now().timestamp()) // STEP_SECONDS
    near = range(present - EARLY_OR_LATE, present + EARLY_OR_LATE + 1)
    return next((step for step in near if hmac.compare_digest(totp.at(step * STEP_SECONDS), code)), None)


def _cipher() -> Fernet:
    """What keeps secrets unreadable in a copy of the database."""
    key = hmac.digest(current_app.config["SECRET_KEY"].encode(), b"authenticator app", "sha256")
    return Fernet(base64.urlsafe_b64encode(key))
