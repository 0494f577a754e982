"""A trainee takes their record away, and a register's clerk checks it."""

from collections.abc import Callable
from pathlib import Path

from tests.browser.reader import SCHEME, TRAINEE, Reader
from tests.browser.site import Site


def test_a_clerk_checks_what_a_trainee_took_away(
    reader: Reader, another: Callable[[], Reader], site: Site, tmp_path: Path
) -> None:
    # Given a record that is not sealed yet
    reader.sign_in(TRAINEE)
    reader.follow(f"{SCHEME}: your progress")
    reader.follow("Take my record away")
    reader.reads("recorded, not yet sealed.")
    # When it is sealed, the trainee takes it away
    site.deliver()
    reader.open("/portfolio")
    with reader.page.expect_download() as coming:
        reader.page.get_by_role("link", name="Download my record").click()
    record = tmp_path / coming.value.suggested_filename
    coming.value.save_as(record)
    assert record.name.startswith("training-record-")
    # Then a clerk without an account sees that it is genuine
    clerk = another()
    clerk.open("/verify")
    clerk.attach(record)
    clerk.press("Check it")
    clerk.reads("This record is genuine", "signed off at level")
    # And that a changed one is not
    record.write_bytes(record.read_bytes().replace(b'"level":', b'"LEVEL":', 1))
    clerk.attach(record)
    clerk.press("Check it")
    clerk.reads("Do not rely on this file: it is not as it was sealed.", "Ask the trainee for a new file.")
    # And is told when they forget the file
    clerk.open("/verify")
    clerk.press("Check it")
    clerk.reads("Choose the file that you were given.")
