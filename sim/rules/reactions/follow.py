"""Followers spend as their neighbours do (Odehnal et al. 2021 find it among new members)."""

from __future__ import annotations

from sim.compiled import rule

__all__ = ["liked", "wanted"]


@rule
def wanted(
    low: float, high: float, allies: float, us: float, threat: float, collective: float, national: float,
    price: float, share: float, pledge: float, followed: float,
) -> float:  # fmt: skip
    """The other allies' average share, nearer ones counting more."""
    return followed


@rule
def liked(
    share: float, allies: float, us: float, threat: float, collective: float, national: float, price: float
) -> float:
    """It knows no tiers."""
    return 0.0
