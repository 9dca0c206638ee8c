"""What a government wants to spend when others' spending protects it too.

A government with GDP y and net spill-in N chooses q to maximise

    U = (1-B-G) ln(y - p q) + G ln q + B ln(q + N),

where B is its taste for collective, G for national security. The first-order condition is a quadratic in q, so
the best response has a closed form (Eq. 2). It nests the pure public good (G = 0: Olson & Zeckhauser 1966;
Bergstrom, Blume & Varian 1986), the joint-product model (Sandler 1977; Cornes & Sandler 1984) and autarky (N = 0).
A threat is a negative spill-in.
"""

from __future__ import annotations

import math

import numpy as np
from numpy.typing import ArrayLike, NDArray

from sim.compiled import log, rule

__all__ = ["best_in_tier", "best_response", "equilibrium", "taste", "utility"]


@rule
def best_response(
    gdp: float, spillin: float, collective_taste: float, national_taste: float, price: float = 1.0
) -> float:
    """Spending that maximises Eq. 1, in the unit of ``gdp``, within [0, gdp/price] (Eq. 2).

    Of the two equal forms of the larger root the one without a difference of near-equal numbers is used.
    ``spillin`` may be negative, a threat, down to -gdp.
    """
    income = gdp / price
    b = (collective_taste + national_taste) * income - (1.0 - collective_taste) * spillin
    product = 4.0 * national_taste * income * spillin
    root = math.sqrt(max(0.0, b * b + product))
    below = root - b
    small = 0.5 * product / (below if below > 0.0 else 1.0)
    q = 0.5 * (b + root) if (b > 0.0) | (product <= 0.0) else small
    return min(max(0.0, q), income)


@rule
def utility(share: float, spillin: float, collective_taste: float, national_taste: float, price: float) -> float:
    """Eq. 1 per GDP; minus infinity where a logarithm is not defined and its taste is positive."""
    private = log(1.0 - price * share)
    national = national_taste * log(share) if national_taste > 0.0 else 0.0
    collective = collective_taste * log(share + spillin) if collective_taste > 0.0 else 0.0
    return (1.0 - collective_taste - national_taste) * private + national + collective


@rule
def best_in_tier(
    low: float, high: float, spillin: float, collective_taste: float, national_taste: float, price: float
) -> float:
    """The best share of GDP within a tier's interval [low, high].

    Eq. 1 has one maximum for a given spill-in, so clipping the best response to the interval is exact; the tier whose
    utility is highest is the best reply to a policy with tiers.
    """
    return min(high, max(low, best_response(1.0, spillin, collective_taste, national_taste, price)))


@rule
def taste(share: float, spillin: float, collective_share: float) -> float:
    """The taste B + G under which ``share`` is the best response to ``spillin``, both over GDP (Eq. 2b).

    Within [0, 0.5]; 0 for a government that spends nothing or whose whole share a threat explains.
    """
    net = share + spillin
    below = share * (1.0 + collective_share * spillin) + (1.0 - collective_share) * spillin
    found = share * net / (below if below > 0.0 else 1.0)
    return min(0.5, found) if (share > 0.0) & (net > 0.0) & (below > 0.0) else 0.0


def equilibrium(
    gdp: ArrayLike,
    collective_taste: ArrayLike,
    national_taste: ArrayLike,
    weights: ArrayLike = 1.0,
    threat: ArrayLike = 0.0,
) -> NDArray[np.float64]:
    """Nash spending of a static alliance: each member's best response to what all others spend.

    Args:
        gdp: shape (n,), any unit.
        collective_taste, national_taste: scalars or shape (n,), each >= 0, sum < 1.
        weights: how much of j's spending protects i, a scalar or shape (n, n); the diagonal is not used.
        threat: negative spill-in, a scalar or shape (n,), in the unit of gdp.

    Returns:
        Spending, shape (n,), in the unit of gdp. Unique if every member weighs all others alike, by a weight in [0, 1],
        because the best response's slope lies in [-(1-B), 0] (Cornes & Hartley 2007); of several, which other weights
        may have, one (docs/theory.md).

    Raises:
        ValueError: shapes or signs that make no alliance, or no convergence within 100,000 rounds.
    """
    y = np.atleast_1d(np.asarray(gdp, float))
    n = y.size
    b, g, t = (np.broadcast_to(np.asarray(a, float), (n,)) for a in (collective_taste, national_taste, threat))
    w = np.array(np.broadcast_to(np.asarray(weights, float), (n, n)))
    if y.ndim != 1 or not np.all(y > 0) or np.any(b < 0) or np.any(g < 0) or np.any(b + g >= 1) or np.any(w < 0):
        raise ValueError("equilibrium needs gdp > 0 of shape (n,), tastes >= 0 with a sum below 1 and weights >= 0")
    np.fill_diagonal(w, 0.0)
    q = np.zeros(n)
    for _ in range(100_000):
        before = q.copy()
        for i in range(n):  # one after the other: converges where a simultaneous step would oscillate
            q[i] = best_response(float(y[i]), float(w[i] @ q - t[i]), float(b[i]), float(g[i]))
        if np.max(np.abs(q - before) / y) < 1e-15:
            return q
    raise ValueError("no equilibrium found: spill-in weights above 1 need not have a unique one")
