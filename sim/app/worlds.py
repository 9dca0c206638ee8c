"""From the state to scenarios: the shipped ones with the levers moved, checked by the loader's own models."""

from __future__ import annotations

import tomllib
from collections.abc import Mapping
from dataclasses import replace
from functools import lru_cache
from typing import Any

from sim.app.levers import LEVERS, SLIDERS, Slider, Value
from sim.app.state import State, World
from sim.scenario import Parameters, Scenario, ScenarioError, load_scenario, with_values

__all__ = ["canonical", "changes", "idle", "positions", "preset", "put", "scenario_of", "settled"]

LINE_ALONE: dict[str, Value] = {"below": 0.0}  # what a line that is put where there was none leaves below it
FIELD_SETS = "set below, as a further field"


@lru_cache(maxsize=64)
def preset(name: str) -> Scenario:
    """A shipped scenario."""
    return load_scenario(name)


def positions(scenario: Scenario) -> dict[str, Value]:
    """Where every lever stands for a scenario; those that move nothing there are left out."""
    found = {key: lever.shown(scenario) for key, lever in LEVERS.items()}
    return {key: value for key, value in found.items() if value is not None}


def put(world: World, horizon: int = 0) -> dict[str, Value]:
    """Where a world's levers have been put, whatever its further fields set."""
    return positions(scenario_of(replace(world, fields=()), horizon))


def idle(world: World, horizon: int = 0) -> dict[str, str]:
    """Sliders that move nothing in a world, and why: it has none of their kind, or a further field sets the same."""
    here, meant = positions(scenario_of(world, horizon)), put(world, horizon)
    none = {one.key: one.none for one in SLIDERS if one.key not in here}
    return none | {one.key: FIELD_SETS for one in SLIDERS if one.key in here and here[one.key] != meant.get(one.key)}


def canonical(world: World) -> World:
    """The same world without the levers that stand where the scenario has them anyway."""
    own = LINE_ALONE | positions(preset(world.preset))
    return replace(world, values=tuple((key, value) for key, value in world.values if value != own.get(key)))


def changes(world: World, horizon: int = 0) -> dict[str, Any]:
    """What differs from the shipped scenario, by dotted names; ScenarioError if it cannot be."""
    return _built(world, horizon)[1]


def scenario_of(world: World, horizon: int = 0) -> Scenario:
    """The scenario of a world, played for ``horizon`` years if that is not 0; ScenarioError if it cannot be."""
    return _built(world, horizon)[0]


@lru_cache(maxsize=256)
def _built(world: World, horizon: int) -> tuple[Scenario, dict[str, Any]]:
    scenario = preset(world.preset)
    changed = dict(_shortened(scenario, scenario.start + horizon)) if horizon else {}
    if changed:
        scenario = with_values(scenario, changed)
    for key, value in world.values:
        wanted = _written(key, value, scenario)
        scenario = with_values(scenario, wanted)
        changed |= wanted
    wanted = {_full(name): _parsed(value) for name, value in world.fields}
    if wanted:
        scenario = with_values(scenario, wanted)
    return scenario, changed | wanted


def _written(key: str, value: Value, scenario: Scenario) -> Mapping[str, Any]:
    lever = LEVERS[key]
    if isinstance(lever, Slider) and isinstance(value, int | float):
        return lever.write(scenario, float(value))
    if not isinstance(lever, Slider) and isinstance(value, str):
        return lever.write(scenario, value)
    raise ScenarioError(f"{key} = {value}: not a value of this lever")


def _full(name: str) -> str:
    """A parameter may be named without its table."""
    return f"parameters.{name}" if name in Parameters.model_fields else name


def _parsed(text: str) -> Any:
    """A value as TOML has it; what is none is a bare word."""
    try:
        return tomllib.loads(f"value = {text}")["value"]
    except (tomllib.TOMLDecodeError, RecursionError, ValueError):
        return text


def _shortened(scenario: Scenario, end: int) -> Mapping[str, Any]:
    """Another last year; what is scripted or said later falls away."""
    if end == scenario.end:
        return {}
    script = {year: name for year, name in scenario.script.items() if int(year) <= end}
    statements = tuple(one.model_dump() for one in scenario.statements if one.year <= end)
    changed: dict[str, Any] = {"end": end}
    if len(script) < len(scenario.script):
        changed["script"] = script
    if len(statements) < len(scenario.statements):
        changed["statements"] = statements
    return changed


def settled(state: State) -> tuple[State, list[str]]:
    """The state without what is as usual, moves nothing or cannot be played, and with the year within its world."""
    notes: list[str] = []
    own = preset(state.here.preset)
    horizon = 0 if state.horizon == own.end - own.start else state.horizon
    here, there = (_playable(world, horizon, notes) for world in (state.here, state.there))
    scenario = scenario_of(here, horizon)
    year = 0 if state.year in (0, scenario.end) else state.year
    if year and not scenario.start <= year < scenario.end:
        notes.append(f"{year} is not a year of this world, {scenario.start} to {scenario.end}; its last one is shown.")
        year = 0
    return replace(state, here=here, there=there, horizon=horizon, year=year), notes


def _playable(world: World, horizon: int, notes: list[str]) -> World:
    world = canonical(world)
    try:
        moved = positions(scenario_of(world, horizon))
    except ScenarioError as error:
        notes.append(f"These changes do not fit the scenario and were left out: {error}.")
        return World(world.preset)
    return replace(world, values=tuple((key, value) for key, value in world.values if key in moved))
