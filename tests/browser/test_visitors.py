"""Visitors: two at once, one who hammers on everything, and how long a picture takes."""

from __future__ import annotations

import json
import random
import statistics
import subprocess
import sys

import pytest
from playwright.sync_api import Browser, Error, Page, expect

from tests.browser.conftest import FEW, MEASURED, TIMES
from tests.browser.driving import FIGURES, VIEWS, Bench, Troubles, visitor

# Wherever one can click, but for files to save and for other sites; centres of what is in the window.
PLACES = """() => [...document.querySelectorAll('a[href], button, input:not([type=hidden]), select, textarea, summary')]
    .filter((one) => one.checkVisibility() && !one.dataset.export && !one.hasAttribute('data-export'))
    .filter((one) => !one.href || one.href.startsWith(location.origin))
    .map((one) => one.getBoundingClientRect())
    .filter((box) => box.top > 0 && box.bottom < innerHeight && box.left >= 0 && box.right <= innerWidth)
    .map((box) => [box.left, box.top, box.width, box.height])"""
# From the moment that the slider moves to the frame after its new picture is there, in milliseconds.
TIMED = """(value) => new Promise((done) => {
    const slider = document.getElementById('control-line'), began = performance.now();
    new MutationObserver((_, watch) => {
        watch.disconnect();
        requestAnimationFrame(() => done(performance.now() - began));
    }).observe(document.getElementById('many'), {childList: true});
    slider.value = value;
    slider.dispatchEvent(new Event('input', {bubbles: true}));
})"""
KEYS = (
    "Tab", "Shift+Tab", "Enter", "Space", "ArrowLeft", "ArrowRight", "ArrowUp", "ArrowDown", "Home", "End", "PageDown",
    "PageUp", "Escape", "1", "9", "-", "a", "Backspace", "Delete",
)  # fmt: skip


def test_two_visitors_do_not_meet(bench: Bench, browser: Browser, troubles: Troubles) -> None:
    bench.open(f"view=explore&{FEW}&line=3.5")
    mine = bench.address, bench.form(), bench.picture("many")
    with visitor(browser, bench.base, troubles) as other:
        other.open(f"view=explore&{FEW}&world=cold-war-1960")
        other.control("seed").fill("12")
        other.control("seed").blur()
        other.control("threat").fill("3")
        bench.control("posture").fill("0.5")  # both at once
        other.control("show").select_option("posture")
        bench.settle()
        other.settle()
        assert other.asked()["threat"] == "3"
        assert other.asked()["world"] == "cold-war-1960"
        assert "posture" not in other.asked()
        assert bench.asked()["posture"] == "0.5"
        assert not {"seed", "threat", "show", "world"} & set(bench.asked())
        assert bench.picture("many") != other.picture("many")
    bench.page.locator("#reset-levers").click()
    bench.settle()
    bench.control("line").fill("3.5")
    bench.settle()
    assert (bench.address, bench.form(), bench.picture("many")) == mine


def seen(page: Page) -> list[list[float]]:
    """Where one can click, none while another page is on its way."""
    try:
        return list(page.evaluate(PLACES))
    except Error:
        page.wait_for_load_state()
        return []


def hammer(page: Page, chance: random.Random) -> None:
    """One click or one key, anywhere."""
    places = seen(page) if chance.random() < 0.55 else []
    if places:
        left, top, width, height = chance.choice(places)
        page.mouse.click(left + width * chance.uniform(0.1, 0.9), top + height * chance.uniform(0.2, 0.8))
    elif chance.random() < 0.1:
        page.mouse.wheel(0, chance.choice([-700, 700]))
    else:
        page.keyboard.press(chance.choice(KEYS))


def test_five_hundred_random_clicks_and_keys_break_nothing(bench: Bench, troubles: Troubles) -> None:
    chance = random.Random(1)
    bench.open(f"view=explore&{FEW}")
    for k in range(500):
        if k % 100 == 0:
            bench.go(VIEWS[1 + k // 100])  # those with most to click
        hammer(bench.page, chance)
        assert troubles.found == [], k
    bench.page.keyboard.press("Escape")
    bench.go("explore")
    assert bench.page.locator("#many svg").count() == 1
    address = bench.address
    bench.open(address)
    assert bench.address == address


def test_how_long_a_picture_takes_after_a_slider_moved(bench: Bench, request: pytest.FixtureRequest) -> None:
    """Written down, not judged: it is the machine's as well. Twenty places, each played for the first time."""
    bench.open(f"view=explore&world=conditional-3.5&seed={random.Random(2).randrange(10**6)}")
    times = []
    for k in range(20):
        before = bench.picture("many")
        times.append(bench.page.evaluate(TIMED, f"{1.5 + 0.2 * k:.1f}") / 1000)
        bench.settle()
        assert bench.picture("many") != before, k
    TIMES.parent.mkdir(parents=True, exist_ok=True)
    told = {
        "changes": 20,
        "unit": "seconds",
        "mean": statistics.mean(times),
        "median": statistics.median(times),
        "longest": max(times),
    }
    TIMES.write_text(json.dumps(told, indent=1) + "\n", encoding="utf-8")
    request.config.stash[MEASURED] = True


def test_pictures_are_the_same_whatever_was_looked_at_before(bench: Bench) -> None:
    """A picture is a function of the address: of no view before it, and of nothing that was played before."""
    bench.open(f"view=explore&{FEW}&world=exit-lawful&seed=7")
    first = [bench.picture(name) for name in FIGURES["explore"]]
    for view in ("map", "compare", "why", "explore"):
        bench.go(view)
    assert [bench.picture(name) for name in FIGURES["explore"]] == first


def test_a_page_whose_server_has_gone_says_so(browser: Browser) -> None:
    """And not only by turning grey; a server of its own, as the others' has to stay."""
    command = [sys.executable, "-c", "from sim.cli import main; main()", "app", "--port", "0", "--no-open"]
    server = subprocess.Popen(command, stdout=subprocess.PIPE, text=True)
    try:
        assert server.stdout is not None
        address = server.stdout.readline().split(" at ")[1].split()[0]
        page = browser.new_page()
        page.goto(f"{address}/?view=about")
        page.locator("body[data-state=idle]").wait_for()
        expect(page.locator("#gone")).to_be_hidden()
        server.terminate()
        expect(page.locator("#gone")).to_be_visible()
        expect(page.locator("#gone")).to_contain_text("no longer answers")
        page.close()
    finally:
        server.kill()
        server.communicate()


# Elements with words of their own that lie on each other.
OVER = """() => {
    const all = [...document.querySelectorAll('main :is(figcaption, p, summary, svg, h1, h2, label, select, pre)')]
        .filter((one) => one.checkVisibility()).map((one) => [one, one.getBoundingClientRect()])
        .filter(([, a]) => a.width > 1);
    return all.flatMap(([one, a], k) => all.slice(k + 1).filter(([other, b]) => !one.contains(other)
        && Math.min(a.right, b.right) - Math.max(a.left, b.left) > 2
        && Math.min(a.bottom, b.bottom) - Math.max(a.top, b.top) > 2)
        .map(([other]) => `${one.textContent.slice(0, 30)} | ${other.textContent.slice(0, 30)}`)); }"""


@pytest.mark.parametrize("view", [*FIGURES, "worlds", "stories&story=friends&step=3"])
def test_nothing_lies_on_anything_on_paper(browser: Browser, bench: Bench, troubles: Troubles, view: str) -> None:
    with visitor(browser, bench.base, troubles) as one:
        one.open(f"view={view}&{FEW}")
        one.page.emulate_media(media="print")
        for width in (718, 1040):  # A4, upright and across
            one.page.set_viewport_size({"width": width, "height": 1000})
            assert one.page.evaluate(OVER) == []
