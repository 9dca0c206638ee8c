"""The place of the highest median along a lever, and how surely it is there."""

from __future__ import annotations

from typing import NamedTuple

import numpy as np
from numpy.typing import ArrayLike, NDArray

from sim import chance

__all__ = ["Peak", "peak"]

TAILS = (0.05, 0.95)
RESAMPLES = 500  # of the runs


class Peak(NamedTuple):
    """A highest median.

    Attributes:
        at: the place of the highest median, low and high: within which it lies in 90 % of the resamples.
        held: part of the resamples in which it lies at ``at``.
    """

    at: float
    low: float
    high: float
    held: float


def peak(places: ArrayLike, values: ArrayLike, seed: int = 1) -> Peak:
    """The place with the highest median over runs, and the places that take its place when runs are drawn again.

    Args:
        places: shape (k,), rising. values: shape (runs, k); all places share a run's luck, so whole runs are drawn.

    Raises:
        ValueError: shapes that do not fit, or no run at all.
    """
    x, y = np.asarray(places, float), np.asarray(values, float)
    if y.ndim != 2 or x.shape != y.shape[1:] or not y.size:
        raise ValueError(f"values of shape (runs, places) are needed; found {y.shape} for {x.size} places")
    runs = y.shape[0]
    drawn = chance.resampler(seed).integers(runs, size=(RESAMPLES, runs))
    highest: NDArray[np.float64] = np.array([x[np.median(y[chosen], axis=0).argmax()] for chosen in drawn])
    best = float(x[np.median(y, axis=0).argmax()])
    low, high = np.quantile(highest, TAILS, method="nearest")
    return Peak(best, float(low), float(high), float((highest == best).mean()))
