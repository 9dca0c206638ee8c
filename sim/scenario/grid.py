"""The cells of an experiment: every combination of what its axes take, as whole scenarios."""

from __future__ import annotations

import math
from collections.abc import Iterator
from dataclasses import dataclass

from sim.scenario.axes import setting, size, value
from sim.scenario.errors import ScenarioError
from sim.scenario.loader import load_scenario
from sim.scenario.messages import written
from sim.scenario.models import Experiment, Scalar, Scenario, Vary
from sim.scenario.setting import with_values

__all__ = ["Cell", "axes", "base_scenario", "cell", "cells", "count"]

MANY = 1_000_000


@dataclass(frozen=True)
class Cell:
    """One point of the grid: what every axis takes there (a value, or a choice's label), and the scenario."""

    index: int
    values: dict[str, Scalar]
    scenario: Scenario


def axes(experiment: Experiment) -> tuple[Vary, ...]:
    """Levers, then uncertainties; the last one moves fastest from cell to cell."""
    return experiment.levers + experiment.uncertainties


def base_scenario(experiment: Experiment) -> Scenario:
    """The scenario that is varied: as it was when the file was read, else the preset of that name."""
    return experiment._base or load_scenario(experiment.scenario)


def count(experiment: Experiment) -> int:
    """How many cells there are; counted, not built."""
    return math.prod(size(axis) for axis in axes(experiment))


def cells(experiment: Experiment, *, allow_many: bool = False) -> Iterator[Cell]:
    """All cells in order, each scenario checked; ScenarioError for more than a million unless allowed."""
    total = count(experiment)
    if total > MANY and not allow_many:
        sizes = " x ".join(str(size(axis)) for axis in axes(experiment))
        allowed = f"{MANY:,}, or allow_many=True (--yes on the command line)"
        raise ScenarioError(f"experiment {experiment.name}: {sizes} = {total:,} cells; allowed: {allowed}")
    base = base_scenario(experiment)
    return (_cell(experiment, base, index) for index in range(total))


def cell(experiment: Experiment, index: int) -> Cell:
    """One cell, without those before it."""
    total = count(experiment)
    if not 0 <= index < total:
        raise ScenarioError(f"experiment {experiment.name}: no cell {index}; allowed: 0 to {total - 1}")
    return _cell(experiment, base_scenario(experiment), index)


def _cell(experiment: Experiment, base: Scenario, index: int) -> Cell:
    values: dict[str, Scalar] = {}
    moved: dict[str, Scalar] = {}
    left = index
    for axis in reversed(axes(experiment)):
        left, position = divmod(left, size(axis))
        values = {axis.name: value(axis, position)} | values
        moved = setting(axis, position) | moved
    try:
        return Cell(index, values, with_values(base, moved))
    except ScenarioError as error:
        point = ", ".join(f"{name} = {written(found)}" for name, found in values.items())
        raise ScenarioError(f"experiment {experiment.name}, cell {index} ({point}): {error}") from None
