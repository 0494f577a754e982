"""The form of a module with a row for each of its components."""

from collections.abc import Sequence
from typing import Any, NamedTuple

from wtforms import BooleanField, SelectField, SelectMultipleField, StringField, TextAreaField
from wtforms.validators import InputRequired, Length

from tracker.curricula import editing
from tracker.curricula.document import Document
from tracker.curricula.editor_fields import CODE, NumberField, PercentField, Plain, chosen, typed_part
from tracker.curricula.editor_forms import LONGEST_LINE, LONGEST_MONTHS, LONGEST_TEXT, TITLE, PartForm

BLANK_ROWS = 2


class ComponentRow(NamedTuple):
    """The fields of a component. A row without a code and title is none."""

    number: int
    code: StringField
    title: StringField
    weight_percent: PercentField
    pass_mark_percent: PercentField
    must_pass: BooleanField


class ModuleForm(PartForm):
    """A module. Each component adds five fields: module_form makes the form that has them."""

    rows: Sequence[ComponentRow] = ()

    title = StringField("Title", TITLE)
    about = TextAreaField("What it is about", [Length(max=LONGEST_TEXT)])
    provider = StringField("Provider", [Length(max=LONGEST_LINE)])
    section = SelectField("Section")
    study_level = NumberField("Level of study", most=8)
    credits = NumberField("Credits", most=360, needed="Enter the credits of the module.")
    pass_mark_percent = PercentField("Pass mark", [InputRequired("Enter the pass mark of the module.")])
    attempts_allowed = NumberField("Attempts allowed", most=20)
    expected_month = NumberField("Expected by month", most=LONGEST_MONTHS)
    points = NumberField("Points towards its section")
    weight = NumberField("Weight in the percentage done")
    sources = SelectMultipleField("Sources")

    def validate(self, *args: Any, **kwargs: Any) -> bool:
        """A component that is begun has a code of its own, a title and a weight."""
        valid = bool(super().validate(*args, **kwargs))
        seen: set[str] = set()
        for row in self.rows:
            if _is_begun(row):
                _check_row(row, seen)
        return valid and not any(field.errors for field in self)

    def part(self) -> Plain:
        numbers = (
            "study_level",
            "credits",
            "pass_mark_percent",
            "attempts_allowed",
            "expected_month",
            "points",
            "weight",
        )
        return {
            "code": self.code.data,
            "title": self.title.data,
            "about": self.about.data or None,
            "provider": self.provider.data or None,
            **{name: self[name].plain for name in numbers},
            "sources": chosen(self.sources.data),
            "components": [_component(row) for row in self.rows if _is_begun(row)],
        }


def _is_begun(row: ComponentRow) -> bool:
    return any(field.data for field in row[1:5])


def _check_row(row: ComponentRow, seen: set[str]) -> None:
    code, name = row.code.data or "", f"Component {row.number}"
    if not CODE.match(code):
        row.code.errors = [f"{name}: enter a code, such as EX, of letters, digits, dots, hyphens and underscores."]
    elif code in seen:
        row.code.errors = [f"{name}: {code} is the code of another component. Choose another."]
    seen.add(code)
    if not row.title.data:
        row.title.errors = [f"{name}: enter a title."]
    if not row.weight_percent.data:
        row.weight_percent.errors = [f"{name}: enter its weight in percent."]


def _component(row: ComponentRow) -> Plain:
    part = {
        "code": row.code.data,
        "title": row.title.data,
        "weight_percent": row.weight_percent.plain,
        "pass_mark_percent": row.pass_mark_percent.plain,
        "must_pass": row.must_pass.data or None,
    }
    return {name: value for name, value in part.items() if value is not None}


def module_form(document: Document, part: Plain | None, section: str) -> ModuleForm:
    """The form of a module, with room for more components."""
    components = (part or {}).get("components", [])
    numbers = range(1, len(components) + BLANK_ROWS + 1)
    fields = {name: field for number in numbers for name, field in _row_fields(number).items()}
    data = typed_part(part or {}) | {"section": section}
    for number, component in enumerate(components, 1):
        data |= {f"component_{number}_{name}": value for name, value in typed_part(component).items()}
    made: ModuleForm = type("ModuleFormWithComponents", (ModuleForm,), fields)(data=data)
    titles = {each.code: f"{each.code} {each.title}" for each in document.every_section()}
    made.section.choices = {code: titles[code] for code in editing.tops(document)}
    made.sources.choices = {source.code: source.title for source in document.sources}
    made.rows = [ComponentRow(number, *(made[name] for name in _row_fields(number))) for number in numbers]
    return made


def _row_fields(number: int) -> Plain:
    """The fields of a component. Order: as in ComponentRow."""
    name = f"component_{number}"
    return {
        f"{name}_code": StringField(f"Code of component {number}", [Length(max=40)]),
        f"{name}_title": StringField(f"Title of component {number}", [Length(max=LONGEST_LINE)]),
        f"{name}_weight_percent": PercentField(f"Weight of component {number}"),
        f"{name}_pass_mark_percent": PercentField(f"Pass mark of component {number}"),
        f"{name}_must_pass": BooleanField(f"Component {number} must be passed"),
    }
