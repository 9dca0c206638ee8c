"""The address holds the state: what is set comes back elsewhere, and what nobody should send is explained."""

from __future__ import annotations

import random
from urllib.parse import quote

import pytest
from playwright.sync_api import Browser, expect

from sim.app.levers import LEVERS, Slider
from sim.app.server import message, read
from sim.app.state import MAPS, MEASURES, State, World, query
from sim.app.worlds import settled
from sim.scenario import scenario_names
from tests.browser.conftest import FEW
from tests.browser.driving import FIGURES, Bench, Troubles, visitor

MEMBERS_WITH_FORCES = ("DEU", "POL", "GBR", "EST", "TUR", "ESP")


def any_state(view: str, chance: random.Random) -> State:
    """Levers anywhere, in both worlds, as the page would write them."""

    def world() -> World:
        values = []
        for key, lever in LEVERS.items():
            if chance.random() < 0.4:
                low = isinstance(lever, Slider)
                value = lever.snapped(chance.uniform(lever.low, lever.high)) if low else chance.choice([*lever.options])
                values.append((key, value))
        return World(chance.choice(scenario_names()), tuple(values))

    state = State(
        view=view, here=world(), there=world(), horizon=chance.choice([0, 1, chance.randint(2, 60)]), runs=100,
        seed=chance.choice([1, chance.randrange(2**53)]), replicate=chance.randrange(1000),
        show=chance.choice(MEASURES),
        member=chance.choice(MEMBERS_WITH_FORCES), tiles=chance.choice(MAPS), large=chance.random() < 0.3,
    )  # fmt: skip
    return settled(state)[0]


@pytest.mark.parametrize("seed", range(2))
@pytest.mark.parametrize("view", FIGURES)
def test_an_address_opens_the_state_and_the_same_pictures_elsewhere(
    bench: Bench, browser: Browser, troubles: Troubles, view: str, seed: int
) -> None:
    state = any_state(view, random.Random(f"{view} {seed}"))
    bench.open(query(state))
    assert bench.address == query(state)
    assert bench.notes() == []
    assert bench.view == view
    stands = message(state, [])["set"]
    shown = bench.form()
    for name, value in stands.items():
        if isinstance(value, dict) and "off" in value:
            assert name not in shown
            assert bench.page.locator(f"output[for=control-{name}]").text_content() == value["off"]
            continue
        value = value["value"] if name == "year" else value
        assert same(shown[name], value), (name, shown[name], value)
    with visitor(browser, bench.base, troubles) as other:
        other.open(bench.address)
        assert other.form() == shown
        assert other.address == bench.address
        for name in FIGURES[view]:
            assert other.picture(name) == bench.picture(name)


def same(shown: str, value: object) -> bool:
    """A control's text and a value."""
    if isinstance(value, float):
        return float(shown) == pytest.approx(value)
    return shown.replace("\r\n", "\n") == str(value)


def test_controls_moved_by_hand_come_back_from_the_link(bench: Bench, browser: Browser, troubles: Troubles) -> None:
    chance = random.Random(5)
    bench.open(f"view=explore&{FEW}")
    bench.unfold()
    moving = [key for key, lever in LEVERS.items() if isinstance(lever, Slider) and key != "below"]  # there is no line
    for name in chance.sample(moving, 5):
        lever = LEVERS[name]
        assert isinstance(lever, Slider)
        bench.control(name).fill(f"{lever.snapped(chance.uniform(lever.low, lever.high)):g}")
    bench.control("set").fill("thinning = 0.4\nscript.2030 = unconditional")
    bench.control("set").blur()
    bench.control("show").select_option("protected_members")
    bench.settle()
    assert "thinning" in bench.asked()["set"]
    with visitor(browser, bench.base, troubles) as other:
        other.open(bench.address)
        assert other.form() == bench.form()
        assert [other.picture(name) for name in FIGURES["explore"]] == [
            bench.picture(name) for name in FIGURES["explore"]
        ]


SCRIPT = "<script>window.broken = 1; alert(1)</script>"
IMAGE = "<img src=x onerror=window.broken=1>"
TURNED = "\u202egnp.exe\u202c\u2066\u200b"
HOSTILE = {
    "line=" + quote(SCRIPT): "line",
    "world=" + quote(IMAGE): "world",
    quote(SCRIPT) + "=1": "left out",
    "set=" + quote(f'title = "{IMAGE}"') + "&line=9e999": "line",
    "set=" + quote(f"{IMAGE} = 1"): "set",
    "set=" + quote("policies.unconditional.posture = 1e308"): "posture",
    "seed=99999999999999999999999999": "seed",
    "seed=-5&replicate=1e9": "replicate",
    "line=NaN&threat=Infinity&b-line=-Infinity": "threat",
    "horizon=0x10&year=9999": "horizon",
    "member=" + quote(TURNED): "member",
    "set=" + quote(f"name = {TURNED}"): "set",
    "show=" + quote("\x00\x07\x1b[31m\n"): "show",
    "world=%00%ff%fe": "world",
    "v=0.0.0-old": "0.0.0-old",
    "v=" + quote(SCRIPT): "another version",
    "story=" + quote("../../etc/passwd"): "story",
    "set=" + quote(";".join(f"thinning = 0.{k}" for k in range(20))): "Only the first",
    "line=3&" + "x" * 2500: "too long",
    "__proto__=1&constructor=2": "left out",
    "runs=1000000": "runs",
    "view=" + quote(IMAGE): "view",
    "world=status-quo&year=1900": "1900",
}
LETTERS = [*map(chr, range(9)), "\x0b", "\x1b", "\u200b", "\u202a", "\u202b", "\u202c", "\u202d", "\u202e", "\u2066"]


def test_the_link_of_the_view_that_is_open_leaves_the_address(bench: Bench) -> None:
    bench.open(f"view=explore&{FEW}&line=4")
    address = bench.address
    bench.go("explore")
    assert bench.address == address
    bench.go("compare")
    bench.go("explore")
    assert bench.address == address


def test_bad_links_are_explained_and_break_nothing(bench: Bench) -> None:
    for k, (address, word) in enumerate(HOSTILE.items()):
        view = [*FIGURES, "about", "stories"][k % 6]
        lead = f"view={view}&{FEW}&" if not address.startswith(("view", "line=3&x", "runs")) else ""
        bench.open(lead + address, bad=True)
        notes = bench.notes()
        assert any(word in note for note in notes), (address, notes)
        text = bench.page.locator("body").inner_text()
        assert [letter for letter in LETTERS if letter in text] == [], address
        assert bench.page.evaluate("() => window.broken === undefined"), address
        assert bench.page.locator("main img, main script").count() == 0, address
        state, left = read(bench.address)
        assert (query(state), left) == (bench.address, []), address


def test_a_title_in_a_link_is_text_and_no_markup(bench: Bench) -> None:
    bench.open(f"view=compare&{FEW}&set=" + quote(f'title = "{IMAGE}{SCRIPT[:25]}"'))
    assert bench.page.evaluate("() => window.broken === undefined")
    assert bench.page.locator("main img, main script").count() == 0
    assert "onerror" in bench.page.locator("body").inner_text()


def test_messages_that_no_page_sends_break_nothing(bench: Bench) -> None:
    bench.open(f"view=explore&{FEW}")
    ask = "([name, value]) => Shiny.setInputValue(name, value, {priority: 'event'})"
    for value in (None, 3, [], ["line=9"], {"line": SCRIPT}, "x" * 50_000, "[" * 5_000, IMAGE, True):
        for name in ("widths", "address", "swap", "keep"):
            bench.page.evaluate(ask, [name, value])
    bench.control("line").fill("4")  # on the same page
    expect(bench.page.locator("#world_words")).to_contain_text("4 % of GDP")
    expect(bench.page.locator("#many figcaption")).to_contain_text("changed")


@pytest.mark.parametrize("member", ["USA", "ISL"])
def test_a_member_that_does_not_decide_is_explained(bench: Bench, member: str) -> None:
    bench.open(f"view=why&member={member}", bad=True)
    assert "not a member that decides" in bench.notes()[0]
    assert bench.value("member") == State().member


@pytest.mark.parametrize(
    "path",
    ["export/nothing.png", "export/many.exe", "export/..%2f..%2fpyproject.toml", "assets/..%2fserve.py", "nowhere"],
)
def test_what_is_not_there_is_not_found(bench: Bench, path: str) -> None:
    answer = bench.page.request.get(f"{bench.base}/{path}")
    assert answer.status == 404
    assert "import" not in answer.text()
