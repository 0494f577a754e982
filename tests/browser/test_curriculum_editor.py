"""A training lead writes a curriculum of their own, from its first line to the day it is published."""

import pytest

from tests.browser.reader import LEAD, Reader

WAYS = [pytest.param((320, False), id="320px-without-script"), pytest.param((1280, True), id="1280px-with-script")]


@pytest.fixture(params=WAYS)
def way(request: pytest.FixtureRequest) -> tuple[int, bool]:
    """This long journey is made in two windows: the narrowest and barest, and a wide one with all it can have."""
    kind: tuple[int, bool] = request.param
    return kind


def test_a_training_lead_writes_and_publishes_a_curriculum(reader: Reader) -> None:
    # Given a curriculum that is begun and says what it lacks
    reader.sign_in(LEAD)
    reader.open("/curricula")
    reader.press("Begin a curriculum")
    reader.fill("Code", "LASER")
    reader.fill("Title", "Laser safety")
    reader.fill("Length in months", "12")
    reader.press("Begin the draft")
    reader.reads("The draft is made.", "There is no section yet. Add one.")
    # When the lead adds a level, a kind by sentences, a section and two competencies
    reader.follow("Add a level")
    reader.fill("Number", "1")
    reader.fill("Title", "Works alone")
    reader.press("Add")
    reader.follow("Add a kind")
    reader.fill("Code", "plain")
    reader.fill("Title", "Plain")
    reader.page.get_by_label("Signed off at").select_option(index=0)
    reader.page.get_by_role("textbox", name="at least entries in the log", exact=True).fill("3")
    reader.page.get_by_role("textbox", name="on different days", exact=True).fill("2")
    reader.press("Add")
    reader.reads("A competency of this kind asks for: 3 entries on 2 different days.")
    reader.follow("Back to the draft")
    reader.follow("Add a section at the top")
    reader.fill("Code", "GEN")
    reader.fill("Title", "For all")
    reader.press("Add")
    for code, statement in (("GEN-1", "Wear the right goggles."), ("GEN-2", "Test the interlock.")):
        reader.follow("Add a competency")
        reader.fill("Code", code)
        reader.fill("What must the trainee be able to do?", statement)
        reader.tick("Plain")
        reader.press("Add")
    # And puts them in another order with a button, from the keyboard
    button = reader.page.get_by_role("button", name="Up GEN-2")
    button.focus()
    with reader.page.expect_navigation():
        button.press("Enter")
    reader.look()
    codes = reader.page.locator("main .app-tasks a").all_inner_texts()
    assert [code[:5] for code in codes if code.startswith("GEN")] == ["GEN-2", "GEN-1"]
    # Then it is read as a trainee will read it, and published
    reader.follow("See it as a trainee sees it")
    reader.reads("A draft, as a trainee would see it.", "GEN-2 Test the interlock.")
    reader.follow("Back to the draft")
    reader.reads("It has no problems: it can be published.")
    reader.follow("Publish it")
    reader.reads("Version 1 has 1 section, 2 competencies and 1 kind of competency.", "nothing in it can be changed")
    reader.press("Publish version 1")
    reader.reads("It is published: trainees can be enrolled on it")
