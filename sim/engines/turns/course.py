"""What a run begins with, what luck each of its years brings, and what is measured of it."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from sim import chance, world
from sim.compiled import alone
from sim.engines.board import Board, game
from sim.engines.turning import turn
from sim.measures import measure_members, measure_year

__all__ = ["begin", "close", "draw", "measure"]


@alone
def begin(board: Board) -> None:
    """The world of the start year."""
    world.start(game(board))


@turn
def draw(board: Board, t: int) -> None:
    """Everybody's luck of the year."""
    g = game(board)
    chance.draw_year(g.seed, g.replicate, g.years[t].year, g.w.words, g.w.normals)


@turn
def close(board: Board, t: int) -> None:
    """Who bears how much of the year's burdens."""
    world.weigh_burdens(game(board), t)


@alone
def measure(
    board: Board, t: int, levels: NDArray[np.float64], counts: NDArray[np.int16], members: NDArray[np.float64],
    asked: NDArray[np.bool_],
) -> None:  # fmt: skip
    """Year t of the tables.

    Into ``levels`` (T+1, len(LEVELS)), ``counts`` (T+1, len(COUNTS)) and ``members`` (T+1, len(MEMBER), n).
    """
    g = game(board)
    measure_year(g, t, asked, levels[t], counts[t])
    measure_members(g, t, members[t])
