"""The guard against patient details, as a check of a field."""

from wtforms import Field
from wtforms.form import BaseForm
from wtforms.validators import ValidationError

from tracker.evidence.rules import why_not_patient_details


def no_patient_details(_form: BaseForm, field: Field) -> None:
    """Refuse a text that holds an NHS number: what others read and what goes on record names no patient."""
    for sentence in why_not_patient_details({str(field.label.text): field.data or ""}).values():
        raise ValidationError(sentence)
