"""Last year's share is wanted again: budgets are incremental (Wildavsky 1964, Politics of the Budgetary Process)."""

from __future__ import annotations

from sim.compiled import rule
from sim.rules.view import View

__all__ = ["liked", "wanted"]


@rule
def wanted(v: View) -> float:
    """No change."""
    return v.share


@rule
def liked(v: View, share: float) -> float:
    """It knows no tiers."""
    return 0.0
