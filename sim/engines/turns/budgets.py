"""Scene 5 for one member: it weighs, wants, votes and spends; step by step, or in one."""

from __future__ import annotations

from sim.engines.board import Board, game
from sim.engines.turning import turn
from sim.scenes import budgets as scene

__all__ = ["budget", "spend", "vote", "want", "weigh"]


@turn
def weigh(board: Board, i: int, t: int) -> None:
    """What protects and what threatens a member."""
    scene.weigh_one(game(board), i, t)


@turn
def want(board: Board, i: int, t: int) -> float:
    """The share that it wants."""
    return scene.wanted(game(board), i, t)


@turn
def vote(board: Board, i: int, t: int) -> float:
    """The share that its parliament votes."""
    return scene.vote_one(game(board), i, t)


@turn
def spend(board: Board, i: int, t: int, share: float) -> None:
    """The budget as voted, and what follows from it."""
    g = game(board)
    g.w.share[i] = share
    scene.spend_one(g, i, t)


@turn
def budget(board: Board, i: int, t: int) -> None:
    """The four in one, for a member that decides as all do."""
    g = game(board)
    scene.weigh_one(g, i, t)
    g.w.wanted[i] = scene.wanted(g, i, t)
    g.w.share[i] = scene.vote_one(g, i, t)
    scene.spend_one(g, i, t)
