from collections.abc import Callable
from uuid import UUID

import sqlalchemy as sa

from tests.browser.reader import LEAD, SUPERVISOR, TRAINEE, Reader
from tests.browser.site import Site
from tracker.accounts.models import Person
from tracker.core.db import db
from tracker.curricula.models import Requirement
from tracker.logbook.models import Claim, ClaimEvidence

MOST_ACTIONS = 2
THING = "Gamma camera software"


def test_a_new_release_leads_to_a_recheck(site: Site, reader: Reader, another: Callable[[], Reader]) -> None:
    lead, trainee, supervisor = another(), another(), reader
    # Given software that the lead registered, and a sign-off on work that was done with it
    lead.sign_in(LEAD)
    lead.follow("Equipment, software and procedures")
    lead.tick("Software")
    lead.fill("What is it called here?", THING)
    lead.fill("Which model, release or revision is in use?", "Release 4.1")
    lead.fill_day("Since when?", 400)
    lead.press("Register it")
    lead.reads("Registered. Trainees can name it in their entries from now on.", "In use: Release 4.1")
    sign_work_done_with_it(site, supervisor, trainee)
    # When the lead registers a new release, sees what it touches, and registers it
    lead.follow(THING)
    lead.fill("What is the new model, release or revision called?", "Release 4.2")
    lead.fill_day("In use since when?", 0)
    lead.fill("What changed?", "The uniformity map is applied in another way.")
    lead.tick("Yes: sign-offs")
    lead.press("See what it touches")
    lead.reads("1 sign-off rests on Gamma camera software", "Amara Clarke: NM-03")
    lead.press("Register the change")
    lead.reads("Registered. The sign-offs that rest on it become due for a recheck")
    site.deliver()
    # Then the trainee reads why, and the supervisor rechecks it in few actions
    trainee.open("/notices")
    trainee.follow("NM-03 is due for a recheck.")
    trainee.reads("Recheck due", "It is not void", "The uniformity map is applied in another way.")
    supervisor.open("/queue")
    supervisor.actions = 0
    supervisor.follow("NM-03")
    supervisor.reads("Release 4.1, now Release 4.2")
    supervisor.tick("Yes, it still holds")
    supervisor.fill("What you looked at, or why it does not hold", "Watched the daily test on the new release.")
    supervisor.press("Record the recheck")
    assert supervisor.actions <= MOST_ACTIONS
    supervisor.reads("NM-03 is rechecked and holds, and the trainee is told.")
    trainee.page.reload()
    trainee.reads("Signed off at level", "Watched the daily test on the new release.")


def sign_work_done_with_it(site: Site, supervisor: Reader, trainee: Reader) -> None:
    """The claim that waits goes back once, so that the trainee can name the software in it."""
    supervisor.sign_in(SUPERVISOR)
    supervisor.follow("NM-03", beside="Amara Clarke")
    supervisor.fill("Comment, or the reason if you return it", "Say which software it was.")
    supervisor.press("Return with a reason")
    trainee.sign_in(TRAINEE)
    trainee.open("/notices")
    trainee.follow("Akua Osei returned NM-03 with a reason.")
    trainee.reads("Say which software it was.")
    trainee.open(f"/entries/{entry_of(site)}/change")
    trainee.tick(THING, "There are no patient details")
    trainee.press("Add to my log")
    trainee.reads("Done with", f"{THING}: Release 4.1")
    trainee.follow("See what NM-03 still needs, or submit it")
    trainee.press("Submit to Akua Osei")
    supervisor.open("/queue")
    supervisor.follow("NM-03", beside="Amara Clarke")
    supervisor.press("Sign off")
    supervisor.reads("NM-03 is signed off, and the trainee is told.")


def entry_of(site: Site) -> UUID:
    """An entry that the claim to NM-03 rests on."""
    with site.app.app_context():
        chosen = (
            sa.select(ClaimEvidence.entry_id)
            .join(Claim, Claim.id == ClaimEvidence.claim_id)
            .join(Requirement, Requirement.id == Claim.competency_id)
            .join(Person, Person.id == Claim.trainee_id)
            .where(Requirement.code == "NM-03", Person.email == TRAINEE)
        )
        found = db.session.scalars(chosen.limit(1)).one()
        db.session.remove()
    return found


def test_a_lead_sees_where_things_wait_and_what_is_worth_a_look(reader: Reader) -> None:
    reader.sign_in(LEAD)
    reader.follow("Where things wait")
    reader.reads("wait for a decision.", "Akua Osei", "NM-03")
    reader.open("/signals")
    reader.reads("None of these is a finding, and none blocks anything", "The tracker cannot know this")


def test_somebody_chooses_when_mail_comes(reader: Reader) -> None:
    reader.sign_in(TRAINEE)
    reader.open("/account")
    reader.follow("Choose when mail comes")
    reader.tick("Each Monday")
    reader.press("Keep this choice")
    reader.reads("Your choice is kept.")
