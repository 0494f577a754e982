from collections.abc import Callable

from tests.browser.reader import SUPERVISOR, TRAINEE, Reader
from tests.browser.site import Site

MOST_ACTIONS = 3
REASON = "Say which of the two reports it was, and whom you told."


def waiting(supervisor: Reader) -> list[str]:
    """What waits, from the top of the queue."""
    return supervisor.page.locator(".app-queue a").all_inner_texts()


def test_a_supervisor_signs_the_oldest_in_three_actions_at_most(reader: Reader) -> None:
    # Given claims that wait, the oldest first
    reader.sign_in(SUPERVISOR)
    assert reader.heading == "Waiting for you"
    oldest, *others = waiting(reader)
    # When the supervisor opens the oldest and signs it
    reader.follow(oldest)
    reader.reads(oldest, "Good evidence looks like", "What is asked for", "Evidence", "History")
    reader.press("Sign off")
    # Then it was done in few actions, and the others are left
    assert reader.actions <= MOST_ACTIONS
    reader.reads(f"{oldest.split()[0]} is signed off, and the trainee is told.")
    assert waiting(reader) == others


def test_a_return_reaches_the_trainee_with_its_reason(
    site: Site, reader: Reader, another: Callable[[], Reader]
) -> None:
    return_and_read(site, reader, another())


def test_a_return_reaches_the_trainee_on_postgresql_too(postgresql_site: Site, arriving: Callable[..., Reader]) -> None:
    return_and_read(postgresql_site, arriving(postgresql_site), arriving(postgresql_site))


def return_and_read(site: Site, supervisor: Reader, trainee: Reader) -> None:
    # Given a supervisor who wants to know more
    supervisor.sign_in(SUPERVISOR)
    supervisor.follow("NM-03", beside="Amara Clarke")
    # When they press return without a reason, are asked for one, and give it
    supervisor.press("Return with a reason")
    supervisor.reads("There is a problem", "Say why, so that the trainee knows what to do next.")
    supervisor.fill("Comment, or the reason if you return it", REASON)
    supervisor.press("Return with a reason")
    supervisor.reads("NM-03 is returned with your reason, and the trainee is told.")
    # Then the trainee finds the reason among the notices, and the mail leaves
    trainee.sign_in(TRAINEE)
    trainee.open("/notices")
    trainee.follow("Akua Osei returned NM-03 with a reason.")
    trainee.reads("Returned", REASON)
    site.deliver()
    trainee.open("/outbox")
    trainee.follow("Returned with a reason: NM-03")
    trainee.reads(f"To {TRAINEE}", "Akua Osei returned NM-03 with a reason.")
