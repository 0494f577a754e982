"""Telling people, and handing what was told to the post."""

from collections.abc import Callable
from dataclasses import dataclass
from uuid import UUID

import sqlalchemy as sa
from flask import current_app, render_template
from jinja2 import TemplateError

from tracker.accounts.models import Person
from tracker.core.clock import now
from tracker.core.db import begin_write, db
from tracker.core.mail import write_mail
from tracker.notifications import queries, words
from tracker.notifications.models import Notice, NoticeKind


@dataclass(frozen=True)
class About:
    """What a notice is about: the code of a competency or module, and the page that shows it."""

    enrolment_id: UUID
    code: str
    path: str


def tell(person_id: UUID, kind: NoticeKind, actor: Person | None, about: About) -> None:
    """Write a notice with the change it tells of: what the actor did; without one, a command."""
    notice = Notice(person_id=person_id, kind=kind, actor_id=actor.id if actor else None, written_at=now())
    notice.enrolment_id, notice.about, notice.path = about.enrolment_id, about.code, about.path
    db.session.add(notice)


def mark_read(viewer: Person) -> None:
    """Mark all of the viewer's notices as read."""
    unread = sa.update(Notice).where(Notice.person_id == viewer.id, Notice.read_at.is_(None))
    db.session.execute(unread.values(read_at=now()))


def post_due(may_see: Callable[[Person, UUID], bool]) -> int:
    """Hand every unposted notice to the post, each in a transaction of its own. Gives how many.

    A notice to somebody who may no longer see the enrolment is dropped.
    """
    due = queries.list_unposted()
    for notice_id in due:
        begin_write()
        notice = queries.lock_notice(notice_id)
        if notice is not None:
            _post_or_leave(notice, may_see)
        db.session.commit()
    return len(due)


def _post_or_leave(notice: Notice, may_see: Callable[[Person, UUID], bool]) -> None:
    """Post a notice; one that cannot be posted stays on the page of notices and holds up no other."""
    try:
        with db.session.begin_nested():
            _post(notice, may_see)
    except (LookupError, TemplateError, ValueError) as failure:
        notice.mailed_at = now()
        current_app.logger.error("Notice %s was not mailed: %s", notice.id, type(failure).__name__)  # noqa: TRY400 - no values


def _post(notice: Notice, may_see: Callable[[Person, UUID], bool]) -> None:
    notice.mailed_at = now()
    if not notice.person.active or not may_see(notice.person, notice.enrolment_id):
        return
    said = words.sentence(notice.kind, notice.actor_name, notice.about)
    facts = {"notice": notice, "sentence": said, "address": current_app.config["BASE_URL"] + notice.path}
    write_mail(
        notice.person.email,
        words.subject(notice.kind, notice.about),
        render_template("notifications/mail.txt", **facts),
        render_template("notifications/mail.html", **facts),
    )
