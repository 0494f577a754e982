"""The forms of leave cover and approval."""

from uuid import UUID

from wtforms import RadioField, SelectField
from wtforms.validators import InputRequired

from tracker.core.forms import ActionForm, DayField, given
from tracker.enrolments.actions import CoverAsked


def as_uuid(value: str | UUID | None) -> UUID | None:
    """The id that an answer names; nothing where nothing was chosen."""
    return UUID(str(value)) if value else None


class CoverForm(ActionForm):
    """Who covers, and from when to when; for a training lead also for whom."""

    covered = SelectField("Who is away?", [InputRequired("Choose who is away.")], coerce=as_uuid)
    cover = SelectField("Who covers?", [InputRequired("Choose who covers.")], coerce=as_uuid)
    starts_on = DayField("First day", [InputRequired("Enter the first day.")])
    ends_on = DayField("Last day", [InputRequired("Enter the last day.")])

    def facts(self) -> CoverAsked:
        """What is asked, for the action."""
        return CoverAsked(
            key=given(self.key.data),
            covered_id=given(self.covered.data),
            cover_id=given(self.cover.data),
            starts_on=given(self.starts_on.data),
            ends_on=given(self.ends_on.data),
        )


class ApprovalForm(ActionForm):
    """Whether a supervisor signs alone."""

    approved = RadioField("Signs alone", [InputRequired("Choose one.")], choices={"yes": "Yes", "no": "No"})
