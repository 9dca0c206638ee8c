"""Scene 6 for one member: what was ordered arrives; and what forces add up to."""

from __future__ import annotations

from sim.compiled import kernel
from sim.engines.board import Board, game
from sim.engines.turning import turn
from sim.rules import forces
from sim.scenes.forces import enable
from sim.world import MEMORY, UNITED_STATES, Record, dot, treaty_stands

__all__ = ["allies", "build", "close", "from_us", "of_allies", "of_us"]


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


@kernel
def allies(w: Record) -> float:
    """Forces of the European allies."""
    return float(dot(w.ally, w.capability))


@kernel
def from_us(w: Record) -> float:
    """What the United States adds to them."""
    return float(w.us_weight * w.posture * w.capability[UNITED_STATES] * treaty_stands(w))


@turn
def of_allies(board: Board) -> float:
    """Forces of the European allies."""
    return allies(game(board).w)


@turn
def of_us(board: Board) -> float:
    """What the United States adds to them."""
    return from_us(game(board).w)
