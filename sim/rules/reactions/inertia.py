"""Last year's share is wanted again: budgets are incremental (Wildavsky 1964, Politics of the Budgetary Process)."""

from __future__ import annotations

from sim.compiled import rule

__all__ = ["liked", "wanted"]


@rule
def wanted(
    low: float, high: float, allies: float, us: float, threat: float, collective: float, national: float,
    price: float, share: float, pledge: float, followed: float,
) -> float:  # fmt: skip
    """No change."""
    return share


@rule
def liked(
    share: float, allies: float, us: float, threat: float, collective: float, national: float, price: float
) -> float:
    """It knows no tiers."""
    return 0.0
