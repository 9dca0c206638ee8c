"""Which region of the axes leads to an outcome, and what tells it best: ema_workbench's PRIM and feature scores.

The workbench (Kwakkel 2017) needs Python 3.12: ``pip install "burdenshare[discovery]"``.
"""

from __future__ import annotations

import warnings
from dataclasses import dataclass
from types import ModuleType
from typing import TYPE_CHECKING

import numpy as np

from sim.insight.reading import Swept, inputs, means

if TYPE_CHECKING:
    import pandas as pd

__all__ = ["Box", "feature_scores", "prim"]


@dataclass(frozen=True)
class Box:
    """A region of the axes.

    Attributes:
        limits: one row a restricted axis: axis, low, high (of numbers), values (of labels), chance (that it is
            restricted by luck, the quasi-p value; of a lower and an upper limit the larger).
        coverage: part of the cases of interest that lie in it. density: part of its cells that are of interest.
        mass: part of all cells that lie in it.
        trajectory: the same for every box on the way, to choose another: ``prim(..., box=number)``.
    """

    limits: pd.DataFrame
    coverage: float
    density: float
    mass: float
    trajectory: pd.DataFrame


def prim(
    results: Swept,
    outcome: str,
    *,
    above: float | None = None,
    below: float | None = None,
    peel: float = 0.05,
    smallest: float = 0.05,
    box: int | None = None,
) -> Box:
    """The patient rule induction method (Friedman & Fisher 1999; Bryant & Lempert 2010).

    Args:
        above, below: a cell is of interest if its mean outcome is above, or below, this; one of them.
        peel: part of the cells that one step may cut off. smallest: part of all cells that a box must keep.
        box: a step of the trajectory; the last one by default.

    Raises:
        ImportError: no ema_workbench. ValueError: both or none of the limits, or no cell, or every cell, of interest.
    """
    import pandas as pd

    if (above is None) == (below is None):
        raise ValueError("prim takes one of above and below")
    y = means(results, outcome)
    wanted = y > above if above is not None else y < (below or 0.0)
    if wanted.all() or not wanted.any():
        raise ValueError(f"{int(wanted.sum()):,} of {wanted.size:,} cells are of interest; {outcome} lies from "
                         f"{y.min():g} to {y.max():g}")  # fmt: skip
    found = _workbench().Prim(inputs(results), wanted.astype(int), peel_alpha=peel, mass_min=smallest).find_box()
    step = len(found.peeling_trajectory) - 1 if box is None else box
    if not 0 <= step < len(found.peeling_trajectory):
        raise ValueError(f"box = {box}: there is none; allowed: 0 to {len(found.peeling_trajectory) - 1}")
    limits, rows = found.box_lims[step], []
    for name, chance in found.p_values[step].items():
        low, high = limits[name]
        listed = isinstance(low, set)
        rows.append({"axis": name, "low": np.nan if listed else low, "high": np.nan if listed else high,
                     "values": sorted(low) if listed else None, "chance": max(chance)})  # fmt: skip
    kept = found.peeling_trajectory[["coverage", "density", "mass", "res_dim"]]
    trajectory = kept.rename(columns={"res_dim": "axes"}).rename_axis("box").reset_index()
    here = trajectory.iloc[step]
    table = pd.DataFrame(rows, columns=["axis", "low", "high", "values", "chance"])
    return Box(table, float(here["coverage"]), float(here["density"]), float(here["mass"]), trajectory)


def feature_scores(results: Swept, outcome: str, *, trees: int = 100) -> pd.DataFrame:
    """How much each axis tells of the outcome: importances in extra trees (Jaxa-Rozen & Kwakkel 2018), summing to 1.

    Returns:
        axis, score, the largest first.

    Raises:
        ImportError: no ema_workbench.
    """
    workbench = _workbench()
    x, y = inputs(results), means(results, outcome)
    scores, _ = workbench.get_ex_feature_scores(
        x, y, mode=workbench.RuleInductionType.REGRESSION, nr_trees=trees, max_features=max(1, round(x.shape[1] / 3)),
        random_state=results.experiment.seed % 2**32,
    )  # fmt: skip
    table: pd.DataFrame = scores.rename(columns={1: "score"}).rename_axis("axis").reset_index()
    return table


def _workbench() -> ModuleType:
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")  # it warns of optional parts that are not needed here
        try:
            from ema_workbench import analysis
        except ImportError:
            words = "ema_workbench is not here; it takes Python 3.12 or newer and: pip install 'burdenshare[discovery]'"
            raise ImportError(words) from None
    return analysis  # type: ignore[no-any-return]
