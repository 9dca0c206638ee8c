"""One year of one run: the eight scenes in the order of play.

A scene reads last year's state and this year's earlier scenes, never a later one. The Mesa agents of
``engines/agents.py`` call the same rules one actor at a time and get the same bits.
"""

from __future__ import annotations

from sim import chance
from sim.compiled import kernel
from sim.scenes.brussels import fund
from sim.scenes.budgets import support_partner, vote
from sim.scenes.crisis import answer
from sim.scenes.economy import grow
from sim.scenes.forces import build
from sim.scenes.moscow import threaten
from sim.scenes.statements import listen
from sim.scenes.washington import govern
from sim.world import Game, weigh_burdens

__all__ = ["play_year"]


@kernel
def play_year(g: Game, t: int) -> None:
    """Year ``t`` of the run (1 is the first after the start), which is calendar year ``year``."""
    chance.draw_year(g.seed, g.replicate, g.years[t].year, g.w.words, g.w.normals)
    grow(g, t)
    listen(g, t)
    govern(g, t)
    fund(g, t)
    vote(g, t)
    support_partner(g, t)
    build(g, t)
    threaten(g, t)
    answer(g, t)
    weigh_burdens(g, t)
