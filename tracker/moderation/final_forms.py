"""The forms of a final assessment."""

from collections.abc import Sequence
from typing import Any
from uuid import UUID

from wtforms import RadioField, SelectField, TextAreaField
from wtforms.validators import InputRequired, Length

from tracker.accounts.factor import FactorFields
from tracker.core.forms import ActionForm, DayField, given
from tracker.curricula.document import Outcome
from tracker.evidence.guard import no_patient_details
from tracker.moderation import final_data
from tracker.moderation.final_actions import Assignment, Found
from tracker.moderation.rules import LONGEST_NOTE

TEXT = (Length(max=LONGEST_NOTE), no_patient_details)


class AssignForm(FactorFields, ActionForm):
    """Who examines, and when. It gives sight of a record, so it asks for a factor."""

    examiner = SelectField("Examiner", [InputRequired("Choose who examines.")])
    opens_on = DayField("First day", [InputRequired("Enter the first day.")])
    closes_on = DayField("Last day", [InputRequired("Enter the last day.")])

    def facts(self) -> Assignment:
        """What was entered, for the action."""
        examiner_id = UUID(self.examiner.data)
        return Assignment(given(self.key.data), examiner_id, given(self.opens_on.data), given(self.closes_on.data))


class FinalForm(FactorFields, ActionForm):
    """What an examiner found. It is signed, so it asks for a factor."""

    outcome = RadioField("What does the whole come to?", [InputRequired("Choose what the whole comes to.")])
    questions = TextAreaField("Questions that you asked", TEXT)
    notes = TextAreaField(
        "Notes", [InputRequired("Say what you found, so that the candidate can read it later."), *TEXT]
    )

    @classmethod
    def asking(cls, outcomes: Sequence[Outcome]) -> "FinalForm":
        """The form with a question for each part, and these outcomes."""
        form = _with_parts(cls)()
        choices = {each.code: each.title for each in outcomes}
        for field in (form.outcome, *form.part_fields()):
            field.choices = choices
        return form

    def part_fields(self) -> list[Any]:
        """The question of each part. Order: as the parts."""
        return [self[f"part_{part.code}"] for part in final_data.parts()]

    def facts(self) -> Found:
        """What was entered, for the action."""
        parts = {part.code: self[f"part_{part.code}"].data for part in final_data.parts()}
        texts = (self.questions.data or "", self.notes.data or "")
        return Found(given(self.key.data), parts, self.outcome.data, *texts)


def _with_parts(form: type[FinalForm]) -> type[FinalForm]:
    """The same form, with a field for each part that the data names."""
    fields = {
        f"part_{part.code}": RadioField(part.title, [InputRequired(f"Choose what this comes to: {part.title}.")])
        for part in final_data.parts()
    }
    return type("FinalFormWithParts", (form,), fields)


class ReleaseForm(FactorFields, ActionForm):
    """The press of a button. It is signed, so it asks for a factor."""
