"""The cells of an experiment as whole scenarios, one by one."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

import numpy as np

from sim.scenario.axes import setting, value
from sim.scenario.design import axes, count, positions, sizes
from sim.scenario.errors import ScenarioError
from sim.scenario.loader import load_scenario
from sim.scenario.messages import written
from sim.scenario.models import Experiment, Scalar, Scenario
from sim.scenario.setting import with_values

__all__ = ["Cell", "allow", "base_scenario", "cell", "cells"]

MANY = 1_000_000
BLOCK = 4096  # cells whose places are looked up together


@dataclass(frozen=True)
class Cell:
    """One point of the design: what every axis takes there (a value, or a choice's label), and the scenario."""

    index: int
    values: dict[str, Scalar]
    scenario: Scenario


def base_scenario(experiment: Experiment) -> Scenario:
    """The scenario that is varied: as it was when the file was read, else the preset of that name."""
    if experiment._base is None or experiment._base_name not in (None, experiment.scenario):
        return load_scenario(experiment.scenario)
    return experiment._base


def allow(experiment: Experiment, allow_many: bool) -> None:
    """ScenarioError for more than a million cells unless they are allowed."""
    total = count(experiment)
    if total > MANY and not allow_many:
        counted = " x ".join(str(one) for one in sizes(experiment))
        allowed = f"{MANY:,}, or allow_many=True (--yes on the command line)"
        raise ScenarioError(f"experiment {experiment.name}: {counted} = {total:,} cells; allowed: {allowed}")


def cells(experiment: Experiment, *, allow_many: bool = False) -> Iterator[Cell]:
    """All cells in order, each scenario checked; ScenarioError for more than a million unless allowed."""
    allow(experiment, allow_many)
    return _cells(experiment, base_scenario(experiment), range(count(experiment)))


def cell(experiment: Experiment, index: int) -> Cell:
    """One cell, without those before it."""
    total = count(experiment)
    if not 0 <= index < total:
        raise ScenarioError(f"experiment {experiment.name}: no cell {index}; allowed: 0 to {total - 1}")
    return next(_cells(experiment, base_scenario(experiment), range(index, index + 1)))


def _cells(experiment: Experiment, base: Scenario, chosen: range) -> Iterator[Cell]:
    for first in range(chosen.start, chosen.stop, BLOCK):
        block = np.arange(first, min(first + BLOCK, chosen.stop))
        places = positions(experiment, base, block)
        for number, index in enumerate(block):
            yield _cell(experiment, base, int(index), {name: at[number].item() for name, at in places.items()})


def _cell(experiment: Experiment, base: Scenario, index: int, places: dict[str, int | float]) -> Cell:
    moved: dict[str, Scalar] = {}
    for axis in axes(experiment):
        moved |= setting(axis, places[axis.name])
    values = {axis.name: value(axis, places[axis.name]) for axis in axes(experiment)}
    try:
        return Cell(index, values, with_values(base, moved))
    except ScenarioError as error:
        raise ScenarioError(f"experiment {experiment.name}, cell {index} ({point(values)}): {error}") from None


def point(values: dict[str, Scalar]) -> str:
    """Where a cell lies, in words."""
    return ", ".join(f"{name} = {written(found)}" for name, found in values.items())
