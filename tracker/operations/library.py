"""The curricula that come with the tracker."""

from collections.abc import Sequence

from tracker.core.places import resource
from tracker.curricula.actions import import_document
from tracker.curricula.importer import read_document
from tracker.curricula.models import Version

SCHEME, AWARD = "CT-SCHEME", "DL-BSC-CT"


def import_library() -> Sequence[Version]:
    """Publish every curriculum of the library that is not there yet. Loads: curriculum. Order: by file."""
    files = sorted(resource("curricula/library").glob("*.yaml"))
    return [import_document(read_document(file.name, file.read_bytes()), publish=True) for file in files]
