"""Scene 4 for one member: its room and its loan; and when the Union acts."""

from __future__ import annotations

from sim.engines.board import Board, game
from sim.engines.turning import turn
from sim.scenes import brussels as scene
from sim.world import MEMORY

__all__ = ["ask_loan", "borrow", "find_room", "trust_falls"]


@turn
def trust_falls(board: Board, t: int) -> bool:
    """Whether the Union's members trust the United States less than the trigger says."""
    return scene.trust_falls(game(board), t)


@turn
def find_room(board: Board, i: int, t: int, clause_open: bool) -> None:
    """Whether the escape clause is used, and the room in the budget."""
    scene.find_room_one(game(board), i, t, clause_open)


@turn
def ask_loan(board: Board, i: int, t: int) -> float:
    """The loan that a member asks for."""
    return scene.ask_one(game(board), i, t)


@turn
def borrow(board: Board, i: int, t: int, granted: float) -> None:
    """A loan, and the price of defence with it."""
    g = game(board)
    scene.draw(g.w, i, granted, g.path[MEMORY + t - 1].spending[i])
