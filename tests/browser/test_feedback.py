"""A round of multi-source feedback on a telephone, without script: from naming colleagues to reading what they said."""

import re
from collections.abc import Callable

import pytest
import sqlalchemy as sa

from tests.browser.reader import SCHEME, SUPERVISOR, TRAINEE, Reader
from tests.browser.site import Site
from tracker.core.db import db
from tracker.core.mail import OutgoingMail

COLLEAGUES = [f"colleague{number}@elsewhere.example" for number in range(1, 9)]
LINK = re.compile(r"/feedback/by-mail/[\w-]+")
AT_WORK = (
    "Speaks with patients and carers so that they understand and are at ease",
    "Works well with others, and does what was promised",
    "Works safely, and says so when something is not safe",
    "Keeps records that others can rely on",
    "Knows their limits, and asks for help in time",
    "Takes advice, and learns from what went wrong",
)
WORRY = "Is there anything about their honesty or health that worries you?"


def links(site: Site) -> list[str]:
    """The paths of the links that the colleagues were mailed."""
    with site.app.app_context():
        mails = sa.select(OutgoingMail.text).where(OutgoingMail.to_address.in_(COLLEAGUES))
        return [found.group() for text in db.session.scalars(mails) if (found := LINK.search(text))]


def choose(reader: Reader, question: str, answer: str) -> None:
    reader.page.get_by_role("group", name=question).get_by_label(answer, exact=True).check()


def fill_in(reader: Reader, answer: str) -> None:
    for question in AT_WORK:
        choose(reader, question, answer)
    choose(reader, WORRY, "No")


def open_round(reader: Reader) -> str:
    """Name eight colleagues. Gives where the round is."""
    reader.sign_in(TRAINEE)
    reader.follow(SCHEME)
    reader.follow("My assessments")
    reader.follow("Feedback from several colleagues")
    reader.press("Ask colleagues")
    reader.fill("Email addresses of colleagues", "\n".join(COLLEAGUES[:5]))
    reader.press("Ask them")
    reader.reads("There is a problem", "Name 8 to 12 colleagues. With these there are 5.")
    reader.fill("Email addresses of colleagues", "\n".join(COLLEAGUES))
    reader.press("Ask them")
    reader.reads("Your colleagues are asked by email.", "Nothing is shown before then")
    return reader.path.partition("?")[0]


@pytest.fixture
def on_a_telephone(site: Site, arriving: Callable[..., Reader]) -> Callable[[], Reader]:
    return lambda: arriving(site, (320, False))


def test_a_round_of_feedback_on_a_telephone_without_script(site: Site, on_a_telephone: Callable[[], Reader]) -> None:
    # Given a trainee who asked eight colleagues, and rates herself
    trainee = on_a_telephone()
    place = open_round(trainee)
    trainee.press("Rate yourself")
    fill_in(trainee, "as expected at this stage")
    trainee.press("Save my rating")
    trainee.reads("You have rated yourself.")
    # When five answer, each in a window of their own, and one would rather not
    for number, link in enumerate(links(site)[:5], 1):
        colleague = on_a_telephone()
        colleague.open(link)
        colleague.reads("Your name is not kept with your answers.")
        if number == 1:
            colleague.press("Send")
            colleague.reads("There is a problem", f"Answer “{WORRY}”.")
        fill_in(colleague, "better than expected")
        colleague.fill("What should they keep doing? (optional)", f"Thing {number}.")
        colleague.press("Send")
        colleague.reads("Your answers are kept, and your name is not kept with them.")
    reluctant = on_a_telephone()
    reluctant.open(links(site)[5])
    reluctant.press("I would rather not")
    reluctant.reads("You are not asked again.")
    # Then the supervisor ends the round, and reads the comments first
    supervisor = on_a_telephone()
    supervisor.sign_in(SUPERVISOR)
    supervisor.open(place)
    supervisor.reads("5 of 8 have answered, 1 would rather not.")
    supervisor.press("End it now and put the answers together")
    supervisor.reads("What 5 colleagues answered", "Comments for you to read first", "Thing 3.")
    for each in supervisor.page.get_by_label("Release it: the trainee reads it as it stands").all()[:4]:
        each.check()
    supervisor.page.get_by_label("Hold it back: nobody else reads it").last.check()
    supervisor.press("Save")
    supervisor.reads("Saved. The trainee is told.")
    # And the trainee reads the sums beside her own rating, and four of the five comments
    trainee.open(place)
    trainee.reads(
        "What 5 colleagues answered", "better than expected: 5", "Your own rating: as expected at this stage", "Thing"
    )
    assert trainee.page.locator("blockquote").count() == 4
    assert not any(address in trainee.page.content() for address in COLLEAGUES)
