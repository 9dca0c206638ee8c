"""Joint products: defence serves the alliance and the nation (Sandler 1977; Murdoch & Sandler 1984)."""

from __future__ import annotations

from sim.compiled import rule
from sim.rules.demand import best_in_tier, utility

__all__ = ["liked", "wanted"]


@rule
def wanted(
    low: float, high: float, allies: float, us: float, threat: float, collective: float, national: float,
    price: float, share: float, pledge: float, followed: float,
) -> float:  # fmt: skip
    """The best response of Eq. 2 within a tier, tastes as they are."""
    return best_in_tier(low, high, allies + us - threat, collective, national, price)


@rule
def liked(
    share: float, allies: float, us: float, threat: float, collective: float, national: float, price: float
) -> float:
    """Eq. 1."""
    return utility(share, allies + us - threat, collective, national, price)
