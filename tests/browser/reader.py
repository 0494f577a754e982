"""Somebody at a browser. Every page they come to is looked at: it is accessible, it fits, and it asks no other host."""

import re
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import datetime, timedelta
from pathlib import Path
from urllib.parse import urlsplit
from zoneinfo import ZoneInfo

from axe_playwright_python.sync_playwright import Axe
from playwright.sync_api import BrowserContext, ConsoleMessage, Page, Request, Response, Route

from tracker.core.forms import given
from tracker.operations.demo_accounts import DEMO_PASSWORD

TRAINEE, SUPERVISOR, LEAD = (f"{name}@demo.example" for name in ("trainee", "supervisor", "lead"))
SCHEME = "Clinical technologist training scheme"
AWARD = "Part-time BSc in clinical technology by distance learning"
AXE = Axe()
SEEN: set[tuple[str, int, bool]] = set()  # pages that were found accessible or not, so that none is checked twice
OF_ONE_REQUEST = re.compile(r'(nonce|value)="[^"]*"|[0-9a-f-]{36}')
SCRIPT = re.compile(r"<script.*?</script>", re.DOTALL)
REFUSED = 400
LONDON = ZoneInfo("Europe/London")
FITS = "[document.scrollingElement.scrollWidth, innerWidth]"


class Reader:
    """A person in a browser window of their own."""

    def __init__(self, context: BrowserContext, address: str, *, script: bool = True) -> None:
        self.address, self.script = address, script
        self.problems: list[str] = []
        self.actions = 0
        self.refused: set[str] = set()
        context.set_default_timeout(10_000)
        context.on("request", self._ask_no_other_host)
        context.on("response", self._note_refusal)
        context.on("console", self._note_complaint)
        context.on("weberror", lambda error: self.problems.append(f"script: {error.error}"))
        self.page = context.new_page()
        self.window: Page | None = None

    def open(self, path: str) -> None:
        """Go to an address of the tracker."""
        self.page.goto(self.address + path)
        self.look()

    def sign_in(self, email: str) -> None:
        """Sign in at the door, or where one was sent to it."""
        if not self.path.startswith("/sign-in"):
            self.open("/sign-in")
        self.page.get_by_label("Email address").fill(email)
        self.page.get_by_label("Password", exact=True).fill(DEMO_PASSWORD)
        self.press("Sign in")
        self.actions = 0

    def follow(self, name: str, beside: str = "") -> None:
        """Click on the first link of the main part whose text has that name, and arrive.

        With `beside`, on the first that is in an item of a list, or a row of a table, with those words.
        """
        main = self.page.locator("main")
        place = main.locator("li, tr").filter(has_text=beside) if beside else main
        with self._arriving():
            place.get_by_role("link", name=name).first.click()

    def press(self, name: str) -> None:
        """Press a button of the main part, and arrive."""
        with self._arriving():
            self.page.locator("main").get_by_role("button", name=name, exact=True).first.click()

    def fill(self, label: str, text: str) -> None:
        """Type into the field of that label."""
        self.page.get_by_label(label, exact=True).fill(text)

    def tick(self, *labels: str) -> None:
        """Tick the boxes and choose the options whose labels begin so; a closed part is opened first."""
        for label in labels:
            box = self.page.get_by_label(re.compile(rf"^\s*{re.escape(label)}"))
            part = self.page.locator("details:not([open])").filter(has=box)
            if part.count():
                part.locator("summary").click()
            box.check()

    def fill_day(self, question: str, days_ago: int) -> None:
        """Type a day into the three fields of that question."""
        day = datetime.now(LONDON).date() - timedelta(days=days_ago)
        parts = self.page.get_by_role("group", name=question)
        for label, number in (("Day", day.day), ("Month", day.month), ("Year", day.year)):
            parts.get_by_label(label).fill(str(number))

    def attach(self, file: Path) -> None:
        """Choose a file; script puts a button in the place of the browser's own field."""
        self.page.locator("input[type=file]").set_input_files(file)

    @property
    def path(self) -> str:
        """Where they are, without the host."""
        return self.page.url.removeprefix(self.address)

    @property
    def heading(self) -> str:
        """What the page calls itself."""
        return re.sub(r"\s+", " ", self.page.locator("h1").inner_text()).strip()

    def reads(self, *sentences: str) -> None:
        """Find each sentence on the page."""
        shown = re.sub(r"\s+", " ", self.page.locator("main").inner_text())
        missing = [sentence for sentence in sentences if sentence not in shown]
        assert missing == [], f"{self.path} says: {shown}"

    def look(self) -> None:
        """Check the page that is open."""
        wide, room = self.page.evaluate(FITS)
        if wide > room:
            self.problems.append(f"{self.path} is {wide} px wide in a window of {room} px")
        what = (OF_ONE_REQUEST.sub("", self.page.content()), room, self.script)
        if what in SEEN:
            return
        SEEN.add(what)
        found = AXE.run(self.page if self.script else self._copy()).response["violations"]
        self.problems += [f"{self.path} {each['id']}: {each['nodes'][0]['html'][:300]}" for each in found]

    def _copy(self) -> Page:
        """The page as it is, without its own script, in a window where the script of our checks may run."""
        if self.window is None:
            self.window = given(self.page.context.browser).new_page(viewport=self.page.viewport_size)
            self.window.route("**/*", self._answer_with_copy)
        self.window.goto(self.page.url.partition("#")[0])
        return self.window

    def _answer_with_copy(self, route: Route) -> None:
        if route.request.is_navigation_request():
            route.fulfill(body=SCRIPT.sub("", self.page.content()), content_type="text/html")
        else:
            route.continue_()

    def close(self) -> None:
        """Leave the browser."""
        if self.window is not None:
            self.window.close()
        self.page.context.close()

    @contextmanager
    def _arriving(self) -> Iterator[None]:
        with self.page.expect_navigation():
            yield
        self.actions += 1
        self.look()

    def _ask_no_other_host(self, request: Request) -> None:
        if urlsplit(request.url).scheme != "data" and not request.url.startswith(self.address):
            self.problems.append(f"asked {request.url}")

    def _note_refusal(self, response: Response) -> None:
        if response.request.is_navigation_request() and response.status >= REFUSED:
            self.refused.add(response.url)
        elif response.status >= REFUSED:
            self.problems.append(f"{response.status} for {response.url}")

    def _note_complaint(self, message: ConsoleMessage) -> None:
        """A browser complains of each page that is answered with a refusal: those are meant."""
        if message.type in {"error", "warning"} and message.location["url"] not in self.refused:
            self.problems.append(f"console: {message.text}")
