"""The forms of a signature above the items."""

from wtforms import HiddenField, TextAreaField
from wtforms.validators import InputRequired, Length

from tracker.accounts.factor import FactorFields
from tracker.core.forms import ActionForm, given
from tracker.evidence.guard import no_patient_details
from tracker.reviews.rules import LONGEST_NOTE
from tracker.reviews.signature_actions import SignatureFacts


class SignatureForm(FactorFields, ActionForm):
    """Signing what is shown. It asks for a factor."""

    digest = HiddenField()
    comment = TextAreaField("Comment", (Length(max=LONGEST_NOTE), no_patient_details))

    def facts(self) -> SignatureFacts:
        """What was entered, for the action."""
        return SignatureFacts(given(self.key.data), self.digest.data or "", self.comment.data or "")


class RevokeForm(FactorFields, ActionForm):
    """Taking a signature back: a reason is required."""

    reason = TextAreaField(
        "Reason",
        [
            InputRequired("Say why, so that everybody knows what to do next."),
            Length(max=LONGEST_NOTE),
            no_patient_details,
        ],
    )
