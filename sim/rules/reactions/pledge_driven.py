"""The pledge is the target, national taste the least that is spent (Salazar 2020: pulled towards 2 %)."""

from __future__ import annotations

from sim.compiled import rule
from sim.rules.view import View

__all__ = ["liked", "wanted"]


@rule
def wanted(v: View) -> float:
    """The national taste or the pledge, whichever is more."""
    return max(v.national, v.pledge)


@rule
def liked(v: View, share: float) -> float:
    """It knows no tiers."""
    return 0.0
