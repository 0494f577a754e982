"""The forms of a claim: submitting, deciding, taking back."""

from uuid import UUID

from wtforms import HiddenField, RadioField, SelectMultipleField, TextAreaField
from wtforms.validators import InputRequired, Length, Optional

from tracker.accounts.factor import FactorFields
from tracker.core.forms import ActionForm, Form, VersionField, given
from tracker.evidence.guard import no_patient_details
from tracker.logbook.claim_actions import Seen, Submission

LONGEST_COMMENT = 20_000  # characters
TEXT = (Length(max=LONGEST_COMMENT), no_patient_details)


def as_uuid(value: str | UUID | None) -> UUID | None:
    """The id that an answer names; nothing where nothing was chosen."""
    return UUID(str(value)) if value else None


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
    rejected = SelectMultipleField("Which entries do you not accept?", coerce=as_uuid, validate_choice=False)


class PassOnForm(PressForm):
    """Asking another supervisor by name."""

    to = RadioField("Who should decide?", [InputRequired("Choose who should decide.")], coerce=as_uuid)
    note = TextAreaField("Note to them", TEXT)


class DeclineForm(PressForm):
    """Saying that somebody else should decide: a reason is required, a name is not."""

    rather = RadioField("Who should rather decide?", [Optional()], coerce=as_uuid)
    reason = TextAreaField(
        "Why not you?",
        [
            InputRequired("Say why, so that the trainee and the others know."),
            Length(max=LONGEST_COMMENT),
            no_patient_details,
        ],
    )


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


class SeatForm(Form):
    """One claim of a sitting. Its fields are told apart by the claim's id before their names."""

    version = VersionField(default=0)
    digest = HiddenField()
    level = RadioField("Level", [InputRequired("Choose the level at which you sign.")], coerce=int)


class SittingForm(FactorFields, ActionForm):
    """What a supervisor says when signing several claims in one sitting."""

    comment = TextAreaField("Comment on all of them", TEXT)
