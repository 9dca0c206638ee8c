"""Last year's share is wanted again (persistence of .8 to .9 a year in allied spending)."""

from __future__ import annotations

from sim.compiled import rule

__all__ = ["wanted"]


@rule
def wanted(
    low: float, high: float, allies: float, us: float, threat: float, collective: float, national: float,
    price: float, share: float, pledge: float, followed: float,
) -> tuple[float, float]:  # fmt: skip
    """No change."""
    return share, 0.0
