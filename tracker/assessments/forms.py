"""The forms of assessments: asking, answering, saying no, passing on, accepting."""

from collections.abc import Mapping
from datetime import date
from typing import Any
from uuid import UUID

from wtforms import BooleanField, EmailField, Field, RadioField, SelectField, StringField, TextAreaField
from wtforms.validators import InputRequired, Length, ValidationError

from tracker.accounts.factor import FactorFields
from tracker.assessments.answer_form import AnswerForm, answers
from tracker.assessments.asking_actions import Request
from tracker.assessments.content import Reply, Statement
from tracker.assessments.rules import LONGEST_ADDRESS, why_not_ask, why_not_this_address
from tracker.core.day_field import DayField
from tracker.core.forms import ActionForm, Form, given
from tracker.evidence.guard import no_patient_details

LONGEST_MESSAGE, LONGEST_REASON = 2000, 5000  # characters
BY_MAIL, BY_CODE = "mail", "code"
WHOM = {BY_MAIL: "Somebody else, by email", BY_CODE: "Somebody beside me: I show a code"}
REGISTER = "such as RCT or HCPC"


class AskForm(ActionForm):
    """What a trainee asks for, and of whom."""

    competency_id = SelectField("Which competency was it?", [InputRequired("Choose the competency.")])
    form = RadioField("Which form?", [InputRequired("Choose the form.")])
    title = StringField(
        "What did you do?", [InputRequired("Say in a few words what you did."), Length(max=200), no_patient_details]
    )
    performed_on = DayField("When did you do it?", [InputRequired("Enter the day on which you did it.")])
    whom = RadioField("Who watched you or discussed it with you?", [InputRequired("Choose whom you ask.")])
    address = EmailField("Their email address", [Length(max=LONGEST_ADDRESS)])
    message = TextAreaField("Message (optional)", [Length(max=LONGEST_MESSAGE), no_patient_details])
    no_patient_details = BooleanField(
        "There are no patient details in this",
        [InputRequired("Check that nothing here could identify a patient, then tick the box.")],
    )
    own_address = ""
    starts_on: date
    on: date

    def offer(self, competencies: Mapping[UUID, str], forms: Mapping[str, str], people: Mapping[UUID, str]) -> None:
        """Say what there is to choose from."""
        labels: dict[Any, str] = {str(each): label for each, label in competencies.items()}
        self.competency_id.choices = {"": "Choose a competency"} | labels
        self.form.choices = dict(forms)
        choices: dict[Any, str] = {str(each): name for each, name in people.items()}
        self.whom.choices = choices | WHOM

    def validate_address(self, field: EmailField) -> None:
        """An address is needed when somebody is asked by mail, and then it must be one."""
        if self.whom.data == BY_MAIL and (why_not := why_not_this_address(self._address, self.own_address)):
            raise ValidationError(why_not)
        field.errors = list(field.errors) if self.whom.data == BY_MAIL else []

    def validate_performed_on(self, field: DayField) -> None:
        """The work was done, and in the training."""
        if field.data and (why_not := why_not_ask(field.data, self.starts_on, self.on, 0)):
            raise ValidationError(why_not)

    @property
    def _address(self) -> str:
        return (self.address.data or "").lower()

    def facts(self) -> Request:
        """What is asked for, for the action."""
        by_name = self.whom.data not in WHOM
        return Request(
            key=given(self.key.data),
            form=self.form.data,
            title=self.title.data or "",
            performed_on=given(self.performed_on.data),
            message=self.message.data or "",
            person_id=UUID(self.whom.data) if by_name else None,
            address=self._address if self.whom.data == BY_MAIL else "",
        )


class ReplyForm(AnswerForm):
    """What whoever watched says, and who they say that they are."""

    assessor_role = StringField(
        "Your job",
        [InputRequired("Say what your job is."), Length(max=60)],
        description="For example, senior technologist",
    )
    register_body = StringField("The register that you are on, if any", [Length(max=60)], description=REGISTER)
    register_number = StringField("Your number there", [Length(max=40)])
    needs_registration = False

    def for_registered(self, needed: bool) -> None:
        """Say whether the form is for people on a register alone."""
        self.needs_registration = needed
        if needed:
            self.register_body.label.text = "The register that you are on"

    def validate_register_body(self, field: Field) -> None:
        """Some forms are for people on a register."""
        if self.needs_registration and not field.data:
            raise ValidationError("Enter the register that you are on: this form is for people on one.")

    def validate_register_number(self, field: Field) -> None:
        """As above."""
        if self.needs_registration and not field.data:
            raise ValidationError("Enter your number on the register.")

    def reply(self, name: str) -> Reply:
        """What was answered, for the action."""
        said = Statement(
            name,
            self.assessor_role.data or "",
            self.register_body.data or "",
            self.register_number.data or "",
        )
        return Reply(given(self.key.data), said, answers(self))


class AccountReplyForm(FactorFields, ReplyForm):
    """The same by somebody whose name we know, and who signs it."""


class LinkReplyForm(ReplyForm):
    """The same by somebody without an account."""

    assessor_name = StringField(
        "Your name", [InputRequired("Enter your name, as people at work know it."), Length(max=60)]
    )


class DeclineForm(ActionForm):
    """Saying no: the trainee reads why."""

    reason = TextAreaField(
        "Why not?",
        [
            InputRequired("Say why in a few words, so that the trainee knows whom to ask instead."),
            Length(max=LONGEST_REASON),
            no_patient_details,
        ],
    )


class PassOnForm(ActionForm):
    """Passing on to somebody else."""

    pass_to = EmailField("Email address of the person who should answer", [Length(max=LONGEST_ADDRESS)])

    def validate_pass_to(self, field: EmailField) -> None:
        """It must be an address."""
        if why_not := why_not_this_address((field.data or "").lower(), own=""):
            raise ValidationError(why_not)


class AcceptForm(FactorFields, ActionForm):
    """Deciding about an answer without an account: one form, two buttons, and a reason for a no."""

    reason = TextAreaField("Reason, if you do not accept it", [Length(max=LONGEST_REASON), no_patient_details])


class CodeForm(Form):
    """The code that a trainee shows."""

    code = StringField("Code", [InputRequired("Type the code that the trainee shows you."), Length(max=40)])
