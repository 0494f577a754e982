"""What exactly was answered, as one digest, and who says so. Pure."""

import hashlib
from dataclasses import dataclass
from typing import Any
from uuid import UUID

from tracker.assessments.answers import Answers
from tracker.assessments.models import Assessment
from tracker.record.canonical import canonical, normal

NO_ACCOUNT = " (no account)"
MINUTES = "minutes"  # fields of a form whose code begins so say how long it took


@dataclass(frozen=True)
class Statement:
    """Who the assessor says that they are."""

    name: str
    role: str = ""
    register_body: str = ""
    register_number: str = ""

    @property
    def as_texts(self) -> dict[str, str]:
        """The statement as it is committed to on record."""
        return {
            "name": self.name,
            "role": self.role,
            "register_body": self.register_body,
            "register_number": self.register_number,
        }


@dataclass(frozen=True)
class Reply:
    """An answered form, and which press of the button it is."""

    key: UUID
    statement: Statement
    answers: Answers


def answers_text(answers: Answers) -> str:
    """The answers as the one text that goes on record."""
    return canonical({code: _normal(value) for code, value in answers.items()}).decode()


def reply_digest(assessment: Assessment, reply: Reply) -> str:
    """The digest of the question and the answer: what was done, which form, who says so, and what they say."""
    content: dict[str, Any] = {
        "assessment": str(assessment.id),
        "competency": str(assessment.competency_id),
        "form": assessment.form,
        "title": normal(assessment.title),
        "performed_on": assessment.performed_on.isoformat(),
        "assessor": {field: normal(text) for field, text in reply.statement.as_texts.items()},
        "answers": {code: _normal(value) for code, value in reply.answers.items()},
    }
    return hashlib.sha256(canonical(content)).hexdigest()


def _normal(value: str | int | bool) -> str | int | bool:
    return normal(value) if isinstance(value, str) else value


def shown_assessor(assessment: Assessment) -> str:
    """The assessor as the log entry names them: for ever with the words that say when they had no account."""
    said = f"{assessment.assessor_name}, {assessment.assessor_role}".rstrip(", ")
    return said + (NO_ACCOUNT if assessment.without_account else "")


def minutes_of(answers: Answers) -> int | None:
    """How long it took, where the form asks: watching and talking together."""
    said = [value for code, value in answers.items() if code.startswith(MINUTES) and isinstance(value, int)]
    return sum(said) if said else None
