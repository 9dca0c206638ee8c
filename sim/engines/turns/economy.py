"""Scene 1 for one actor: what it earns."""

from __future__ import annotations

from sim.engines.board import Board, game
from sim.engines.turning import turn
from sim.scenes import economy as scene

__all__ = ["close", "grow"]


@turn
def grow(board: Board, i: int, t: int) -> None:
    """Growth and GDP, and debt of a member."""
    scene.grow_one(game(board), i, t)


@turn
def close(board: Board, t: int) -> None:
    """Who is in the alliance, and what is protected."""
    scene.close(game(board), t)
