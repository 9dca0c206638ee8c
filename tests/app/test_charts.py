"""Charts of real histories: well-formed, inside their place, worded, and the same marks in files."""

from __future__ import annotations

import math
from dataclasses import replace
from xml.etree import ElementTree

import pandas as pd
import pytest

from sim.app import reasons
from sim.app.axes import Panel
from sim.app.charts import Canvas
from sim.app.drawing import Area, Box, Dot, Drawing, Line, Word, svg, width_of
from sim.app.exports import TYPES, Unknown, exported
from sim.app.state import MAPS, MEASURES, State, World
from sim.app.stories import reveal_chart, sandbox_address
from sim.app.tables import data_table
from sim.app.tiles import colour_of, ink_on
from sim.app.views import CHARTS, cards, drawing
from sim.figures.style import luminance
from sim.lessons import play, stories
from sim.scenario import ScenarioError, scenario_names

STATE = State(here=World("conditional-3.5"), there=World(), runs=100, horizon=8, year=2030)
START = {"png": b"\x89PNG", "svg": b"<?xml", "pdf": b"%PDF", "csv": b""}


@pytest.mark.parametrize("name", CHARTS)
@pytest.mark.parametrize("canvas", [Canvas(280, 13), Canvas(560, 13), Canvas(1200, 17)])
def test_a_chart_stays_in_its_place_and_says_what_it_shows(name: str, canvas: Canvas) -> None:
    chart = drawing(name, STATE, canvas)
    root = ElementTree.fromstring(svg(chart))
    assert root.get("role") == "img"
    assert root.get("aria-label") == chart.alt
    assert chart.title.rstrip(".") in chart.alt
    assert "burdenshare" in chart.source
    assert "seed 1" in chart.source
    assert not chart.table.empty
    for mark in chart.marks:
        for x, y in corners(mark):
            assert -1 <= x <= canvas.width + 1, mark
            assert -1 <= y <= chart.height + 1, mark


def corners(mark: object) -> list[tuple[float, float]]:
    """Where a mark reaches; of words the width that a usual font takes."""
    if isinstance(mark, Line | Area):
        return list(mark.points)
    if isinstance(mark, Dot):
        return [(mark.x, mark.y)]
    if isinstance(mark, Box):
        return [(mark.x, mark.y), (mark.x + mark.width, mark.y + mark.height)]
    assert isinstance(mark, Word)
    assert mark.size >= 11.7
    wide = 0.85 * width_of(mark.text, mark.size)
    left = {"start": 0.0, "middle": -wide / 2, "end": -wide}[mark.anchor]
    return [(mark.x + left, mark.y - 0.8 * mark.size), (mark.x + left + wide, mark.y)]


@pytest.mark.parametrize("measure", MEASURES)
def test_every_measure_can_be_shown(measure: str) -> None:
    state = replace(STATE, show=measure)
    for name in ("many", "one", "compare"):
        chart = drawing(name, state, Canvas(500))
        assert "nan" not in svg(chart)
        assert math.isfinite(chart.height)


@pytest.mark.parametrize("measure", MAPS)
def test_every_member_has_a_tile(measure: str) -> None:
    chart = drawing("map", replace(STATE, tiles=measure), Canvas(500))
    codes = {mark.text for mark in chart.marks if isinstance(mark, Word)} & set(chart.table["member"])
    assert len(codes) == 32
    assert "nan" not in svg(chart)


def test_words_on_tiles_can_be_read_on_any_colour() -> None:
    for k in range(101):
        colour = colour_of(k / 100, 0.0, 1.0)
        one, other = sorted((luminance(colour) + 0.05, luminance(ink_on(colour)) + 0.05))
        assert other / one >= 4.5, colour


@pytest.mark.parametrize("name", scenario_names())
def test_every_world_can_be_opened(name: str) -> None:
    state = State(here=World(name), runs=100, horizon=3)
    for chart in ("many", "one", "timeline", "compare", "map"):
        assert drawing(chart, state, Canvas(400)).title


@pytest.mark.parametrize("wanted", [False, True])
def test_bars_add_up_exactly(wanted: bool) -> None:
    told = reasons.explained(replace(STATE, member="POL"))
    *parts, (_, total) = reasons.bars(told, wanted)
    assert math.isclose(sum(value for _, value in parts), total, abs_tol=1e-12)
    assert total == 100 * (told.wanted if wanted else told.after - told.before)


@pytest.mark.parametrize("change", [{"member": "USA"}, {"member": "ISL"}, {"year": 2025}])
def test_who_decides_nothing_is_told_so(change: dict[str, object]) -> None:
    with pytest.raises(ScenarioError):
        drawing("why", replace(STATE, **change), Canvas(400))


def test_texts_are_data_in_a_drawing() -> None:
    word = Word(0, 10, "<script>alert(1)</script>", 13)
    chart = Drawing(100, 20, "", 'a "quoted" & <b>', "", pd.DataFrame(), [word, Dot(1, 1, 2, "#000", tip="<i>")])
    root = ElementTree.fromstring(svg(chart))
    assert root.get("aria-label") == chart.alt
    assert [one.text for one in root] == [word.text, None]
    table = str(data_table(pd.DataFrame({"a": ["<script>"]})))
    assert "<script>" not in table
    assert "&lt;script&gt;" in table


def test_values_become_pixels() -> None:
    panel = Panel(10, 20, 100, 50, (2025, 2035), (0, 2))
    assert panel.at(2025, 0) == (10, 70)
    assert panel.at(2035, 2) == (110, 20)
    assert panel.path([2025, 2030], [math.nan, 1]) == [(60, 45)]


# Files


@pytest.mark.parametrize(("name", "kind"), [*(("many", kind) for kind in TYPES), *((name, "svg") for name in CHARTS)])
def test_a_chart_as_a_file(name: str, kind: str) -> None:
    file = exported(name, kind, STATE)
    assert file.content.startswith(START[kind])
    assert file.name == f"burdenshare-{name}-conditional-3.5.{kind}"
    assert len(file.content) > 100
    if kind == "svg":
        ElementTree.fromstring(file.content)


@pytest.mark.parametrize("kind", TYPES)
def test_a_chart_of_a_story_as_a_file(kind: str) -> None:
    file = exported("story-large-and-small", kind, State(view="stories", story="who-pays"))
    assert file.content.startswith(START[kind])
    assert file.name == f"burdenshare-story-large-and-small-who-pays.{kind}"


@pytest.mark.parametrize(("story", "key"), [("", "alone"), ("who-pays", "no-such"), ("nobody", "alone")])
def test_there_is_no_chart_of_another_story(story: str, key: str) -> None:
    with pytest.raises(Unknown):
        exported(f"story-{key}", "svg", State(story=story))


def test_the_same_state_gives_the_same_file() -> None:
    assert exported("many", "png", STATE).content == exported("many", "png", STATE).content


@pytest.mark.parametrize(("name", "kind"), [("many", "exe"), ("../etc", "png"), ("world", "png"), ("many", "toml")])
def test_there_is_no_other_file(name: str, kind: str) -> None:
    with pytest.raises(Unknown):
        exported(name, kind, STATE)


# Gallery and stories


def test_every_shipped_world_has_a_card_with_a_computed_finding() -> None:
    found = cards()
    assert sorted(card.name for card in found) == sorted(scenario_names())
    assert found[0].name == "status-quo"
    for card in found:
        opened = drawing("many", State(view="explore", here=World(card.name)), Canvas())
        assert opened.table["q50"].iloc[-1] == card.spark.table["q50"].iloc[-1], "the world shows what its card says"
        end = 100 * float(card.spark.table["q50"].iloc[-1])
        assert f"{end:.2f}\u00a0% of GDP" in card.finding


@pytest.mark.parametrize("story", stories(), ids=lambda story: story.name)
def test_a_story_ends_in_a_world_of_explore(story: object) -> None:
    from sim.app.server import read
    from sim.app.worlds import scenario_of
    from sim.scenario import load_scenario, with_values

    address = sandbox_address(story.sandbox)  # type: ignore[attr-defined]
    state, notes = read(address)
    assert notes == []
    wanted = with_values(load_scenario(story.sandbox.scenario), story.sandbox.set)  # type: ignore[attr-defined]
    assert scenario_of(state.here) == wanted


def test_a_reveal_is_drawn() -> None:
    found = play(stories()[0].rounds[0].run)
    chart = reveal_chart(Canvas(300), found)
    ElementTree.fromstring(svg(chart))
    assert found.sentence in chart.alt
