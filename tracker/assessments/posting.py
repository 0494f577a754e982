"""The mail that asks somebody without an account: it alone holds the secret of the link."""

from datetime import UTC, datetime

from flask import current_app, render_template

from tracker.assessments.models import Assessment, AssessmentLink, LinkEnd
from tracker.assessments.queries import find_open_link
from tracker.assessments.tokens import new_token, token_digest
from tracker.core.clock import zone
from tracker.core.db import db
from tracker.core.mail import write_mail
from tracker.notifications.rules import next_time


def send_link(assessment: Assessment, address: str, at: datetime, *, reminder: bool = False) -> None:
    """Mail a new link to this address; the assessment has no other that is open. Needs: everybody loaded."""
    token = new_token()
    link = AssessmentLink(assessment_id=assessment.id, to_address=address, sent_at=at, digest=token_digest(token))
    db.session.add(link)
    said = {
        "assessment": assessment,
        "reminder": reminder,
        "address": f"{current_app.config['BASE_URL']}/assess/by-mail/{token}",
    }
    mail_outside(
        address,
        f"{'Reminder: you' if reminder else 'You'} are asked for an assessment ({assessment.form})",
        render_template("assessments/mail.txt", **said),
        render_template("assessments/mail.html", **said),
    )


def mail_outside(address: str, subject: str, text: str, html: str) -> None:
    """Write to somebody without an account, whom no mail wakes. The demo's mail wakes nobody, so there is no night."""
    mail = write_mail(address, subject, text, html)
    if not current_app.config["DEMO"]:
        mail.next_try_at = next_time(mail.written_at.astimezone(zone())).astimezone(UTC)


def end_link(assessment: Assessment, ended_as: LinkEnd, at: datetime) -> None:
    """Let the open link of an assessment, if there is one, lead nowhere any more."""
    link = find_open_link(assessment.id)
    if link is not None:
        link.ended_at, link.ended_as = at, ended_as
        db.session.flush()  # A new one may be sent only when this one has ended.
