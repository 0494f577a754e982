"""What a reader is told of a bundle that they hand over, and what to do next."""

from typing import NamedTuple

from tracker.portfolio.words import NEXT, SAID
from tracker.record.checkpoints import list_keys
from tracker.record.verifier import Wrong, parse_vkey, verify


class Answer(NamedTuple):
    """The verdict in a word and in a sentence, what was found, and what to do next."""

    word: str
    said: str
    lines: list[str]
    next: str
    own_key: bool  # held against the keys of this tracker, since the reader gave none


def published_keys() -> list[str]:
    """The notary's keys as anybody may read them. Order: newest first."""
    return [key.vkey for key in reversed(list_keys())]


def check(bundle: bytes, key: str, receipt: str) -> Answer:
    """Check a bundle against the reader's key or, without one, against those of this tracker."""
    try:
        keys = {key: None} if key and parse_vkey(key) else _own_keys()
    except Wrong:
        return Answer("NO KEY", SAID["NO KEY"], [], NEXT["NO KEY"], own_key=False)
    text = receipt.replace("\r\n", "\n").strip()
    word, lines = verify(bundle, keys, f"{text}\n".encode() if text else None)
    return Answer(word, SAID[word], lines, NEXT[word], own_key=not key)


def _own_keys() -> dict[str, int | None]:
    """This tracker's keys, each with the last size that it may sign."""
    keys = list_keys()
    ends = [key.after_size for key in keys[1:]]
    return {key.vkey: end for key, end in zip(keys, [*ends, None], strict=True)}
