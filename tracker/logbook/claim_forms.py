"""The forms of a claim: submitting, deciding, taking back."""

from wtforms import HiddenField, RadioField, TextAreaField
from wtforms.validators import InputRequired, Length

from tracker.accounts.factor import FactorFields
from tracker.core.forms import ActionForm, given
from tracker.evidence.guard import no_patient_details
from tracker.logbook.claim_actions import Seen, Submission

LONGEST_COMMENT = 20_000  # characters
TEXT = (Length(max=LONGEST_COMMENT), no_patient_details)


class PressForm(ActionForm):
    """A button on a claim that asks for nothing else."""

    digest = HiddenField()

    def seen(self) -> Seen:
        """The press of the button, and what was shown with it."""
        return Seen(given(self.key.data), given(self.version.data), self.digest.data or "")


class SubmitForm(PressForm):
    """What a trainee says when submitting."""

    level = RadioField("At which level?", [InputRequired("Choose the level that you claim.")], coerce=int)
    note = TextAreaField("Note to your supervisor", TEXT)

    def facts(self) -> Submission:
        """What is claimed, for the action."""
        return Submission(self.seen().key, self.level.data, self.note.data or "")


class DecisionForm(FactorFields, PressForm):
    """What a supervisor says when signing off or returning: one form, two buttons."""

    level = RadioField("Level", [InputRequired("Choose the level at which you sign.")], coerce=int)
    comment = TextAreaField("Comment, or the reason if you return it", TEXT)


class ReasonForm(FactorFields, PressForm):
    """Returning or revoking: a reason is required."""

    comment = TextAreaField(
        "Reason",
        [
            InputRequired("Say why, so that the trainee knows what to do next."),
            Length(max=LONGEST_COMMENT),
            no_patient_details,
        ],
    )
