"""Scene 1 for one actor: what it earns."""

from __future__ import annotations

from sim import chance
from sim.engines.board import Board, game
from sim.engines.turning import turn
from sim.rules import economy
from sim.world import MEMORY, N, gather, weigh_gdp

__all__ = ["close", "grow"]


@turn
def grow(board: Board, i: int, t: int) -> None:
    """Growth and GDP, and debt of a member."""
    g = game(board)
    p, w, y = g.p, g.w, g.years[t]
    common = w.normals[0, chance.OF_WORLD]
    w.growth[i] = economy.growth(y.growth[i], y.growth_spread[i], p.common_growth_share, common, w.normals[0, i])
    w.gdp[i] *= 1.0 + w.growth[i]
    if i < N:
        extra, financed = w.share[i] - g.s.shares[MEMORY, i], p.debt_financed_share
        w.debt[i] = economy.debt(w.debt[i], w.growth[i], p.inflation, y.balance[i], extra, w.room_used[i], financed)


@turn
def close(board: Board, t: int) -> None:
    """Who is in the alliance, where that changes, and what is protected."""
    g = game(board)
    now, before = g.years[t].in_alliance, g.years[t - 1].in_alliance
    changes = False
    for i in range(N):
        changes |= now[i] != before[i]
    if changes:
        gather(g, t)
    weigh_gdp(g.w)
