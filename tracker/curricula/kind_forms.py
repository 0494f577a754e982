"""The form of a kind of competency: its evidence rule as sentences with a number in each."""

from collections.abc import Sequence
from typing import Any, NamedTuple

from wtforms import BooleanField, SelectField, SelectMultipleField, StringField, TextAreaField
from wtforms.validators import InputRequired, Length

from tracker.curricula.document import Document
from tracker.curricula.editor_fields import NumberField, Plain, chosen, typed, typed_part
from tracker.curricula.editor_forms import LONGEST_TEXT, TITLE, PartForm
from tracker.curricula.rules import PARTS

DAYS, MONTHS = 36_500, 120
NUMBERS = ("entries", "days", "span_days", "times", "reflections", "assessors", "max_age_days")
SWITCHES = ("action_plan", "since_enrolment")
BLANK_MIXES = 2


class MixRow(NamedTuple):
    """So many assessments, of any of these forms."""

    number: NumberField
    any_of: SelectMultipleField


class KindForm(PartForm):
    """A kind of competency. Each mix of assessments adds two fields: kind_form makes the form that has them."""

    mixes: Sequence[MixRow] = ()

    title = StringField("Title", TITLE)
    meaning = TextAreaField("What it means", [Length(max=LONGEST_TEXT)])
    level = SelectField("Signed off at", [InputRequired("Choose the level. Add levels to the draft first.")])
    entries = NumberField("At least so many entries")
    days = NumberField("On so many different days")
    span_days = NumberField("So many days from the first to the last", most=DAYS)
    times = NumberField("Done so many times in all")
    reflections = NumberField("At least so many reflections")
    assessors = NumberField("By so many different assessors")
    action_plan = BooleanField("an action plan")
    part_count = NumberField("So many entries with a part in the work")
    part_any_of = SelectMultipleField("where the part in the work was one of", choices={part: part for part in PARTS})
    max_age_days = NumberField("Nothing older than so many days", most=DAYS)
    since_enrolment = BooleanField("nothing from before the enrolment")
    validity_months = NumberField("A sign-off is valid for so many months", most=MONTHS)
    scaled = SelectMultipleField(
        "Which minimums are lowered for those who work part-time?",
        choices={
            "entries": "entries",
            "times": "times it was done",
            "days": "different days",
            "span_days": "time from first to last",
            "reflections": "reflections",
        },
    )

    def validate(self, *args: Any, **kwargs: Any) -> bool:
        """A number and what it is of come together."""
        valid = bool(super().validate(*args, **kwargs))
        for count, any_of in (MixRow(self.part_count, self.part_any_of), *self.mixes):
            if any_of.data and not count.data:
                count.errors = [*count.errors, f"{count.label.text}: enter how many."]
            if count.data and not any_of.data:
                any_of.errors = [*any_of.errors, f"{any_of.label.text}: tick at least one."]
        return valid and not any(field.errors for field in self)

    def part(self) -> Plain:
        return {
            "code": self.code.data,
            "title": self.title.data,
            "meaning": self.meaning.data or None,
            "level": int(self.level.data),
            "evidence": self._evidence(),
            "validity_months": self.validity_months.plain,
        }

    def _evidence(self) -> Plain:
        rule = {name: self[name].plain for name in NUMBERS} | {name: self[name].data or None for name in SWITCHES}
        rule["part"] = _mix(MixRow(self.part_count, self.part_any_of))
        rule["assessments"] = [mix for mix in map(_mix, self.mixes) if mix] or None
        rule["scaled"] = chosen(self.scaled.data)
        return {name: value for name, value in rule.items() if value is not None}


def _mix(row: MixRow) -> Plain | None:
    return {"count": row.number.plain, "any_of": list(row.any_of.data or ())} if row.number.data else None


def kind_form(document: Document, part: Plain | None) -> KindForm:
    """The form of a kind, filled in with its rule, and with room for more mixes of assessments."""
    evidence = (part or {}).get("evidence", {})
    mixes = evidence.get("assessments", ())
    rows = range(len(mixes) + BLANK_MIXES if document.assessments else len(mixes))
    made: KindForm = type("KindFormWithMixes", (KindForm,), _mix_fields(document, rows))(data=_data(part or {}))
    levels = document.scale.levels if document.scale else ()
    made.level.choices = {str(level.value): f"level {level.value}: {level.title}" for level in levels}
    made.mixes = [MixRow(made[f"mix_{row}_count"], made[f"mix_{row}_any_of"]) for row in rows]
    return made


def _mix_fields(document: Document, rows: range) -> Plain:
    forms = {form.code: f"{form.code} ({form.title})" for form in document.assessments}
    fields: Plain = {}
    for row in rows:
        fields[f"mix_{row}_count"] = NumberField(f"So many assessments, {row + 1}")
        fields[f"mix_{row}_any_of"] = SelectMultipleField(f"of any of these forms, {row + 1}", choices=forms)
    return fields


def _data(part: Plain) -> Plain:
    evidence = part.get("evidence", {})
    data = typed_part(part) | typed_part(evidence)
    rows = {"part": evidence.get("part")} | {
        f"mix_{row}": mix for row, mix in enumerate(evidence.get("assessments", ()))
    }
    for name, mix in rows.items():
        if mix:
            data |= {f"{name}_count": typed(mix["count"]), f"{name}_any_of": mix["any_of"]}
    return data
