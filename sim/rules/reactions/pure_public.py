"""A pure public good: all security is shared (Olson & Zeckhauser 1966), so the whole taste is collective."""

from __future__ import annotations

from sim.compiled import rule
from sim.rules.demand import best_in_tier, utility
from sim.rules.view import View

__all__ = ["liked", "wanted"]


@rule
def wanted(v: View) -> float:
    """The best response of Eq. 2 within a tier with G = 0."""
    return best_in_tier(v.low, v.high, v.allies + v.us - v.threat, v.collective + v.national, 0.0, v.price)


@rule
def liked(v: View, share: float) -> float:
    """Eq. 1 with G = 0."""
    return utility(share, v.allies + v.us - v.threat, v.collective + v.national, 0.0, v.price)
