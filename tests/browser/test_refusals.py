from collections.abc import Callable
from pathlib import Path

from tests.browser.reader import TRAINEE, Reader
from tests.browser.test_trainee import REFLECTION, begin_entry
from tracker.operations.demo_accounts import DEMO_PASSWORD


def test_a_form_says_all_its_problems_at_once_and_keeps_the_text(reader: Reader) -> None:
    begin_entry(reader)
    reader.fill("In a few words", "")
    reader.fill_day("When did you do it?", -2)
    reader.fill("How many times?", "lots")
    reader.fill("What did you learn?", REFLECTION)
    reader.press("Add to my log")
    reader.reads(
        "There is a problem",
        "Say what you did, in a few words.",
        "Enter a day that has come: you can log only what you have done.",
        "Choose at least one competency, or save it as a draft.",
        "Check that nothing in the entry or its files could identify a patient, then tick the box.",
    )
    assert reader.page.get_by_label("What did you learn?").input_value() == REFLECTION
    assert reader.page.get_by_label("How many times?").input_value() == "lots"
    reader.page.locator(".nhsuk-error-summary a").first.click()
    assert reader.page.locator("#title").evaluate("field => field === document.activeElement")


def test_a_page_that_is_not_there_leads_back(reader: Reader) -> None:
    reader.sign_in(TRAINEE)
    reader.open("/nothing-here")
    assert reader.heading == "Page not found"
    reader.follow("Go to your first page")
    assert reader.heading == "Home"


def test_text_outlives_the_session(reader: Reader, another: Callable[[], Reader]) -> None:
    # Given a trainee who writes while their session is ended from another machine
    begin_entry(reader)
    reader.fill("What did you learn?", REFLECTION)
    reader.tick("There are no patient details")
    elsewhere = another()
    elsewhere.sign_in(TRAINEE)
    elsewhere.open("/account")
    elsewhere.press("Sign out everywhere else")
    # When they save, and sign in again in a second tab
    reader.press("Save as a draft")
    reader.reads("You were signed out, or your session ended. Nothing was saved yet.", REFLECTION)
    with reader.page.context.expect_page() as opened:
        reader.page.get_by_role("link", name="Sign in (opens in a new tab)").click()
    tab = opened.value
    tab.get_by_label("Email address").fill(TRAINEE)
    tab.get_by_label("Password", exact=True).fill(DEMO_PASSWORD)
    tab.get_by_role("button", name="Sign in").click()
    tab.get_by_role("heading", name="You are signed in").wait_for()
    tab.close()
    # Then the text is sent again from the first
    reader.press("Send it again")
    reader.reads("Saved as a draft: only you can see it.", REFLECTION)


def test_a_file_that_is_too_large_costs_no_text(reader: Reader, tmp_path: Path) -> None:
    file = tmp_path / "scan.pdf"
    file.write_bytes(b"%PDF-1.7\n" + b" " * 1_100_000)
    begin_entry(reader)
    reader.fill("What did you learn?", REFLECTION)
    reader.tick("There are no patient details")
    reader.attach(file)
    reader.press("Save as a draft")
    reader.reads("There is a problem", "scan.pdf")
    assert reader.page.get_by_label("What did you learn?").input_value() == REFLECTION
