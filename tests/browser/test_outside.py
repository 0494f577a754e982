"""People from outside, and what is signed above the items: a visit, a final assessment, a review and a section."""

import sqlalchemy as sa

from tests.browser.conftest import Arrive
from tests.browser.reader import AWARD, LEAD, SUPERVISOR, TRAINEE, Reader
from tests.browser.site import Site
from tests.make import make_grant
from tracker.accounts.models import Person, Role
from tracker.core.db import db
from tracker.curricula.models import Curriculum

MODERATOR = "moderator@demo.example"
NAME = "Amara Clarke"


def let_examine(site: Site) -> None:
    """Let the training lead lead the award as well, and the moderator examine."""
    with site.app.app_context():
        ids = {
            email: db.session.scalars(sa.select(Person.id).where(Person.email == email)).one()
            for email in (LEAD, MODERATOR)
        }
        curriculum_id = db.session.scalars(sa.select(Curriculum.id).where(Curriculum.code == "DL-BSC-CT")).one()
        db.session.add_all(
            [
                make_grant(ids[LEAD], Role.SCHEME_LEAD, curriculum_id=curriculum_id),
                make_grant(ids[MODERATOR], Role.EXAMINER, curriculum_id=curriculum_id),
            ]
        )
        db.session.commit()


def test_a_moderator_makes_a_visit(reader: Reader, another: Arrive) -> None:
    # Given a visit that the training lead opened for three trainees
    lead = another()
    lead.sign_in(LEAD)
    lead.open("/visits")
    lead.press("Open a visit")
    lead.page.get_by_label("Centre and curriculum").select_option(label_of(lead))
    lead.page.get_by_label("Moderator").select_option(label="Gareth Llewellyn")
    lead.fill_day("First day", 0)
    lead.fill_day("Last day", -3)
    lead.fill("How many trainees", "3")
    lead.press("Draw the samples and open it")
    lead.reads("The visit is open and its samples are drawn. Gareth Llewellyn is told.")
    address = lead.path.partition("?")[0]
    # When the moderator reads each sample and says what they find
    reader.sign_in(MODERATOR)
    assert reader.page.locator(f'main a[href="{address}"]').count() == 1
    reader.open(address)
    reader.follow(reader.page.locator("main .app-tasks a").first.inner_text())
    sample = reader.path
    reader.follow("Read the claim, its evidence and its history")
    reader.open(sample)
    seen = 0
    while "/samples/" in reader.path:
        seen += 1
        reader.tick("I agree, with advice" if seen == 1 else "I agree with the decision")
        if seen == 1:
            reader.press("Save my verdict")
            reader.reads("There is a problem", "Say what you advise, or why you do not agree.")
            reader.fill("Note", "Log what went wrong as well.")
        reader.press("Save my verdict")
    assert seen >= 3
    # Then the outcome goes on record, and the lead reads it
    reader.press("Put the outcome on record")
    reader.tick("Satisfied, with advice")
    reader.fill("Comment", "Careful work, and honest reflections.")
    reader.press("Put it on record")
    reader.reads("The outcome is on record.", "Careful work, and honest reflections.")
    lead.open(address)
    lead.reads("Satisfied, with advice", "Log what went wrong as well.")


def label_of(lead: Reader) -> str:
    """The value of the choice that is of the scheme."""
    chosen = lead.page.locator("#place option").filter(has_text="CT-SCHEME").first.get_attribute("value")
    assert chosen
    return chosen


def test_an_examiner_puts_an_outcome_on_record(site: Site, reader: Reader, another: Arrive) -> None:
    let_examine(site)
    # Given an examiner whom the scheme's lead asked
    lead = another()
    lead.sign_in(LEAD)
    lead.open("/final-assessments")
    lead.fill("Name of the trainee, or a part of it", "amara")
    lead.press("Find")
    lead.follow(NAME, beside=AWARD)
    lead.page.get_by_label("Examiner").select_option(label="Gareth Llewellyn")
    lead.fill_day("First day", 0)
    lead.fill_day("Last day", -3)
    lead.press("Ask the examiner")
    lead.reads("Gareth Llewellyn is asked, and told.")
    address = lead.path.partition("?")[0]
    # When the examiner reads what was submitted and puts the outcome on record
    reader.sign_in(MODERATOR)
    reader.follow(f"The final assessment of {NAME}")
    reader.follow(f"Read what {NAME} submitted")
    reader.open(address)
    reader.press("Put the outcome on record")
    for question, answer in (("Portfolio", "Pass"), ("Viva", "Refer"), ("What does the whole come to?", "Refer")):
        reader.page.get_by_role("group", name=question).get_by_label(answer, exact=True).check()
    reader.fill("Questions that you asked", "How would you notice a drift of the dose calibrator?")
    reader.fill("Notes", "The portfolio is sound. Read again about drift.")
    reader.press("Put it on record")
    reader.reads("The outcome is on record.", "Viva: Refer")
    # Then the trainee reads it when the scheme's lead has released it
    lead.open(address)
    lead.press("Release the outcome")
    trainee = another()
    trainee.sign_in(TRAINEE)
    trainee.open(address)
    trainee.reads("Refer", "How would you notice a drift of the dose calibrator?")


def test_a_supervisor_puts_a_review_on_record(reader: Reader) -> None:
    reader.sign_in(SUPERVISOR)
    reader.follow(NAME)
    reader.follow("Reviews")
    reader.press("Put a review on record")
    reader.press("Put it on record")
    reader.reads("There is a problem", "Choose which review it was.")
    reader.tick("Check-in", "On course, with targets")
    reader.fill_day("When was it held?", 1)
    reader.fill("What the trainee said", "I want to see more therapy work.")
    reader.fill("What you said, and what was agreed", "Two afternoons in therapy before the end of next month.")
    reader.press("Put it on record")
    reader.reads("The review is on record.", "On course, with targets", "Two afternoons in therapy")


def test_a_supervisor_signs_a_section_and_takes_it_back(reader: Reader) -> None:
    reader.sign_in(SUPERVISOR)
    reader.reads("Complete, and waiting for your signature")
    waiting = reader.page.locator("#signatures + ul a")
    number = waiting.count()
    reader.follow(waiting.first.inner_text())
    reader.fill("Comment", "I have watched all of this.")
    reader.press("Sign")
    reader.reads("It is signed and on record.", "I have watched all of this.")
    reader.follow("Revoke this signature")
    reader.fill("Reason", "It was for the other trainee.")
    reader.press("Revoke it")
    reader.reads("The signature is revoked, with your reason.", "void since")
    reader.open("/queue")
    assert reader.page.locator("#signatures + ul a").count() == number
