"""A sweep as arrays: one row a cell, one column a replicate."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import TYPE_CHECKING, Any, Protocol

import numpy as np
from numpy.typing import NDArray

from sim.scenario import Experiment, axes, base_scenario, count
from sim.scenario.allowed import meant
from sim.sweeps.plan import measures, of_runs

if TYPE_CHECKING:
    import pandas as pd

__all__ = ["Swept", "column_of", "inputs", "matrix", "means", "selected"]

Floats = NDArray[np.float64]


class Swept(Protocol):
    """What is asked of a sweep; ``sim.store.Results`` has it."""

    @property
    def experiment(self) -> Experiment:
        """What was varied."""

    def cells(self) -> pd.DataFrame:
        """One row a cell."""

    def runs(self, columns: Sequence[str] | None = None) -> pd.DataFrame:
        """One row a run."""


def column_of(results: Swept, outcome: str) -> str:
    """The column of runs that an outcome means: itself, or its mean over the years; ValueError if there is none."""
    runs, years = measures(base_scenario(results.experiment))
    if outcome not in runs | years:
        raise ValueError(f"outcome {outcome!r}: no such measure{meant(outcome, runs | years)}")
    found = of_runs(outcome, runs)
    if found not in runs:
        raise ValueError(f"outcome {outcome!r}: a measure of years without a mean; allowed: a column of runs")
    return found


def matrix(results: Swept, outcome: str) -> Floats:
    """The outcome of every run, shape (cells, replicates); ValueError unless all runs are there and have it."""
    column = column_of(results, outcome)
    runs = results.runs(["cell", "replicate", column])
    asked = results.experiment.replicates
    replicates = int(runs["replicate"].max()) + 1 if asked == "auto" else asked
    found = np.full((count(results.experiment), replicates), np.nan)
    found[runs["cell"].to_numpy(), runs["replicate"].to_numpy()] = runs[column].to_numpy(float)
    lack, absent = int(runs[column].isna().sum()), found.size - len(runs)
    if lack or absent:
        told = [f"{absent:,} of {found.size:,} runs are missing"] if absent else []
        told += [f"{lack:,} of {len(runs):,} runs have no {column}"] if lack else []
        raise ValueError(f"{', and '.join(told)}; allowed: a complete sweep, and an outcome that every run has")
    return found


def means(results: Swept, outcome: str) -> Floats:
    """The mean over the replicates of every cell."""
    mean: Floats = matrix(results, outcome).mean(axis=1)
    return mean


def inputs(results: Swept) -> pd.DataFrame:
    """What varies, one row a cell: every axis, or the columns of its table instead of the numbers of their rows."""
    cells, names = results.cells(), list[str]()
    for axis in axes(results.experiment):
        names += axis.keys if axis.table is not None else [axis.name]
    return cells[names]


def selected(results: Swept, where: Mapping[str, Any]) -> NDArray[np.bool_]:
    """Which cells have these values on these axes; ValueError for an axis or a value that is not there."""
    cells = results.cells()
    chosen = np.ones(len(cells), bool)
    known = [axis.name for axis in axes(results.experiment)]
    for name, value in where.items():
        if name not in known:
            raise ValueError(f"axis {name!r}: there is none{meant(name, known)}; allowed: {', '.join(known)}")
        hit = (cells[name] == value).to_numpy(bool)
        if not hit.any():
            some = ", ".join(map(str, cells[name].drop_duplicates().head(12)))
            raise ValueError(f"axis {name}: no cell has {value!r}; there are {some}")
        chosen &= hit
    return chosen
