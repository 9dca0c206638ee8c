"""No free riding: only the threat counts, allies do not (George & Sandler 2022 test and reject it for 1991-2020)."""

from __future__ import annotations

from sim.compiled import rule
from sim.rules.demand import best_in_tier, utility

__all__ = ["liked", "wanted"]


@rule
def wanted(
    low: float, high: float, allies: float, us: float, threat: float, collective: float, national: float,
    price: float, share: float, pledge: float, followed: float,
) -> float:  # fmt: skip
    """The best response of Eq. 2 within a tier, with no spill-in."""
    return best_in_tier(low, high, -threat, collective, national, price)


@rule
def liked(
    share: float, allies: float, us: float, threat: float, collective: float, national: float, price: float
) -> float:
    """Eq. 1 with no spill-in."""
    return utility(share, -threat, collective, national, price)
