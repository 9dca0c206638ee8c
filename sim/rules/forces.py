"""Scene 6: spending becomes capability, late and by parts; enablers make it count."""

from __future__ import annotations

from sim.compiled import power, rule

__all__ = ["capability", "delivered", "enabled", "stock"]


@rule
def stock(before: float, depreciation: float, equipment_share: float, paid: float, losses: float = 0.0) -> float:
    """Equipment after a year: what is left of it and what was ordered ``lead_time`` years ago (Eq. 11)."""
    return max(0.0, (1.0 - depreciation) * before + equipment_share * paid - losses)


@rule
def capability(spending: float, stock: float, equipment_share: float, depreciation: float) -> float:
    """Effective capability in spending equivalents: equal to spending in a steady state (Eq. 11)."""
    return (1.0 - equipment_share) * spending + depreciation * stock


@rule
def delivered(before: float, depreciation: float, order: float) -> float:
    """Europe's own enablers, 1 being what its operations use today (Eq. 12)."""
    return (1.0 - depreciation) * before + order


@rule
def enabled(enablers: float, weight: float, exponent: float) -> float:
    """The part of capability that can be used with the enablers at hand (Eq. 12), a CES (Hirshleifer 1983).

    exponent 1: they add up; towards minus infinity: the weakest link.
    """
    have = min(1.0, enablers)
    if weight <= 0.0:
        return 1.0
    if exponent == -1.0:  # the default, without a logarithm
        return have / ((1.0 - weight) * have + weight) if have > 0.0 else 0.0
    if -1e-9 < exponent < 1e-9:  # its limit, a product; the power would cancel
        return power(have, weight)
    if have <= 0.0:
        return 0.0 if exponent < 0.0 else power(1.0 - weight, 1.0 / exponent)
    return power((1.0 - weight) + weight * power(have, exponent), 1.0 / exponent)
