"""Scene 8: whether there is a challenge, who helps, what everybody learns."""

from __future__ import annotations

from sim import chance
from sim.engines.board import Board, game
from sim.engines.turning import turn
from sim.rules import crisis
from sim.scenes import crisis as scene
from sim.scenes.luck import luck_of

__all__ = ["close", "helps", "open_scene", "target"]


@turn
def open_scene(board: Board) -> bool:
    """Whether there is a challenge: the year's luck is below its risk."""
    w = game(board).w
    w.challenge, w.target, w.us_came, w.lost = 0, -1, 0, 0
    w.aftermath *= 0.5
    return bool(chance.uniform(w.words[2, chance.OF_WORLD]) < w.challenge_risk)


@turn
def target(board: Board) -> int:
    """Who is challenged."""
    return scene.target(game(board).w)


@turn
def helps(board: Board, i: int, t: int) -> bool:
    """Whether an ally comes to the aid of another."""
    g = game(board)
    luck = luck_of(g, chance.ALLY, t, i)
    return crisis.comes(crisis.solidarity(g.p.solidarity, g.w.proximity[i]), chance.uniform(luck[0]))


@turn
def close(board: Board, challenged: int, came: bool, lost: bool, promised: float) -> None:
    """What happened, and what everybody learns of it."""
    w = game(board).w
    w.challenge, w.target, w.us_came, w.lost = 1, challenged, 1 if came else 0, 1 if lost else 0
    w.aftermath = 1.0
    commitment, exclusion = crisis.lesson(came, promised)
    w.act_commitment += commitment
    w.act_exclusion += exclusion
