"""The messages of the demo, which has no mail server: a folder that anybody at this machine may read."""

from collections.abc import Sequence
from dataclasses import dataclass
from email import message_from_bytes, policy
from email.message import EmailMessage
from pathlib import Path

from tracker.core import mail
from tracker.core.errors import NotFound


@dataclass(frozen=True)
class Message:
    """A message as a mail program would show it. Shape: `name` is its file's."""

    name: str
    sent: str
    sender: str
    to: str
    subject: str
    text: str
    html: str


def list_messages(limit: int = 100) -> Sequence[Message]:
    """The messages of the demo. Order: newest first."""
    return [_read(path) for path in sorted(_files(), reverse=True)[:limit]]


def get_message(name: str) -> Message:
    """The message in the file of that name. Raises NotFound."""
    for path in _files():
        if path.name == name:
            return _read(path)
    raise NotFound


def _files() -> list[Path]:
    return list(mail.outbox().glob("*.eml"))


def _read(path: Path) -> Message:
    message = message_from_bytes(path.read_bytes(), policy=policy.default)
    sent, sender, to, subject = (str(message.get(name, "")) for name in ("Date", "From", "To", "Subject"))
    return Message(path.name, sent, sender, to, subject, text=_part(message, "plain"), html=_part(message, "html"))


def _part(message: EmailMessage, kind: str) -> str:
    part = message.get_body((kind,))
    return "" if part is None else str(part.get_content())
