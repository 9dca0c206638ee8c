"""The pledge is the target, national taste the least that is spent (Salazar 2020: pulled towards 2 %)."""

from __future__ import annotations

from sim.compiled import rule

__all__ = ["liked", "wanted"]


@rule
def wanted(
    low: float, high: float, allies: float, us: float, threat: float, collective: float, national: float,
    price: float, share: float, pledge: float, followed: float,
) -> float:  # fmt: skip
    """The national taste or the pledge, whichever is more."""
    return max(national, pledge)


@rule
def liked(
    share: float, allies: float, us: float, threat: float, collective: float, national: float, price: float
) -> float:
    """It knows no tiers."""
    return 0.0
