"""The pictures of the guides: TRACKER_PICTURES=1 takes them anew; else only their captions are held to the pages.

What a caption has in quotation marks, the page says.
"""

import os
import re
from collections.abc import Callable
from dataclasses import dataclass
from io import BytesIO
from pathlib import Path

import pytest
from PIL import Image

from tests.browser.reader import AWARD, LEAD, SCHEME, SUPERVISOR, TRAINEE, Reader
from tests.browser.site import Site

TOP = Path(__file__).parents[2]
FOLDER = TOP / "docs/pictures"
CAPTION = re.compile(r"!\[([^\]]*)\]\((?:docs/)?pictures/([a-z-]+)\.png\)")
QUOTED = re.compile(r"“([^”]+)”")
COLOURS = 64
MOST_BYTES = 120_000


@dataclass(frozen=True)
class View:
    """Whose page it is, how they come to it, and from where on it is shown."""

    email: str
    steps: tuple[str, ...] = ()  # links to follow, or addresses to open
    start: str = ""  # a selector; empty: from the top


VIEWS = {
    "progress": View(TRAINEE, (f"{SCHEME}: your progress",)),
    "write": View(TRAINEE, (f"{SCHEME}: your progress", "Log what you did")),
    "ask": View(TRAINEE, (f"{SCHEME}: your progress", "My assessments", "Ask for an assessment")),
    "queue": View(SUPERVISOR),
    "claim": View(SUPERVISOR, ("NM-03",), "h2:text-is('Evidence')"),
    "cohort": View(LEAD),
    "module": View(TRAINEE, (f"{AWARD}: your progress", "Modules and credits", "CT501"), ".nhsuk-summary-list"),
    "curriculum": View(LEAD, ("/curricula", SCHEME), "#section-NM"),
}


def captions() -> dict[str, str]:
    """What the guides say of each picture."""
    pages = [TOP / "README.md", *sorted((TOP / "docs").glob("*.md"))]
    said: dict[str, str] = {}
    for page in pages:
        for caption, name in CAPTION.findall(page.read_text("utf-8")):
            said[name] = said.get(name, "") + caption
    return said


def test_every_picture_of_the_guides_is_taken_here() -> None:
    assert set(captions()) == set(VIEWS)
    assert {path.stem for path in FOLDER.iterdir()} == set(VIEWS)


@pytest.mark.parametrize("name", VIEWS)
def test_a_page_is_as_its_caption_says(name: str, site: Site, arriving: Callable[..., Reader]) -> None:
    view, reader = VIEWS[name], arriving(site)
    reader.sign_in(view.email)
    for step in view.steps:
        reader.open(step) if step.startswith("/") else reader.follow(step)
    reader.reads(*QUOTED.findall(captions()[name]))
    if os.environ.get("TRACKER_PICTURES"):
        take(reader, view, FOLDER / f"{name}.png")


def take(reader: Reader, view: View, file: Path) -> None:
    """Keep what the window shows, in few colours."""
    if view.start:
        reader.page.locator(view.start).first.evaluate("part => part.scrollIntoView()")
    shown = Image.open(BytesIO(reader.page.screenshot()))
    shown.convert("RGB").quantize(COLOURS).save(file, optimize=True)
    assert file.stat().st_size < MOST_BYTES
