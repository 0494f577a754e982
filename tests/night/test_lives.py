"""Two thousand lives of claims, results and reviews on each database."""

from collections.abc import Callable

import pytest
from flask import Flask

from tests.integration import test_lives as lives
from tests.night.conftest import Note, size


@pytest.mark.parametrize(
    "live",
    [
        lives.test_a_claim_lives_as_the_model_says,
        lives.test_a_result_lives_as_the_model_says,
        lives.test_reviews_live_as_the_model_says,
    ],
)
def test_lives_are_as_the_model_says(
    app: Flask, monkeypatch: pytest.MonkeyPatch, note: Note, live: Callable[..., None]
) -> None:
    monkeypatch.setattr(lives, "LIVES", size(2000))
    live(app, monkeypatch)
    note(of=live.__name__, all_kinds=size(2000))
