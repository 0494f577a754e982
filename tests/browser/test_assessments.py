"""Assessments are quick: counted here in what a person does, every choice and every field typed in."""

from collections.abc import Callable

import pytest

from tests.browser.reader import SCHEME, SUPERVISOR, TRAINEE, Reader
from tests.browser.site import Site
from tracker.operations.demo_assessments import OUTSIDER

FEWER_THAN = 10
Arrive = Callable[[], Reader]


class Counted:
    """Somebody at a browser, each of whose interactions is counted."""

    def __init__(self, reader: Reader) -> None:
        self.reader = reader
        self.number = 0

    def choose(self, question: str, answer: str) -> None:
        """Choose an answer to a question."""
        self.number += 1
        self.reader.page.get_by_role("group", name=question).get_by_label(answer).check()

    def fill(self, label: str, text: str) -> None:
        """Type into a field."""
        self.number += 1
        self.reader.fill(label, text)

    def follow(self, name: str) -> None:
        """Click on a link."""
        self.number += 1
        self.reader.follow(name)

    def press(self, name: str) -> None:
        """Press a button."""
        self.number += 1
        self.reader.press(name)


def open_mail(site: Site, reader: Reader) -> None:
    """Come to the mail that asks somebody without an account."""
    site.deliver()
    reader.open("/outbox")
    reader.follow("You are asked for an assessment (DOPS)")
    reader.reads(f"To {OUTSIDER}", "Amara Clarke, who is in training, asks you for an assessment.")


def test_an_assessor_without_an_account_fills_in_a_dops_in_few_interactions(site: Site, reader: Reader) -> None:
    # Given the mail that asks them
    open_mail(site, reader)
    # When they open its link, say how it went and who they are, and send it
    assessor = Counted(reader)
    assessor.follow("/assess/by-mail/")
    reader.reads("Amara Clarke asks for an assessment", "Acquired a bone study and a renal study", "NM-09")
    assessor.choose("How much help was needed this time?", "3: Does it with the supervisor within reach")
    assessor.choose("How much help should be given next time?", "4: Does it alone")
    assessor.fill("What went well?", "You explained the camera so that the patient smiled.")
    assessor.fill("Your name", "Priya Nair")
    assessor.fill("Your job", "Lead radiographer")
    assessor.fill("The register that you are on, if any", "HCPC")
    assessor.fill("Your number there", "RA 71234")
    assessor.press("Send")
    # Then they are thanked, and it was quick
    assert reader.heading == "Thank you"
    reader.reads("Your answers are on record.", "There is nothing else for you to do.")
    assert assessor.number < FEWER_THAN
    # And the link is used up
    reader.page.go_back()
    reader.page.reload()
    reader.look()
    reader.reads("The form behind this link was sent already.")


def test_what_came_without_an_account_counts_when_a_supervisor_has_read_it(
    site: Site, reader: Reader, another: Arrive
) -> None:
    # Given an answer from somebody without an account
    open_mail(site, reader)
    reader.follow("/assess/by-mail/")
    reader.press("Send")
    reader.reads("There is a problem", "Enter your name, as people at work know it.")
    assessor = Counted(reader)
    assessor.choose("How much help was needed this time?", "3: Does it with the supervisor within reach")
    assessor.choose("How much help should be given next time?", "3: Does it with the supervisor within reach")
    reader.fill("What went well?", "You explained the camera so that the patient smiled.")
    reader.fill("Your name", "Priya Nair")
    reader.fill("Your job", "Lead radiographer")
    reader.press("Send")
    # When the supervisor accepts it
    supervisor = another()
    supervisor.sign_in(SUPERVISOR)
    supervisor.follow("NM-09 DOPS: Acquired a bone study and a renal study")
    supervisor.reads("No account.", "Priya Nair, Lead radiographer", f"the address that Amara gave, {OUTSIDER}")
    supervisor.press("Accept")
    supervisor.reads("It counts now, and the trainee is told.")
    # Then the trainee reads it, marked as what it is
    trainee = another()
    trainee.sign_in(TRAINEE)
    trainee.follow(f"{SCHEME}: your progress")
    trainee.follow("My assessments")
    trainee.follow("NM-09 DOPS: Acquired a bone study and a renal study")
    trainee.reads("You explained the camera so that the patient smiled.", "No account.", "Accepted by Akua Osei.")


def test_a_code_is_shown_at_the_bench_and_typed_at_another_machine(reader: Reader, another: Arrive) -> None:
    # Given a trainee who asks whoever stands beside them
    reader.sign_in(TRAINEE)
    reader.follow(f"{SCHEME}: your progress")
    reader.follow("NM-02", beside="NM-02")
    reader.follow("Ask for an assessment")
    trainee = Counted(reader)
    trainee.choose("Which form?", "Direct observation of a practical skill")
    trainee.fill("What did you do?", "Made up a kit")
    trainee.choose("Who watched you or discussed it with you?", "Somebody beside me: I show a code")
    reader.tick("There are no patient details")
    trainee.press("Ask")
    trainee.press("Show a code")
    code = reader.page.locator(".app-code").inner_text()
    # When the assessor signs in at the machine there and types it
    assessor = another()
    assessor.sign_in(SUPERVISOR)
    assessor.follow("Assess somebody who shows you a code")
    assessor.fill("Code on the trainee's phone", code.lower().replace(" ", ""))
    assessor.press("Open the form")
    assessor.reads("Made up a kit", "NM-02")
    said = Counted(assessor)
    said.choose("How much help was needed this time?", "4: Does it alone")
    said.choose("How much help should be given next time?", "4: Does it alone")
    said.fill("What went well?", "Every step in order.")
    said.fill("Your job", "Lead technologist")
    said.press("Give the assessment")
    # Then it counts at once
    assessor.reads("Thank you. It counts, and the trainee is told.")
    reader.follow("Back to the assessment")
    reader.reads("Every step in order.", "It counts towards the competency, and is in your log.")


@pytest.mark.parametrize("part", ["I cannot do this", "Somebody else should answer this", "I need more time"])
def test_whoever_cannot_answer_has_something_to_press(site: Site, reader: Reader, part: str) -> None:
    open_mail(site, reader)
    reader.follow("/assess/by-mail/")
    reader.page.get_by_text(part, exact=True).click()
    reader.look()
