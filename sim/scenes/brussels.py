"""Scene 4, Brussels: the EU opens its instruments, members take them up."""

from __future__ import annotations

from sim.compiled import kernel
from sim.rules import brussels
from sim.world import MEMORY, Game, N

__all__ = ["fund"]


@kernel
def fund(g: Game, t: int) -> None:
    """Scene 4: escape clause and loans, and with them room in the budget and the price of defence."""
    p, w, y = g.p, g.w, g.years[t]
    falls = trust_falls(g, t) if p.trigger > 0.0 else False
    if w.clause_opened == 0 and (y.year == p.clause_opens or falls):
        w.clause_opened = y.year
    if w.loans_opened == 0 and (y.year == p.loan_opens or falls):
        w.loans_opened = y.year
    clause_open = w.clause_opened > 0 and y.year < w.clause_opened + p.clause_years
    room, drag, absorption = p.fiscal_room, p.debt_drag, p.absorption
    for i in range(N):
        w.one[i] = brussels.ordinary_room(room, drag, w.debt[i])
        w.room[i] = brussels.fiscal_room(w.one[i], 0.0, absorption)
    if clause_open:
        make_room(g, t)
    else:
        for i in range(N):
            w.clause[i] = 0
    loans_open = w.loans_opened > 0 and y.year < w.loans_opened + p.loan_years
    if loans_open or w.loans > 0.0:  # the year after the last one brings prices back
        lend(g, t, loans_open)


@kernel
def make_room(g: Game, t: int) -> None:
    """Who uses the open escape clause, and the room that it gives beside the ordinary one."""
    p, s, w, y = g.p, g.s, g.w, g.years[t]
    for i in range(N):
        gap = brussels.gap(w.wanted[i], y.pledge[i], w.share[i])
        active = brussels.activates(s.clause_flag[i], w.clause[i] == 1, gap, w.one[i], p.clause_cost, w.debt[i])
        uses = active & (y.in_eu[i] == 1)
        extra = brussels.clause_room(uses, s.base_share[i], p.clause_ceiling, w.share[i])
        w.room[i], w.clause[i] = brussels.fiscal_room(w.one[i], extra, p.absorption), 1 if uses else 0


@kernel
def trust_falls(g: Game, t: int) -> bool:
    """Whether the Union's members in the alliance trust the United States less than the trigger says."""
    w, y = g.w, g.years[t]
    trust, income = 0.0, 0.0
    for i in range(N):
        if y.in_eu[i] and y.in_alliance[i]:
            trust += w.gdp[i] * w.commitment_belief[i]
            income += w.gdp[i]
    return bool(trust < g.p.trigger * income)


@kernel
def lend(g: Game, t: int, loans_open: bool) -> None:
    """Grants pro rata of what is asked; never more than what is left of the envelope."""
    p, s, w, y = g.p, g.s, g.w, g.years[t]
    total, lent, years = 0.0, 0.0, float(p.loan_years)
    for i in range(N):
        gap = brussels.gap(w.wanted[i], y.pledge[i], w.share[i])
        asked = brussels.asks(
            s.loan_flag[i], s.allotment[i], years, w.drawn[i], p.loan_appetite, gap, w.gdp[i], s.advantage[i]
        )
        w.loan[i] = asked if loans_open & (y.in_eu[i] == 1) else 0.0
    for i in range(N):
        total += w.loan[i]
    part, spent = brussels.pro_rata(total, w.envelope), g.path[MEMORY + t - 1].spending
    for i in range(N):
        w.loan[i] *= part
        w.drawn[i] += w.loan[i]
        w.price[i] = brussels.loan_price(w.grant[i], w.loan[i], spent[i])
    for i in range(N):
        lent += w.loan[i]
    w.loans, w.envelope = lent, max(0.0, w.envelope - lent)
