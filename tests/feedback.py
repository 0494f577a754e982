"""Multi-source feedback in tests: a scheme with a form for it, rounds, and the colleagues who answer."""

import re
from copy import deepcopy
from datetime import timedelta
from typing import Any
from uuid import uuid4

import sqlalchemy as sa
from flask import Flask
from flask.testing import FlaskClient

from tests.browsing import sign_in
from tests.world import SCHEME, World, make_world
from tracker.accounts.models import Person
from tracker.assessments import msf_actions, msf_answering, msf_closing
from tracker.assessments.answers import Answers
from tracker.assessments.msf_actions import Opening
from tracker.assessments.msf_models import FeedbackComment, FeedbackRound
from tracker.core.clock import today
from tracker.core.db import db
from tracker.core.mail import OutgoingMail
from tracker.notifications.models import Notice, NoticeKind

FEWEST = 4
FORM: dict[str, Any] = {
    "code": "MSF",
    "title": "Views of colleagues",
    "fewest_answers": FEWEST,
    "fields": [
        {
            "code": "team",
            "label": "Works well with others",
            "kind": "choice",
            "required": True,
            "choices": ["not yet", "yes", "very"],
        },
        {"code": "trust", "label": "Would you trust them alone?", "kind": "yes_no", "required": True},
        {"code": "keep", "label": "What should they keep doing?", "kind": "long_text"},
    ],
}
COLLEAGUES = [f"colleague{number}@elsewhere.example" for number in range(1, 9)]
RUNS_FOR = timedelta(days=21)
LINK = re.compile(r"/feedback/by-mail/[\w-]+")
OWN: Answers = {"team": "very", "trust": True, "keep": "My own words."}


def scheme_with_feedback() -> dict[str, Any]:
    """The scheme of the tests with one more form."""
    scheme = deepcopy(SCHEME)
    scheme["assessments"].append(FORM)
    return scheme


def feedback_world() -> World:
    """The department of the tests, on that scheme."""
    return make_world(scheme_with_feedback())


def opened(world: World, code: str = "", **more: Any) -> FeedbackRound:
    """A round that the trainee opened: eight colleagues are asked."""
    values: dict[str, Any] = {
        "key": uuid4(),
        "form": "MSF",
        "addresses": COLLEAGUES,
        "closes_on": today() + RUNS_FOR,
    } | more
    competency = world.competencies[code] if code else None
    asked = msf_actions.open_round(world.trainee, world.enrolment, Opening(**values), competency)
    db.session.commit()
    return asked


def link_of(address: str) -> str:
    """The path of the newest link that this colleague was mailed."""
    mails = sa.select(OutgoingMail).where(OutgoingMail.to_address == address)
    mail = db.session.scalars(mails.order_by(OutgoingMail.written_at.desc())).first()
    assert mail is not None
    found = LINK.search(mail.text)
    assert found is not None
    return found.group()


def answer(address: str, team: str = "yes", keep: str = "", trust: bool = True) -> None:
    """A colleague sends the form."""
    answers: dict[str, Any] = {"team": team, "trust": trust} | ({"keep": keep} if keep else {})
    msf_answering.answer(link_of(address).rsplit("/", 1)[1], answers)
    db.session.commit()


def answered(world: World, number: int = FEWEST, code: str = "") -> FeedbackRound:
    """A round that so many colleagues answered, each with a comment of their own."""
    asked = opened(world, code)
    for at, address in enumerate(COLLEAGUES[:number], 1):
        answer(address, "not yet" if at == 1 else "yes", f"Comment number {at}.")
    return asked


def collated(world: World, number: int = FEWEST, code: str = "") -> FeedbackRound:
    """The same, ended by the supervisor and rated by the trainee."""
    asked = answered(world, number, code)
    msf_actions.rate_self(world.trainee, asked.id, OWN)
    db.session.commit()
    msf_closing.close(world.supervisor, asked.id)
    db.session.commit()
    return asked


def comments(asked: FeedbackRound) -> dict[str, FeedbackComment]:
    """The comments by their texts."""
    found = db.session.scalars(sa.select(FeedbackComment).where(FeedbackComment.round_id == asked.id))
    return {comment.text: comment for comment in found}


def as_person(app: Flask, person: Person) -> FlaskClient:
    """A browser of that person's own, signed in."""
    client = app.test_client()
    sign_in(client, person)
    return client


def page_of(app: Flask, person: Person, asked: FeedbackRound) -> str:
    """The page of a round, as that person sees it."""
    return as_person(app, person).get(f"/feedback/{asked.id}").text


def current(asked: FeedbackRound) -> FeedbackRound:
    """The round as it stands in the database."""
    chosen = sa.select(FeedbackRound).where(FeedbackRound.id == asked.id).execution_options(populate_existing=True)
    return db.session.scalars(chosen).one()


def told(person: Person) -> list[NoticeKind]:
    """What notices told that person."""
    return list(db.session.scalars(sa.select(Notice.kind).where(Notice.person_id == person.id)))


def mails_to(address: str) -> int:
    """How many mails went to that address."""
    counted = sa.select(sa.func.count()).where(OutgoingMail.to_address == address)
    return db.session.scalar(counted) or 0


def reply(**more: str) -> dict[str, object]:
    """The form as a browser sends it."""
    said: dict[str, object] = {"answer_team": "yes", "answer_trust": "yes", "answer_keep": "Be on time."}
    return {"key": uuid4().hex, "version": "0"} | said | more
