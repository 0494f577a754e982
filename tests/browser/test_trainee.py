from pathlib import Path

from PIL import Image

from tests.browser.reader import SCHEME, TRAINEE, Reader

REFLECTION = "I left the accession label on the printout and found it only when I read the page again."
PLAN = "Read every page once more, from the end to the beginning, before I attach it."


def picture(folder: Path) -> Path:
    """A photo of a worksheet."""
    file = folder / "worksheet.png"
    Image.new("RGB", (60, 40), "white").save(file)
    return file


def open_progress(trainee: Reader) -> None:
    """From the door to where one stands in the scheme."""
    trainee.sign_in(TRAINEE)
    trainee.follow(f"{SCHEME}: your progress")


def begin_entry(trainee: Reader) -> None:
    """From the door to a page with the first words of today's work."""
    open_progress(trainee)
    trainee.follow("Log what you did")
    trainee.fill("In a few words", "Took identifiers out of a dose report")


def test_a_trainee_logs_work_and_submits_it(reader: Reader, tmp_path: Path) -> None:
    # Given a trainee who saves what there is time to write as a draft
    begin_entry(reader)
    reader.tick("There are no patient details")
    reader.press("Save as a draft")
    reader.reads("Saved as a draft: only you can see it.")
    # When they finish it for two competencies, with a file, and submit one of the two
    reader.follow("Go on with the draft")
    reader.fill_day("When did you do it?", 0)
    reader.tick("GEN-08", "GEN-09", "There are no patient details")
    reader.fill("What did you learn?", REFLECTION)
    reader.fill("What will you do next?", PLAN)
    reader.attach(picture(tmp_path))
    reader.press("Add to my log")
    reader.reads("It is in your log.", "worksheet.png", REFLECTION)
    reader.follow("See what GEN-08 still needs, or submit it")
    reader.press("Submit to Akua Osei")
    reader.reads("Submitted. You will be told when it is signed off or returned.")
    # Then their progress says for whom it waits, and that the other can be submitted too
    reader.open("/")
    reader.follow(f"{SCHEME}: your progress")
    reader.reads("3 waiting for Akua Osei.", "GEN-08: Submitted, waits for Akua Osei since")
    assert "Ready to submit" in reader.page.locator("li").filter(has_text="GEN-09").last.inner_text()


def test_a_trainee_does_the_same_again(reader: Reader) -> None:
    # Given a trainee with a log
    open_progress(reader)
    reader.follow("My log")
    # When they take the latest entry in it as the model for a new one
    row = reader.page.locator("tbody tr").filter(has_not_text="Draft").first
    title = row.get_by_role("link").first.inner_text()
    reader.follow("The same again", beside=title)
    reader.fill_day("When did you do it?", 0)
    reader.tick("There are no patient details")
    reader.press("Add to my log")
    # Then it is in the log with the words of the first, on its own day
    assert reader.heading == title
    reader.reads("It is in your log.")


def test_a_trainee_withdraws_what_nobody_has_decided(reader: Reader) -> None:
    # Given a trainee with two claims that wait
    open_progress(reader)
    reader.reads("2 waiting for Akua Osei")
    # When they take one back
    reader.follow("NM-03")
    reader.follow("See the claim and its history")
    reader.press("Withdraw")
    # Then it waits no more, and can be submitted again
    reader.reads("Withdrawn. You can change the entries, and submit again when you are ready.", "Submit for sign-off")
    reader.follow("Back to my progress")
    reader.reads("1 waiting for Akua Osei")
