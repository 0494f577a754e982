"""Uploads that are too large: the rest of the form survives them."""

from collections.abc import Callable
from tempfile import SpooledTemporaryFile
from typing import IO, Any, TypeVar, cast

from flask import Request, current_app
from werkzeug.datastructures import FileStorage

IN_MEMORY_BYTES = 500 * 1024
View = TypeVar("View", bound=Callable[..., Any])


class LimitedFile(SpooledTemporaryFile[bytes]):
    """A file that stops keeping bytes past a limit, but goes on counting them, so that what comes after it is read."""

    def __init__(self, limit_bytes: int) -> None:
        super().__init__(max_size=IN_MEMORY_BYTES)
        self.limit_bytes = limit_bytes
        self.received_bytes = 0

    @property
    def too_large(self) -> bool:
        """Whether more came than is kept."""
        return self.received_bytes > self.limit_bytes

    def write(self, data: Any) -> int:
        """Keep what fits, count all of it."""
        room = max(0, self.limit_bytes - self.received_bytes)
        self.received_bytes += len(data)
        if room:
            super().write(data[:room])
        return len(data)


class UploadRequest(Request):
    """A request whose files are kept up to EVIDENCE_LIMIT_BYTES each, or up to the limit that the view names."""

    def _get_file_stream(
        self,
        total_content_length: int | None,  # noqa: ARG002 - Werkzeug's signature
        content_type: str | None,  # noqa: ARG002
        filename: str | None = None,  # noqa: ARG002
        content_length: int | None = None,  # noqa: ARG002
    ) -> IO[bytes]:
        view = current_app.view_functions.get(self.endpoint or "")
        setting = getattr(view, "file_limit", "EVIDENCE_LIMIT_BYTES")
        return cast("IO[bytes]", LimitedFile(current_app.config[setting]))


def takes_files_up_to(setting: str) -> Callable[[View], View]:
    """Name the setting that says how large the files may be that a view takes."""

    def mark(view: View) -> View:
        view.file_limit = setting  # type: ignore[attr-defined] # a note on the function, read above
        return view

    return mark


def is_too_large(upload: FileStorage) -> bool:
    """Whether more of the file came than may be kept; what was kept of it is only a part."""
    return bool(getattr(upload.stream, "too_large", False))
