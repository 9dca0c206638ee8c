"""Scene 4 for one member: its room and its loan; and when the Union acts."""

from __future__ import annotations

from sim.engines.board import Board, game
from sim.engines.turning import turn
from sim.rules import brussels
from sim.scenes import brussels as scene
from sim.world import MEMORY

__all__ = ["ask_loan", "borrow", "find_room", "trust_falls"]


@turn
def trust_falls(board: Board, t: int) -> bool:
    """Whether the Union's members trust the United States less than the trigger says."""
    g = game(board)
    return g.p.trigger > 0.0 and scene.trust_falls(g, t)


@turn
def find_room(board: Board, i: int, t: int, clause_open: bool) -> None:
    """The pledge of the year, whether the escape clause is used, and the room in the budget."""
    g = game(board)
    p, s, w, y = g.p, g.s, g.w, g.years[t]
    w.pledge[i] = y.pledge[i]
    ordinary = brussels.ordinary_room(p.fiscal_room, p.debt_drag, w.debt[i])
    used, extra = False, 0.0
    if clause_open and y.in_eu[i]:
        gap = brussels.gap(w.wanted[i], w.pledge[i], w.share[i])
        used = brussels.activates(s.clause_flag[i], w.clause[i] == 1, gap, ordinary, p.clause_cost, w.debt[i])
        extra = brussels.clause_room(used, s.base_share[i], p.clause_ceiling, w.share[i])
    w.room[i], w.clause[i] = brussels.fiscal_room(ordinary, extra, p.absorption), 1 if used else 0


@turn
def ask_loan(board: Board, i: int) -> float:
    """The loan that a member asks for."""
    g = game(board)
    p, s, w = g.p, g.s, g.w
    gap = brussels.gap(w.wanted[i], w.pledge[i], w.share[i])
    return float(
        brussels.asks(
            s.loan_flag[i], s.allotment[i], float(p.loan_years), w.drawn[i], p.loan_appetite, gap, w.gdp[i],
            s.advantage[i],
        )
    )  # fmt: skip


@turn
def borrow(board: Board, i: int, t: int, granted: float) -> None:
    """A loan, and the price of defence with it."""
    g = game(board)
    w = g.w
    w.loan[i] = granted
    w.drawn[i] += granted
    w.price[i] = brussels.loan_price(w.grant[i], granted, g.path[MEMORY + t - 1].spending[i])
