"""A server and a Chromium for all tests here, and a page that the tests of a file share.

Where there is no Chromium, or no playwright to drive it, the tests are skipped and say so. The browser lives no longer
than this folder's tests, because playwright keeps an event loop running, which others need for theirs.
"""

from __future__ import annotations

import json
import shutil
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

import pytest

pytest.importorskip("shiny", reason="the page needs shiny: pip install burdenshare[app]")
pytest.importorskip("playwright", reason="no playwright to drive a browser: pip install burdenshare[browser]")

from playwright.sync_api import Browser, sync_playwright

from tests.browser.driving import FEW, Bench, Troubles, visitor

ROOT = Path(__file__).parents[2]
SEEN = ROOT / "results" / "browser"  # screenshots and times; git ignores it
TIMES = SEEN / "slider-to-picture.json"
MEASURED = pytest.StashKey[bool]()
QUIET = (
    "--no-sandbox", "--disable-dev-shm-usage", "--disable-gpu", "--disable-quic", "--disable-background-networking",
    "--disable-component-update", "--disable-sync", "--no-first-run",
)  # fmt: skip


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """All tests of this folder are marked; they are skipped where there is no Chromium."""
    missing = pytest.mark.skip(reason="no chromium on PATH (Debian: the package chromium)")
    for item in items:
        if Path(__file__).parent in item.path.parents:
            item.add_marker("browser")
            if not shutil.which("chromium"):
                item.add_marker(missing)


def pytest_terminal_summary(terminalreporter: pytest.TerminalReporter, config: pytest.Config) -> None:
    """How long a picture took, if that was measured: told, and never judged, as it is the machine's as well."""
    if config.stash.get(MEASURED, False):
        told = json.loads(TIMES.read_text(encoding="utf-8"))
        mean, longest = (1000 * told[name] for name in ("mean", "longest"))
        terminalreporter.write_line(f"slider to picture: {mean:.0f} ms on average, {longest:.0f} ms at most ({TIMES})")


@pytest.fixture(scope="session")
def base(tmp_path_factory: pytest.TempPathFactory) -> Iterator[str]:
    """The address of a page that is served for these tests."""
    log = tmp_path_factory.mktemp("server") / "stderr"
    command = [sys.executable, "-c", "from sim.cli import main; main()", "app", "--port", "0", "--no-open"]
    with log.open("w") as errors:
        server = subprocess.Popen(command, stdout=subprocess.PIPE, stderr=errors, text=True, cwd=ROOT)
    try:
        assert server.stdout is not None
        said = server.stdout.readline()
        assert "http://127.0.0.1:" in said, log.read_text()
        yield said.split(" at ")[1].split()[0]
        assert server.poll() is None, log.read_text()
    finally:
        server.terminate()
        server.communicate(timeout=30)
    assert "Traceback" not in log.read_text(), log.read_text()


@pytest.fixture(scope="package")
def browser() -> Iterator[Browser]:
    """A Chromium with a profile of its own."""
    with sync_playwright() as play:
        chromium = play.chromium.launch(executable_path=shutil.which("chromium"), args=list(QUIET), timeout=180_000)
        yield chromium
        chromium.close()


@pytest.fixture(scope="module")
def _all_troubles() -> Troubles:
    return Troubles()


@pytest.fixture(scope="module")
def bench(browser: Browser, base: str, _all_troubles: Troubles) -> Iterator[Bench]:
    """The page that the tests of a file share, with the engine compiled."""
    with visitor(browser, base, _all_troubles) as one:
        one.page.goto(f"{base}/?view=explore&{FEW}")
        one.page.locator("#many svg").wait_for(timeout=300_000)  # the first on a machine compiles
        one.settle()
        yield one


@pytest.fixture
def troubles(bench: Bench, _all_troubles: Troubles) -> Iterator[Troubles]:
    """What nobody looked for; there has to be none when a test ends."""
    yield _all_troubles
    found, _all_troubles.found = _all_troubles.found, []
    assert found == []


@pytest.fixture(autouse=True)
def _no_troubles(troubles: Troubles) -> None:
    """For all tests here."""
