"""No free riding: only the threat counts, allies do not (George & Sandler 2022 test and reject it for 1991-2020)."""

from __future__ import annotations

from sim.compiled import rule
from sim.rules.demand import best_in_tier, utility
from sim.rules.view import View

__all__ = ["liked", "wanted"]


@rule
def wanted(v: View) -> float:
    """The best response of Eq. 2 within a tier, with no spill-in."""
    return best_in_tier(v.low, v.high, -v.threat, v.collective, v.national, v.price)


@rule
def liked(v: View, share: float) -> float:
    """Eq. 1 with no spill-in."""
    return utility(share, -v.threat, v.collective, v.national, v.price)
