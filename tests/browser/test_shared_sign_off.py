"""What several supervisors share: a sitting, leave cover, and who signs alone."""

from tests.browser.reader import LEAD, SUPERVISOR, Reader
from tests.browser.test_supervisor import waiting

COMMENT = "I was there for all of them."


def test_a_supervisor_reads_two_claims_in_full_and_signs_them_in_one_sitting(reader: Reader) -> None:
    # Given claims that wait
    reader.sign_in(SUPERVISOR)
    oldest, second, *others = waiting(reader)
    # When the supervisor ticks two, reads both on one page and signs them with one comment
    for label in reader.page.locator(".app-queue .nhsuk-checkboxes__label").all()[:2]:
        label.click()
    reader.press("Read those that are ticked, and sign them in one sitting")
    assert reader.heading == "Sign 2 in one sitting"
    reader.reads(oldest, second)
    reader.fill("Comment on all of them", COMMENT)
    reader.press("Sign 2")
    # Then both are signed, each with the comment, and the others are left
    reader.reads("2 signed, and the trainees are told.")
    assert waiting(reader) == others


def test_a_training_lead_arranges_cover_and_says_who_signs_alone(reader: Reader) -> None:
    # Given the training lead on the page of who supervises whom
    reader.sign_in(LEAD)
    reader.follow("Who supervises whom")
    assert reader.heading == "Who supervises whom"
    # When one asks for a second signature, and arranges cover for two weeks
    with reader.page.expect_navigation():
        reader.page.get_by_role("button", name="Ask for a second signature").first.click()
    reader.look()
    reader.reads("What they sign is countersigned from now on.", "not yet approved")
    reader.page.get_by_label("Who is away?").select_option(label="Akua Osei")
    colleagues = reader.page.get_by_label("Who covers?")
    names = [name for name in colleagues.locator("option").all_inner_texts() if "Osei" not in name]
    colleagues.select_option(label=names[-1])
    reader.fill_day("First day", 0)
    reader.fill_day("Last day", -14)
    reader.press("Arrange the cover")
    # Then it is there, and can be ended
    reader.reads("Arranged. Everybody concerned is told.", "covers for Akua Osei")
    with reader.page.expect_navigation():
        reader.page.get_by_role("button", name="End it now").first.click()
    reader.look()
    reader.reads("The cover is ended, and both are told.", "Nobody covers for anybody at present.")


def test_a_supervisor_returns_only_what_is_not_accepted(reader: Reader) -> None:
    # Given a claim on several entries
    reader.sign_in(SUPERVISOR)
    for claim in waiting(reader):
        reader.open("/queue")
        reader.follow(claim)
        if reader.page.get_by_text("Return only some of the evidence").count():
            break
    # When the supervisor ticks one of them and returns it
    reader.page.get_by_text("Return only some of the evidence").click()
    reader.page.locator(".nhsuk-checkboxes__label[for^=rejected]").first.click()
    reader.fill("Comment, or the reason if you return it", "Say which camera this was.")
    reader.press("Return with a reason")
    # Then the claim is returned
    reader.reads("is returned with your reason, and the trainee is told.")
