from collections.abc import Callable

from tests.browser.reader import AWARD, SUPERVISOR, TRAINEE, Reader

CREDITS = 20


def earned(trainee: Reader) -> int:
    """How many credits the list of modules says."""
    return int(trainee.page.locator(".nhsuk-lede-text").inner_text().split()[0])


def test_marks_are_recorded_by_the_trainee_and_confirmed_by_the_supervisor(
    reader: Reader, another: Callable[[], Reader]
) -> None:
    # Given a trainee who begins the next module of a degree
    trainee, supervisor = reader, another()
    trainee.sign_in(TRAINEE)
    trainee.follow(f"{AWARD}: your progress")
    trainee.follow("Modules and credits")
    before = earned(trainee)
    module = trainee.page.locator("tbody tr").filter(has_text="Not registered").first.get_by_role("link").inner_text()
    trainee.follow(module)
    trainee.fill_day("When did the provider register the trainee?", 200)
    trainee.press("Register on this module")
    trainee.reads("You are registered.")
    # When they record every mark of the provider's letter
    for part in trainee.page.locator("fieldset.app-component").all():
        part.get_by_label("Mark in percent").fill("64.5")
        part.get_by_label("Status").select_option("ratified")
    trainee.press("Save the marks")
    trainee.reads("The marks are recorded.")
    # Then the supervisor confirms the result, and the credits count
    supervisor.sign_in(SUPERVISOR)
    supervisor.follow(module)
    supervisor.press("Confirm the result")
    supervisor.reads("The result is confirmed and on record.")
    trainee.follow("All modules")
    assert earned(trainee) == before + CREDITS
