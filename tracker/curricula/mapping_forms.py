"""The page of a mapping: lines of text in, checked by the action."""

from wtforms import TextAreaField
from wtforms.validators import Length

from tracker.core.forms import Form

LONGEST_TEXT = 200_000


class MappingForm(Form):
    """All lines of a mapping."""

    lines = TextAreaField("One line for each: old code, new code, what it is", [Length(max=LONGEST_TEXT)])
