"""Scene 1, economy: nobody decides; GDP and debt."""

from __future__ import annotations

from sim import chance
from sim.compiled import kernel
from sim.rules import economy
from sim.world import MEMORY, Game, N, gather, weigh_gdp

__all__ = ["grow"]


@kernel
def grow(g: Game, t: int) -> None:
    """Scene 1: GDP and debt."""
    p, s, w, y = g.p, g.s, g.w, g.years[t]
    common = w.normals[0, chance.OF_WORLD]
    inflation, financed, part, first = p.inflation, p.debt_financed_share, p.common_growth_share, s.shares[MEMORY]
    for i in range(N + 1):
        w.growth[i] = economy.growth(y.growth[i], y.growth_spread[i], part, common, w.normals[0, i])
        w.gdp[i] *= 1.0 + w.growth[i]
    for i in range(N):
        extra = w.share[i] - first[i]
        w.debt[i] = economy.debt(w.debt[i], w.growth[i], inflation, y.balance[i], extra, w.room_used[i], financed)
    gather(g, t)
    weigh_gdp(w)
