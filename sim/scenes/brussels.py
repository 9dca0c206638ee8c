"""Scene 4, Brussels: the EU opens its instruments, members take them up."""

from __future__ import annotations

from typing import Any, NamedTuple

from sim.compiled import kernel
from sim.rules import brussels
from sim.steps import stage
from sim.world import MEMORY, Game, N, Record

__all__ = ["ask_one", "draw", "find_room_one", "fund", "trust_falls"]


class Rules(NamedTuple):
    """What is the same for all members."""

    room: float
    drag: float
    absorption: float
    cost: float  # of the clause, and its ceiling
    ceiling: float
    pledge: Any  # (n,), of the year
    in_eu: Any  # (n,) flags
    years: float  # that loans are drawn in
    appetite: float
    spent: Any  # (n+1,) last year's spending


@kernel
def rules(g: Game, t: int) -> Rules:
    """It."""
    p, y = g.p, g.years[t]
    return Rules(
        p.fiscal_room, p.debt_drag, p.absorption, p.clause_cost, p.clause_ceiling, y.pledge, y.in_eu,
        float(p.loan_years), p.loan_appetite, g.path[MEMORY + t - 1].spending,
    )  # fmt: skip


def find_room(w: Record, s: Record, c: Rules, i: int) -> None:
    """By how much a member's share may rise without the clause."""
    w.one[i] = brussels.ordinary_room(c.room, c.drag, w.debt[i])
    w.room[i] = brussels.fiscal_room(w.one[i], 0.0, c.absorption)


def forgo_clause(w: Record, s: Record, c: Rules, i: int) -> None:
    """The clause is closed."""
    w.clause[i] = 0


def use_clause(w: Record, s: Record, c: Rules, i: int) -> None:
    """Whether it uses the open clause, and the room that it then has."""
    gap = brussels.gap(w.wanted[i], c.pledge[i], w.share[i])
    active = brussels.activates(s.clause_flag[i], w.clause[i] == 1, gap, w.one[i], c.cost, w.debt[i])
    uses = active & (c.in_eu[i] == 1)
    extra = brussels.clause_room(uses, s.base_share[i], c.ceiling, w.share[i])
    w.room[i], w.clause[i] = brussels.fiscal_room(w.one[i], extra, c.absorption), 1 if uses else 0


find_all, find_one = stage(rules, find_room)
use_all, use_one = stage(rules, use_clause)
forgo_all, forgo_one = stage(rules, forgo_clause)


@kernel
def find_room_one(g: Game, i: int, t: int, clause_open: bool) -> None:
    """One member's room, with the clause if it is open."""
    find_one(g, i, t)
    if clause_open:
        use_one(g, i, t)
    else:
        forgo_one(g, i, t)


@kernel
def asked(w: Record, s: Record, c: Rules, i: int) -> float:
    """The loan that a member asks for where loans are open."""
    gap = brussels.gap(w.wanted[i], c.pledge[i], w.share[i])
    return brussels.asks(s.loan_flag[i], s.allotment[i], c.years, w.drawn[i], c.appetite, gap, w.gdp[i], s.advantage[i])


def ask(w: Record, s: Record, c: Rules, i: int) -> None:
    """A member of the Union asks."""
    loan = asked(w, s, c, i)
    w.loan[i] = loan if c.in_eu[i] == 1 else 0.0


def ask_nothing(w: Record, s: Record, c: Rules, i: int) -> None:
    """The year after the last one."""
    w.loan[i] = 0.0


ask_all, _ = stage(rules, ask)
ask_nothing_all, _ = stage(rules, ask_nothing)


@kernel
def ask_one(g: Game, i: int, t: int) -> float:
    """The loan that one member asks for."""
    return asked(g.w, g.s, rules(g, t), i)


@kernel
def draw(w: Record, i: int, granted: float, spent: float) -> None:
    """A loan, and the price of defence with it, after ``spent`` last year."""
    w.loan[i] = granted
    w.drawn[i] += granted
    w.price[i] = brussels.loan_price(w.grant[i], granted, spent)


@kernel
def fund(g: Game, t: int) -> None:
    """Scene 4: escape clause and loans, and with them room in the budget and the price of defence."""
    p, w, y = g.p, g.w, g.years[t]
    falls = trust_falls(g, t)
    if w.clause_opened == 0 and (y.year == p.clause_opens or falls):
        w.clause_opened = y.year
    if w.loans_opened == 0 and (y.year == p.loan_opens or falls):
        w.loans_opened = y.year
    find_all(g, t)
    if brussels.is_open(w.clause_opened, y.year, p.clause_years):
        use_all(g, t)
    else:
        forgo_all(g, t)
    loans_open = brussels.is_open(w.loans_opened, y.year, p.loan_years)
    if loans_open or w.loans > 0.0:  # the year after the last one brings prices back
        lend(g, t, loans_open)


@kernel
def trust_falls(g: Game, t: int) -> bool:
    """Whether the Union's members in the alliance trust the United States less than the trigger says."""
    w, y = g.w, g.years[t]
    trust, income = 0.0, 0.0
    if g.p.trigger > 0.0:
        for i in range(N):
            if y.in_eu[i] and y.in_alliance[i]:
                trust += w.gdp[i] * w.commitment_belief[i]
                income += w.gdp[i]
    return bool(trust < g.p.trigger * income)


@kernel
def lend(g: Game, t: int, loans_open: bool) -> None:
    """Grants pro rata of what is asked; never more than what is left of the envelope."""
    w, spent = g.w, g.path[MEMORY + t - 1].spending
    if loans_open:
        ask_all(g, t)
    else:
        ask_nothing_all(g, t)
    total, lent = 0.0, 0.0
    for i in range(N):
        total += w.loan[i]
    part = brussels.pro_rata(total, w.envelope)
    for i in range(N):
        draw(w, i, w.loan[i] * part, spent[i])
    for i in range(N):
        lent += w.loan[i]
    w.loans, w.envelope = lent, max(0.0, w.envelope - lent)
