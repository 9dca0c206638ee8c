"""Scene 6 for one member: what was ordered arrives; and what forces add up to."""

from __future__ import annotations

from sim.engines.board import Board, game
from sim.engines.turning import turn
from sim.rules import forces
from sim.scenes.forces import enable
from sim.world import MEMORY, allied_forces, us_forces

__all__ = ["build", "close", "of_allies", "of_us"]


@turn
def build(board: Board, i: int, t: int) -> None:
    """A member's stock and capability."""
    g = game(board)
    w, e, d = g.w, g.p.equipment_share, g.p.depreciation
    w.stock[i] = forces.stock(w.stock[i], d, e, g.path[MEMORY + t - g.p.lead_time].spending[i], 0.0)
    w.capability[i] = forces.capability(g.path[MEMORY + t].spending[i], w.stock[i], e, d)


@turn
def close(board: Board, t: int) -> None:
    """Europe's enablers."""
    enable(game(board), t)


@turn
def of_allies(board: Board) -> float:
    """Forces of the European allies."""
    return allied_forces(game(board).w)


@turn
def of_us(board: Board) -> float:
    """What the United States adds to them."""
    return us_forces(game(board).w)
