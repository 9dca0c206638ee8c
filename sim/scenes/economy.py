"""Scene 1, economy: nobody decides; GDP and debt."""

from __future__ import annotations

from typing import Any, NamedTuple

from sim import chance
from sim.compiled import kernel
from sim.rules import economy
from sim.steps import stage
from sim.world import MEMORY, Game, N, Record, gather, weigh_gdp

__all__ = ["close", "grow", "grow_one"]


class Course(NamedTuple):
    """What is the same for all actors."""

    common: float  # the year's common surprise, and its part of an actor's
    part: float
    growth: Any  # (n+1,) expected, and its spread
    spread: Any
    balance: Any  # (n,) projected
    first: Any  # (n,) shares of the start
    inflation: float
    financed: float


@kernel
def course(g: Game, t: int) -> Course:
    """It."""
    p, y = g.p, g.years[t]
    return Course(
        g.w.normals[0, chance.OF_WORLD], p.common_growth_share, y.growth, y.growth_spread, y.balance,
        g.s.shares[MEMORY], p.inflation, p.debt_financed_share,
    )  # fmt: skip


def earn(w: Record, s: Record, c: Course, i: int) -> None:
    """Growth and GDP (Eq. 16)."""
    w.growth[i] = economy.growth(c.growth[i], c.spread[i], c.part, c.common, w.normals[0, i])
    w.gdp[i] *= 1.0 + w.growth[i]


def owe(w: Record, s: Record, c: Course, i: int) -> None:
    """Debt of a member (Eq. 17)."""
    extra = w.share[i] - c.first[i]
    w.debt[i] = economy.debt(w.debt[i], w.growth[i], c.inflation, c.balance[i], extra, w.room_used[i], c.financed)


earn_all, earn_one = stage(course, earn, actors=N + 1)  # the adversary too
owe_all, owe_one = stage(course, owe)


@kernel
def grow_one(g: Game, i: int, t: int) -> None:
    """One actor's part of the scene."""
    earn_one(g, i, t)
    if i < N:
        owe_one(g, i, t)


@kernel
def close(g: Game, t: int) -> None:
    """Who is in the alliance, and what is protected."""
    gather(g, t)
    weigh_gdp(g.w)


@kernel
def grow(g: Game, t: int) -> None:
    """Scene 1: GDP and debt."""
    earn_all(g, t)
    owe_all(g, t)
    close(g, t)
