"""Telling people, and handing what was told to the post."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from uuid import UUID

import sqlalchemy as sa
from flask import current_app, render_template
from jinja2 import TemplateError

from tracker.accounts.models import Person
from tracker.core.clock import now, zone
from tracker.core.db import begin_write, db
from tracker.core.mail import write_mail
from tracker.notifications import queries, rules, words
from tracker.notifications.models import MailChoice, MailTime, Notice, NoticeKind

ADD_NOTICE = sa.insert(Notice)


@dataclass(frozen=True)
class About:
    """What a notice is about: the code of a competency or module, and the page that shows it."""

    enrolment_id: UUID
    code: str
    path: str


def tell(person_id: UUID, kind: NoticeKind, actor: Person | None, about: About) -> None:
    """Write a notice with the change it tells of: what the actor did; without one, a command."""
    said = {"kind": kind, "actor_id": actor.id if actor else None, "about": about.code, "path": about.path}
    values = {"person_id": person_id, "enrolment_id": about.enrolment_id, "written_at": now()} | said
    db.session.connection().execute(ADD_NOTICE, values)


def mark_read(viewer: Person) -> None:
    """Mark all of the viewer's notices as read."""
    unread = sa.update(Notice).where(Notice.person_id == viewer.id, Notice.read_at.is_(None))
    db.session.execute(unread.values(read_at=now()))


def choose_mail_time(viewer: Person, mail_time: MailTime) -> None:
    """Keep when the viewer wants mail."""
    db.session.merge(MailChoice(person_id=viewer.id, mail_time=mail_time))


def post_due(may_see: Callable[[Person, UUID], bool]) -> int:
    """Write one message to each person whom mail is due to, each in a transaction of its own. Gives how many.

    A notice to somebody who may no longer see the enrolment is dropped. The demo's mail wakes nobody, so there is no
    night in it, and it comes at once.
    """
    local, demo = now().astimezone(zone()), current_app.config["DEMO"]
    if not demo and not rules.may_send(local):
        return 0
    written_by = {choice: rules.last_time(choice, local) for choice in MailTime}
    due = queries.list_due(written_by, usual_time())
    for person_id in due:
        begin_write()
        _post_or_leave(queries.lock_notices(person_id), may_see)
        db.session.commit()
    return len(due)


def usual_time() -> MailTime:
    """When mail comes to those who chose nothing."""
    return MailTime.AT_ONCE if current_app.config["DEMO"] else MailTime.DAILY


def _post_or_leave(notices: Sequence[Notice], may_see: Callable[[Person, UUID], bool]) -> None:
    """Post notices; those that cannot be posted stay on the page of notices and hold up nobody else's."""
    for notice in notices:
        notice.mailed_at = now()
    try:
        with db.session.begin_nested():
            _post([notice for notice in notices if notice.person.active], may_see)
    except (LookupError, TemplateError, ValueError) as failure:
        about = ", ".join(str(notice.id) for notice in notices)
        current_app.logger.error("Notices %s were not mailed: %s", about, type(failure).__name__)  # noqa: TRY400 - no values


def _post(notices: Sequence[Notice], may_see: Callable[[Person, UUID], bool]) -> None:
    """One message with what the reader may still see, what needs them first; none to those who want none."""
    if not notices or queries.mail_time_of(notices[0].person) is MailTime.NEVER:
        return
    person = notices[0].person
    seen = {each: may_see(person, each) for each in {notice.enrolment_id for notice in notices}}
    told = [notice for notice in notices if seen[notice.enrolment_id]]
    if not told:
        return
    needed, other = words.parted(told)
    rows = {"needed": [_row(each) for each in needed], "other": [_row(each) for each in other]}
    facts = rows | {"person": person, "base": current_app.config["BASE_URL"]}
    write_mail(
        person.email,
        words.subject_of(needed, other),
        render_template("notifications/mail.txt", **facts),
        render_template("notifications/mail.html", **facts),
    )


def _row(notice: Notice) -> tuple[str, str]:
    """What a notice says, and the page that shows it."""
    return words.sentence(notice.kind, notice.actor_name, notice.about), notice.path
