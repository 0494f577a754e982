"""The mail that asks a colleague for feedback: it alone holds the secret of the link."""

from flask import current_app, render_template

from tracker.assessments.msf_models import FeedbackColleague, FeedbackLink, FeedbackRound
from tracker.assessments.posting import mail_outside
from tracker.assessments.tokens import new_token, token_digest
from tracker.core.db import db


def send_form(asked: FeedbackRound, colleague: FeedbackColleague, title: str, *, reminder: bool = False) -> None:
    """Mail a colleague a link to the form; earlier links open it as well. Needs: trainee loaded."""
    token = new_token()
    db.session.add(FeedbackLink(digest=token_digest(token), colleague_id=colleague.id))
    said = {
        "trainee": asked.trainee.name,
        "title": title,
        "fewest": asked.fewest,
        "closes_on": asked.closes_on,
        "reminder": reminder,
        "address": f"{current_app.config['BASE_URL']}/feedback/by-mail/{token}",
    }
    mail_outside(
        colleague.address,
        f"{'Reminder: you' if reminder else 'You'} are asked for feedback about a colleague",
        render_template("assessments/feedback_mail.txt", **said),
        render_template("assessments/feedback_mail.html", **said),
    )
