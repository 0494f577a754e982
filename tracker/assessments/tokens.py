"""The secrets of links and codes: only their digests are kept."""

import hashlib
import hmac
import secrets

from flask import current_app

BYTES = 16  # 128 random bits
ALPHABET = "23456789ABCDEFGHJKMNPQRSTVWXYZ"  # without what looks or sounds like something else
CODE_LENGTH = 8
HALF = CODE_LENGTH // 2


def new_token() -> str:
    """The secret of a new link, as it stands in its address."""
    return secrets.token_urlsafe(BYTES)


def token_digest(token: str) -> str:
    """What is kept of a link's secret. It is long and random, so a plain hash gives nothing away."""
    return hashlib.sha256(token.encode()).hexdigest()


def new_code() -> str:
    """A code that is read from a phone and typed: 39 random bits."""
    return "".join(secrets.choice(ALPHABET) for _ in range(CODE_LENGTH))


def spaced(code: str) -> str:
    """The code in two halves, easier to read out."""
    return f"{code[:HALF]} {code[HALF:]}"


def code_digest(typed: str) -> str:
    """What is kept of a code, however it was typed: keyed, because a code is short enough to try them all."""
    code = "".join(letter for letter in typed.upper() if letter.isalnum())
    key = current_app.config["SECRET_KEY"].encode()
    return hmac.digest(key, b"bench code " + code.encode(), "sha256").hex()
