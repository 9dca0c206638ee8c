"""What can be copied: a view as a program, as a command and as a citation, each of which gives its numbers again."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from sim import __version__
from sim.app.measures import ORDINAL
from sim.app.state import State, World, query
from sim.app.texts import moved
from sim.app.worlds import changes, preset, scenario_of

__all__ = ["citation", "command", "own_name", "python"]

LEVELS = "[0.05, 0.25, 0.5, 0.75, 0.95]"


def python(state: State) -> str:
    """A program that prints the numbers of the view."""
    worlds = {"scenario": state.here} | ({"other": state.there} if state.view == "compare" else {})
    written = [f"{name} = {_world(world, state.horizon)}" for name, world in worlds.items()]
    return "\n".join(["import sim", "", *written, *_played(state), *_as_index(state), ""])


def _as_index(state: State) -> list[str]:
    """What the page makes of an ordinal measure."""
    shown = {"why": "", "map": state.tiles}.get(state.view, state.show)
    return [f"# the page shows it as an index: {ORDINAL[shown].unit}, whole numbers"] if shown in ORDINAL else []


def _played(state: State) -> list[str]:
    one = f"run = sim.run(scenario, seed={state.seed}, replicate={state.replicate})"
    year = _year(state)
    if state.view == "why":
        return [one, f'print(run.explain("{state.member}", {year}).text())']
    if state.view == "map":
        row = f'members[members["year"] == {year}].set_index("member")["{state.tiles}"]'
        return [one, "members = run.members()", f"table = {row}", "print(table)"]
    many = f"seed={state.seed}, replicates={state.runs}"
    if state.view == "compare":
        return [
            "first, second = (",
            f'    sim.run_batch(world, {many}).years().set_index(["year", "replicate"])["{state.show}"]',
            "    for world in (scenario, other)", ")",
            f'table = (first - second).dropna().groupby("year").quantile({LEVELS}).unstack()  # on the same luck',
            "print(table)",
        ]  # fmt: skip
    return [
        f"runs = sim.run_batch(scenario, {many})",
        f'table = runs.years().groupby("year")["{state.show}"].quantile({LEVELS}).unstack()', "print(table)",
    ]  # fmt: skip


def _world(world: World, horizon: int) -> str:
    """An expression that makes a world."""
    loaded = f'sim.load_scenario("{world.preset}")'
    changed = changes(world, horizon)
    if not changed:
        return loaded
    inside = "".join(f"    {key!r}: {_literal(value)},\n" for key, value in changed.items())
    return f"sim.with_values({loaded}, {{\n{inside}}})"


def _literal(value: Any) -> str:
    """A value as Python writes it."""
    if isinstance(value, Mapping):
        return "{" + ", ".join(f"{key!r}: {_literal(one)}" for key, one in value.items()) + "}"
    if isinstance(value, list | tuple):
        return "[" + ", ".join(_literal(one) for one in value) + "]"
    return repr(value)


def _year(state: State) -> int:
    return state.year or scenario_of(state.here, state.horizon).end


def command(state: State) -> str:
    """What to type into a shell for the same histories; a changed world is a file that the page offers."""
    here = _named(state.here, state.horizon, False)
    if state.view == "compare":
        there = _named(state.there, state.horizon, True)
        return f"burdenshare compare {there} {here} --seed {state.seed} --replicates {state.runs}"
    one = f"--seed {state.seed} --replicate {state.replicate}"
    if state.view == "why":
        return f"burdenshare explain {state.member} {_year(state)} --scenario {here} {one}"
    if state.view == "map":
        return f"burdenshare run {here} {one}"
    return f"burdenshare run {here} --seed {state.seed} --replicates {state.runs}"


def _named(world: World, horizon: int, second: bool) -> str:
    return f"{own_name(world, second)}.toml" if changes(world, horizon) else world.preset


def own_name(world: World, second: bool = False) -> str:
    """The name of a changed world; of the second of two another, as both may come from one scenario."""
    return f"my-{'other-' * second}{world.preset}"


def citation(state: State) -> str:
    """How to cite what the page shows, so that it can be made again."""
    worlds = [state.here, state.there] if state.view == "compare" else [state.here]
    named = "; against ".join(_cited(world) for world in worlds)
    history = f", history {state.replicate}" if state.view in ("why", "map") else ""
    return (
        "the burdenshare developers: burdenshare: an agent-based simulation of burden sharing in NATO "
        f"(version {__version__}) [computer software]. World: {named}; "
        f"{state.runs} histories, seed {state.seed}{history}; state ?{query(state)}"
    )


def _cited(world: World) -> str:
    scenario = preset(world.preset)
    changed = f", changed: {moved(world)}" if world.changed else ""
    return f"{scenario.title} ({scenario.name}){changed}"
