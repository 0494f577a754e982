"""A curriculum gets a new version, and a trainee is moved to it with nothing lost."""

from pathlib import Path

from tests.browser.reader import LEAD, TRAINEE, Reader
from tests.browser.site import Site
from tracker.core.places import PACKAGE
from tracker.operations.cli import commands

PROGRESS = "Clinical technologist training scheme: your progress"
CHANGES = {
    "Elute a technetium-99m generator": "Elute a generator of technetium-99m",  # other words, the same rule
}


def operator(site: Site, *words: str) -> str:
    """What a command answers."""
    answer = site.app.test_cli_runner().invoke(commands, list(words))
    assert answer.exit_code == 0, answer.output
    return answer.output


def publish_second_version(site: Site, folder: Path) -> None:
    """The scheme of the library, with one competency in other words."""
    text = (PACKAGE / "curricula" / "library" / "ct-scheme.yaml").read_text()
    for old, new in CHANGES.items():
        assert old in text
        text = text.replace(old, new)
    file = folder / "ct-scheme-2.yaml"
    file.write_text(text)
    operator(site, "curriculum", "import", str(file), "--publish")


def test_what_changed_is_read_before_anybody_is_moved(reader: Reader, site: Site, tmp_path: Path) -> None:
    # Given a second version of the scheme
    publish_second_version(site, tmp_path)
    # When the training lead reads what changed
    reader.sign_in(LEAD)
    reader.open("/curricula/CT-SCHEME/diff/1/2")
    reader.look()
    # Then the words that went and came are marked as such
    assert reader.page.locator("main ins").count() > 0
    assert reader.page.locator("main del").count() > 0
    reader.reads("NM-01")


def test_a_trainee_who_is_moved_keeps_what_was_signed(reader: Reader, site: Site, tmp_path: Path) -> None:
    # Given a trainee on the first version, and a second one
    publish_second_version(site, tmp_path)
    reader.sign_in(TRAINEE)
    # And nothing waits for a decision any more
    for code in ("GEN-03", "NM-03"):
        reader.open("/")
        reader.follow(PROGRESS)
        reader.follow(code, beside="waits for")
        reader.follow("See the claim and its history")
        reader.press("Withdraw")
    # When the operator looks first, and then moves the trainee
    route = ("--from", "CT-SCHEME@1", "--to", "CT-SCHEME@2", TRAINEE)
    foretold = operator(site, "curriculum", "move", "--dry-run", *route)
    assert "carr" in foretold
    operator(site, "curriculum", "move", *route)
    # Then as much is done as before, in the words of the new version
    reader.open("/")
    reader.follow(PROGRESS)
    reader.look()
    reader.reads("12 of 29 done", "NM-01 Elute a generator of technetium-99m")
    # And the old words stay beside the sign-off
    reader.follow("NM-01 Elute a generator of technetium-99m", beside="Signed off at level")
    reader.look()
