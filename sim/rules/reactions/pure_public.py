"""A pure public good: all security is shared (Olson & Zeckhauser 1966), so the whole taste is collective."""

from __future__ import annotations

from sim.compiled import rule
from sim.rules.demand import best_in_tier, utility

__all__ = ["liked", "wanted"]


@rule
def wanted(
    low: float, high: float, allies: float, us: float, threat: float, collective: float, national: float,
    price: float, share: float, pledge: float, followed: float,
) -> float:  # fmt: skip
    """The best response of Eq. 2 within a tier with G = 0."""
    return best_in_tier(low, high, allies + us - threat, collective + national, 0.0, price)


@rule
def liked(
    share: float, allies: float, us: float, threat: float, collective: float, national: float, price: float
) -> float:
    """Eq. 1 with G = 0."""
    return utility(share, allies + us - threat, collective + national, 0.0, price)
