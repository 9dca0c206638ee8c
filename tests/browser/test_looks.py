"""What anybody should be able to see and read: axe's rules, letters large enough, words that do not collide."""

from __future__ import annotations

import shutil
import subprocess
from collections.abc import Iterator
from itertools import pairwise
from typing import Any

import pytest
from playwright.sync_api import Browser

from tests.browser.conftest import FEW, ROOT, SEEN
from tests.browser.driving import VIEWS, Bench, Troubles, visitor

AXE = ROOT / ".cache" / "axe-core" / "package" / "axe.min.js"  # git ignores it
SIZES = {"desk": (1400, 900), "tablet": (768, 1024), "phone": (360, 740), "projector": (1920, 1080)}
SMALLEST = 12.0

# Words on the page or in a chart that are smaller than allowed.
SMALL = """() => [...document.querySelectorAll('body *')]
    .filter((one) => one.checkVisibility() && [...one.childNodes].some((n) => n.nodeType === 3 && n.data.trim()))
    .filter((one) => !['TITLE', 'SCRIPT', 'STYLE', 'OPTION'].includes(one.tagName.toUpperCase()))
    .map((one) => {
        const svg = one.closest('svg'), scale = svg ? svg.getBoundingClientRect().width / svg.viewBox.baseVal.width : 1;
        return [parseFloat(getComputedStyle(one).fontSize) * scale, one.textContent.trim().slice(0, 40)]; })
    .filter(([size]) => size < SMALLEST - 0.05)"""

# Pairs of words in a chart or under a slider that lie on each other, and words that leave it.
COLLIDING = """() => [...document.querySelectorAll('svg[role=img], .marks')].flatMap((svg) => {
    if (!svg.checkVisibility()) return [];
    const edge = svg.getBoundingClientRect(), found = [];
    const words = [...svg.querySelectorAll('text, .mark')].map((one) => [one.textContent, one.getBoundingClientRect()]);
    words.forEach(([text, a], k) => {
        const wide = a.left < edge.left - 1 || a.right > edge.right + 1;
        if (svg.viewBox && (wide || a.top < edge.top - 3 || a.bottom > edge.bottom + 3)) found.push(`outside: ${text}`);
        for (const [other, b] of words.slice(k + 1)) {
            const wide = Math.min(a.right, b.right) - Math.max(a.left, b.left);
            const high = Math.min(a.bottom, b.bottom) - Math.max(a.top, b.top);
            if (wide > 1 && high > 4.5) found.push(`${text} | ${other}`);
        }
    });
    return found;
})"""
# Headings that one sees, as levels: one first, and no level left out.
LEVELS = """() => [...document.querySelectorAll('h1, h2, h3, h4')].filter((one) => one.checkVisibility())
    .map((one) => Number(one.tagName[1]))"""
WIDE = """() => { const room = document.documentElement.clientWidth;
    return document.documentElement.scrollWidth <= room ? [] : [...document.querySelectorAll('body *')]
    .filter((one) => one.getBoundingClientRect().right > room + 1 && one.checkVisibility())
    .map((one) => `${one.tagName} ${one.id} ${one.className.baseVal ?? one.className}`).slice(0, 8); }"""


def to_view(bench: Bench, view: str) -> None:
    """A view, with its pictures."""
    bench.go(view)
    assert bench.page.locator(f"section[data-section={view}] :is(.card, .term, .prose, svg)").count()


@pytest.mark.parametrize("size", SIZES)
def test_every_view_at_every_width(bench: Bench, size: str) -> None:
    """Nothing sticks out, no word is too small, none lies on another; the pictures are for people to look at."""
    SEEN.mkdir(parents=True, exist_ok=True)
    width, height = SIZES[size]
    bench.page.set_viewport_size({"width": width, "height": height})
    letters = "&large=1" if size == "projector" else ""
    bench.open(f"view=explore&{FEW}&world=conditional-3.5&against=exit-lawful&line=3.2&replicate=4{letters}")
    found = []
    for view in VIEWS:
        to_view(bench, view)
        found += wrong(bench, f"{view}-{size}")
    bench.open(f"view=stories&story=no-payment&step=99&guesses=012{letters}")
    found += wrong(bench, f"story-{size}")
    assert found == []


def wrong(bench: Bench, name: str) -> list[str]:
    """What is seen to be wrong, and a picture of it all."""
    bench.page.screenshot(path=SEEN / f"{name}.png", full_page=True)
    found = [f"{name} too wide: {one}" for one in bench.page.evaluate(WIDE)]
    small = bench.page.evaluate(SMALL.replace("SMALLEST", str(SMALLEST)))
    found += [f"{name} {size:.1f} px: {text}" for size, text in small]
    found += [f"{name}: {words}" for words in bench.page.evaluate(COLLIDING)]
    levels = bench.page.evaluate(LEVELS)
    steps = all(after <= before + 1 for before, after in pairwise(levels))
    return found if levels[0] == 1 and levels.count(1) == 1 and steps else [*found, f"{name}, headings: {levels}"]


MOVING = """() => [...document.querySelectorAll('*')].flatMap((one) => ['', '::before', '::after'].map((part) => {
    const style = getComputedStyle(one, part || null);
    const moves = style.transitionDuration.split(',').some((one) => parseFloat(one) > 0);
    return moves || style.animationName !== 'none' ? `${one.tagName}${part}` : ''; })).filter(Boolean)"""


def test_nothing_moves_where_no_motion_is_wished(browser: Browser, base: str, troubles: Troubles) -> None:
    with visitor(browser, base, troubles, reduced_motion="reduce") as one:
        one.open(f"view=explore&{FEW}")
        one.control("line").fill("4")
        assert one.page.evaluate(MOVING) == []


# axe-core, the rules of accessibility that a machine can check


@pytest.fixture(scope="module")
def axe() -> str:
    """axe-core's script, fetched by npm once; the project does not hold it."""
    if not AXE.exists():
        npm = shutil.which("npm")
        if npm is None:
            pytest.skip("no npm on PATH to fetch axe-core with")
        folder = AXE.parents[1]
        folder.mkdir(parents=True, exist_ok=True)
        try:
            subprocess.run([npm, "pack", "axe-core@4"], cwd=folder, check=True, capture_output=True, timeout=120)
        except (subprocess.SubprocessError, OSError) as error:
            pytest.skip(f"axe-core could not be fetched: {error}")
        archive = next(folder.glob("axe-core-*.tgz"))
        shutil.unpack_archive(archive, folder, filter="data")
    return AXE.read_text(encoding="utf-8")


@pytest.fixture(scope="module")
def judged(bench: Bench, browser: Browser, axe: str, _all_troubles: Troubles) -> Iterator[Bench]:
    """A visitor whose page lets axe in; its policy would keep it out."""
    with visitor(browser, bench.base, _all_troubles, bypass_csp=True) as one:
        one.open(f"view=explore&{FEW}&world=conditional-3.5")
        one.page.add_script_tag(content=axe)
        yield one


def grave(bench: Bench) -> list[str]:
    """What axe finds serious or critical: rule, how many, where."""
    results: dict[str, Any] = bench.page.evaluate("() => axe.run(document, {resultTypes: ['violations']})")
    assert len(results["passes"]) > 10, "axe did look"
    return [
        f"{one['impact']}: {one['id']}, {len(one['nodes'])} times, as in {one['nodes'][0]['html'][:120]}"
        for one in results["violations"]
        if one["impact"] in ("serious", "critical")
    ]


@pytest.mark.parametrize("view", VIEWS)
def test_axe_finds_nothing_serious(judged: Bench, view: str) -> None:
    to_view(judged, view)
    judged.unfold()
    assert grave(judged) == []


def test_axe_finds_nothing_serious_in_a_story_with_large_letters_and_notes(judged: Bench, axe: str) -> None:
    to_view(judged, "stories")
    story = judged.page.locator("#stories .card h2 a").first.get_attribute("data-story")
    judged.open(f"view=stories&story={story}&step=99&guesses=0&large=1&bogus=1", bad=True)
    judged.page.add_script_tag(content=axe)
    assert grave(judged) == []
