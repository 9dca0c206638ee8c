"""Scene 7: the adversary's turn as a whole, or step by step."""

from __future__ import annotations

from sim.engines.board import Board, game
from sim.engines.turning import turn
from sim.scenes import moscow as scene

__all__ = ["aim", "arm", "sum_up", "tempt", "threaten"]


@turn
def threaten(board: Board, t: int) -> None:
    """The adversary's whole turn, if it decides as usual."""
    scene.threaten(game(board), t)


@turn
def aim(board: Board, allied: float) -> float:
    """The share that the adversary wants, without the war's part."""
    return scene.aim(game(board), allied)


@turn
def arm(board: Board, t: int, wanted: float) -> None:
    """The adversary's budget, and its forces."""
    scene.arm(game(board), t, wanted)


@turn
def tempt(board: Board, i: int, t: int) -> float:
    """The chance that the adversary challenges one ally."""
    return scene.tempt_one(game(board), i, t)


@turn
def sum_up(board: Board) -> None:
    """The chance of any challenge."""
    scene.sum_up(game(board))
