"""When an account can be made, and when signing in must wait."""

import unicodedata
from datetime import timedelta

DEMO_DOMAIN = "@demo.example"
MOST_FAILURES = 10
FAILURES_COUNT_FOR = timedelta(minutes=15)
SHORTEST_PASSWORD = 12  # characters
LONGEST_PASSWORD = 1000
LONGEST_ADDRESS = 254


def why_not_this_address(email: str, *, demo: bool) -> str | None:
    """Why nobody can have this address here. Source: the demo's passwords are public."""
    if email.endswith(DEMO_DOMAIN) and not demo:
        return f"{email} is an address of the demonstration, whose passwords everybody knows. Use a real one."
    name, at, domain = email.partition("@")
    if not (name and at and domain) or " " in email or len(email) > LONGEST_ADDRESS:
        return f"{email} is not an email address such as name@example.org."
    return None


def why_wait(failures: int) -> str | None:
    """Why the next try has to wait, whether or not the address has an account.

    Source: NCSC, "Password policy: updating your approach" (throttling).
    """
    if failures < MOST_FAILURES:
        return None
    return "There were too many tries with this email address. Wait 15 minutes, then try again."


def why_not_this_password(text: str) -> str | None:
    """Why a password is refused. Source: NCSC, three random words."""
    if len(text) < SHORTEST_PASSWORD:
        return f"Use at least {SHORTEST_PASSWORD} characters: three random words do well."
    if len(text) > LONGEST_PASSWORD:
        return f"Use at most {LONGEST_PASSWORD:,} characters."
    return None


def can_be_password(text: str) -> bool:
    """Whether anybody could have this password, so that it is worth a try."""
    return len(text) <= LONGEST_PASSWORD and "\0" not in text


def normal_password(text: str | None) -> str:
    """A password as it is kept: keyboards compose the same letter in different ways. Source: Unicode, NFKC."""
    return unicodedata.normalize("NFKC", text or "")
