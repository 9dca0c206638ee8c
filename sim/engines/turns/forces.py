"""Scene 6 for one member: what was ordered arrives; and what forces add up to."""

from __future__ import annotations

from sim.engines.board import Board, game
from sim.engines.turning import turn
from sim.scenes import forces as scene
from sim.world import allied_forces, us_forces

__all__ = ["build", "close", "of_allies", "of_us"]


@turn
def build(board: Board, i: int, t: int) -> None:
    """A member's stock and capability."""
    scene.build_one(game(board), i, t)


@turn
def close(board: Board, t: int) -> None:
    """Europe's enablers."""
    scene.enable(game(board), t)


@turn
def of_allies(board: Board) -> float:
    """Forces of the European allies."""
    return allied_forces(game(board).w)


@turn
def of_us(board: Board) -> float:
    """What the United States adds to them."""
    return us_forces(game(board).w)
