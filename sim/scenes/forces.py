"""Scene 6, forces: nobody decides; stocks, capabilities and enablers arrive."""

from __future__ import annotations

from typing import Any, NamedTuple

from sim.compiled import kernel
from sim.rules import forces
from sim.steps import stage
from sim.world import MEMORY, Game, Record, treaty_stands

__all__ = ["build", "build_one", "enable"]


class Deliveries(NamedTuple):
    """What is the same for all members."""

    paid: Any  # (n+1,) spending of the year in which was ordered what arrives now
    spent: Any  # (n+1,) this year's
    equipment: float
    depreciation: float


@kernel
def deliveries(g: Game, t: int) -> Deliveries:
    """It."""
    p = g.p
    paid, spent = g.path[MEMORY + t - p.lead_time].spending, g.path[MEMORY + t].spending
    return Deliveries(paid, spent, p.equipment_share, p.depreciation)


def take_delivery(w: Record, s: Record, c: Deliveries, i: int) -> None:
    """A member's stock and capability (Eq. 11)."""
    w.stock[i] = forces.stock(w.stock[i], c.depreciation, c.equipment, c.paid[i], 0.0)
    w.capability[i] = forces.capability(c.spent[i], w.stock[i], c.equipment, c.depreciation)


build_all, build_one = stage(deliveries, take_delivery)


@kernel
def build(g: Game, t: int) -> None:
    """Scene 6: stocks, capabilities, enablers."""
    build_all(g, t)
    enable(g, t)


@kernel
def enable(g: Game, t: int) -> None:
    """Europe's enablers, and the part of its forces that can be used with American ones and without."""
    p, w = g.p, g.w
    order = g.path[MEMORY + t - p.enabler_lead_time].order
    w.enablers = forces.delivered(w.enablers, p.enabler_depreciation, order)
    from_us = w.posture * treaty_stands(w) * p.enabler_us_share
    w.enabled_with_us = forces.enabled(w.enablers + from_us, p.enabler_weight, p.enabler_power)
    w.enabled_without_us = forces.enabled(w.enablers, p.enabler_weight, p.enabler_power)
