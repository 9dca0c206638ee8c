"""How well each draw foresaw what a cut-off has seen, and what that is worth as evidence.

Errors h years ahead are taken as Laplace with scale b sqrt(v_h), where

    v_h = 1 + (1-L)^2 + ... + (1-L)^(2(h-1)) = (1 - (1-L)^(2h)) / (1 - (1-L)^2)

is how a budget's noise adds up at adjustment speed L (Eq. 6). With the prior 1/b on the scale, integrated out,

    ln p(errors | draw) = -n ( ln b + mean ln sqrt(v_h) ),   b = mean |error| / sqrt(v_h).

The errors are not n independent ones: forecasts overlap, and a year's surprise is common to many members. So this
composite likelihood is raised to n_eff / n (Varin, Reid & Firth 2011; Ribatet, Cooley & Davison 2012), with n^2 / n_eff
the variance of the score of a shift, the sum of the errors' signs, at the best draw: by origin, Bartlett weights to the
longest horizon (Newey & West 1987). A surprise counts once: n_eff is at most the number of members' years.
"""

from __future__ import annotations

import math
from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

from sim import chance
from sim.evidence.pool import HORIZONS, Pool

__all__ = ["LEAST_DRAWS", "Weighed", "accumulated", "effective", "resample", "scales", "weigh"]

LEAST_DRAWS = 100  # that shall count, else the weights are tempered

Floats = NDArray[np.float64]


class Weighed(NamedTuple):
    """Draws with their weights.

    Attributes:
        weights: (draws,) summing to 1. scale: (draws,) b, of GDP.
        n: errors. n_eff: independent errors that they are worth. temper: power of the likelihood beyond that, 1: none.
        ess: draws that count, 1 / sum of squared weights.
    """

    weights: Floats
    scale: Floats
    n: int
    n_eff: float
    temper: float
    ess: float


def accumulated(speed: Floats) -> Floats:
    """v_h for horizons 1, 3, 5: (draws,) -> (draws, 3)."""
    kept = (1.0 - speed[:, None]) ** 2
    years = np.arange(max(HORIZONS))
    return np.stack([(kept ** years[:horizon]).sum(axis=1) for horizon in HORIZONS], axis=1)


def scales(pool: Pool, until: int) -> tuple[Floats, Floats]:
    """b by draw, of GDP, and -ln p / n by draw."""
    count, v = pool.seen(until), accumulated(pool.draws["adjustment_speed"])
    n = count.sum()
    scale = np.einsum("doh,oh,dh->d", pool.loss, count, 1.0 / np.sqrt(v)) / n
    return scale, np.log(scale) + 0.5 * (np.log(v) @ count.sum(axis=0)) / n


def effective(pool: Pool, until: int, draw: int) -> float:
    """n_eff at one draw."""
    count = pool.seen(until)
    n, by_origin = count.sum(), count.sum(axis=1)
    sums = (pool.sign[draw] * count).sum(axis=1)
    score = (sums - by_origin * sums.sum() / n)[by_origin > 0]
    lags = min(max(HORIZONS), score.size)
    variance = score @ score
    for lag in range(1, lags):
        variance += 2.0 * (1.0 - lag / lags) * (score[lag:] @ score[:-lag])
    years = float(count[:, 0].sum())  # of one year ahead: one a member and year
    return float(min(years, n * n / max(variance, n)))


def weigh(pool: Pool, until: int, left: NDArray[np.bool_]) -> Weighed:
    """Weights of the draws that history matching has left."""
    scale, loss = scales(pool, until)
    loss = np.where(left, loss, np.inf)
    n_eff = effective(pool, until, int(loss.argmin()))
    evidence = -n_eff * (loss - loss.min())
    wanted = min(LEAST_DRAWS, int(left.sum()))
    temper = 1.0 if _counted(evidence[left]) >= wanted else _tempered(evidence[left], wanted)
    weights = np.where(left, np.exp(temper * evidence), 0.0)
    n = int(pool.seen(until).sum())
    return Weighed(weights / weights.sum(), scale, n, n_eff, temper, _counted(temper * evidence[left]))


def _counted(evidence: Floats) -> float:
    """Effective sample size of importance weights (Kong 1992)."""
    weights = np.exp(evidence)
    return float(weights.sum() ** 2 / (weights @ weights))


def _tempered(evidence: Floats, wanted: int) -> float:
    """The power, below 1, at which that many draws count."""
    from scipy.optimize import brentq

    return float(brentq(lambda power: _counted(power * evidence) - wanted * (1.0 - 1e-9), 0.0, 1.0))


def resample(pool: Pool, weighed: Weighed, size: int, seed: int) -> dict[str, Floats]:
    """Equally likely draws, (size,) each, and the standard deviation of a budget's surprise with them.

    Systematic resampling (Kitagawa 1996). The scale is drawn from its conditional, an inverse gamma of shape n_eff; the
    standard deviation of a Laplace variable is b sqrt(2), and a normal one of that spread has its 90 % interval to 1 %.
    """
    rng = chance.resampler(seed)
    points = (rng.random() + np.arange(size)) / size
    picked = np.minimum(np.searchsorted(np.cumsum(weighed.weights), points), weighed.weights.size - 1)
    shape = max(weighed.n_eff * weighed.temper, 2.0)
    scale = weighed.scale[picked] * shape / rng.gamma(shape, size=size)
    table = {name: values[picked] for name, values in pool.draws.items()}
    return table | {"budget_noise": np.minimum(0.02, math.sqrt(2.0) * scale)}
