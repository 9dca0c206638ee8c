"""Joint products: defence serves the alliance and the nation (Sandler 1977; Murdoch & Sandler 1984)."""

from __future__ import annotations

from sim.compiled import rule
from sim.rules.demand import best_in_tier, utility
from sim.rules.view import View

__all__ = ["liked", "wanted"]


@rule
def wanted(v: View) -> float:
    """The best response of Eq. 2 within a tier, tastes as they are."""
    return best_in_tier(v.low, v.high, v.allies + v.us - v.threat, v.collective, v.national, v.price)


@rule
def liked(v: View, share: float) -> float:
    """Eq. 1."""
    return utility(share, v.allies + v.us - v.threat, v.collective, v.national, v.price)
