"""A sweep that was never played: the cells of a real experiment, and outcomes from a function with a known answer."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from copy import copy
from typing import Any

import numpy as np
import pandas as pd
import pytest
from numpy.typing import NDArray

from sim.scenario import Design, Experiment, Vary
from sim.sweeps.plan import Plan

COLUMN = "mean_european_share"  # what the functions below call by the measure's name
Solved = Callable[[pd.DataFrame, NDArray[np.int64]], NDArray[Any]]
NAMES = ("thinning", "allied_weight", "adjustment_speed", "collective_share")


class Pretended:
    """``solved(cells, replicates)`` gives the outcome, shape (cells, replicates)."""

    def __init__(self, experiment: Experiment, solved: Solved) -> None:
        self.experiment, plan = experiment, Plan(experiment)
        self._cells = pd.concat([table.to_pandas() for table in plan.cell_tables()], ignore_index=True)
        self._y = solved(self._cells, np.arange(plan.replicates))

    def under(self, solved: Solved) -> Pretended:
        """The same cells with another outcome."""
        other = copy(self)
        other._y = solved(self._cells, np.arange(self._y.shape[1]))
        return other

    def cells(self) -> pd.DataFrame:
        return self._cells

    def runs(self, columns: Sequence[str] | None = None) -> pd.DataFrame:
        cells, replicates = self._y.shape
        frame = {"cell": np.repeat(np.arange(cells), replicates), "replicate": np.tile(np.arange(replicates), cells)}
        return pd.DataFrame(frame | {COLUMN: self._y.ravel()})


def ranges(many: int) -> tuple[Vary, ...]:
    """Axes from 0 to 1."""
    return tuple(Vary(name=f"x{k}", key=f"parameters.{NAMES[k]}", low=0, high=1) for k in range(many))


@pytest.fixture
def pretend() -> Callable[..., Pretended]:
    """Of levers, uncertainties (or how many ranges), design and the function."""

    def make(
        solved: Solved, levers: Sequence[Vary] = (), uncertainties: Sequence[Vary] | int = 0, replicates: int = 1,
        luck: str = "common", **design: Any,
    ) -> Pretended:  # fmt: skip
        chance = ranges(uncertainties) if isinstance(uncertainties, int) else tuple(uncertainties)
        made = Experiment.model_validate(
            {"name": "e", "title": "E", "question": "?", "scenario": "us-policies", "levers": tuple(levers),
             "uncertainties": chance, "replicates": replicates, "design": Design(**design), "luck": luck}
        )  # fmt: skip
        return Pretended(made, solved)

    return make
