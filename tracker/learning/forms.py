"""The forms of a module: registering, marks of an attempt, confirming, withdrawing."""

import re
from collections.abc import Mapping, Sequence
from decimal import Decimal
from typing import Any
from uuid import UUID

from wtforms import HiddenField, SelectField, StringField
from wtforms.validators import InputRequired, ValidationError

from tracker.accounts.factor import FactorFields
from tracker.core.day_field import DayField
from tracker.core.forms import ActionForm, given
from tracker.curricula.outline import ComponentOutline
from tracker.learning.actions import ConfirmFacts, MarkFact, MarksFacts
from tracker.learning.models import Mark, MarkStatus
from tracker.learning.rules import ComponentResult, plain

MARK = re.compile(r"(?:100(?:\.0{1,2})?|[0-9]{1,2}(?:\.[0-9]{1,2})?)\Z")
STATUSES: Any = {
    MarkStatus.PROVISIONAL.value: "Provisional: it can still change",
    MarkStatus.RATIFIED.value: "Ratified by the provider's board",
}


class RegisterForm(ActionForm):
    """When the provider registered the trainee."""

    registered_on = DayField("When did the provider register the trainee?", [InputRequired("Enter the day.")])


class WithdrawForm(ActionForm):
    """A button that asks for nothing else."""


class ConfirmForm(FactorFields, ActionForm):
    """The supervisor's or training lead's confirmation of a ratified result."""

    def facts(self) -> ConfirmFacts:
        """The press of the button, and what was shown with it."""
        return ConfirmFacts(given(self.key.data), given(self.version.data))


class PercentField(StringField):
    """A mark in percent with at most two decimals; what was typed is kept."""

    percent: Decimal | None = None

    def pre_validate(self, _form: Any) -> None:
        typed = (self.data or "").strip().removesuffix("%").strip()
        if not typed:
            return
        if not MARK.match(typed):
            raise ValidationError(f"{self.label.text}: enter a number from 0 to 100, such as 62 or 62.5.")
        self.percent = Decimal(typed)


class MarksForm(ActionForm):
    """The marks of one attempt. Each component adds two fields: marks_form makes the form that has them."""

    attempt = HiddenField()
    pairs: Sequence[tuple[ComponentOutline, PercentField, SelectField]] = ()
    recorded: frozenset[UUID] = frozenset()

    def validate(self, *args: Any, **kwargs: Any) -> bool:
        """Every mark is a percentage, none that was recorded is emptied, and there is at least one."""
        valid = bool(super().validate(*args, **kwargs))
        if valid:
            for component, mark, _ in self.pairs:
                if mark.percent is None and component.id in self.recorded:
                    mark.errors = [f"{mark.label.text}: a recorded mark can be corrected and not taken away."]
            if all(mark.percent is None for _, mark, _ in self.pairs):
                first = self.pairs[0][1]
                first.errors = first.errors or ["Enter at least one mark."]
        return valid and not any(mark.errors for _, mark, _ in self.pairs)

    def facts(self) -> MarksFacts:
        """What was entered, for the action."""
        marks = tuple(
            MarkFact(component.id, mark.percent, MarkStatus(status.data))
            for component, mark, status in self.pairs
            if mark.percent is not None
        )
        return MarksFacts(given(self.version.data), int(given(self.attempt.data)), marks)


def marks_form(parts: Sequence[ComponentResult], attempt: int, recorded: Mapping[UUID, Mark]) -> MarksForm:
    """The form for the marks of these components at one attempt, filled in with what is recorded."""
    fields: dict[str, Any] = {}
    for part in parts:
        name = part.component.id.hex
        fields[f"mark_{name}"] = PercentField(f"{part.component.title}, mark in percent")
        fields[f"status_{name}"] = SelectField(f"{part.component.title}, status", choices=STATUSES)
    data: dict[str, Any] = {"attempt": str(attempt)}
    for component_id, mark in recorded.items():
        data |= {f"mark_{component_id.hex}": plain(mark.mark_percent), f"status_{component_id.hex}": mark.status.value}
    form: MarksForm = type("MarksOfModule", (MarksForm,), fields)(data=data)
    form.recorded = frozenset(recorded)
    form.pairs = [
        (part.component, form[f"mark_{part.component.id.hex}"], form[f"status_{part.component.id.hex}"])
        for part in parts
    ]
    return form
