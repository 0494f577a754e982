"""How pages are made: our templates are strict, NHS.UK's macros forgiving, and everything is escaped."""

import hashlib
from collections.abc import MutableMapping
from datetime import date, datetime
from functools import cache
from pathlib import Path
from typing import Any

from flask import Flask, Response, current_app, request, send_from_directory
from flask.templating import Environment as FlaskEnvironment
from jinja2 import ChainableUndefined, Environment, PackageLoader, StrictUndefined, Template
from jinja2.utils import internalcode

from tracker.core.clock import zone
from tracker.core.markup import nhsuk_params

FOREVER = "public, max-age=31536000, immutable"
MACROS = "nhsuk/"
MEGABYTE = 1_000_000


class Pages(FlaskEnvironment):
    """Our own templates: an undefined name is an error. NHS.UK's macros get an environment that forgives them."""

    def __init__(self, app: Flask, **options: Any) -> None:
        super().__init__(app, **{**options, "autoescape": True, "undefined": StrictUndefined})
        self.macros = Environment(
            loader=PackageLoader("nhsuk_frontend_jinja"),
            autoescape=True,
            undefined=ChainableUndefined,
            trim_blocks=True,
            lstrip_blocks=True,
            auto_reload=False,
        )

    @internalcode
    def _load_template(self, name: str, globals: MutableMapping[str, Any] | None) -> Template:  # noqa: A002 - Jinja's name
        if name.startswith(MACROS):
            return self.macros.get_template(name)
        return super()._load_template(name, globals)


def set_up_look(app: Flask) -> None:
    """Give the app its templates, what they may call, and static files that are fetched once."""
    app.jinja_environment = Pages  # type: ignore[assignment] # Flask says Environment and calls it with the app
    app.jinja_env.trim_blocks = app.jinja_env.lstrip_blocks = True
    app.jinja_env.globals.update(nhsuk_params=nhsuk_params, asset=asset, organisation=app.config["ORGANISATION"])
    app.jinja_env.filters.update(day=day, moment=moment, duration=duration, file_size=file_size)
    app.view_functions["static"] = _send_static


def asset(name: str) -> str:
    """The address of a static file, which changes when the file does. Every page asks for several: url_for is dear."""
    return f"{request.script_root}{current_app.static_url_path}/{name}?v={fingerprint(current_app.static_folder, name)}"


@cache
def fingerprint(folder: str, name: str) -> str:
    """A short word for what is in a file, worked out once."""
    return hashlib.sha256((Path(folder) / name).read_bytes()).hexdigest()[:10]


def _send_static(filename: str) -> Response:
    """A static file, packed where the build packed it; kept for ever when its address says what is in it."""
    folder = Path(str(current_app.static_folder))
    packed = request.accept_encodings["gzip"] > 0 and (folder / f"{filename}.gz").is_file()
    sent, name = f"{filename}.gz" if packed else filename, Path(filename).name
    response = send_from_directory(folder, sent, mimetype=_type_of(filename), download_name=name)
    if packed:
        response.headers["Content-Encoding"] = "gzip"
    response.vary.add("Accept-Encoding")
    response.headers["Cache-Control"] = FOREVER if request.args.get("v") else "no-cache"
    return response


def _type_of(filename: str) -> str | None:
    """The type of what browsers refuse under a wrong one, whatever the machine's own list says."""
    types = {
        ".css": "text/css",
        ".js": "text/javascript",
        ".svg": "image/svg+xml",
        ".json": "application/manifest+json",
    }
    return types.get(Path(filename).suffix)


def day(value: date | datetime | None) -> str:
    """A date as people write it: 3 March 2026; an instant as its date in our time zone; nothing as nothing."""
    if value is None:
        return ""
    local = value.astimezone(zone()) if isinstance(value, datetime) else value
    return f"{local.day} {local:%B %Y}"


def moment(value: datetime | None) -> str:
    """An instant in our time zone: 3 March 2026, 14:05."""
    return "" if value is None else f"{day(value)}, {value.astimezone(zone()):%H:%M}"


def duration(minutes: int) -> str:
    """A length of time as people write it: 45 minutes, 1 hour 30 minutes."""
    hours, rest = divmod(minutes, 60)
    parts = [_counted(hours, "hour")] if hours else []
    return " ".join([*parts, _counted(rest, "minute")] if rest or not hours else parts)


def file_size(size_bytes: int) -> str:
    """A size as people read it: 12 kB, 3.4 MB."""
    if size_bytes < MEGABYTE:
        return f"{max(1, round(size_bytes / 1000))} kB"
    return f"{size_bytes / MEGABYTE:.1f} MB"


def _counted(number: int, what: str) -> str:
    return f"{number} {what}" if number == 1 else f"{number} {what}s"
