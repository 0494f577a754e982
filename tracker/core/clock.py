"""The time, in one place, so that a test can set it."""

from datetime import UTC, date, datetime
from zoneinfo import ZoneInfo

from flask import current_app


def now() -> datetime:
    """This instant, in UTC."""
    return datetime.now(UTC)


def today() -> date:
    """The date where the department is (TRACKER_TIME_ZONE)."""
    return now().astimezone(zone()).date()


def zone() -> ZoneInfo:
    """The time zone in which days begin and times are shown."""
    return ZoneInfo(current_app.config["TIME_ZONE"])
