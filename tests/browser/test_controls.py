"""Every control by mouse and by keyboard, and that what it does is what it says."""

from __future__ import annotations

import re

import pytest
from playwright.sync_api import Locator, expect

from tests.browser.conftest import FEW
from tests.browser.driving import FIGURES, VIEWS, Bench

HOW = ("mouse", "keyboard")
LEVERS = ("line", "below", "exclusion", "threat", "posture", "trust", "tone", "talk")
SLIDERS = {
    "explore": (*LEVERS, "horizon", "year"), "compare": tuple(f"b-{name}" for name in LEVERS), "why": (), "map": (),
}  # fmt: skip
CHOICES = {
    "explore": ("world", "eu", "reaction", "runs", "show"), "compare": ("against", "b-eu", "b-reaction"),
    "why": ("member",), "map": ("tiles",),
}  # fmt: skip
NUMBERS = ("seed", "replicate")
NUMBER = re.compile(r"[+−-]?\d+\.\d+")


def press(button: Locator, how: str) -> None:
    """A button or a link, either way."""
    if how == "mouse":
        button.click()
    else:
        button.focus()
        button.press("Enter")


def slide(bench: Bench, name: str, how: str) -> None:
    """A slider, somewhere else than it stands."""
    slider = bench.control(name)
    low, high = (float(str(slider.get_attribute(end))) for end in ("min", "max"))
    late = float(bench.value(name)) > (low + high) / 2
    if how == "mouse":
        slider.scroll_into_view_if_needed()
        box = slider.bounding_box()
        assert box is not None
        slider.click(position={"x": box["width"] * (0.25 if late else 0.75), "y": box["height"] / 2})
    else:
        slider.focus()
        slider.press("ArrowLeft" if late else "ArrowRight")


def choose(bench: Bench, name: str, how: str) -> None:
    """Another entry of a list; its menu is the system's, which no test can click, so the mouse picks by the entry."""
    menu = bench.control(name)
    last = bench.value(name) == menu.locator("option").last.get_attribute("value")
    if how == "mouse":
        entry = menu.locator("option").nth(0 if last else -1).get_attribute("value")
        menu.select_option(entry)
    else:
        menu.focus()
        menu.press("ArrowUp" if last else "ArrowDown")


def arrived(bench: Bench, name: str, before: str) -> None:
    """The control moved, and the address says so and opens the same."""
    after = bench.value(name)
    assert after != before, name
    bench.page.locator("body[data-state=idle]").wait_for()
    assert bench.value(name) == after, name
    assert bench.asked().get(name, after) == after, name
    assert before not in (bench.asked().get(name), ""), name


@pytest.mark.parametrize("how", HOW)
@pytest.mark.parametrize("view", FIGURES)
def test_every_control_moves(bench: Bench, view: str, how: str) -> None:
    bench.open(f"view={view}&{FEW}&year=2030")
    bench.unfold()
    for name in SLIDERS[view]:
        before = bench.value(name)
        slide(bench, name, how)
        arrived(bench, name, before)
        shown = bench.page.locator(f"output[for=control-{name}]").inner_text().replace("−", "-")
        assert shown.split()[0] == bench.value(name)
        assert bench.control(name).get_attribute("aria-valuetext") == shown.replace("-", "−")
    for name in CHOICES[view]:
        before = bench.value(name)
        choose(bench, name, how)
        arrived(bench, name, before)
    bench.settle()


@pytest.mark.parametrize("how", HOW)
def test_numbers_are_typed_or_stepped(bench: Bench, how: str) -> None:
    bench.open(f"view=explore&{FEW}")
    for name in NUMBERS:
        before, picture = bench.value(name), bench.picture("one")
        if how == "mouse":
            bench.control(name).click()
            bench.page.keyboard.press("Control+A")
            bench.page.keyboard.type("17")
        else:
            bench.control(name).focus()
            bench.page.keyboard.press("ArrowUp")
        bench.page.keyboard.press("Tab")
        arrived(bench, name, before)
        bench.settle()
        assert bench.picture("one") != picture, name


@pytest.mark.parametrize("how", HOW)
def test_one_history_is_told_year_by_year(bench: Bench, how: str) -> None:
    bench.open(f"view=explore&{FEW}")
    year = bench.control("year")
    first, last = (str(year.get_attribute(end)) for end in ("min", "max"))
    press(bench.page.locator("#restart"), how)
    expect(year).to_have_value(first)
    press(bench.page.locator("#forward"), how)
    expect(year).to_have_value(str(int(first) + 1))
    bench.settle()
    assert f"in {int(first) + 1}" in bench.picture("one")
    play = bench.page.locator("#play")
    press(play, how)
    expect(play).to_have_text("Pause")
    expect(year).not_to_have_value(str(int(first) + 1))
    press(play, how)
    expect(play).to_have_text("Play")
    before = bench.picture("timeline")
    press(bench.page.locator("#another"), how)
    expect(bench.control("replicate")).to_have_value("1")
    bench.settle()
    assert bench.asked()["replicate"] == "1"
    assert bench.picture("timeline") != before
    bench.control("year").fill(last)
    bench.settle()
    assert "year" not in bench.asked(), "the last year is as usual"


@pytest.mark.parametrize("how", HOW)
def test_views_are_links_with_history(bench: Bench, how: str) -> None:
    bench.open(f"view=explore&{FEW}")
    for view in VIEWS:
        press(bench.page.locator(f"nav a[data-view={view}]"), how)
        expect(bench.page.locator(f"#{view}")).to_be_visible()
        expect(bench.page.locator("section.view:visible")).to_have_count(1)
        heading = bench.page.locator(f"#{view}-title").inner_text()
        expect(bench.page).to_have_title(f"{heading} · burdenshare")
        expect(bench.page.locator("main")).to_be_focused()
    bench.settle()
    bench.page.go_back()
    bench.page.locator("nav a[data-view=glossary][aria-current=page]").wait_for()


@pytest.mark.parametrize("how", HOW)
def test_buttons_of_the_bench(bench: Bench, how: str) -> None:
    bench.open(f"view=explore&{FEW}&line=2&threat=4.7&horizon=12")
    press(bench.page.locator("#reset-levers"), how)
    expect(bench.control("threat")).not_to_have_value("4.7")
    bench.settle()
    assert not {"line", "threat", "horizon"} & set(bench.asked())
    larger = bench.page.locator("#larger")
    for pressed in ("true", "false"):
        press(larger, how)
        expect(larger).to_have_attribute("aria-pressed", pressed)
        bench.settle()
        assert ("large" in bench.asked()) == (pressed == "true")


@pytest.mark.parametrize("how", HOW)
def test_copies_reach_the_clipboard(bench: Bench, how: str) -> None:
    bench.page.context.grant_permissions(["clipboard-read", "clipboard-write"])
    bench.open(f"view=explore&{FEW}&line=4")
    bench.unfold()
    for key in ("link", "python", "command", "citation"):
        button = bench.page.locator(f"button[data-copy=copy-{key}]")
        press(button, how)
        expect(button).to_have_text("Copied")
        text = bench.page.evaluate("() => navigator.clipboard.readText()")
        assert text == bench.page.locator(f"#copy-{key}").text_content()
        assert "line=4" in text or key in ("python", "command"), key
        assert key != "python" or "sim.run_batch(scenario, seed=1, replicates=100)" in text


@pytest.mark.parametrize("how", HOW)
def test_a_card_opens_its_world(bench: Bench, how: str) -> None:
    bench.open("view=worlds")
    expect(bench.page.locator(".card").nth(20)).to_be_visible()
    link = bench.page.locator("#worlds .card h2 a").nth(3)
    name = str(link.get_attribute("data-world"))
    press(link, how)
    expect(bench.page.locator("nav a[aria-current=page]")).to_have_attribute("data-view", "explore")
    bench.settle()
    assert bench.value("world") == name


@pytest.mark.parametrize("how", HOW)
def test_a_story_is_guessed_run_and_told_to_its_end(bench: Bench, how: str) -> None:
    bench.open("view=stories")
    press(bench.page.locator("#stories .card h2 a").first, how)
    bench.page.locator("#step-now").wait_for()
    guessed = 0
    for _ in range(30):
        onward = bench.page.locator("#step-now button[data-set], #stories p > button:text-is('Go on')")
        if not onward.count():
            break
        guessed += bench.page.locator("#step-now .choices").count()
        step = bench.form()["step"]
        press(onward.first, how)
        expect(bench.page.locator("#state input[name=step]")).not_to_have_value(step)
        bench.settle()
        expect(bench.page.locator("#step-now")).to_be_focused()
    assert guessed
    assert len(bench.asked()["guesses"]) == guessed
    assert bench.page.locator("#stories svg[role=img]").count() >= guessed
    press(bench.page.get_by_role("button", name="All stories"), how)
    bench.page.locator("#stories .cards").wait_for()


@pytest.mark.parametrize("how", HOW)
def test_a_term_is_explained_where_it_stands(bench: Bench, how: str) -> None:
    bench.open("view=stories&story=who-pays&step=99")
    terms = bench.page.locator("#stories [data-term]")
    names = [str(one.get_attribute("data-term")) for one in terms.all()]
    assert len(names) > 3
    assert len(names) == len(set(names)), "once a view"
    note = bench.page.locator("#term-note")
    press(terms.first, how)
    expect(note).to_be_visible()
    expect(terms.first).to_have_attribute("aria-expanded", "true")
    expect(terms.first).to_have_attribute("aria-describedby", "term-note")
    meaning = bench.page.locator(f"#term-{names[0]} .meaning").text_content()
    assert str(meaning) in note.inner_text()
    box, room = note.bounding_box(), bench.page.viewport_size
    assert box is not None
    assert room is not None
    assert box["x"] >= 0
    assert box["x"] + box["width"] <= room["width"]
    press(terms.nth(1), how)
    expect(terms.first).to_have_attribute("aria-expanded", "false")
    assert note.count() == 1
    if how == "keyboard":
        bench.page.keyboard.press("Tab")
        expect(note.locator("a")).to_be_focused()
        bench.page.keyboard.press("Escape")
        expect(terms.nth(1)).to_be_focused()
    else:
        bench.page.locator("#stories h2").first.click()
    expect(note).to_have_count(0)
    expect(terms.nth(1)).to_have_attribute("aria-expanded", "false")
    press(terms.first, how)
    press(note.locator("a"), how)
    expect(bench.page.locator("#glossary")).to_be_visible()
    expect(note).to_have_count(0)


def test_the_glossary_narrows(bench: Bench) -> None:
    bench.open("view=glossary")
    everything = bench.page.locator(".term:visible").count()
    bench.page.locator("#find-term").fill("spill-in")
    found = bench.page.locator(".term:visible")
    assert 0 < found.count() < everything
    assert all("spill-in" in text.lower() for text in found.all_text_contents())
    bench.page.locator("#find-term").fill("")
    expect(bench.page.locator(".term:visible")).to_have_count(everything)


def test_tab_reaches_every_control_and_shows_where_it_is(bench: Bench) -> None:
    bench.open(f"view=explore&{FEW}")
    bench.unfold()
    wanted = set(bench.page.evaluate(
        "() => [...document.querySelectorAll('a[href], button, input:not([type=hidden]), select, textarea, summary')]"
        ".filter((one) => one.checkVisibility() && !one.disabled).map((one, k) => one.dataset.place = String(k))"
    ))  # fmt: skip
    reached: set[str] = set()
    for _ in range(len(wanted) + 30):
        bench.page.keyboard.press("Tab")
        at = bench.page.evaluate(
            "() => { const one = document.activeElement; return [one.dataset.place || '', one.tagName, "
            "one.id || one.className, getComputedStyle(one).outlineStyle]; }"
        )
        assert at[3] != "none" or at[1] in ("BODY", "MAIN"), at
        reached.add(at[0])
    assert wanted <= reached
    bench.page.evaluate("() => { window.same = true; }")
    bench.page.locator(".skip").focus()
    bench.page.locator(".skip").press("Enter")
    expect(bench.page.locator("main")).to_be_focused()
    bench.settle()
    assert bench.page.evaluate("() => window.same === true"), "the page was loaded anew"


# What the charts say


def parts_of(bench: Bench, name: str) -> list[tuple[str, float]]:
    """Bars as their tips name them: label and points of GDP; the last is the sum."""
    tips = [tip for tip in bench.page.locator(f"#{name} svg title").all_text_contents() if "points of GDP" in tip]
    pairs = [tip.removesuffix(" points of GDP").rsplit(": ", 1) for tip in tips]
    return [(label, float(value.replace("−", "-"))) for label, value in pairs]


@pytest.mark.parametrize(("member", "year"), [("DEU", 2026), ("POL", 2030), ("GBR", 2035), ("EST", 2045)])
@pytest.mark.parametrize("world", ["status-quo", "conditional-3.5"])
def test_why_bars_sum_to_the_change_shown(bench: Bench, world: str, member: str, year: int) -> None:
    if bench.view == "why" and bench.asked().get("world", "status-quo") == world:
        bench.control("member").select_option(member)
        bench.control("year").fill(str(year))
        bench.settle()
    else:
        bench.open(f"view=why&world={world}&member={member}&year={year}&replicate=3")
    for name in ("why", "wanted"):
        *parts, (label, total) = parts_of(bench, name)
        assert parts
        assert "the sum" in label
        assert sum(value for _, value in parts) == pytest.approx(total, abs=0.0005 * (len(parts) + 1))
        caption = bench.page.locator(f"#{name} figcaption").inner_text()
        told = [float(one.replace("−", "-")) for one in NUMBER.findall(caption)]
        assert told[-1] == pytest.approx(total, abs=0.0056), caption
        assert str(year) in caption


def test_compare_and_swap(bench: Bench) -> None:
    bench.open(f"view=compare&{FEW}&line=3&threat=4.5")
    bench.unfold()
    bench.control("against").select_option("status-quo")
    bench.settle()
    first, apart = bench.asked(), differences(bench)
    bench.page.locator("#swap").click()
    expect(bench.control("b-threat")).to_have_value("4.5")
    bench.settle()
    assert bench.asked()["b-line"] == first["line"]
    swapped = differences(bench)
    assert apart.keys() == swapped.keys()
    for year, quantiles in apart.items():
        assert [-one for one in reversed(swapped[year])] == pytest.approx(quantiles, abs=2e-5), year
    bench.page.locator("#keep").click()
    expect(bench.control("b-threat")).not_to_have_value("4.5")
    bench.settle()
    same = differences(bench)
    assert {one for quantiles in same.values() for one in quantiles} == {0.0}, "a world differs from itself"


def differences(bench: Bench) -> dict[str, list[float]]:
    """Year -> quantiles of the difference, history by history, as the data table shows them."""
    expect(bench.page.locator("#compare_table table")).to_be_visible()
    cells = [row.split("\t") for row in bench.page.locator("#compare_table tbody tr").all_inner_texts()]
    found = {one[0]: [float(cell) for cell in one[2:7]] for one in cells if one[-1].startswith("difference")}
    assert found
    return found
