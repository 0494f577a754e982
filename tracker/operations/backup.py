"""One file with everything: the database as it was at one moment, and every evidence file."""

import hashlib
import json
import re
import shutil
import tarfile
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any

from tracker.core import storage
from tracker.core.clock import now
from tracker.core.errors import Refused
from tracker.core.whole import digest_of, put_in_place
from tracker.operations.dump import Moment, dump
from tracker.record import places

MANIFEST = "manifest.json"
FORMAT = 1
DIGEST = re.compile(r"[0-9a-f]{64}\Z")


@dataclass(frozen=True)
class Backup:
    """What was kept, and the digests of evidence that rows name and no file holds."""

    moment: Moment
    files: int
    lost: list[str]


def back_up(file: Path) -> Backup:
    """Keep everything in one new file, whole or not at all, while people go on working. Raises Refused."""
    if file.exists():
        raise Refused(f"{file} is there already: name a file that is not.")
    if not file.parent.is_dir():
        raise Refused(f"There is no folder {file.parent}: make it first.")
    with TemporaryDirectory(dir=file.parent, prefix=".backup-") as name:
        scratch = Path(name)
        (scratch / "database").mkdir()
        _copy_beside(scratch)  # before the database, which must not be older than what was sealed
        moment = dump(scratch / "database")
        parts = dict(_parts(scratch))  # after the database: a file is stored before its row
        lost = sorted(moment.digests - {place.name for place in parts.values()})
        _write(scratch / "whole.tar", parts, moment)
        put_in_place(scratch / "whole.tar", file)
    return Backup(moment, sum(name.startswith("files/") for name in parts), lost)


def copies() -> dict[str, Path]:
    """The folders beside the database that prove what was in it. Shape: its name in a backup, and where it is."""
    return {"checkpoints": places.checkpoint_folder(), "segments": places.segment_folder()}


def _copy_beside(scratch: Path) -> None:
    for name, folder in copies().items():
        if folder.is_dir():
            shutil.copytree(folder, scratch / name)


def _parts(scratch: Path) -> Iterator[tuple[str, Path]]:
    """What goes in. Shape: its name in the backup, and the file."""
    for path in sorted((scratch / "database").iterdir()):
        yield f"database/{path.name}", path
    for path in sorted(storage.folder().glob("*/*")):
        if DIGEST.match(path.name):
            yield f"files/{path.name}", path
    for name in copies():
        for path in sorted((scratch / name).glob("**/*")):
            if path.is_file():
                yield path.relative_to(scratch).as_posix(), path


def _write(place: Path, parts: dict[str, Path], moment: Moment) -> None:
    """The manifest comes first, so that a reader knows what to expect; then what it lists."""
    with tarfile.open(place, "w", format=tarfile.PAX_FORMAT) as whole:
        manifest = place.with_name(MANIFEST)
        listed = {name: {"sha256": digest_of(path), "size_bytes": path.stat().st_size} for name, path in parts.items()}
        about = _about(moment) | {"parts": listed}
        manifest.write_text(json.dumps(about | {"sha256": seal_of(about)}, indent=1), "utf-8")
        for name, path in {MANIFEST: manifest, **parts}.items():
            whole.add(path, arcname=name, recursive=False, filter=_plain)


def seal_of(about: dict[str, Any]) -> str:
    """The digest over all that a manifest says, but itself."""
    said = {name: value for name, value in about.items() if name != "sha256"}
    return hashlib.sha256(json.dumps(said, sort_keys=True).encode()).hexdigest()


def _plain(member: tarfile.TarInfo) -> tarfile.TarInfo:
    """A part says nothing of who runs the tracker."""
    member.uid = member.gid = 0
    member.uname = member.gname = ""
    member.mode = 0o600
    member.mtime = int(member.mtime)  # a fraction would be kept beside the header, where no digest covers it
    return member


def _about(moment: Moment) -> dict[str, Any]:
    return {
        "format": FORMAT,
        "made_at": now().isoformat(),
        "database": moment.kind,
        "revision": moment.revision,
        "newest_event": moment.newest_event,
        "recorded_at": moment.recorded_at.isoformat() if moment.recorded_at else None,
    }


def said(at: datetime | None) -> str:
    """When the newest event was recorded, for people."""
    return f", recorded at {at:%d %B %Y %H:%M:%S} UTC" if at else ""
