"""The form of a recheck."""

from wtforms import RadioField, TextAreaField
from wtforms.validators import InputRequired

from tracker.accounts.factor import FactorFields
from tracker.logbook.claim_forms import TEXT, PressForm


class RecheckForm(FactorFields, PressForm):
    """Whether a sign-off still holds at its level, and on what that was decided."""

    holds = RadioField(
        "Does it still hold at this level?",
        [InputRequired("Say whether the sign-off still holds.")],
        choices={"yes": "Yes, it still holds", "no": "No: the trainee is to claim it again"},
    )
    looked_at = TextAreaField(
        "What you looked at, or why it does not hold",
        [InputRequired("Say in a line what you looked at, or why it does not hold: the trainee reads it."), *TEXT],
    )
