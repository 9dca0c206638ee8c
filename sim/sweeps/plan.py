"""What a sweep will play, before it plays: parts, their runs, the columns they get, the digest of it all.

A part is a file: whole cells while they are small, else a stretch of one cell's replicates. How runs fall into parts
depends on the experiment alone, never on threads or memory, so the same experiment gives the same files anywhere.
"""

from __future__ import annotations

import hashlib
import json
from collections.abc import Iterator
from dataclasses import dataclass
from functools import cached_property
from typing import Any

import numpy as np
import pyarrow as pa
from numpy.typing import NDArray

from sim.engines.batch import summarise, year_columns
from sim.measures import COUNTS, LEVELS
from sim.scenario import Experiment, Scenario, ScenarioError, Vary, axes, base_scenario, count
from sim.scenario.allowed import meant
from sim.scenario.axes import size, value
from sim.store.provenance import code_digest

__all__ = ["Part", "Plan", "checked"]

RUNS = 2_000  # in a part, about
ROWS = 50_000  # in a part that has one for every run and year
CELLS = 65_536  # rows that the table of cells is written by


@dataclass(frozen=True)
class Part:
    """The runs of one file: all of these replicates of all of these cells."""

    number: int
    cells: range
    replicates: range

    @property
    def runs(self) -> int:
        return len(self.cells) * len(self.replicates)


class Plan:
    """An experiment with its scenario, taken apart.

    Attributes:
        cells, replicates, runs: how many there are.
        together: cells in a part. stretch: replicates in a part.
    """

    def __init__(self, experiment: Experiment) -> None:
        """ScenarioError if an axis or an outcome has a name that the results cannot have."""
        self.base = base_scenario(experiment)
        self.experiment = experiment.model_copy()
        self.experiment._base = self.base  # cells are now built without reading any file again
        checked(self.experiment)
        self.cells, self.replicates = count(experiment), experiment.replicates
        self.runs = self.cells * self.replicates
        years = self.base.end - self.base.start + 1 if self.records_years else 1
        most = max(1, min(RUNS, ROWS // years))
        self.together = max(1, most // self.replicates)
        self.stretch = -(-self.replicates // -(-self.replicates // most))

    @property
    def records_years(self) -> bool:
        return self.experiment.record == "years"

    @property
    def kinds(self) -> tuple[str, ...]:
        """The folders that every part has a file in."""
        return ("runs", "years") if self.records_years else ("runs",)

    @property
    def parts(self) -> int:
        return -(-self.cells // self.together) * self._a_cell

    @property
    def _a_cell(self) -> int:
        return -(-self.replicates // self.stretch)

    def part(self, number: int) -> Part:
        """The cells and replicates of a part."""
        group, piece = divmod(number, self._a_cell)
        first, low = group * self.together, piece * self.stretch
        cells = range(first, min(first + self.together, self.cells))
        return Part(number, cells, range(low, min(low + self.stretch, self.replicates)))

    @cached_property
    def header(self) -> dict[str, Any]:
        """What the manifest says of the experiment; a function of experiment, scenario, figures and code alone."""
        what = {
            "experiment": _dumped(self.experiment),
            "scenario": self.base.model_dump(mode="json"),
            "code": code_digest(),
        }
        text = json.dumps(what, sort_keys=True, ensure_ascii=False, separators=(",", ":"))
        shape = {"cells": self.cells, "replicates": self.replicates, "runs": self.runs, "number_of_parts": self.parts}
        return {
            "name": self.experiment.name,
            "digest": hashlib.sha256(text.encode()).hexdigest(),
            "seed": self.experiment.seed,
            **shape,
            "part": {"cells": self.together, "replicates": self.stretch},
            **what,
        }

    def axis_columns(self, cells: NDArray[np.int64]) -> dict[str, pa.Array]:
        """The values of all axes in these cells, a column an axis."""
        columns: dict[str, pa.Array] = {}
        left = cells
        for axis in reversed(axes(self.experiment)):
            left, position = np.divmod(left, size(axis))
            used, at = np.unique(position, return_inverse=True)
            columns[axis.name] = _column([value(axis, int(one)) for one in used], _kind(axis)).take(pa.array(at))
        return dict(reversed(columns.items()))

    def cell_tables(self) -> Iterator[pa.Table]:
        """The table of cells, a stretch at a time."""
        for first in range(0, self.cells, CELLS):
            cells = np.arange(first, min(first + CELLS, self.cells))
            yield pa.table({"cell": cells, **self.axis_columns(cells)})


def _dumped(experiment: Experiment) -> dict[str, Any]:
    """The experiment as plain data, defaults filled in; of an axis only what it uses, so that it can be read back."""
    data: dict[str, Any] = experiment.model_dump(mode="json")
    for group in ("levers", "uncertainties"):
        data[group] = [axis.model_dump(mode="json", exclude_defaults=True) for axis in getattr(experiment, group)]
    return data


def _kind(axis: Vary) -> pa.DataType:
    """The type of an axis's column; it does not depend on which cells are looked at."""
    given = axis.values if axis.step is None else (axis.start, axis.step)
    found: set[type] = {type(one) for one in given} or {str}
    for types, kind in (({bool}, pa.bool_()), ({int}, pa.int64()), ({int, float}, pa.float64())):
        if found <= types:
            return kind
    return pa.string()


def _column(values: list[Any], kind: pa.DataType) -> pa.Array:
    return pa.array([str(one) if pa.types.is_string(kind) else one for one in values], kind)


def checked(experiment: Experiment) -> tuple[str, ...]:
    """The columns of runs that the outcomes mean: themselves, or their means over the years.

    ScenarioError if an outcome is no measure, or an axis has the name of one: it could not be a column beside it.
    """
    runs, years = measures(base_scenario(experiment))
    for axis in axes(experiment):
        if axis.name in runs | years:
            words = "this name is taken by a column of the results; allowed: another name"
            raise ScenarioError(f"experiment {experiment.name}: axis name = {axis.name!r}: {words}")
    for name in experiment.outcomes:
        if name not in runs | years:
            known = sorted(years | runs)
            words = f"no such measure{meant(name, known)}; allowed: {', '.join(sorted(years))}, or a column of runs"
            raise ScenarioError(f"experiment {experiment.name}: outcomes: {name!r}: {words}")
    columns = [name if name in runs else f"mean_{name}" for name in experiment.outcomes]
    return tuple(name for name in dict.fromkeys(columns) if name in runs)


def measures(scenario: Scenario) -> tuple[set[str], set[str]]:
    """The names of what is measured: by run, by year."""
    levels, counts = np.zeros((1, 2, len(LEVELS))), np.zeros((1, 2, len(COUNTS)), np.int16)
    with np.errstate(invalid="ignore"):
        years = year_columns(scenario, np.zeros(1, np.int64), levels, counts)
    return set(summarise(scenario, levels, counts)), set(years) - {"replicate", "year"}
