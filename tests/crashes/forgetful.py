"""A disk that forgets: what was written and not synced is gone when its process is killed, as after a power cut.

Run as `python -m tests.crashes.forgetful KEPT MOUNT`: files in MOUNT are in memory; what is synced is also in KEPT.
"""
# ruff: noqa: ARG002 - FUSE says what its methods are given

import errno
import os
import stat
import sys
import time
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from mfusepy import FUSE, FuseOSError, Operations  # type: ignore[import-untyped] # it has no types that are read

FOLDER = {"st_mode": stat.S_IFDIR | 0o755, "st_nlink": 2}


@dataclass
class Remembered:
    """A file as programs see it, and what was done to it since it was last synced."""

    content: bytearray = field(default_factory=bytearray)
    changes: list[tuple[int, bytes | None]] = field(default_factory=list)  # where, and what; None: cut off there


class Forgetful(Operations):  # type: ignore[misc] # as above
    """One folder of files. A sync writes the file's changes, and its name, where they are kept."""

    use_ns = True

    def __init__(self, kept: Path) -> None:
        self.kept = kept
        self.files = {f"/{path.name}": Remembered(bytearray(path.read_bytes())) for path in kept.iterdir()}

    def getattr(self, path: str, fh: Any = None) -> dict[str, Any]:
        at = {name: time.time_ns() for name in ("st_atime", "st_mtime", "st_ctime")}
        if path == "/":
            return FOLDER | at
        file = self._file(path)
        return {"st_mode": stat.S_IFREG | 0o644, "st_nlink": 1, "st_size": len(file.content)} | at

    def readdir(self, path: str, fh: Any) -> list[str]:
        return [".", "..", *(name[1:] for name in self.files)]

    def create(self, path: str, mode: int, fi: Any = None) -> int:
        self.files[path] = Remembered(changes=[(0, None)])
        return 0

    def open(self, path: str, flags: int) -> int:
        self._file(path)
        return 0

    def read(self, path: str, size: int, offset: int, fh: Any) -> bytes:
        return bytes(self._file(path).content[offset : offset + size])

    def write(self, path: str, data: bytes, offset: int, fh: Any) -> int:
        file = self._file(path)
        file.content.extend(bytes(max(0, offset - len(file.content))))
        file.content[offset : offset + len(data)] = data
        file.changes.append((offset, data))
        return len(data)

    def truncate(self, path: str, length: int, fh: Any = None) -> int:
        file = self._file(path)
        file.content = file.content[:length].ljust(length, b"\0")
        file.changes.append((length, None))
        return 0

    def unlink(self, path: str) -> int:
        self._file(path)
        del self.files[path]
        (self.kept / path[1:]).unlink(missing_ok=True)
        return 0

    def fsync(self, path: str, datasync: int, fh: Any) -> int:
        """What was done until now stays."""
        file = self._file(path)
        handle = os.open(self.kept / path[1:], os.O_RDWR | os.O_CREAT)
        for offset, data in file.changes:
            if data is None:
                os.ftruncate(handle, offset)
            else:
                os.pwrite(handle, data, offset)
        os.close(handle)
        file.changes.clear()
        return 0

    def _file(self, path: str) -> Remembered:
        if path not in self.files:
            raise FuseOSError(errno.ENOENT)
        return self.files[path]


if __name__ == "__main__":
    FUSE(Forgetful(Path(sys.argv[1])), sys.argv[2], foreground=True, nothreads=True, default_permissions=False)
