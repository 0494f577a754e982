"""What a final assessment looks at and can come to: the curriculum's own outcomes, or those that are usual. Data.

Source: the commonly understood outcomes of the scheme's final assessment, kept as data because no handbook gives them.
"""

from functools import cache
from importlib.resources import files
from typing import Any

from tracker.curricula.document import Outcome
from tracker.curricula.outline import Outline


@cache
def _data() -> dict[str, Any]:
    import yaml  # noqa: PLC0415 - few requests come here

    text = files(__package__).joinpath("final.yaml").read_text("utf-8")
    data: dict[str, Any] = yaml.safe_load(text)
    return data


def parts() -> tuple[Outcome, ...]:
    """What is looked at, each with what is meant by it."""
    return tuple(Outcome(**each) for each in _data()["parts"])


def outcomes(outline: Outline) -> tuple[Outcome, ...]:
    """What a final assessment of this curriculum can come to."""
    review = _data()["review"]
    own = any(each.code == review and each.outcomes for each in outline.reviews)
    return outline.outcomes_of(review) if own else tuple(Outcome(**each) for each in _data()["outcomes"])
