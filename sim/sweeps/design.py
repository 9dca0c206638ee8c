"""From cells to what the engine plays: scenarios that are built once, and rows of parameters for all else.

A cell whose axes set nothing but numbers of the model needs no scenario of its own: its numbers are looked up and
checked by the column. Only the other axes, the slow ones, cost a whole scenario, one for every change of theirs.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from functools import lru_cache
from itertools import pairwise
from typing import Any

import numpy as np
from numpy.typing import NDArray

from sim.scenario import Experiment, Scalar, Scenario, ScenarioError, Vary, axes, base_scenario, cell, with_values
from sim.scenario.axes import column, rows, setting
from sim.scenario.design import positions
from sim.scenario.parameters import DATES, Parameters, limits
from sim.setup import Prepared, of_runs, prepare

__all__ = ["KEPT", "Block", "Blocks"]

BEFORE = "parameters."
KEPT = 64  # scenarios, with what was prepared of them
KINDS: dict[Any, set[type]] = {int: {int}, float: {int, float}}  # what a parameter of a type may be given


@dataclass(frozen=True)
class Block:
    """Cells in a row that differ in nothing but parameters: ``moved`` has, by name, what axes set in each cell."""

    cells: NDArray[np.int64]
    scenario: Scenario
    prepared: Prepared
    moved: dict[str, NDArray[Any]]  # (cells,) each, NaN where the scenario's own number stays

    def rows(self, at: NDArray[np.int64], numbers: NDArray[np.int64]) -> NDArray[Any]:
        """The parameters of runs, (runs,) of PARAMETERS: ``at`` is the place of each run's cell in the block."""
        found = np.array(of_runs(self.prepared.parameters, numbers))
        for name, numbers_of in self.moved.items():
            moved = numbers_of[at]
            found[name] = np.where(np.isnan(moved), found[name], moved)
        return found


class Blocks:
    """All cells of an experiment, a block at a time; threads may share it.

    Attributes:
        experiment, base: what was given, and the scenario that is varied.
        fast, slow: the axes that set nothing but numbers of the model, and the others.
    """

    def __init__(self, experiment: Experiment) -> None:
        self.experiment, self.base = experiment, base_scenario(experiment)
        self.fast = [axis for axis in axes(experiment) if only_numbers(axis)]
        self.slow = [axis for axis in axes(experiment) if axis not in self.fast]
        self._scenario = lru_cache(KEPT)(self._build)
        self._prepared = lru_cache(KEPT)(lambda places: prepare(self._scenario(places)))

    def of(self, cells: range) -> Iterator[Block]:
        """The blocks of a stretch of cells, in order; ScenarioError names the first cell that is wrong."""
        for chosen, places in self._stretches(cells):
            slow = self._slow_places(places)
            try:
                scenario, prepared = self._scenario(slow), self._prepared(slow)
            except ScenarioError:
                raise self._refusal(int(chosen[0])) from None
            yield Block(chosen, scenario, prepared, self._moved(chosen, places))

    def check(self, cells: range) -> None:
        """ScenarioError for the first cell of a stretch that is wrong; prepares nothing."""
        for chosen, places in self._stretches(cells):
            try:
                self._scenario(self._slow_places(places))
            except ScenarioError:
                raise self._refusal(int(chosen[0])) from None
            self._moved(chosen, places)

    def preparations(self, cells: NDArray[np.int64]) -> tuple[int, int]:
        """How often the slow axes move from one of these cells to the next, and how many values they take in them."""
        places = positions(self.experiment, self.base, cells)
        slow = np.array([places[axis.name] for axis in self.slow]).reshape(len(self.slow), cells.size)
        moves = int((slow[:, 1:] != slow[:, :-1]).any(axis=0).sum())
        return moves, len(np.unique(slow, axis=1).T) if self.slow else 1

    def _stretches(self, cells: range) -> Iterator[tuple[NDArray[np.int64], dict[str, NDArray[Any]]]]:
        """Cells and their places, cut wherever a slow axis moves."""
        chosen = np.arange(cells.start, cells.stop)
        places = positions(self.experiment, self.base, chosen)
        moved = np.zeros(chosen.size, bool)
        for axis in self.slow:
            moved[1:] |= np.diff(places[axis.name]) != 0
        cuts = [0, *np.flatnonzero(moved).tolist(), chosen.size]
        for first, last in pairwise(cuts):
            yield chosen[first:last], {name: at[first:last] for name, at in places.items()}

    def _slow_places(self, places: dict[str, NDArray[Any]]) -> tuple[int | float, ...]:
        return tuple(places[axis.name][0].item() for axis in self.slow)

    def _build(self, places: tuple[int | float, ...]) -> Scenario:
        """The scenario with what the slow axes set."""
        moved: dict[str, Scalar] = {}
        for axis, at in zip(self.slow, places, strict=True):
            moved |= setting(axis, at)
        return with_values(self.base, moved) if moved else self.base

    def _moved(self, cells: NDArray[np.int64], places: dict[str, NDArray[Any]]) -> dict[str, NDArray[Any]]:
        """The numbers that axes set in every cell, in their ranges."""
        found: dict[str, NDArray[Any]] = {}
        for axis in self.fast:
            for key in axis.keys:
                name = key.removeprefix(BEFORE)
                numbers, (low, high) = column(axis, key, places[axis.name]), limits(name)
                left = np.isnan(numbers)  # by a choice that sets other numbers
                wrong = ~(left | ((numbers >= low) & (numbers <= high)))
                if wrong.any():
                    raise self._refusal(int(cells[wrong.argmax()]))
                found[name] = numbers
        return found

    def _refusal(self, index: int) -> ScenarioError:
        """What is wrong with a cell, in the words of whoever builds it whole."""
        try:
            cell(self.experiment, index)
        except ScenarioError as error:
            return error
        return ScenarioError(f"experiment {self.experiment.name}, cell {index}: cannot be played")


def only_numbers(axis: Vary) -> bool:
    """Whether an axis sets nothing but numbers of the model, each of its own kind, and no date."""
    names = [key.removeprefix(BEFORE) for key in axis.keys if key.startswith(BEFORE)]
    if len(names) < len(axis.keys) or not set(names) <= set(Parameters.model_fields) - set(DATES):
        return False
    return all(kinds(axis, f"{BEFORE}{name}") <= KINDS[Parameters.model_fields[name].annotation] for name in names)


def kinds(axis: Vary, key: str) -> set[type]:
    """The types of all that an axis sets a key to."""
    if axis.table is not None:
        return {type(rows(axis).columns[key][0].item())}
    if axis.choices:
        return {type(table[key]) for table in axis.choices.values() if key in table}
    given = (axis.start, axis.step) if axis.step is not None else (axis.low,) if axis.is_range else axis.values
    return {type(one) for one in given}
