"""Sending evidence files. The address and the check of who may see one are of the entry that holds it."""

from flask import Response, current_app, send_file

from tracker.core import storage
from tracker.core.errors import NotFound
from tracker.evidence.models import EvidenceFile


def send(file: EvidenceFile) -> Response:
    """The file, to be saved and never shown within a page. Parts of it may be asked for.

    Raises NotFound when the store has lost it.
    """
    path = storage.path_of(file.sha256)
    if not path.is_file():
        current_app.logger.error("Evidence file %s is not in the store.", file.id)
        raise NotFound("This file is missing from the store. Tell the people who run the tracker.")
    response = send_file(
        path, mimetype=file.media_type, as_attachment=True, download_name=file.name, etag=file.sha256, max_age=0
    )
    response.headers["Content-Security-Policy"] = "default-src 'none'; sandbox"
    response.headers["X-Content-Type-Options"] = "nosniff"
    response.headers["Cache-Control"] = "private, no-store"
    return response
