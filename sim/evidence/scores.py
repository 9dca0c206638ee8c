"""How good forecasts were: scores, skill against a reference, and whether a difference is more than luck.

A forecast is an ensemble of equally likely values, or a point. All scores are losses, smaller is better, in the unit
of what is forecast. Forecasts of one origin share its surprises, so resampling moves whole origins, in blocks.
"""

from __future__ import annotations

import math
from typing import NamedTuple

import numpy as np
from numpy.typing import ArrayLike, NDArray

from sim import chance

__all__ = [
    "Comparison", "Skill", "absolute_error", "coverage", "crps", "diebold_mariano", "energy_score", "pit", "resampled",
    "skill",
]  # fmt: skip

Floats = NDArray[np.float64]


class Skill(NamedTuple):
    """1 - loss / loss of the reference, with its bootstrap interval (of 90 % unless asked otherwise)."""

    value: float
    lower: float
    upper: float


class Comparison(NamedTuple):
    """A Diebold-Mariano test: negative where the first forecast is better; p of two sides."""

    statistic: float
    p_value: float


def absolute_error(forecast: ArrayLike, actual: ArrayLike) -> Floats:
    """|forecast - actual|, elementwise."""
    error: Floats = np.abs(np.asarray(forecast, float) - np.asarray(actual, float))
    return error


def crps(ensemble: ArrayLike, actual: ArrayLike) -> Floats:
    """Continuous ranked probability score of an ensemble's own distribution function, shape of ``actual``.

    E|X - y| - E|X - X'|/2 (Gneiting & Raftery 2007, Eq. 21), ensemble of shape (m, ...); of one value, its error.
    """
    values = np.sort(np.asarray(ensemble, float), axis=0)
    m = values.shape[0]
    weights = (2.0 * np.arange(1, m + 1) - m - 1.0) / m**2  # of sorted values: half the mean of |x_i - x_j|
    score: Floats = np.abs(values - np.asarray(actual, float)).mean(axis=0) - np.tensordot(weights, values, 1)
    return score


def energy_score(ensemble: ArrayLike, actual: ArrayLike) -> float:
    """The same for vectors, with Euclidean distances: ensemble (m, n), actual (n,) (as above, Eq. 22)."""
    from scipy.spatial.distance import pdist

    values = np.asarray(ensemble, float)
    spread = float(pdist(values).sum()) / values.shape[0] ** 2
    missed = np.linalg.norm(values - np.asarray(actual, float), axis=1)
    return float(missed.mean() - spread)


def coverage(lower: ArrayLike, upper: ArrayLike, actual: ArrayLike) -> float:
    """The part of the outcomes inside their intervals, bounds included."""
    truth = np.asarray(actual, float)
    return float(np.mean((np.asarray(lower) <= truth) & (truth <= np.asarray(upper))))


def pit(ensemble: ArrayLike, actual: ArrayLike) -> Floats:
    """Where the outcome falls in the ensemble's distribution, 0 to 1; of a value that is tied, the middle.

    Uniform over many forecasts if they are calibrated: a U means too narrow, a slope means biased.
    """
    values, truth = np.asarray(ensemble, float), np.asarray(actual, float)
    place: Floats = ((values < truth).mean(axis=0) + (values <= truth).mean(axis=0)) / 2.0
    return place


def resampled(origins: int, block: int, draws: int, seed: int = 1) -> NDArray[np.int64]:
    """Positions of origins in ``draws`` circular block resamples, shape (draws, origins) (Politis & Romano 1992)."""
    length = max(1, min(block, origins))
    blocks = math.ceil(origins / length)
    starts = chance.resampler(seed).integers(origins, size=(draws, blocks))
    places: NDArray[np.int64] = (starts[:, :, None] + np.arange(length)) % origins
    return places.reshape(draws, -1)[:, :origins]


def skill(
    loss: ArrayLike, reference: ArrayLike, block: int, *, draws: int = 2000, level: float = 0.9, seed: int = 1
) -> Skill:
    """Skill of mean losses by origin, in time order, against a reference's.

    Args:
        loss, reference: (origins,) summed or mean losses; 0 for the reference throughout gives NaN.
        block: origins that a block holds; the horizon, since forecasts h years ahead share h - 1 years. The interval
            is NaN where there are no more origins than that: nothing would be resampled.
    """
    own, other = np.asarray(loss, float), np.asarray(reference, float)
    if own.shape != other.shape or own.ndim != 1 or own.size == 0:
        raise ValueError(f"skill needs two series of losses of one length, found shapes {own.shape} and {other.shape}")
    with np.errstate(divide="ignore", invalid="ignore"):
        value = float(1.0 - own.mean() / other.mean())
        if own.size <= block:
            return Skill(value, math.nan, math.nan)
        places = resampled(own.size, block, draws, seed)
        drawn = 1.0 - own[places].mean(axis=1) / other[places].mean(axis=1)
    tail = (1.0 - level) / 2.0
    lower, upper = np.quantile(drawn, [tail, 1.0 - tail])
    return Skill(value, float(lower), float(upper))


def diebold_mariano(loss: ArrayLike, reference: ArrayLike, horizon: int) -> Comparison:
    """Whether two forecasts lose equally, by mean losses by origin (Diebold & Mariano 1995).

    With the small-sample correction and Student's t of Harvey, Leybourne & Newbold (1997). The variance sums the
    autocovariances up to ``horizon`` - 1; where that is not positive, with Bartlett's weights. NaN where there are
    no more origins than the horizon, or the losses never differ.
    """
    from scipy.stats import t as student

    difference = np.asarray(loss, float) - np.asarray(reference, float)
    n, h = difference.size, horizon
    if n <= max(h, 2) or not np.ptp(difference) > 0.0:
        return Comparison(math.nan, math.nan)
    centred = difference - difference.mean()
    covariances = np.array([centred[k:] @ centred[: n - k] / n for k in range(h)])
    variance = covariances[0] + 2.0 * covariances[1:].sum()
    if variance <= 0.0:
        variance = covariances[0] + 2.0 * ((1.0 - np.arange(1, h) / h) * covariances[1:]).sum()
    corrected = math.sqrt((n + 1 - 2 * h + h * (h - 1) / n) / n)
    statistic = float(corrected * difference.mean() / math.sqrt(variance / n))
    return Comparison(statistic, float(2.0 * student.sf(abs(statistic), n - 1)))
