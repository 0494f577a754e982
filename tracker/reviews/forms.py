"""The form of a review."""

from typing import Any

from wtforms import RadioField, TextAreaField
from wtforms.validators import InputRequired, Length, ValidationError

from tracker.accounts.factor import FactorFields
from tracker.core.day_field import DayField
from tracker.core.forms import ActionForm, given
from tracker.curricula.outline import Outline
from tracker.evidence.guard import no_patient_details
from tracker.reviews.actions import ReviewFacts
from tracker.reviews.rules import LONGEST_NOTE, NONE_OF_THEM, why_not_outcome

TEXT = (Length(max=LONGEST_NOTE), no_patient_details)
OTHER = "-"  # a choice needs a value, and no code is a hyphen


class ReviewForm(FactorFields, ActionForm):
    """What was talked about and what it came to. It is signed, so it asks for a factor."""

    code = RadioField("Which review was it?", [InputRequired("Choose which review it was.")])
    held_on = DayField("When was it held?", [InputRequired("Enter the day on which it was held.")])
    outcome = RadioField("What did it come to?", [InputRequired("Choose what it came to.")])
    trainee_note = TextAreaField("What the trainee said", TEXT)
    holder_note = TextAreaField(
        "What you said, and what was agreed",
        [
            InputRequired("Say what was agreed, so that both of you can read it later."),
            Length(max=LONGEST_NOTE),
            no_patient_details,
        ],
    )
    outline: Outline

    @classmethod
    def on(cls, outline: Outline) -> "ReviewForm":
        """The form for a review in this curriculum; one without outcomes does not ask for one."""
        form = cls()
        form.outline = outline
        form.code.choices = {review.code: review.title for review in outline.reviews} | {
            OTHER: "Another review, at no set time" if outline.reviews else "A review"
        }
        if outline.outcomes:
            form.outcome.choices = {each.code: each.title for each in outline.outcomes}
        else:
            del form.outcome
        return form

    def validate_outcome(self, field: Any) -> None:
        """The outcome is one that the curriculum gives this review."""
        allowed = [each.code for each in self.outline.outcomes_of(self._code)]
        if problem := why_not_outcome(field.data, allowed):
            raise ValidationError(problem)

    @property
    def _code(self) -> str:
        return NONE_OF_THEM if self.code.data in {OTHER, None} else str(self.code.data)

    def facts(self) -> ReviewFacts:
        """What was entered, for the action."""
        return ReviewFacts(
            key=given(self.key.data),
            held_on=given(self.held_on.data),
            code=self._code,
            outcome=self.outcome.data if "outcome" in self else "",
            trainee_note=self.trainee_note.data or "",
            holder_note=self.holder_note.data or "",
        )
