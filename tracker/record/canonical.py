"""The exact bytes of an event.

Source: RFC 8785 (JSON canonicalisation), narrowed so that its hard parts cannot occur.
"""

import re
import unicodedata
from functools import lru_cache
from typing import Any

from tracker.record.verifier import dump

LARGEST = 2**53 - 1
KEY = re.compile(r"[a-z][a-z0-9_]*\Z")
SALT_BYTES = 32


def canonical(value: Any) -> bytes:
    """The one way to write a value of objects, lists, texts, whole numbers, booleans and nulls.

    Raises ValueError for what has more than one way: floats, large numbers, texts that are not NFC, and keys
    beyond a-z, 0-9 and _.
    """
    _check(value)
    return dump(value)


def normal(text: str) -> str:
    """The text in NFC, the form in which it is committed to and kept."""
    return unicodedata.normalize("NFC", text)


def _check(value: Any) -> None:
    match value:
        case str():
            _check_text(value)
        case dict():
            for key, inner in value.items():
                _check_key(key)
                _check(inner)
        case list():
            for inner in value:
                _check(inner)
        case int():
            if not -LARGEST <= value <= LARGEST:
                raise ValueError(f"{value} is too large for every reader.")
        case None:
            pass
        case _:
            raise ValueError(f"A {type(value).__name__} has no one way to be written.")


@lru_cache(maxsize=256)
def _check_key(key: object) -> None:
    if not isinstance(key, str) or not KEY.match(key):
        raise ValueError(f"{key!r} cannot be a key.")


def _check_text(text: str) -> None:
    if text.isascii():
        return
    text.encode("utf-8")  # A lone surrogate has no bytes.
    if normal(text) != text:
        raise ValueError("A text is not in NFC.")
