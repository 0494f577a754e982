"""Where the tracker's own files are: beside the package in a checkout, inside it in a wheel."""

import runpy
from collections.abc import Mapping
from pathlib import Path
from typing import Any

PACKAGE = Path(__file__).resolve().parent.parent


def resource(name: str) -> Path:
    """The folder or file `name` (templates, migrations, config.py), in a wheel or a checkout.

    Raises FileNotFoundError when it is in neither.
    """
    for folder in (PACKAGE, PACKAGE.parent):
        if (folder / name).exists():
            return folder / name
    raise FileNotFoundError(f"{name} is neither in {PACKAGE} nor beside it.")


def read_settings(environ: Mapping[str, str]) -> dict[str, Any]:
    """Every setting, as config.py reads it from the environment.

    Raises ValueError, which names the setting, when one cannot be used.
    """
    settings: dict[str, Any] = runpy.run_path(str(resource("config.py")))["read"](environ)
    return settings
