"""Assessments in tests: asked for in each way, and the forms with which they are answered."""

import re
from datetime import date
from typing import Any
from uuid import uuid4

import sqlalchemy as sa

from tests.world import World
from tracker.assessments import answering_actions, asking_actions
from tracker.assessments.asking_actions import Request
from tracker.assessments.content import Reply, Statement
from tracker.assessments.models import Assessment
from tracker.core.db import db
from tracker.core.mail import OutgoingMail

OUTSIDER = "jo@elsewhere.example"
LINK = re.compile(r"/assess/by-mail/[\w-]+")
ANSWERS = {"help_given": 2, "help_next": 3, "strengths": "Calm and careful."}


def ask(world: World, **more: Any) -> Assessment:
    """The trainee asks the supervisor for a DOPS of GEN-1, unless `more` says otherwise."""
    values: dict[str, Any] = {
        "key": uuid4(),
        "form": "DOPS",
        "title": "Washed hands at the bench",
        "performed_on": date(2026, 3, 2),
    }
    whom = {} if more.keys() & {"address", "person_id"} else {"person_id": world.supervisor.id}
    code = more.pop("code", "GEN-1")
    asked = asking_actions.ask(
        world.trainee, world.enrolment, world.competencies[code], Request(**(values | whom | more))
    )
    db.session.commit()
    return asked


def ask_by_mail(world: World, address: str = OUTSIDER, **more: Any) -> tuple[Assessment, str]:
    """The trainee asks somebody without an account. Gives the path of the link in the mail."""
    return ask(world, address=address, **more), mailed_link(address)


def mailed_link(address: str = OUTSIDER) -> str:
    """The path of the newest link that was mailed to this address."""
    mails = sa.select(OutgoingMail).where(OutgoingMail.to_address == address)
    mail = db.session.scalars(mails.order_by(OutgoingMail.written_at.desc())).first()
    assert mail is not None
    found = LINK.search(mail.text)
    assert found is not None
    return found.group()


def token_of(path: str) -> str:
    """The secret at the end of a link."""
    return path.rsplit("/", 1)[1]


def make_reply(name: str = "Jo Lund", **more: Any) -> Reply:
    """A form that was filled in."""
    statement = Statement(name, "Senior technologist", "RCT", "1234")
    values: dict[str, Any] = {"key": uuid4(), "statement": statement, "answers": ANSWERS}
    return Reply(**(values | more))


def reply_form(**more: Any) -> dict[str, Any]:
    """The same as a browser sends it."""
    said = {f"answer_{code}": str(answer) for code, answer in ANSWERS.items()}
    about = {"assessor_name": "Jo Lund", "assessor_role": "Senior technologist"}
    register = {"register_body": "RCT", "register_number": "1234"}
    return {"key": uuid4().hex, "version": "0"} | said | about | register | more


def answered(world: World) -> Assessment:
    """An assessment that somebody without an account answered."""
    asked, path = ask_by_mail(world)
    answering_actions.answer_by_link(token_of(path), make_reply())
    db.session.commit()
    return asked
