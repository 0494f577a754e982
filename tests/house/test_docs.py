"""The guides say what is there: their links lead somewhere, and no setting and no command is left out."""

import re
from pathlib import Path

import click

from tests.house.test_tidiness import TOP, committed
from tracker.operations.cli import commands

LINK = re.compile(r"(?<!`)\[[^\]]*\]\(([^)\s]+)\)")
HEADING = re.compile(r"^#+ (.+)$", re.MULTILINE)
SETTING = re.compile(r'"(TRACKER_[A-Z_]+|DATABASE_URL|HOST|PORT)"')


def pages() -> dict[Path, str]:
    """Every page of the guides, with its text."""
    return {path: path.read_text("utf-8") for path in [TOP / "README.md", *sorted((TOP / "docs").rglob("*.md"))]}


def anchors(text: str) -> set[str]:
    """The places in a page that a link can name."""
    return {re.sub(r"[^\w -]", "", heading).strip().lower().replace(" ", "-") for heading in HEADING.findall(text)}


def test_every_link_and_picture_is_there() -> None:
    found = pages()
    lost = []
    for page, text in found.items():
        for link in LINK.findall(text):
            name, _, place = link.partition("#")
            target = (page.parent / name).resolve() if name else page
            if "://" in link:
                continue
            if not target.is_file() or (place and place not in anchors(found[target])):
                lost.append(f"{page.relative_to(TOP)}: {link}")
    assert lost == []


def test_every_picture_is_shown_and_small() -> None:
    shown = " ".join(pages().values())
    pictures = [path for path in committed() if path.suffix == ".png" and "docs" in path.parts]
    assert [path.name for path in pictures if f"pictures/{path.name}" not in shown] == []
    assert [path.name for path in pictures if path.stat().st_size >= 120_000] == []


def test_every_setting_is_in_the_guide_for_operators() -> None:
    settings = set(SETTING.findall((TOP / "config.py").read_text("utf-8")))
    said = set(re.findall(r"`([A-Z_]+)`", (TOP / "docs/operator.md").read_text("utf-8")))
    assert settings - said == set()
    assert {name for name in said if name.startswith("TRACKER_")} - settings == set()


def test_every_command_is_in_a_guide() -> None:
    said = " ".join(pages().values())
    names = commands.list_commands(click.Context(commands))
    assert [name for name in names if f"tracker {name}" not in said] == []


def test_the_makefile_does_what_the_guides_ask_of_it() -> None:
    makefile = (TOP / "Makefile").read_text("utf-8")
    asked = set(re.findall(r"\bmake ([a-z-]+)\b", "".join(re.findall(r"`+[^`]*`+", " ".join(pages().values())))))
    assert [target for target in asked if not re.search(rf"^{target}:", makefile, re.MULTILINE)] == []
