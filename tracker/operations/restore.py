"""A backup put back, into an empty place, after every part of it was checked."""

import json
import re
import shutil
import tarfile
from datetime import datetime
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any

from flask import current_app

from tracker.core import storage
from tracker.core.errors import Refused
from tracker.core.whole import digest_of, put_in_place
from tracker.operations.backup import FORMAT, MANIFEST, Backup, copies, seal_of
from tracker.operations.dump import Moment, load, refuse_unless_empty, refuse_unless_known

NAME = re.compile(r"(database/\w+\.(copy|sqlite)|files/[0-9a-f]{64}|(checkpoints|segments)/[\w.-]+(/[\w.-]+)*)\Z")


def restore(file: Path) -> Backup:
    """Put a backup back. Raises Refused when the place is not empty, or the file is not as it was written."""
    folder: Path = current_app.config["FOLDER"]
    refuse_unless_empty()
    if any(storage.folder().glob("*/*")):
        raise Refused(f"{storage.folder()} is not empty, and a restore writes over nothing: set TRACKER_FOLDER anew.")
    folder.mkdir(parents=True, exist_ok=True, mode=0o700)
    with TemporaryDirectory(dir=folder, prefix=".restoring-") as name:
        scratch = Path(name)
        about = _unpack(file, scratch)
        refuse_unless_known(about["database"], about["revision"])
        kept = _place_files(scratch)
        _place_copies(scratch)
        load(scratch / "database", about["revision"])
    return Backup(_moment(about), kept, [])


def _unpack(file: Path, scratch: Path) -> dict[str, Any]:
    """Write each part out and see that it is the one the manifest lists; nothing more, nothing less."""
    damaged = Refused(f"{file} is not a whole backup of the tracker, or was damaged. Take another copy of it.")
    try:
        with tarfile.open(file, "r:") as whole:
            about = _manifest(whole, damaged)
            left = dict(about["parts"])
            while member := whole.next():
                listed = left.pop(member.name, None)
                if listed is None or not member.isreg() or not NAME.match(member.name) or ".." in member.name:
                    raise damaged
                _write(whole, member, scratch / member.name)
                if digest_of(scratch / member.name) != listed["sha256"]:
                    raise damaged
    except (OSError, tarfile.TarError, ValueError, KeyError, TypeError) as unread:
        raise damaged from unread
    if left:
        raise damaged
    return about


def _manifest(whole: tarfile.TarFile, damaged: Refused) -> dict[str, Any]:
    first = whole.next()
    content = whole.extractfile(first) if first and first.name == MANIFEST else None
    if content is None:
        raise damaged
    about: dict[str, Any] = json.loads(content.read())
    if about["sha256"] != seal_of(about):
        raise damaged
    if about["format"] != FORMAT:
        raise Refused("This backup was made by another release of the tracker: restore it with that one.")
    return about


def _write(whole: tarfile.TarFile, member: tarfile.TarInfo, place: Path) -> None:
    place.parent.mkdir(parents=True, exist_ok=True)
    content = whole.extractfile(member)
    assert content is not None
    with content, place.open("wb") as written:
        shutil.copyfileobj(content, written)


def _place_files(scratch: Path) -> int:
    found = sorted((scratch / "files").glob("*"))
    for path in found:
        place = storage.path_of(path.name)
        place.parent.mkdir(parents=True, exist_ok=True)
        put_in_place(path, place)
    return len(found)


def _place_copies(scratch: Path) -> None:
    """What was kept apart goes back only where nothing is: what is there may be newer and tells that this is old."""
    for name, folder in copies().items():
        if (scratch / name).is_dir() and not any(folder.glob("*")):
            folder.mkdir(parents=True, exist_ok=True)
            shutil.copytree(scratch / name, folder, dirs_exist_ok=True)


def _moment(about: dict[str, Any]) -> Moment:
    at = about["recorded_at"]
    recorded_at = datetime.fromisoformat(at) if at else None
    return Moment(about["database"], about["revision"], about["newest_event"], recorded_at, frozenset())
