"""Scene 7: the adversary's turn as a whole, or step by step."""

from __future__ import annotations

from sim.engines.board import Board, game
from sim.engines.turning import turn
from sim.rules import budgets, moscow
from sim.scenes import moscow as scene
from sim.world import N, allied_forces, treaty_stands, us_forces

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
    g = game(board)
    p, w = g.p, g.w
    held = w.capability[i] / w.thinning[i] + p.allied_weight * (allied_forces(w) - w.capability[i])
    alone_lost = moscow.contest(w.adversary_capability, w.enabled_without_us * held, p.decisiveness)
    helped_lost = moscow.contest(w.adversary_capability, w.enabled_with_us * (held + us_forces(w)), p.decisiveness)
    expected = treaty_stands(w) * budgets.protection(w.commitment_belief[N], w.exclusion_belief[N], w.level[i])
    prize = moscow.prize(p.prize, g.years[t].hostility, p.hostility_reference, w.proximity[i], w.nearest)
    success = moscow.weighed(expected, helped_lost, alone_lost)
    return moscow.hazard(p.challenge_rate, prize, success, p.challenge_cost, p.challenge_noise)


@turn
def sum_up(board: Board) -> None:
    """The chance of any challenge."""
    w = game(board).w
    w.challenge_risk = scene.of_any(w.hazard)
