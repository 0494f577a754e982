"""Every setting of the tracker, read once from the environment. Nothing else reads it.

Settings are variables named TRACKER_..., and DATABASE_URL, HOST, PORT.
"""

import secrets
from collections.abc import Mapping
from pathlib import Path
from typing import Any
from zoneinfo import ZoneInfo, ZoneInfoNotFoundError

MEBIBYTE = 1024 * 1024
SHORTEST_KEY = 32
LONGEST_NAME = 200


def read(environ: Mapping[str, str]) -> dict[str, Any]:
    """The settings in Flask's form. Raises ValueError, which names the variable, when one is unsafe or unreadable."""
    folder = Path(environ.get("TRACKER_FOLDER", "instance")).resolve()
    demo, port = _yes(environ, "TRACKER_DEMO"), _number(environ, "PORT", 8000, 1, 65535)
    database = environ.get("DATABASE_URL") or f"sqlite:///{folder / 'tracker.sqlite'}"
    return {
        "DEMO": demo,
        "FOLDER": folder,
        "HOST": _host(environ, demo),
        "PORT": port,
        "SECRET_KEY": _secret_key(environ, demo, folder),
        "SQLALCHEMY_DATABASE_URI": database.replace("postgresql://", "postgresql+psycopg://", 1),
        "SQLITE_SYNCHRONOUS": _synchronous(environ),
        "NOTARY": _notary(environ),
        "RECORD_ORIGIN": _origin(environ),
        "KEY_FOLDER": Path(environ.get("TRACKER_KEY_FOLDER") or folder / "notary").resolve(),
        "CHECKPOINT_FOLDER": Path(environ.get("TRACKER_CHECKPOINT_FOLDER") or folder / "checkpoints").resolve(),
        "SEGMENT_FOLDER": Path(environ.get("TRACKER_SEGMENT_FOLDER") or folder / "segments").resolve(),
        "TIME_ZONE": _time_zone(environ),
        "ORGANISATION": environ.get("TRACKER_ORGANISATION", ""),
        "BASE_URL": environ.get("TRACKER_BASE_URL", f"http://127.0.0.1:{port}").rstrip("/"),
        "PROXIES": _number(environ, "TRACKER_PROXIES", 0, 0, 5),
        "MAIL_FROM": environ.get("TRACKER_MAIL_FROM", "tracker@localhost"),
        "SMTP_HOST": environ.get("TRACKER_SMTP_HOST", ""),
        "SMTP_PORT": _number(environ, "TRACKER_SMTP_PORT", 25, 1, 65535),
        "SMTP_USER": environ.get("TRACKER_SMTP_USER", ""),
        "SMTP_PASSWORD": environ.get("TRACKER_SMTP_PASSWORD", ""),
        "SMTP_STARTTLS": _yes(environ, "TRACKER_SMTP_STARTTLS"),
        "EVIDENCE_LIMIT_BYTES": _number(environ, "TRACKER_EVIDENCE_LIMIT_MB", 20, 1, 500) * MEBIBYTE,
        "BUNDLE_LIMIT_BYTES": _number(environ, "TRACKER_BUNDLE_LIMIT_MB", 50, 1, 1000) * MEBIBYTE,
        "SESSION_HOURS": _number(environ, "TRACKER_SESSION_HOURS", 12, 1, 72),
        "FACTOR_MINUTES": 5,
        "OFFER_AFTER_DAYS": _number(environ, "TRACKER_OFFER_AFTER_DAYS", 14, 1, 365),
        "SIGN_IN_LIMIT": environ.get("TRACKER_SIGN_IN_LIMIT", "10 per minute"),
        "SESSION_COOKIE_SECURE": _yes(environ, "TRACKER_COOKIE_SECURE", default=not demo),
        "SESSION_COOKIE_HTTPONLY": True,
        "SESSION_COOKIE_SAMESITE": "Lax",
        # A form is never lost to its size: text up to 4 MB, and a body up to this is read to its end.
        "MAX_FORM_MEMORY_SIZE": 4 * MEBIBYTE,
        "MAX_CONTENT_LENGTH": 1024 * MEBIBYTE,
        "WTF_CSRF_TIME_LIMIT": None,
    }


def _yes(environ: Mapping[str, str], name: str, *, default: bool = False) -> bool:
    text = environ.get(name, "")
    if text.lower() not in {"", "0", "1", "true", "false", "yes", "no"}:
        raise ValueError(f"{name} is {text!r}: set it to 1 or 0.")
    return text.lower() in {"1", "true", "yes"} if text else default


def _number(environ: Mapping[str, str], name: str, default: int, least: int, most: int) -> int:
    text = environ.get(name) or str(default)
    if not text.isdecimal() or not least <= int(text) <= most:
        raise ValueError(f"{name} is {text!r}: set it to a whole number from {least} to {most}.")
    return int(text)


def _host(environ: Mapping[str, str], demo: bool) -> str:
    host = environ.get("HOST", "127.0.0.1")
    if demo and host not in {"127.0.0.1", "localhost", "::1"}:
        raise ValueError(f"HOST is {host!r}: the demo's passwords are public, so it is served to this machine alone.")
    return host


def _secret_key(environ: Mapping[str, str], demo: bool, folder: Path) -> str:
    key = environ.get("TRACKER_SECRET_KEY", "")
    if not key and demo:
        return _demo_key(folder / "demo-secret-key")
    if len(key) < SHORTEST_KEY:
        raise ValueError(
            f"TRACKER_SECRET_KEY is missing or shorter than {SHORTEST_KEY} characters: set it to a long random text."
        )
    return key


def _demo_key(file: Path) -> str:
    """A key for this demo alone, made at its first start."""
    if not file.exists():
        file.parent.mkdir(parents=True, exist_ok=True)
        file.write_text(secrets.token_hex(32))
        file.chmod(0o600)
    return file.read_text()


def _synchronous(environ: Mapping[str, str]) -> str:
    value = environ.get("TRACKER_SQLITE_SYNCHRONOUS", "FULL").upper()
    if value not in {"FULL", "EXTRA"}:
        raise ValueError(
            f"TRACKER_SQLITE_SYNCHRONOUS is {value!r}: set it to FULL, or a power cut can lose sign-offs that were acknowledged."
        )
    return value


def _notary(environ: Mapping[str, str]) -> str:
    value = environ.get("TRACKER_NOTARY") or "worker"
    if value not in {"worker", "own"}:
        raise ValueError(f"TRACKER_NOTARY is {value!r}: set it to worker, or to own when `tracker notary` runs.")
    return value


def _origin(environ: Mapping[str, str]) -> str:
    """The name under which the record is signed, until its first key is made: then the key's name stays."""
    address = environ.get("TRACKER_BASE_URL") or "127.0.0.1:8000"
    origin = environ.get("TRACKER_RECORD_ORIGIN") or address.split("://")[-1].rstrip("/") + "/record"
    if "+" in origin or not origin.isascii() or any(letter <= " " for letter in origin) or len(origin) > LONGEST_NAME:
        raise ValueError(f"TRACKER_RECORD_ORIGIN is {origin!r}: set it to a short name without spaces and plus signs.")
    return origin


def _time_zone(environ: Mapping[str, str]) -> str:
    name = environ.get("TRACKER_TIME_ZONE", "Europe/London")
    try:
        ZoneInfo(name)
    except (ZoneInfoNotFoundError, ValueError) as unknown:
        raise ValueError(f"TRACKER_TIME_ZONE is {name!r}: set it to a name such as Europe/London.") from unknown
    return name
