"""From a state to what a view shows: drawings by name, the cards of the worlds, the words beside the levers."""

from __future__ import annotations

from dataclasses import dataclass
from functools import lru_cache

import pandas as pd

from sim.app import charts, reasons, texts
from sim.app.bars import bars_chart
from sim.app.charts import Canvas, Said
from sim.app.drawing import Drawing
from sim.app.histories import batch, column, history, paired, quantiles
from sim.app.pairs import compare_chart
from sim.app.reasons import explained
from sim.app.state import State, World
from sim.app.stories import STORY_CHART, reveal_chart, reveal_of
from sim.app.tiles import rows_of, tiles_chart
from sim.app.timeline import timeline_chart
from sim.app.worlds import preset, scenario_of
from sim.lessons import Reveal
from sim.scenario import Scenario, scenario_names

__all__ = ["CHARTS", "Card", "cards", "drawing", "is_chart", "year_of"]

YARDSTICK = "status-quo"


@dataclass(frozen=True)
class Card:
    """A shipped world in the gallery: what it asks, what comes out."""

    name: str
    title: str
    question: str
    finding: str
    spark: Drawing


@lru_cache(maxsize=64)
def drawing(name: str, state: State, canvas: Canvas) -> Drawing:
    """The chart of that name; KeyError if there is none. Kept: not to be changed."""
    found = revealed(name, state)
    return reveal_chart(canvas, found) if found else CHARTS[name](state, canvas)


def revealed(name: str, state: State) -> Reveal | None:
    """The run of the state's story that a chart of that name shows, if it is one of a story."""
    return reveal_of(state.story, name.removeprefix(STORY_CHART)) if name.startswith(STORY_CHART) else None


def is_chart(name: str, state: State) -> bool:
    """Whether a state has a chart of that name."""
    return name in CHARTS or revealed(name, state) is not None


def year_of(state: State, scenario: Scenario) -> int:
    """Up to which year the single history is told."""
    return state.year or scenario.end


def spread(state: State, world: World) -> pd.DataFrame:
    """The measure's quantiles by year; not to be changed, as it is kept."""
    return _spread(world, state.horizon, state.seed, state.runs, state.show)


@lru_cache(maxsize=64)
def _spread(world: World, horizon: int, seed: int, runs: int, measure: str) -> pd.DataFrame:
    played = batch(world, horizon, seed, runs)
    return quantiles(column(played, measure), played.scenario.start)


def points(scenario: Scenario) -> list[tuple[int, float]]:
    """The scenario's own pledge, if it has one."""
    return [(point.year, point.value) for point in scenario.pledge]


def many(state: State, canvas: Canvas) -> Drawing:
    """Many histories, and over them the single one."""
    scenario = scenario_of(state.here, state.horizon)
    table = spread(state, state.here)
    years = history(state.here, state.horizon, state.seed, state.replicate).years
    until = years[years["year"] <= year_of(state, scenario)].set_index("year")[state.show]
    said = Said(texts.spread_words(table, state.show, state.here) + ".",
                texts.source(state, state.runs, f"dashed line: history {state.replicate} alone"))  # fmt: skip
    return charts.fan_chart(canvas, table, state.show, said, pledge=points(scenario), one=until)


def one(state: State, canvas: Canvas) -> Drawing:
    """The single history up to its year, on the axes of the many."""
    scenario = scenario_of(state.here, state.horizon)
    years = history(state.here, state.horizon, state.seed, state.replicate).years
    year = year_of(state, scenario)
    said = Said(texts.told(years, state.show, year, state.replicate) + ".", texts.source(state, 1))
    y = charts.fan_limits(spread(state, state.here), state.show, points(scenario))
    return charts.history_chart(canvas, years, state.show, year, said, pledge=points(scenario), y=y)


def timeline(state: State, canvas: Canvas) -> Drawing:
    """Statements, acts and law of the single history."""
    scenario = scenario_of(state.here, state.horizon)
    years = history(state.here, state.horizon, state.seed, state.replicate).years
    source = texts.source(state, 1, "hollow: ended, refused, only announced, or the US stayed away")
    return timeline_chart(canvas, years, scenario, year_of(state, scenario), source)


def compare(state: State, canvas: Canvas) -> Drawing:
    """The two worlds side by side."""
    one, other = (batch(world, state.horizon, state.seed, state.runs) for world in (state.here, state.there))
    here, there = spread(state, state.here), spread(state, state.there)
    apart = paired(one, other, state.show)
    said = Said(texts.compared(apart, state.show, state.here, state.there), texts.source(state, state.runs))
    names = (texts.world_name(state.here), texts.world_name(state.there))
    return compare_chart(canvas, here, there, apart, state.show, names, said)


def why(state: State, canvas: Canvas) -> Drawing:
    """The parts of the change of a member's vote."""
    return _reasons(state, canvas, False)


def wanted(state: State, canvas: Canvas) -> Drawing:
    """The parts of what it wants."""
    return _reasons(state, canvas, True)


def _reasons(state: State, canvas: Canvas, of_wanted: bool) -> Drawing:
    told = explained(state)
    said = Said(reasons.sentence(told, of_wanted), texts.source(state, 1, "parts are Shapley values, by sim.insight"))
    rows = reasons.bars(told, of_wanted)
    return bars_chart(canvas, rows, "points of GDP", said, told.table())


def tiles(state: State, canvas: Canvas) -> Drawing:
    """The members in the year that the single history is told to."""
    scenario = scenario_of(state.here, state.horizon)
    members = history(state.here, state.horizon, state.seed, state.replicate).members
    year = year_of(state, scenario)
    said = Said(texts.tiled(rows_of(members, state.tiles, year), state.tiles, year), texts.source(state, 1))
    return tiles_chart(canvas, members, state.tiles, year, said)


CHARTS = {
    "many": many, "one": one, "timeline": timeline, "compare": compare, "why": why, "wanted": wanted, "map": tiles,
}  # fmt: skip


@lru_cache(maxsize=1)
def cards() -> tuple[Card, ...]:
    """All shipped worlds, the status quo first, then by title."""
    names = sorted(scenario_names(), key=lambda name: (name != YARDSTICK, preset(name).title))
    return tuple(_card(name) for name in names)


def _card(name: str) -> Card:
    """The same histories as the world shows when it is opened, so that its numbers are the same."""
    usual = State()
    scenario, runs = preset(name), batch(World(name), usual.horizon, usual.seed, usual.runs)
    table = quantiles(column(runs, "european_share"), scenario.start)
    alike = name != YARDSTICK and scenario.start == preset(YARDSTICK).start
    other = batch(World(YARDSTICK), usual.horizon, usual.seed, usual.runs) if alike else None
    apart = paired(runs, other, "european_share") if other else None
    return Card(name, scenario.title, scenario.question, texts.finding(table, apart), charts.spark(table))
