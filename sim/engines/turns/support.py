"""Scene 5, second part, for one member: what it gives to a partner under attack."""

from __future__ import annotations

from sim.engines.board import Board, game
from sim.engines.turning import turn
from sim.scenes import budgets as scene

__all__ = ["close", "give", "open_scene", "support"]


@turn
def open_scene(board: Board, t: int) -> None:
    """How much of a war there is, and the alliance's support at last year's shares."""
    scene.open_support(game(board), t)


@turn
def give(board: Board, i: int, t: int) -> float:
    """The support share of one member."""
    g = game(board)
    scene.offer_one(g, i, t)
    return float(g.w.two[i])


@turn
def support(board: Board, i: int, t: int) -> None:
    """The same as decided and given, for a member that decides as all do."""
    g = game(board)
    scene.offer_one(g, i, t)
    scene.give_one(g, i, t)


@turn
def close(board: Board, t: int) -> None:
    """The alliance's support, and the enablers that Europe orders."""
    scene.order_enablers(game(board), t)
