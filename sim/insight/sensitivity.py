"""Which axes an outcome hangs on: Sobol indices of a Saltelli design, elementary effects of a Morris design, by SALib.

What is explained is the mean over a cell's replicates. Points that are compared with each other have the same luck (the
experiment's own check, and ``sim.scenario.design.luck``), so an axis that does nothing has index and effect 0. With
common luck the outcome is a function of the axes alone. With luck of its own for every base point the variance that
indices are shares of is that of axes and luck together, and luck's own part of it is told too.

Levers that were crossed with the sample give one analysis for each of their combinations.
"""

from __future__ import annotations

import math
from collections.abc import Iterator
from itertools import combinations
from typing import TYPE_CHECKING, Any

import numpy as np

from sim.insight.reading import Floats, Swept, means
from sim.scenario import Design
from sim.scenario.design import crossed, points, sample_of, sampled, together, unit_problem

if TYPE_CHECKING:
    import pandas as pd

__all__ = ["indices", "morris", "sobol"]

LUCK = ("luck", "luck_interval")
SAMPLES = 100  # of the bootstrap, as SALib takes


def sobol(results: Swept, outcome: str, *, pairs: bool = False, confidence: float = 0.95) -> pd.DataFrame:
    """First-order and total indices of every axis (Sobol 2001; estimators of Saltelli et al. 2010).

    Args:
        pairs: the second-order indices of pairs instead; needs ``second_order = true`` in the design.
        confidence: of the intervals, by 100 bootstrap samples.

    Returns:
        Levers that were crossed, then axis, first, first_interval, total, total_interval, luck, luck_interval; or
        axis, other, second, second_interval. An interval is a half-width, all are shares of the outcome's variance
        over the cells; NaN where the outcome does not vary under these levers. ``luck`` is what chance contributes by
        itself, the same for all axes: 0 with common luck.

    Raises:
        ValueError: another design, or an outcome that varies under no levers.
    """
    import pandas as pd

    design = _of_kind(results, "saltelli")
    if pairs and not design.second_order:
        raise ValueError("pairs need a design with second_order = true")
    names, apart = [axis.name for axis in sampled(results.experiment)], results.experiment.luck != "common"
    rows: list[dict[str, Any]] = []
    for levers, y in _samples(results, outcome):
        found = analysed(names, y, design.second_order, confidence, _seed(results))
        if pairs:
            rows += [
                levers | {"axis": names[i], "other": names[j], "second": found["S2"][i, j],
                          "second_interval": found["S2_conf"][i, j]}
                for i, j in combinations(range(len(names)), 2)
            ]  # fmt: skip
            continue
        own = _luck(y, together(design, len(names)), confidence, _seed(results)) if apart else (0.0, 0.0)
        rows += [levers | row | dict(zip(LUCK, own, strict=True)) for row in _indices(names, found)]
    return pd.DataFrame(rows)


def _luck(y: Floats, many: int, confidence: float, seed: int) -> tuple[float, float]:
    """Luck's first-order index and the half-width of its interval, by a bootstrap as of SALib's own indices.

    Of the ``many`` points in a row that belong together the first and the last have nothing in common but their luck,
    so their covariance is the variance of what luck does by itself.
    """
    from scipy.stats import norm

    pairs = y.reshape(-1, many)[:, [0, -1]]
    if np.ptp(pairs) == 0.0:
        return math.nan, math.nan
    chosen = np.random.default_rng(seed).integers(len(pairs), size=(SAMPLES, len(pairs)))
    again = [_shared(pairs[one]) for one in chosen]
    return _shared(pairs), float(norm.ppf(0.5 + confidence / 2)) * float(np.std(again, ddof=1))


def _shared(pairs: Floats) -> float:
    """The covariance of pairs as a share of the variance of all."""
    apart = pairs - pairs.mean()
    return float((apart[:, 0] * apart[:, 1]).mean() / (apart**2).mean())


def indices(names: list[str], y: Floats, *, confidence: float = 0.95, seed: int = 1) -> pd.DataFrame:
    """The same of any outcome over a Saltelli sample without second order, in the order of the sample.

    Returns:
        axis, first, first_interval, total, total_interval, as `sobol` does.

    Raises:
        ValueError: an outcome that does not vary.
    """
    import pandas as pd

    if np.ptp(y) == 0.0:
        raise ValueError("an outcome is the same at all points; nothing explains what does not vary")
    return pd.DataFrame(_indices(names, analysed(names, y, False, confidence, seed)))


def analysed(names: list[str], y: Floats, second_order: bool, confidence: float, seed: int) -> dict[str, Any]:
    """SALib's own table of indices; NaN for what does not vary, of which there are no shares."""
    from SALib.analyze import sobol as salib

    if np.ptp(y) == 0.0:
        single, double = np.full(len(names), np.nan), np.full((len(names), len(names)), np.nan)
        return dict.fromkeys(("S1", "S1_conf", "ST", "ST_conf"), single) | dict.fromkeys(("S2", "S2_conf"), double)
    found: dict[str, Any] = salib.analyze(
        unit_problem(names), y, calc_second_order=second_order, conf_level=confidence, seed=seed
    )
    return found


def _indices(names: list[str], found: dict[str, Any]) -> list[dict[str, Any]]:
    keys = {"first": "S1", "first_interval": "S1_conf", "total": "ST", "total_interval": "ST_conf"}
    return [{"axis": name} | {key: found[of][i] for key, of in keys.items()} for i, name in enumerate(names)]


def morris(results: Swept, outcome: str, *, confidence: float = 0.95) -> pd.DataFrame:
    """Elementary effects of every axis over its whole length (Morris 1991; Campolongo et al. 2007).

    Returns:
        Levers that were crossed, then axis, effect (the mean), strength (the mean of the absolute effect),
        strength_interval (half-width), spread (the standard deviation: interaction or bends), in units of the outcome.

    Raises:
        ValueError: another design, or an outcome that varies under no levers.
    """
    import pandas as pd
    from SALib.analyze import morris as salib

    design = _of_kind(results, "morris")
    names = [axis.name for axis in sampled(results.experiment)]
    x = np.column_stack(list(sample_of(results.experiment).columns.values()))
    keys = {"effect": "mu", "strength": "mu_star", "strength_interval": "mu_star_conf", "spread": "sigma"}
    rows: list[dict[str, Any]] = []
    for levers, y in _samples(results, outcome):
        found = salib.analyze(
            unit_problem(names), x, y, num_levels=design.levels, conf_level=confidence, seed=_seed(results)
        )
        rows += [levers | {"axis": name} | {key: float(found[of][i]) for key, of in keys.items()}
                 for i, name in enumerate(names)]  # fmt: skip
    return pd.DataFrame(rows)


def _of_kind(results: Swept, kind: str) -> Design:
    design = results.experiment.design
    if design.kind != kind:
        raise ValueError(f"this sweep has the design {design.kind}; allowed: design.kind = {kind!r}")
    return design


def _seed(results: Swept) -> int:
    """Of the bootstrap; SALib takes 0 for none."""
    return 1 + results.experiment.seed


def _samples(results: Swept, outcome: str) -> Iterator[tuple[dict[str, Any], Floats]]:
    """The outcome over the sample's points, for each combination of the levers that were crossed with it."""
    many = points(results.experiment)
    whole, cells = means(results, outcome), results.cells()
    names = [axis.name for axis in crossed(results.experiment)]
    if not np.ptp(whole.reshape(-1, many), axis=1).any():
        raise ValueError(f"{outcome} is the same in all cells; nothing explains what does not vary")
    for first in range(0, whole.size, many):
        y = whole[first : first + many]
        yield {name: cells[name].iloc[first] for name in names}, y
