"""The forms of multi-source feedback: opening a round, asking more, rating, releasing."""

import re
from collections.abc import Collection, Mapping, Sequence
from uuid import UUID

from wtforms import Field, RadioField, SelectField, SelectMultipleField, TextAreaField
from wtforms.validators import InputRequired, Length, Optional, ValidationError

from tracker.assessments.msf_actions import Opening
from tracker.assessments.msf_models import CommentStatus, FeedbackComment
from tracker.assessments.msf_rules import LEAST_ASKED, MOST_ASKED, why_not_addresses, why_not_day
from tracker.core.clock import today
from tracker.core.day_field import DayField
from tracker.core.forms import ActionForm, given

LONGEST_LIST = 5000
BETWEEN = re.compile(r"[\s,;]+")
RELEASE, HOLD_BACK = "release", "hold_back"
CHOICES = {RELEASE: "Release it: the trainee reads it as it stands", HOLD_BACK: "Hold it back: nobody else reads it"}


class MoreForm(ActionForm):
    """Whom to ask, and until when."""

    people = SelectMultipleField("Ask these", [Optional()])
    addresses = TextAreaField(
        "Email addresses of colleagues",
        [Length(max=LONGEST_LIST)],
        description=f"One on each line; {LEAST_ASKED} to {MOST_ASKED} colleagues in all. They need no account.",
    )
    closes_on = DayField("Until when can they answer?", [InputRequired("Enter the last day for an answer.")])
    own_address = ""
    known: frozenset[str] = frozenset()  # who was asked already
    by_person: Mapping[str, str] = {}  # the address of each person who is offered

    def offer(self, people: Mapping[UUID, tuple[str, str]]) -> None:
        """Say who can be ticked. Shape: the name and the address of each."""
        self.people.choices = {str(each): name for each, (name, _) in people.items()}
        self.by_person = {str(each): address for each, (_, address) in people.items()}

    def validate_closes_on(self, field: DayField) -> None:
        """It is a day in the near future."""
        if field.data and (why_not := why_not_day(field.data, today())):
            raise ValidationError(why_not)

    def validate_addresses(self, _field: Field) -> None:
        """As many colleagues as feedback needs, and each of them can be reached."""
        if why_not := why_not_addresses(self.asked, self.own_address, len(self.known)):
            raise ValidationError(why_not)

    @property
    def asked(self) -> Sequence[str]:
        """The addresses that are new. Order: as they were named."""
        ticked = [self.by_person[each] for each in self.people.data or () if each in self.by_person]
        typed = [address.lower() for address in BETWEEN.split(self.addresses.data or "") if address]
        return [address for address in dict.fromkeys([*ticked, *typed]) if address not in self.known]


class OpenForm(MoreForm):
    """A round that is opened."""

    form = RadioField("Which form?", [InputRequired("Choose the form.")])
    competency_id = SelectField("Which competency does it count for?")

    def opening(self) -> Opening:
        """What is asked for, for the action."""
        return Opening(given(self.key.data), self.form.data, self.asked, given(self.closes_on.data))


class ReleaseForm(ActionForm):
    """The comments that wait; release_form makes the class that has a question for each."""

    comments: Sequence[tuple[UUID, str]] = ()

    def rows(self) -> list[tuple[str, Field]]:
        """Each comment with the question about it. Order: as they are read."""
        return [(text, self[_name(comment_id)]) for comment_id, text in self.comments]

    def released(self) -> set[UUID]:
        """The comments that the trainee may read."""
        return {comment_id for comment_id, _ in self.comments if self[_name(comment_id)].data == RELEASE}


def release_form(comments: Sequence[FeedbackComment], labels: Mapping[str, str], sent: Collection[str]) -> ReleaseForm:
    """The form with a question for each comment that waits, or that is among the names of the fields that were sent.

    So the same press, sent again, still says the same.
    """
    asked = [each for each in comments if each.status is CommentStatus.WAITING or _name(each.id) in sent]
    said = [(comment.id, comment.text) for comment in asked]
    rule = InputRequired("Say for each comment whether the trainee may read it.")
    fields = {
        _name(comment.id): RadioField(f"{number}. {labels[comment.question]}", [rule], choices=CHOICES)
        for number, comment in enumerate(asked, 1)
    }
    made: ReleaseForm = type("Releasing", (ReleaseForm,), fields | {"comments": said})()
    return made


def _name(comment_id: UUID) -> str:
    return f"comment_{comment_id.hex}"
