from collections.abc import Callable
from io import BytesIO

from pypdf import PdfReader

from tests.browser.reader import SUPERVISOR, Reader
from tests.browser.site import Site
from tests.browser.test_trainee import open_progress
from tracker.operations.demo_accounts import DEMO_PASSWORD

MOST_TABS = 60
IN_FOCUS = "(document.activeElement.innerText || document.activeElement.name || '').trim()"
LARGE = "document.documentElement.style.fontSize = '200%'"
Arriving = Callable[..., Reader]


def test_a_claim_is_signed_with_the_keyboard_alone(site: Site, arriving: Arriving) -> None:
    supervisor = arriving(site)
    supervisor.open("/sign-in")
    tab_to(supervisor, "email")
    supervisor.page.keyboard.type(SUPERVISOR)
    tab_to(supervisor, "password")
    supervisor.page.keyboard.type(DEMO_PASSWORD)
    enter(supervisor)
    oldest = supervisor.page.locator(".app-queue a").first.inner_text().split()[0]
    tab_to(supervisor, oldest)
    enter(supervisor)
    tab_to(supervisor, "Sign off")
    enter(supervisor)
    supervisor.reads(f"{oldest} is signed off, and the trainee is told.")


def tab_to(reader: Reader, wanted: str) -> None:
    """Move the focus on until it is on what begins so."""
    for _ in range(MOST_TABS):
        reader.page.keyboard.press("Tab")
        if reader.page.evaluate(IN_FOCUS).startswith(wanted):
            return
    raise AssertionError(f"{wanted} cannot be reached by keyboard on {reader.path}.")


def enter(reader: Reader) -> None:
    """Press Enter, and arrive."""
    with reader.page.expect_navigation():
        reader.page.keyboard.press("Enter")
    reader.look()


def test_progress_fits_with_text_at_twice_its_size(site: Site, arriving: Arriving) -> None:
    trainee = arriving(site, (640, True))
    open_progress(trainee)
    trainee.page.evaluate(LARGE)
    trainee.look()


def test_progress_is_read_in_the_colours_that_a_reader_forces(site: Site, arriving: Arriving) -> None:
    trainee = arriving(site, forced_colors="active")
    open_progress(trainee)
    shares = trainee.page.locator(".app-bar-number").all_inner_texts()
    assert shares
    assert all(share.endswith("%") for share in shares)


def test_progress_prints_its_table_and_not_its_menu(site: Site, arriving: Arriving) -> None:
    trainee = arriving(site)
    open_progress(trainee)
    paper = PdfReader(BytesIO(trainee.page.pdf(format="A4")))
    text = "".join(page.extract_text() for page in paper.pages)
    assert "Nuclear medicine" in text
    assert "Share done" in text
    assert "Sign out" not in text
