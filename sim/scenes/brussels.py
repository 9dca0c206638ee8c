"""Scene 4, Brussels: the EU opens its instruments, members take them up."""

from __future__ import annotations

from sim.compiled import kernel
from sim.rules import brussels
from sim.world import MEMORY, Game, N

__all__ = ["fund"]


@kernel
def fund(g: Game, t: int) -> None:
    """Scene 4: escape clause and loans, and with them room in the budget and the price of defence."""
    p, s, w, y = g.p, g.s, g.w, g.years[t]
    open_instruments(g, t)
    clause_open = w.clause_opened > 0 and y.year < w.clause_opened + p.clause_years
    loans_open = w.loans_opened > 0 and y.year < w.loans_opened + p.loan_years
    for i in range(N):
        ordinary = brussels.ordinary_room(p.fiscal_room, p.debt_drag, w.debt[i])
        extra = 0.0
        if clause_open and y.in_eu[i]:
            gap = brussels.gap(w.wanted[i], y.pledge[i], w.share[i])
            active = brussels.activates(s.clause_flag[i], w.clause[i] == 1, gap, ordinary, p.clause_cost, w.debt[i])
            w.clause[i] = 1 if active else 0
            extra = brussels.clause_room(active, s.base_share[i], p.clause_ceiling, w.share[i])
        else:
            w.clause[i] = 0
        w.room[i] = brussels.fiscal_room(ordinary, extra, p.absorption)
    w.loans = 0.0
    if loans_open or w.loans_opened > 0:
        lend(g, t, loans_open)


@kernel
def open_instruments(g: Game, t: int) -> None:
    """Each instrument opens once: in its year, or when trust in the US falls below the trigger."""
    p, w, y = g.p, g.w, g.years[t]
    trust, income = 0.0, 0.0
    for i in range(N):
        if y.in_eu[i] and y.in_alliance[i]:
            trust += w.gdp[i] * w.commitment_belief[i]
            income += w.gdp[i]
    falls = trust < p.trigger * income
    if w.clause_opened == 0 and (y.year == p.clause_opens or falls):
        w.clause_opened = y.year
    if w.loans_opened == 0 and (y.year == p.loan_opens or falls):
        w.loans_opened = y.year


@kernel
def lend(g: Game, t: int, loans_open: bool) -> None:
    """Grants pro rata of what is asked; never more than what is left of the envelope."""
    p, s, w, y = g.p, g.s, g.w, g.years[t]
    total = 0.0
    for i in range(N):
        asked = 0.0
        if loans_open and y.in_eu[i]:
            gap = brussels.gap(w.wanted[i], y.pledge[i], w.share[i])
            asked = brussels.asks(
                s.loan_flag[i], s.allotment[i], float(p.loan_years), w.drawn[i], p.loan_appetite, gap, w.gdp[i],
                s.advantage[i],
            )  # fmt: skip
        w.loan[i] = asked
        total += asked
    part = brussels.pro_rata(total, w.envelope)
    for i in range(N):
        w.loan[i] *= part
        w.drawn[i] += w.loan[i]
        w.loans += w.loan[i]
        w.price[i] = brussels.loan_price(w.grant[i], w.loan[i], g.path[MEMORY + t - 1].spending[i])
    w.envelope = max(0.0, w.envelope - w.loans)
