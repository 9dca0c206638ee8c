"""Scene 8: whether there is a challenge, who helps, who prevails, what everybody learns."""

from __future__ import annotations

from sim.engines.board import Board, game
from sim.engines.turning import turn
from sim.scenes import crisis as scene

__all__ = ["close", "helps", "lose", "open_scene", "prevails", "target"]


@turn
def open_scene(board: Board) -> bool:
    """Whether there is a challenge: the year's draw is below its risk."""
    return scene.opens(game(board))


@turn
def target(board: Board) -> int:
    """Who is challenged."""
    return scene.target(game(board).w)


@turn
def helps(board: Board, i: int, t: int) -> bool:
    """Whether an ally comes to the aid of another."""
    return scene.helps(game(board), i, t)


@turn
def prevails(board: Board, challenged: int, came: bool, help_of_allies: float) -> bool:
    """Whether the adversary wins against the target and those that come."""
    return scene.prevails(game(board), challenged, came, help_of_allies)


@turn
def lose(board: Board, challenged: int) -> None:
    """What the target loses."""
    scene.lose(game(board), challenged)


@turn
def close(board: Board, challenged: int, came: bool, lost: bool, promised: float) -> None:
    """What happened, and what everybody learns of it."""
    scene.conclude(game(board), challenged, came, lost, promised)
