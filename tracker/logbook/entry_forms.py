"""The page of an entry: text in, facts out."""

from collections.abc import Mapping, Sequence
from datetime import date
from uuid import UUID

from wtforms import (
    BooleanField,
    Field,
    IntegerField,
    MultipleFileField,
    RadioField,
    SelectField,
    SelectMultipleField,
    StringField,
    TextAreaField,
)
from wtforms.validators import InputRequired, Length, NumberRange, Optional

from tracker.core.forms import ActionForm, DayField
from tracker.equipment.models import Equipment
from tracker.evidence.rules import why_not_patient_details
from tracker.logbook.entry_actions import EntryFacts
from tracker.logbook.models import EntryKind, EntryStatus, Part
from tracker.logbook.overlap import Same
from tracker.logbook.rules import why_not_competencies
from tracker.logbook.words import KINDS, PARTS

LONGEST_TEXT = 200_000  # characters: a 20,000-word reflection, and room to spare
MINUTES_IN_HOUR = 60
GUARDED = ("title", "place", "equipment", "assessor", "reflection", "action_plan")


def _uuid(value: str | UUID) -> UUID:
    return value if isinstance(value, UUID) else UUID(value)


class EntryForm(ActionForm):
    """What the trainee did, when, where and how, and what it counts towards."""

    sections: Mapping[str, Mapping[UUID, str]]  # the competencies to choose from, by section
    same: Mapping[UUID, Same]  # what is the same elsewhere
    offered: Mapping[UUID, Equipment] = {}  # what the centre works with
    received_problems: Sequence[str] = ()  # of the files, noted before the write transaction began

    title = StringField("What did you do?", [Length(max=200)])
    performed_on = DayField("When did you do it?")
    competency_ids = SelectMultipleField("Which competencies does it count towards?", coerce=_uuid)
    also_ids = SelectMultipleField("Does it count for the same elsewhere too?", coerce=_uuid, choices={})
    kind = RadioField(
        "What is this an entry of?", choices={kind.value: label for kind, label in KINDS.items()}, default="procedure"
    )
    part = RadioField(
        "How did you take part?",
        [Optional()],
        choices={part.value: label for part, label in PARTS.items()},
        filters=[lambda value: value or None],
    )
    times = IntegerField(
        "How many times?", [Optional(), NumberRange(1, 999, "Enter a number from 1 to 999.")], default=1
    )
    place = StringField("Where?", [Length(max=200)])
    hours = IntegerField("Hours", [Optional(), NumberRange(0, 999, "Enter hours from 0 to 999.")])
    minutes = IntegerField("Minutes", [Optional(), NumberRange(0, 59, "Enter minutes from 0 to 59.")])
    used_ids = SelectMultipleField("Which of these did you use?", coerce=_uuid, choices={})
    equipment = StringField("Equipment", [Length(max=200)])
    assessment = SelectField("Which form was used?")
    assessor = StringField("Who watched you or discussed it with you?", [Length(max=200)])
    reflection = TextAreaField("What did you learn?", [Length(max=LONGEST_TEXT)])
    action_plan = TextAreaField("What will you do next?", [Length(max=LONGEST_TEXT)])
    files = MultipleFileField("Attach files")
    no_patient_details = BooleanField(
        "There are no patient details in this entry or its files",
        [InputRequired("Check that nothing in the entry or its files could identify a patient, then tick the box.")],
    )

    def validate_as(self, status: EntryStatus, today: date) -> bool:
        """Whether what was written can be saved as a draft, or in the log; all problems are noted on their fields."""
        self.validate()
        for name, sentence in self._missing(status) | self._patient_details():
            _note(self[name], sentence)
        if self.performed_on.data and self.performed_on.data > today:
            _note(self.performed_on, "Enter a day that has come: you can log only what you have done.")
        if why_not := why_not_competencies(
            EntryKind(self.kind.data or "procedure"), len(self.competency_ids.data or ())
        ):
            _note(self.competency_ids, why_not)
        for sentence in self.received_problems:
            _note(self.files, sentence)
        return not self.errors

    def _missing(self, status: EntryStatus) -> set[tuple[str, str]]:
        """What the log needs and a draft does not."""
        needed = {
            "title": "Say what you did, in a few words.",
            "performed_on": "Enter the date you did it.",
            "competency_ids": "Choose at least one competency, or save it as a draft.",
        }
        if status is EntryStatus.DRAFT:
            return set()
        return {(name, said) for name, said in needed.items() if not self[name].data and not self[name].errors}

    def _patient_details(self) -> set[tuple[str, str]]:
        named = {str(self[name].label.text): name for name in GUARDED}
        found = why_not_patient_details({label: self[name].data or "" for label, name in named.items()})
        return {(named[label], sentence) for label, sentence in found.items()}

    def facts(self) -> EntryFacts:
        """What was written, for the action."""
        return EntryFacts(
            kind=EntryKind(self.kind.data),
            title=self.title.data or "",
            performed_on=self.performed_on.data,
            place=self.place.data or "",
            times=self.times.data or 1,
            part=Part(self.part.data) if self.part.data else None,
            minutes=self._minutes(),
            equipment=self.equipment.data or "",
            reflection=self.reflection.data or "",
            action_plan=self.action_plan.data or "",
            assessment=self.assessment.data or "",
            assessor=self.assessor.data or "",
            no_patient_details=self.no_patient_details.data,
        )

    def _minutes(self) -> int | None:
        if self.hours.data is None and self.minutes.data is None:
            return None
        return (self.hours.data or 0) * MINUTES_IN_HOUR + (self.minutes.data or 0)


def _note(field: Field, sentence: str) -> None:
    field.errors = [*field.errors, sentence]


class RetypeForm(ActionForm):
    """As what an entry should count."""

    to = RadioField("As what should it count?", [InputRequired("Choose as what it should count.")])
