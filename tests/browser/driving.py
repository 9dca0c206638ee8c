"""What the tests do with the page: open it, move its controls, wait until it has answered, and look at it."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from typing import Any
from urllib.parse import parse_qs, urlsplit

from playwright.sync_api import Browser, BrowserContext, Locator, Page, expect

HERE = "127.0.0.1"
PATIENCE = 30_000  # milliseconds, for a busy machine
expect.set_options(timeout=PATIENCE)
FEW = "runs=100"  # enough for a picture
FIGURES = {
    "explore": ("many", "one", "timeline"), "compare": ("compare",), "why": ("why", "wanted"), "map": ("map",),
}  # fmt: skip
VIEWS = ("worlds", *FIGURES, "stories", "glossary", "about")

# Every control that counts, as name -> value; what the server keeps for itself (the view) too.
FORM = "() => Object.fromEntries(new FormData(document.getElementById('state')))"


@dataclass
class Troubles:
    """What went wrong in a browser without anybody looking."""

    found: list[str] = field(default_factory=list)

    def watch(self, context: BrowserContext) -> None:
        """From now on, on all pages of a context."""
        context.on("console", lambda line: self._add(line.type in ("error", "warning"), f"console: {line.text}"))
        context.on("weberror", lambda error: self._add(True, f"script: {error.error}"))
        context.on("dialog", lambda dialog: (self._add(True, f"dialog: {dialog.message}"), dialog.dismiss()))
        context.on("request", lambda request: self._add(abroad(request.url), f"request: {request.url}"))
        context.on("response", lambda answer: self._add(answer.status >= 500, f"{answer.status}: {answer.url}"))

    def _add(self, wrong: bool, words: str) -> None:
        if wrong:
            self.found.append(words)


def abroad(url: str) -> bool:
    """Whether an address is not this machine's."""
    parts = urlsplit(url)
    return parts.scheme in ("http", "https", "ws", "wss") and parts.hostname != HERE


@dataclass
class Bench:
    """One visitor's page."""

    page: Page
    base: str

    def open(self, address: str, *, bad: bool = False) -> None:
        """Open an address and wait until its first picture is there; only a bad one is answered by notes."""
        self.page.goto(f"{self.base}/?{address}")
        self.settle()
        assert bool(self.notes()) == bad, (address, self.notes())

    def settle(self) -> None:
        """Until everything that the view shows answers its controls."""
        self.page.locator("body[data-state=idle]").wait_for(timeout=PATIENCE)

    @property
    def view(self) -> str:
        """The view that is open."""
        return str(self.page.locator("nav a[aria-current=page]").get_attribute("data-view"))

    @property
    def address(self) -> str:
        """The query of the address."""
        return urlsplit(self.page.url).query

    def asked(self) -> dict[str, str]:
        """The address, read."""
        return {key: values[0] for key, values in parse_qs(self.address).items()}

    def control(self, name: str) -> Locator:
        """A control by its name in the address."""
        return self.page.locator(f"#control-{name}")

    def value(self, name: str) -> str:
        """Where a control stands."""
        return self.control(name).input_value()

    def form(self) -> dict[str, str]:
        """All controls."""
        return dict(self.page.evaluate(FORM))

    def go(self, view: str) -> None:
        """To a view, by its link."""
        self.page.locator(f"nav a[data-view={view}]").click()
        self.settle()

    def unfold(self) -> None:
        """Open all that is folded away."""
        self.page.evaluate("() => document.querySelectorAll('details').forEach((one) => { one.open = true; })")

    def picture(self, name: str) -> str:
        """A chart as it is drawn, with its caption and source."""
        return str(self.page.locator(f"#{name}").inner_html())

    def notes(self) -> list[str]:
        """What the page says about an address that it did not understand."""
        return self.page.locator("#notes p").all_text_contents()


@contextmanager
def visitor(browser: Browser, base: str, troubles: Troubles, **options: Any) -> Iterator[Bench]:
    """A visitor with cookies, storage and a window of their own."""
    options = {"viewport": {"width": 1400, "height": 900}, **options}
    context = browser.new_context(**options)
    context.set_default_timeout(PATIENCE)
    troubles.watch(context)
    try:
        yield Bench(context.new_page(), base)
    finally:
        context.close()
