"""The draws of one stream for one actor in one year of a run."""

from __future__ import annotations

from sim import chance
from sim.compiled import kernel
from sim.world import Game

__all__ = ["Luck", "luck_of"]

Luck = tuple[int, int, int, int]


@kernel
def luck_of(g: Game, stream: int, t: int, actor: int) -> Luck:
    """The four words of one stream for one actor in year t."""
    return chance.block(g.seed, g.replicate, stream, g.years[t].year, actor)
