"""Rank correlation and slope over the members of the alliance."""

from __future__ import annotations

import math

import numpy as np
from numpy.typing import NDArray

from sim.compiled import kernel, log, narrow
from sim.world import N, dot

__all__ = ["Floats", "slope", "spearman"]

Floats = NDArray[np.float64]


@kernel
def spearman(
    x: Floats, y: Floats, weight: Floats, one: NDArray[np.int32], two: NDArray[np.int32], kept: NDArray[np.float32]
) -> float:
    """Spearman's rank correlation over members with weight 1, not 0; ties by mean ranks, 0 if one does not vary.

    ``one``, ``two`` and ``kept`` are scratch of shape (n,). Sums of whole numbers are exact in any order.
    """
    ranks(x, weight, one, kept)
    ranks(y, weight, two, kept)
    both, first, second = 0, 0, 0
    for i in range(N):
        both += one[i] * two[i]
        first += one[i] * one[i]
        second += two[i] * two[i]
    variances = float(first) * float(second)
    return both / math.sqrt(variances) if variances > 0.0 else 0.0


@kernel
def ranks(x: Floats, weight: Floats, out: NDArray[np.int32], kept: NDArray[np.float32]) -> None:
    """Twice the ranks among the members with weight 1, ties by mean ranks, less their mean; 0 for weight 0.

    Rounded to 32 bits twice as many compare at once; where none become equal their order is that of the numbers.
    """
    for i in range(N):
        kept[i] = x[i] if weight[i] > 0.0 else math.nan  # neither above nor below anybody
    for i in range(N):
        out[i] = 0
    whole = N - N % 4
    for j in range(0, whole, 4):  # four at a time, so that the counts are read and written seldom
        a, b, c, d = kept[j], kept[j + 1], kept[j + 2], kept[j + 3]
        for i in range(N):
            value = kept[i]
            two = narrow(narrow(a < value) + narrow(b < value))
            four = narrow(two + narrow(narrow(c < value) + narrow(d < value)))
            out[i] = narrow(out[i] + four)
    for j in range(whole, N):
        for i in range(N):
            out[i] = narrow(out[i] + narrow(kept[j] < kept[i]))
    pairs, members = 0, 0
    for i in range(N):
        pairs += int(out[i])
        members += weight[i] > 0.0
    if 2 * pairs == members * (members - 1):
        for i in range(N):
            out[i] = 2 * out[i] - (members - 1) if weight[i] > 0.0 else 0
    else:
        halve_ties(x, weight, out)


@kernel
def halve_ties(x: Floats, weight: Floats, out: NDArray[np.int32]) -> None:
    """The same where some are equal, or nearly: each stands in the middle of those that it equals."""
    for i in range(N):
        value, below, above = x[i], 0, 0
        for j in range(N):
            below += (x[j] < value) & (weight[j] > 0.0)
            above += (x[j] > value) & (weight[j] > 0.0)
        out[i] = below - above if weight[i] > 0.0 else 0


@kernel
def slope(gdp: Floats, share: Floats, weight: Floats, one: Floats, two: Floats, used: Floats) -> float:
    """Least-squares slope of ln share on ln GDP over members that spend anything (Olson & Zeckhauser 1966).

    ``one``, ``two`` and ``used`` are scratch of shape (n,).
    """
    for i in range(N):
        used[i] = weight[i] if share[i] > 0.0 else 0.0
    for i in range(N):
        one[i] = log(gdp[i])
    for i in range(N):
        two[i] = log(share[i] if share[i] > 0.0 else 1.0)
    count = max(1.0, dot(used, used))
    mean_one, mean_two = dot(one, used) / count, dot(two, used) / count
    for i in range(N):
        one[i] = used[i] * (one[i] - mean_one)
        two[i] = used[i] * (two[i] - mean_two)
    variance = dot(one, one)
    return dot(one, two) / variance if variance > 0.0 else 0.0
