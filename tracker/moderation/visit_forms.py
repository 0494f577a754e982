"""The forms of a moderator's visit."""

from uuid import UUID

from wtforms import IntegerField, RadioField, SelectField, TextAreaField
from wtforms.validators import InputRequired, Length, NumberRange, Optional, ValidationError

from tracker.accounts.factor import FactorFields
from tracker.core.forms import ActionForm, DayField, given
from tracker.evidence.guard import no_patient_details
from tracker.moderation.models import Verdict, VisitOutcome
from tracker.moderation.rules import LONGEST_NOTE, why_not_verdict
from tracker.moderation.visit_actions import Judgement, Opening

TEXT = (Length(max=LONGEST_NOTE), no_patient_details)
MOST_EACH, MOST_TRAINEES = 10, 500
VERDICTS = {
    Verdict.AGREES: "I agree with the decision",
    Verdict.ADVISES: "I agree, with advice",
    Verdict.DISAGREES: "I do not agree",
}
OUTCOMES = {
    VisitOutcome.SATISFIED: "Satisfied",
    VisitOutcome.ADVICE: "Satisfied, with advice",
    VisitOutcome.ACTION: "Something has to be put right",
}


class OpenForm(FactorFields, ActionForm):
    """Where, by whom, when, and how much is drawn. It gives sight of records, so it asks for a factor."""

    place = SelectField("Centre and curriculum", [InputRequired("Choose where the visit is.")])
    moderator = SelectField("Moderator", [InputRequired("Choose who makes the visit.")])
    opens_on = DayField("First day", [InputRequired("Enter the first day of the visit.")])
    closes_on = DayField("Last day", [InputRequired("Enter the last day of the visit.")])
    each = IntegerField(
        "Sign-offs of each trainee",
        [
            InputRequired("Enter how many sign-offs are drawn of each trainee."),
            NumberRange(1, MOST_EACH, f"Enter a number from 1 to {MOST_EACH}."),
        ],
        default=1,
    )
    trainees = IntegerField(
        "How many trainees", [Optional(), NumberRange(1, MOST_TRAINEES, f"Enter a number from 1 to {MOST_TRAINEES}.")]
    )

    def facts(self) -> Opening:
        """What was entered, for the action."""
        centre_id, curriculum_id = map(UUID, self.place.data.split(" "))
        return Opening(
            key=given(self.key.data),
            centre_id=centre_id,
            curriculum_id=curriculum_id,
            moderator_id=UUID(self.moderator.data),
            opens_on=given(self.opens_on.data),
            closes_on=given(self.closes_on.data),
            each=given(self.each.data),
            trainees=self.trainees.data,
        )


class VerdictForm(ActionForm):
    """What the moderator makes of one sample."""

    verdict = RadioField("What do you say?", [InputRequired("Choose what you say.")])
    note = TextAreaField("Note", TEXT)

    @classmethod
    def offered(cls) -> "VerdictForm":
        """The form with its choices."""
        form = cls()
        form.verdict.choices = {each.value: title for each, title in VERDICTS.items()}
        return form

    def validate_note(self, field: TextAreaField) -> None:
        """Advice and disagreement have their reason."""
        verdict = Verdict(self.verdict.data) if self.verdict.data in {each.value for each in Verdict} else None
        if verdict and (problem := why_not_verdict(verdict, field.data or "")):
            raise ValidationError(problem)

    def said(self) -> Judgement:
        """What was entered, for the action."""
        return Judgement(Verdict(self.verdict.data), self.note.data or "", self.version.data)


class OutcomeForm(FactorFields, ActionForm):
    """What the moderator makes of the visit. It is signed, so it asks for a factor."""

    outcome = RadioField("What came of the visit?", [InputRequired("Choose what came of the visit.")])
    comment = TextAreaField("Comment", [InputRequired("Say what you found, for those who lead the training."), *TEXT])

    @classmethod
    def offered(cls) -> "OutcomeForm":
        """The form with its choices."""
        form = cls()
        form.outcome.choices = {each.value: title for each, title in OUTCOMES.items()}
        return form
