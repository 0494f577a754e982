"""The forms of what a centre works with: text in, facts out."""

from wtforms import Field, RadioField, StringField, TextAreaField
from wtforms.validators import InputRequired, Length, ValidationError

from tracker.core.clock import today
from tracker.core.forms import ActionForm, DayField, given
from tracker.equipment.actions import Change, Registration
from tracker.equipment.models import EquipmentKind
from tracker.equipment.words import KINDS

LONGEST_REASON = 2_000  # characters
YES_NO = {"yes": "Yes: sign-offs that rest on an earlier one are to be rechecked", "no": "No: they hold as they are"}


def has_come(_form: ActionForm, field: Field) -> None:
    """Refuse a day to come: what is registered is what is in use."""
    if field.data is not None and field.data > today():
        raise ValidationError("Enter a day that has come: register it on the day it is put to use.")


class EquipmentForm(ActionForm):
    """Something that a centre works with, and what of it is in use."""

    kind = RadioField(
        "What is it?",
        [InputRequired("Choose what it is.")],
        choices={kind.value: label for kind, label in KINDS.items()},
    )
    name = StringField("What is it called here?", [InputRequired("Enter what people call it."), Length(max=100)])
    revision = StringField(
        "Which model, release or revision is in use?",
        [InputRequired("Enter the model, the release or the revision."), Length(max=100)],
    )
    since_on = DayField("Since when?", [InputRequired("Enter the day since when it is in use."), has_come])

    def facts(self) -> Registration:
        """What was registered, for the action."""
        kind, name, revision = EquipmentKind(self.kind.data), given(self.name.data), given(self.revision.data)
        return Registration(given(self.key.data), kind, name, revision, given(self.since_on.data))


class ChangeForm(ActionForm):
    """A new model, release or revision."""

    revision = StringField(
        "What is the new model, release or revision called?",
        [InputRequired("Enter the new model, release or revision."), Length(max=100)],
    )
    since_on = DayField("In use since when?", [InputRequired("Enter the day since when it is in use."), has_come])
    what_changed = TextAreaField(
        "What changed?",
        [
            InputRequired("Say in a sentence what changed: people read it."),
            Length(max=LONGEST_REASON),
        ],
    )
    needs_recheck = RadioField(
        "Does it need a recheck?", [InputRequired("Say whether sign-offs are to be rechecked.")], choices=YES_NO
    )

    def facts(self) -> Change:
        """What was registered, for the action."""
        return Change(
            given(self.key.data),
            given(self.revision.data),
            given(self.since_on.data),
            given(self.what_changed.data),
            self.needs_recheck.data == "yes",
        )
