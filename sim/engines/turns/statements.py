"""Scene 2 for one actor: it speaks or listens."""

from __future__ import annotations

from sim.engines.board import Board, game
from sim.engines.turning import turn
from sim.scenes import statements as scene

__all__ = ["close", "listen", "speak"]


@turn
def speak(board: Board, t: int) -> None:
    """Authority times tones of the year's statements, the script's and up to four others."""
    scene.say(game(board), t)


@turn
def listen(board: Board, i: int, t: int) -> None:
    """The log odds of two beliefs and the beliefs themselves."""
    scene.listen_one(game(board), i, t)


@turn
def close(board: Board, t: int) -> None:
    """The allies' trust in the United States."""
    scene.sum_up(game(board), t)
