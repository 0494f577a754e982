"""The form of when mail comes."""

from wtforms import RadioField
from wtforms.validators import InputRequired

from tracker.core.forms import Form
from tracker.notifications.models import MailTime
from tracker.notifications.words import MAIL_TIMES


class MailTimeForm(Form):
    """When somebody wants their notices by mail."""

    mail_time = RadioField(
        "When should mail come?",
        [InputRequired("Choose when mail should come.")],
        choices={choice.value: label for choice, label in MAIL_TIMES.items()},
    )

    def facts(self) -> MailTime:
        """The choice, for the action."""
        return MailTime(self.mail_time.data)
