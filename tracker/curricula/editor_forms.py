"""The forms of a draft: each takes the plain data of a part and gives it back."""

from typing import Any

from wtforms import BooleanField, RadioField, SelectField, SelectMultipleField, StringField, TextAreaField
from wtforms.validators import InputRequired, Length, Optional, Regexp, ValidationError

from tracker.core.forms import given
from tracker.curricula import editing
from tracker.curricula.document import Document
from tracker.curricula.editing import Place
from tracker.curricula.editor_fields import (
    CodeField,
    DraftForm,
    LinesField,
    NumberField,
    Plain,
    chosen,
    typed_part,
)
from tracker.curricula.models import SectionKind
from tracker.curricula.rules import evidence_sentence, validity_sentence

TOP = ""
LONGEST_MONTHS, LONGEST_LINE, LONGEST_STATEMENT, LONGEST_TEXT = 120, 200, 500, 5000
TITLE = (InputRequired("Enter a title."), Length(max=LONGEST_LINE))


class ConfirmForm(DraftForm):
    """A button that asks for nothing else."""


class AboutForm(DraftForm):
    """What a curriculum is called, how long it takes, and who answers for it."""

    title = StringField("Title", TITLE)
    length_months = NumberField("Length in months", most=LONGEST_MONTHS, needed="Enter how many months it takes.")
    owner = StringField("Who answers for it?", [Length(max=LONGEST_LINE)])
    scale = StringField("What are the levels of sign-off called?", [Length(max=LONGEST_LINE)])

    def values(self) -> Plain:
        """The values of the document itself."""
        values = {"title": self.title.data, "length_months": self.length_months.plain}
        return values | {"owner": self.owner.data or None}


class NewForm(AboutForm):
    """A curriculum that is begun."""

    code = CodeField("Code", description="Short, without spaces, such as LASER-SAFETY. It cannot be changed later.")
    scale = None  # type: ignore[assignment] # WTForms's way to leave a field out


class PartForm(DraftForm):
    """A part of a draft."""

    code = CodeField()

    def part(self) -> Plain:
        """The part as plain data; a field that is empty is None."""
        raise NotImplementedError  # Never reached: only the forms below are shown, and each has its own.

    def section_code(self) -> str:
        """The section that it goes into; empty for what is in none."""
        field = getattr(self, "section", None)
        return (field.data or "") if field else ""


class SectionForm(PartForm):
    """A section: who takes it, and when it is complete."""

    title = StringField("Title", TITLE)
    section = SelectField("Inside")
    kind = RadioField(
        "Who takes it?",
        [Optional()],
        choices={
            SectionKind.GENERIC.value: "Every trainee",
            SectionKind.AREA.value: "Trainees who choose it as an area",
        },
        default=SectionKind.GENERIC.value,
    )
    rule = RadioField(
        "When is it complete?",
        choices={
            "all": "When everything in it is done",
            "at_least": "When at least so many of its parts are done",
            "points": "When what is done comes to so many points",
        },
        default="all",
    )
    number = NumberField("How many?", most=100_000)
    compulsory = StringField("Codes that must be among them", [Length(max=LONGEST_STATEMENT)])
    sources = SelectMultipleField("Sources")

    def validate_number(self, field: NumberField) -> None:
        """Only with everything is no number needed."""
        if self.rule.data != "all" and not field.data:
            raise ValidationError("Enter how many parts or points complete the section.")

    def part(self) -> Plain:
        kind = SectionKind.THEME.value if self.section.data else self.kind.data or SectionKind.GENERIC.value
        return {
            "code": self.code.data,
            "title": self.title.data,
            "kind": kind,
            "rule": self._rule(),
            "sources": chosen(self.sources.data),
        }

    def _rule(self) -> Plain | None:
        if self.rule.data == "all":
            return None
        codes = list(dict.fromkeys((self.compulsory.data or "").replace(",", " ").split()))
        compulsory = {"compulsory": codes} if codes and self.rule.data == "points" else {}
        return {str(self.rule.data): self.number.plain} | compulsory


class CompetencyForm(PartForm):
    """A competency, and the kind that says what evidence it asks for."""

    statement = TextAreaField(
        "What must the trainee be able to do?",
        [InputRequired("Write what the trainee must be able to do."), Length(max=LONGEST_STATEMENT)],
    )
    guidance = TextAreaField("Good evidence looks like", [Length(max=LONGEST_TEXT)])
    kind = RadioField("Which kind of competency is it?", validate_choice=True)
    level = SelectField("Level needed")
    section = SelectField("Section")
    expected_month = NumberField("Expected by month", most=LONGEST_MONTHS)
    points = NumberField("Points towards its section")
    weight = NumberField("Weight in the percentage done")
    register_scopes = LinesField("Scopes of the register, one on each line")
    sources = SelectMultipleField("Sources")

    def part(self) -> Plain:
        return {
            "code": self.code.data,
            "statement": " ".join((self.statement.data or "").split()),
            "guidance": self.guidance.data or None,
            "kind": self.kind.data,
            "level": int(self.level.data) if self.level.data else None,
            "expected_month": self.expected_month.plain,
            "points": self.points.plain,
            "weight": self.weight.plain,
            "register_scopes": self.register_scopes.plain,
            "sources": chosen(self.sources.data),
        }


class LevelForm(PartForm):
    """A level at which a competency can be signed off."""

    code = None  # type: ignore[assignment] # a level has a number instead
    value = NumberField("Number", least=0, most=100, needed="Enter the number of the level.")
    title = StringField("Title", TITLE)
    meaning = TextAreaField("What it means", [Length(max=LONGEST_TEXT)])

    def validate_value(self, field: NumberField) -> None:
        """Each level has a number of its own, and no setting stands for it."""
        if not (field.data or "").isdecimal():
            raise ValidationError("Enter the number of the level as a whole number.")
        if str(int(given(field.data))) in self.taken:
            raise ValidationError(f"There is a level {field.data} already. Choose another number.")

    def part(self) -> Plain:
        return {"value": self.value.plain, "title": self.title.data, "meaning": self.meaning.data or None}


class SettingForm(PartForm):
    """A number that this curriculum has chosen, and why."""

    value = NumberField("Number", least=0, most=100_000, needed="Enter the number.")
    title = StringField("What it is, and who chose it", [TITLE[0], Length(max=LONGEST_STATEMENT)])

    def validate_value(self, field: NumberField) -> None:
        """A setting is a number and not another setting."""
        if not (field.data or "").isdecimal():
            raise ValidationError("Enter a whole number from 0 to 100000.")

    def part(self) -> Plain:
        return {"code": self.code.data, "value": self.value.plain, "title": self.title.data}


class SourceForm(PartForm):
    """Where something in the curriculum comes from."""

    title = StringField("Title", [TITLE[0], Length(max=LONGEST_STATEMENT)])
    address = StringField(
        "Web address",
        [Optional(), Length(max=LONGEST_STATEMENT), Regexp(r"https?://\S+\Z", message="Begin it with https://.")],
    )

    def part(self) -> Plain:
        return {"code": self.code.data, "title": self.title.data, "address": self.address.data or None}


class AssessmentForm(PartForm):
    """A form that somebody fills in who watched or discussed."""

    code = CodeField(most=20)
    title = StringField("Title", TITLE)
    meaning = TextAreaField("What it is for", [Length(max=LONGEST_TEXT)])
    needs_registration = BooleanField("Whoever fills it in is on a register")

    def part(self) -> Plain:
        said = {"meaning": self.meaning.data or None, "needs_registration": self.needs_registration.data or None}
        return {"code": self.code.data, "title": self.title.data} | said


def about_form(document: Document) -> AboutForm:
    """The form for what the document says of itself."""
    months = next((use.setting for use in document.uses if use.path == ("length_months",)), document.length_months)
    values = {"title": document.title, "length_months": str(months), "owner": document.owner}
    form = AboutForm(data=values | {"scale": document.scale.title if document.scale else ""})
    form.known = settings_of(document)
    return form


def settings_of(document: Document) -> dict[str, int]:
    """The settings that a number can name."""
    return {setting.code: setting.value for setting in document.settings}


def section_form(document: Document, part: Plain | None, section: str) -> SectionForm:
    """The form of a section."""
    rule = (part or {}).get("rule", "all")
    data = typed_part(part or {}) | {"section": section, "rule": "all"}
    if isinstance(rule, dict):
        name = "at_least" if "at_least" in rule else "points"
        data |= typed_part({"rule": name, "number": rule[name]}) | {"compulsory": ", ".join(rule.get("compulsory", ()))}
    form = SectionForm(data=data)
    inside = editing.tops(document, part["code"] if part else "")
    form.section.choices = {TOP: "Nothing: it stands at the top"} | _section_choices(document, inside)
    form.sources.choices = _source_choices(document)
    return form


def competency_form(document: Document, part: Plain | None, section: str) -> CompetencyForm:
    """The form of a competency; its kinds are offered with what they ask for."""
    data = typed_part(part or {}) | {"section": section}
    data["register_scopes"] = "\n".join(data.get("register_scopes", ()))
    form = CompetencyForm(data=data)
    form.kind.choices = {kind.code: kind.title for kind in document.kinds}
    levels = document.scale.levels if document.scale else ()
    own = {str(level.value): f"{level.value}: {level.title}" for level in levels}
    form.level.choices = {"": "As its kind says"} | own
    form.section.choices = _section_choices(document, editing.tops(document))
    form.sources.choices = _source_choices(document)
    return form


def kind_hints(document: Document) -> dict[str, str]:
    """What each kind asks for, in a sentence."""
    return {
        kind.code: " ".join(filter(None, (evidence_sentence(kind.evidence), validity_sentence(kind.validity_months))))
        for kind in document.kinds
    }


def _section_choices(document: Document, codes: tuple[str, ...]) -> dict[str, Any]:
    titles = {section.code: section.title for section in document.every_section()}
    return {code: f"{code} {titles[code]}" for code in codes}


def _source_choices(document: Document) -> dict[str, Any]:
    return {source.code: source.title for source in document.sources}


def taken_codes(document: Document, name: str, place: Place | None) -> frozenset[str]:
    """The codes that this part may not take: all others of its list."""
    return frozenset(editing.codes(document, name)) - ({place.code} if place else set())


def small_form(form: type[Any], part: Plain | None) -> PartForm:
    """The form of a level, a setting, a source or an assessment."""
    made: PartForm = form(data=typed_part(part or {}))
    return made
