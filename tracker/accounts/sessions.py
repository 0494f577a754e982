"""Sessions that can be ended from our side.

Flask's signed cookie holds the CSRF token and a session id, nothing else. The rest is a row, made at sign-in with a new
id and read on each request in the one statement that also loads the person. A request that only reads writes none.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import timedelta
from functools import cache
from typing import Any
from uuid import UUID

import sqlalchemy as sa
from flask import Flask, Request, Response, abort, current_app, g, request
from flask import session as flask_session
from flask.sessions import SecureCookieSessionInterface, SessionInterface, SessionMixin
from flask_security.utils import set_request_attr
from itsdangerous import BadSignature
from sqlalchemy.exc import DBAPIError
from sqlalchemy.orm import contains_eager

from tracker.accounts.models import Person, SignedIn
from tracker.accounts.permissions import runs_on
from tracker.accounts.rules import why_not_this_address
from tracker.core.clock import now, today
from tracker.core.db import db
from tracker.core.web import SAFE_METHODS

IN_COOKIE = "csrf_token"
WHO = "_user_id"  # Flask-Login's name for the fact that says who signed in
FOR_NOBODY = ("/static/", "/health/")  # the same for everybody: no session is asked for
LONGEST_BROWSER = 200
Relations = Mapping[str, sa.ColumnElement[bool]]


@dataclass(frozen=True)
class Shown:
    """Who is signed in, as the top of a page needs it: it asks nothing of the database."""

    name: str
    roles: frozenset[str]

    def has_any(self, roles: list[str]) -> bool:
        """Whether the person has one of the roles today, by grant or relation."""
        return not self.roles.isdisjoint(roles)


class Session(dict[str, Any], SessionMixin):
    """One request's view of a session. `trouble` is why its row could not be read."""

    def __init__(self, cookie: Mapping[str, str], facts: Mapping[str, Any], trouble: DBAPIError | None = None) -> None:
        kept = {IN_COOKIE: cookie[IN_COOKIE]} if IN_COOKIE in cookie else {}
        super().__init__(**kept, **facts)
        self.cookie_before = dict(cookie)
        self.facts_before = dict(facts)
        self.id = UUID(cookie["sid"]) if facts and "sid" in cookie else None
        self.trouble = trouble

    @property
    def facts(self) -> dict[str, Any]:
        """What its row holds."""
        return {name: value for name, value in self.items() if name != IN_COOKIE}

    @property
    def cookie(self) -> dict[str, str]:
        """What its cookie holds."""
        kept = {IN_COOKIE: self[IN_COOKIE]} if self.get(IN_COOKIE) else {}
        return kept | ({"sid": str(self.id)} if self.id else {})


class Sessions(SessionInterface):
    """Opens a session from its cookie and its row, and writes the cookie."""

    def open_session(self, app: Flask, request: Request) -> Session:
        g.person, g.shown = None, None
        if request.path.startswith(FOR_NOBODY):
            return Session({}, {})
        cookie = self._read_cookie(app, request)
        if "sid" not in cookie:
            return Session(cookie, {})
        try:
            row = _remember(UUID(cookie["sid"]))
        except DBAPIError as trouble:
            return Session(cookie, {}, trouble)
        return Session(cookie, row.facts if row else {})

    def save_session(self, app: Flask, session: SessionMixin, response: Response) -> None:
        assert isinstance(session, Session)
        response.vary.add("Cookie")
        cookie = session.cookie
        if session.trouble is not None or cookie == session.cookie_before:
            return
        options: dict[str, Any] = {
            "path": self.get_cookie_path(app),
            "secure": self.get_cookie_secure(app),
            "httponly": self.get_cookie_httponly(app),
            "samesite": self.get_cookie_samesite(app),
        }
        if cookie:
            response.set_cookie(self.get_cookie_name(app), signer(app).dumps(cookie), **options)
        else:
            response.delete_cookie(self.get_cookie_name(app), **options)

    def _read_cookie(self, app: Flask, request: Request) -> dict[str, str]:
        try:
            cookie: dict[str, str] = signer(app).loads(request.cookies.get(self.get_cookie_name(app), ""))
        except BadSignature:
            return {}
        return cookie


def signer(app: Flask) -> Any:
    """What signs the cookie."""
    return SecureCookieSessionInterface().get_signing_serializer(app)


def viewer() -> Person:
    """Who is signed in. Loads: grants. Read afresh once a write transaction has begun. Answers 401 when nobody is."""
    person: Person | None = g.get("person")
    if person is not None and sa.inspect(person).expired:
        _remember(_current().id)
        person = g.person
    if person is None:
        abort(401)
    return person


def check_session() -> None:
    """Tell Flask-Security who is there; or raise what went wrong where no page could answer, as the session opened."""
    trouble = _current().trouble
    if trouble is not None:
        _ = request.form  # so that the page can give it back
        raise trouble
    if g.person is not None:
        set_request_attr("fs_authn_via", "session")
    current_app.extensions["security"].login_manager._update_request_context_with_user(g.person)  # noqa: SLF001 - so that Flask-Login does not ask again


def store_session(response: Response) -> Response:
    """Write what a request changed in its session, in the transaction of that request: make, change or end its row."""
    session = _current()
    if request.method in SAFE_METHODS or response.status_code >= 400 or session.facts == session.facts_before:  # noqa: PLR2004 - HTTP's own line
        return response
    who, before = session.facts.get(WHO), session.facts_before.get(WHO)
    if who == before:
        _keep_facts(session)
    else:
        _end(session.id)
        session.id = None
    if who not in {None, before}:
        session.id = _begin(str(who), session.facts)
    return response


def begin_session(person: Person, facts: Mapping[str, Any], browser: str = "") -> SignedIn:
    """A new session of the person, with an id that nobody has seen yet."""
    began_at = now()
    ends_at = began_at + timedelta(hours=current_app.config["SESSION_HOURS"])
    row = SignedIn(person_id=person.id, facts=dict(facts), began_at=began_at, ends_at=ends_at, browser=browser)
    db.session.add(row)
    return row


def end_sessions(person: Person, *, but: UUID | None = None) -> None:
    """End the person's sessions from now on, except one."""
    for row in list_sessions(person):
        if row.id != but:
            end_session(row)


def end_session(row: SignedIn) -> None:
    """End a session from now on."""
    row.ended_at = now()


def list_sessions(person: Person) -> list[SignedIn]:
    """The person's open sessions. Order: the newest first."""
    chosen = sa.select(SignedIn).where(SignedIn.person_id == person.id, *_open())
    return list(db.session.scalars(chosen.order_by(SignedIn.began_at.desc(), SignedIn.id)))


def current_session_id() -> UUID | None:
    """The id of the session of this request."""
    return _current().id


def remember_fact(name: str, value: Any) -> None:
    """Keep a fact in this request's session now, in a transaction of its own: it holds whatever the request becomes."""
    session = _current()
    session[name] = value
    _keep_facts(session)
    db.session.commit()
    session.facts_before = session.facts


def _current() -> Session:
    session: Session = flask_session._get_current_object()  # type: ignore[attr-defined] # noqa: SLF001 - the session behind Werkzeug's proxy
    return session


def _open() -> tuple[sa.ColumnElement[bool], ...]:
    return (SignedIn.ended_at.is_(None), SignedIn.ends_at > now())


def _remember(session_id: UUID | None) -> SignedIn | None:
    """Read the row and its person into this request, in one statement, if both may be here."""
    g.person, g.shown = None, None
    relations: Relations = current_app.extensions["relations"]
    statement = _statement(tuple(relations.items()))
    rows = db.session.execute(statement, {"session_id": session_id, "at": now()})
    found: Sequence[Any] | None = rows.unique().one_or_none()
    if found is None or not _may_be_here(found[0], found[1]):
        return None
    row: SignedIn = found[0]
    person: Person = found[1]
    related = found[2:]
    related_as = {name for name, is_so in zip(relations, related, strict=True) if is_so}
    granted = {grant.role.value for grant in person.grants if runs_on(grant, today())}
    g.person, g.shown = person, Shown(person.name, frozenset(related_as | granted))
    return row


@cache
def _statement(relations: tuple[tuple[str, sa.ColumnElement[bool]], ...]) -> sa.Select[*tuple[Any, ...]]:
    """The statement of every request, put together once."""
    columns: list[Any] = [SignedIn, Person, *(is_so.label(name) for name, is_so in relations)]
    return (
        sa.select(*columns)
        .join(Person, SignedIn.person_id == Person.id)
        .outerjoin(Person.grants)
        .where(SignedIn.id == sa.bindparam("session_id"), SignedIn.ended_at.is_(None))
        .where(SignedIn.ends_at > sa.bindparam("at"), Person.active)
        .options(contains_eager(Person.grants))
        .execution_options(populate_existing=True)
    )


def _may_be_here(row: SignedIn, person: Person) -> bool:
    """A new password makes the sessions of the old one void; the demo's people live in the demo alone."""
    current = row.facts.get(WHO) == person.fs_uniquifier
    return current and why_not_this_address(person.email, demo=current_app.config["DEMO"]) is None


def _keep_facts(session: Session) -> None:
    row = db.session.get(SignedIn, session.id) if session.id else None
    if row is not None:
        row.facts = session.facts


def _end(session_id: UUID | None) -> None:
    row = db.session.get(SignedIn, session_id) if session_id else None
    if row is not None:
        row.ended_at = now()


def _begin(uniquifier: str, facts: Mapping[str, Any]) -> UUID:
    person = db.session.scalars(sa.select(Person).where(Person.fs_uniquifier == uniquifier)).one()
    return begin_session(person, facts, request.user_agent.string[:LONGEST_BROWSER]).id
