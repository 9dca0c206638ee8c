"""Comparing policies over the same futures: regret, the least largest regret, differences in pairs, tipping points.

Cells that differ in their levers alone meet the same points of the uncertainties and, with common luck, the same draws.
"""

from __future__ import annotations

import math
from collections.abc import Mapping
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, Literal

import numpy as np

from sim.insight.reading import Floats, Swept, matrix, means, selected
from sim.scenario import axes
from sim.scenario.design import points

if TYPE_CHECKING:
    import pandas as pd

__all__ = ["Choice", "Tipping", "minimax", "paired", "paired_differences", "regret", "tipping_point"]

Best = Literal["high", "low"]


@dataclass(frozen=True)
class Choice:
    """A policy that is regretted least where it is regretted most.

    Attributes:
        policy: lever -> value. worst: its largest regret. regrets: one row a policy: levers, worst and mean regret.
    """

    policy: dict[str, Any]
    worst: float
    regrets: pd.DataFrame


@dataclass(frozen=True)
class Tipping:
    """Where a lever brings an outcome across a line.

    Attributes:
        at: value of the lever, NaN if the mean never crosses. low, high: its interval.
        crossing: part of the bootstrap samples that cross at all; the interval is theirs.
        crossings: how often the mean crosses; ``at`` is the first time from below.
    """

    at: float
    low: float
    high: float
    crossing: float
    crossings: int


def regret(results: Swept, outcome: str, *, best: Best = "high") -> pd.DataFrame:
    """What every policy falls short of the best one, in every future (Savage 1951).

    A policy is a combination of the levers, a future a point of the uncertainties; what counts is the mean over the
    replicates.

    Args:
        best: whether a high or a low outcome is wanted.

    Returns:
        One row a policy and future: levers, uncertainties, the outcome, regret >= 0.

    Raises:
        ValueError: no levers that are crossed, or luck of their own, which would be regretted too.
    """
    _check_luck(results)
    levers, cells = _levers(results), results.cells()
    value = means(results, outcome)
    by_policy = value.reshape(-1, points(results.experiment))
    gap = by_policy.max(axis=0) - by_policy if best == "high" else by_policy - by_policy.min(axis=0)
    names = [*levers, *(axis.name for axis in results.experiment.uncertainties)]
    return cells[names].assign(**{outcome: value, "regret": gap.ravel()})


def minimax(results: Swept, outcome: str, *, best: Best = "high") -> Choice:
    """The policy whose largest regret over the futures is smallest; of equal ones the first."""
    levers, table = _levers(results), regret(results, outcome, best=best)
    grouped = table.groupby(levers, sort=False)["regret"]
    found = grouped.agg(worst="max", mean="mean").reset_index()
    chosen = found.iloc[int(found["worst"].to_numpy().argmin())]
    return Choice({name: chosen[name] for name in levers}, float(chosen["worst"]), found)


def paired_differences(
    results: Swept, outcome: str, first: Mapping[str, Any], second: Mapping[str, Any], *, confidence: float = 0.95
) -> pd.DataFrame:
    """How much higher the outcome is under the first policy than under the second, run by run with the same draws.

    Args:
        first, second: the values of the same levers, such as {"policy": "graduated"}.
        confidence: of the intervals (Student's t).

    Returns:
        One row for each combination of the other axes: these, difference, low, high, runs, and correlation of the
        pairs, which is what common luck saves: the variance of the difference of runs of their own is larger by the
        factor 1 / (1 - correlation) where both spread alike.

    Raises:
        ValueError: other levers on one side, values that no cell has, luck of their own, or a single replicate.
    """
    _check_luck(results)
    if set(first) != set(second) or not first:
        raise ValueError("first and second name the same levers, at least one")
    whole, cells = matrix(results, outcome), results.cells()
    if whole.shape[1] < 2:
        raise ValueError("one replicate has no interval; allowed: at least two")
    one, two = np.flatnonzero(selected(results, first)), np.flatnonzero(selected(results, second))
    others = [axis.name for axis in axes(results.experiment) if axis.name not in first]
    here, there = cells.iloc[one][others].reset_index(drop=True), cells.iloc[two][others].reset_index(drop=True)
    if not here.equals(there):
        raise ValueError("the two policies did not meet the same other values; allowed: levers that are crossed")
    return here.assign(**paired(whole[one], whole[two], confidence))


def paired(one: Floats, two: Floats, confidence: float) -> dict[str, Any]:
    """Difference of pairs of runs with its interval (Student's t), row by row.

    Args:
        one, two: (rows, runs), at least two runs.

    Returns:
        Columns difference (one - two), low, high, runs, correlation.
    """
    from scipy.special import stdtrit  # quantiles of Student's t; scipy.stats, which calls it, takes .4 s to import

    apart = one - two
    many = apart.shape[1]
    half = float(stdtrit(many - 1, 0.5 + confidence / 2)) * apart.std(axis=1, ddof=1) / math.sqrt(many)
    mean = apart.mean(axis=1)
    correlation = _correlation(one, two)
    return {"difference": mean, "low": mean - half, "high": mean + half, "runs": many, "correlation": correlation}


def _correlation(x: Floats, y: Floats) -> Floats:
    """Row by row, NaN where one does not vary."""
    x, y = x - x.mean(axis=1, keepdims=True), y - y.mean(axis=1, keepdims=True)
    with np.errstate(invalid="ignore", divide="ignore"):
        found: Floats = (x * y).sum(axis=1) / np.sqrt((x**2).sum(axis=1) * (y**2).sum(axis=1))
    return found


def tipping_point(
    results: Swept,
    outcome: str,
    lever: str,
    line: float,
    *,
    where: Mapping[str, Any] | None = None,
    confidence: float = 0.95,
    samples: int = 2000,
) -> Tipping:
    """The value of a lever from which on the mean outcome lies on the other side of a line.

    The mean is taken as linear between neighbouring values. The interval holds the middle of ``samples`` bootstrap
    samples of whole replicates (Efron & Tibshirani 1993, percentile method), so that common luck stays common.

    Args:
        lever: an axis of numbers. where: the values of all other axes that take more than one.

    Raises:
        ValueError: an axis that is not there or holds no numbers, or other axes left open.
    """
    cells = results.cells()[selected(results, where or {})]
    names = [axis.name for axis in axes(results.experiment)]
    if lever not in names or cells[lever].dtype.kind not in "if":
        raise ValueError(f"lever {lever!r}: not an axis of numbers; there are {', '.join(names)}")
    left = [name for name in names if name != lever and cells[name].nunique() > 1]
    if left:
        raise ValueError(f"axis {left[0]} has several values; allowed: where = {{{left[0]!r}: one of them}}")
    order = np.argsort(cells[lever].to_numpy(), kind="stable")
    x = cells[lever].to_numpy(float)[order]
    y = matrix(results, outcome)[cells["cell"].to_numpy()[order]]
    at, crossings = _crossing(x, y.mean(axis=1), line)
    rng = np.random.default_rng(results.experiment.seed)
    many = y.shape[1]
    tried = np.array([_crossing(x, y[:, rng.integers(many, size=many)].mean(axis=1), line)[0] for _ in range(samples)])
    crossed = tried[~np.isnan(tried)]
    tail = (1 - confidence) / 2
    low, high = np.quantile(crossed, [tail, 1 - tail]) if crossed.size else (math.nan, math.nan)
    return Tipping(at, float(low), float(high), crossed.size / samples, crossings)


def _crossing(x: Floats, y: Floats, line: float) -> tuple[float, int]:
    """Where y first crosses the line, and how often it does."""
    above = y > line
    turns = np.flatnonzero(above[1:] != above[:-1])
    if not turns.size:
        return math.nan, 0
    k = int(turns[0])
    return float(x[k] + (line - y[k]) / (y[k + 1] - y[k]) * (x[k + 1] - x[k])), int(turns.size)


def _check_luck(results: Swept) -> None:
    if results.experiment.luck == "independent":
        raise ValueError('luck = "independent": runs do not come in pairs; allowed: luck = "common" or "points"')


def _levers(results: Swept) -> list[str]:
    experiment = results.experiment
    if not experiment.levers or experiment.design.levers == "sampled":
        raise ValueError("no policies to compare; allowed: an experiment with levers that are crossed")
    return [axis.name for axis in experiment.levers]
