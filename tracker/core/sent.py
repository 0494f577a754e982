"""What a person sent in a form that was refused: it is shown again, so that no text is lost."""

from collections.abc import Iterator
from dataclasses import dataclass

from flask import request

NEVER_SHOWN = ("password", "passkey", "csrf_token")
OF_THE_PAGE = ("key", "version", "digest", "next")  # what our own forms carry along
WORTH_READING = 20  # A shorter word is a choice or a number; the form carries it all the same.


@dataclass(frozen=True)
class Sent:
    """The fields of a refused form, and whether sending them again can help."""

    address: str
    fields: list[tuple[str, str]]
    again: bool

    @property
    def texts(self) -> list[str]:
        """What was typed at length."""
        return [value for name, value in self.fields if name not in OF_THE_PAGE and _was_typed(value)]


def read_sent(*, again: bool) -> Sent | None:
    """What this request sent, without passwords and files; None when there is nothing to keep.

    A body that was not read to its end cannot be shown.
    """
    if request.method != "POST" or "form" not in vars(request):
        return None
    fields = list(_fields())
    address = request.full_path.rstrip("?")
    return Sent(request.script_root + address, fields, again) if fields or again else None


def _was_typed(value: str) -> bool:
    return " " in value.strip() or len(value) > WORTH_READING


def _fields() -> Iterator[tuple[str, str]]:
    for name, value in request.form.items(multi=True):
        if not any(secret in name for secret in NEVER_SHOWN):
            yield name, value
