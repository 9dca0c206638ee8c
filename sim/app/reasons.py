"""Why a member votes what it votes: the decision's parts, from ``sim.insight.explain``, as tables for bars."""

from __future__ import annotations

from functools import lru_cache

from sim.app.state import State, World
from sim.app.worlds import scenario_of
from sim.insight.explaining import explain
from sim.insight.explanation import Explanation

__all__ = ["bars", "explained", "sentence", "total_name"]

HIDDEN = 0.000005  # of GDP: parts below are one bar together, if they are anything


@lru_cache(maxsize=256)
def _explained(world: World, horizon: int, member: str, year: int, seed: int, replicate: int) -> Explanation:
    return explain(scenario_of(world, horizon), member, year, seed=seed, replicate=replicate)


def explained(state: State) -> Explanation:
    """The decision of the state's member and year; ScenarioError where there is none."""
    scenario = scenario_of(state.here, state.horizon)
    return _explained(state.here, state.horizon, state.member, state.year or scenario.end, state.seed, state.replicate)


def bars(one: Explanation, wanted: bool) -> list[tuple[str, float]]:
    """Parts in points of GDP and then their sum: of the change of the vote, or of what is wanted."""
    parts = [(part.label, part.wanted if wanted else part.value) for part in one.parts]
    shown = [(label, 100 * value) for label, value in parts if abs(value) >= HIDDEN]
    rest = 100 * sum(value for _, value in parts if abs(value) < HIDDEN)
    others = [("all other parts together", rest)] if rest else []
    total = one.wanted if wanted else one.after - one.before
    return [*shown, *others, (total_name(one, wanted), 100 * total)]


def total_name(one: Explanation, wanted: bool) -> str:
    """What the parts add up to."""
    return "wanted share, the sum" if wanted else f"change from {one.year - 1} to {one.year}, the sum"


def sentence(one: Explanation, wanted: bool) -> str:
    """The takeaway above the bars."""
    if wanted:
        return f"{one.name} wants {100 * one.wanted:.2f}\u00a0% of GDP in {one.year}."
    moved = f"{100 * (one.after - one.before):+.2f}".replace("-0.00", "+0.00").replace("-", "\u2212")
    return f"{one.name} votes {100 * one.after:.2f}\u00a0% of GDP in {one.year}, {moved} points from {one.year - 1}."
