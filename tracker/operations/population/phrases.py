"""The words of a made-up population: names, places, and what a trainee might write."""

from collections.abc import Mapping
from dataclasses import dataclass
from functools import cache
from pathlib import Path
from random import Random
from typing import Any

import yaml

FILE = Path(__file__).with_name("phrases.yaml")
OTHER = "other"


@dataclass(frozen=True)
class Phrases:
    """Lists to choose from, by what they are for."""

    lists: Mapping[str, Any]

    def any(self, rng: Random, name: str) -> str:
        """One of a list, such as a reflection."""
        chosen: str = rng.choice(self.lists[name])
        return chosen

    def titles(self, rng: Random, code: str) -> list[str]:
        """What a trainee calls a day's work on the competency of that code. Order: by chance."""
        titles = self.lists["titles"]
        chosen: list[str] = titles.get(code, titles[OTHER])
        return rng.sample(chosen, len(chosen))

    def of_area(self, rng: Random, area: str, name: str) -> str:
        """A place or a piece of equipment of an area."""
        areas = self.lists["areas"]
        chosen: str = rng.choice(areas.get(area, areas[OTHER])[name])
        return chosen


@cache
def phrases() -> Phrases:
    """The phrases, read once."""
    return Phrases(yaml.safe_load(FILE.read_text("utf-8")))
