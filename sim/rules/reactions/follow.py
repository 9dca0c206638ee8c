"""Followers spend as their neighbours do (Odehnal et al. 2021 find it among new members)."""

from __future__ import annotations

from sim.compiled import rule
from sim.rules.view import View

__all__ = ["liked", "wanted"]


@rule
def wanted(v: View) -> float:
    """The other allies' average share, nearer ones counting more."""
    return v.followed


@rule
def liked(v: View, share: float) -> float:
    """It knows no tiers."""
    return 0.0
