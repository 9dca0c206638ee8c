"""Scene 6, forces: nobody decides; stocks, capabilities and enablers arrive."""

from __future__ import annotations

from sim.compiled import kernel
from sim.rules import forces
from sim.world import MEMORY, Game, N, treaty_stands

__all__ = ["build", "enable"]


@kernel
def build(g: Game, t: int) -> None:
    """Scene 6: stocks, capabilities, enablers."""
    w, e, d = g.w, g.p.equipment_share, g.p.depreciation
    paid, spent = g.path[MEMORY + t - g.p.lead_time].spending, g.path[MEMORY + t].spending
    for i in range(N):
        w.stock[i] = forces.stock(w.stock[i], d, e, paid[i], 0.0)
        w.capability[i] = forces.capability(spent[i], w.stock[i], e, d)
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
