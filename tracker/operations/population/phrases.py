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

    def title(self, rng: Random, code: str) -> str:
        """What a trainee calls a day's work on the competency of that code."""
        titles = self.lists["titles"]
        chosen: str = rng.choice(titles.get(code, titles[OTHER]))
        return chosen

    def of_area(self, rng: Random, code: str, name: str) -> str:
        """A place or a piece of equipment of the area that a competency's code begins with."""
        areas = self.lists["areas"]
        chosen: str = rng.choice(areas.get(code.partition("-")[0], areas[OTHER])[name])
        return chosen


@cache
def phrases() -> Phrases:
    """The phrases, read once."""
    return Phrases(yaml.safe_load(FILE.read_text("utf-8")))
