"""Scene 7: the adversary's turn as a whole, or step by step."""

from __future__ import annotations

from sim.engines.board import Board, game
from sim.engines.turning import turn
from sim.engines.turns.forces import allies, from_us
from sim.rules import budgets, demand, forces, moscow
from sim.scenes import moscow as scene
from sim.world import MEMORY, N, treaty_stands

__all__ = ["aim", "arm", "sum_up", "tempt", "threaten"]


@turn
def threaten(board: Board, t: int) -> None:
    """The adversary's whole turn, if it decides as usual."""
    scene.threaten(game(board), t)


@turn
def aim(board: Board, allied: float) -> float:
    """The share that the adversary wants, without the war's part."""
    g = game(board)
    threat = g.p.adversary_hostility * allied / g.w.allied_start
    return demand.best_response(1.0, -threat, g.w.adversary_collective, g.w.adversary_national)


@turn
def arm(board: Board, t: int, wanted: float) -> None:
    """The adversary's budget, and its forces (Eq. 13)."""
    g = game(board)
    p, w, war = g.p, g.w, g.years[t].war
    w.adversary_share = moscow.budget(
        w.adversary_share, wanted + p.war_effort * war, p.adjustment_speed, p.budget_noise * w.normals[3, N]
    )
    g.path[MEMORY + t].spending[N] = w.adversary_share * w.gdp[N]
    worn = p.war_attrition * war * w.stock[N] + p.support_attrition * w.total_support
    paid = g.path[MEMORY + t - p.lead_time].spending[N]
    w.stock[N] = forces.stock(w.stock[N], p.depreciation, p.equipment_share, paid, worn)
    capability = forces.capability(g.path[MEMORY + t].spending[N], w.stock[N], p.equipment_share, p.depreciation)
    w.adversary_capability = moscow.strength(p.adversary_price_level, capability)


@turn
def tempt(board: Board, i: int, t: int) -> float:
    """The chance that the adversary challenges one ally."""
    g = game(board)
    p, w = g.p, g.w
    held = w.capability[i] / w.thinning[i] + p.allied_weight * (allies(w) - w.capability[i])
    alone_lost = moscow.contest(w.adversary_capability, w.enabled_without_us * held, p.decisiveness)
    helped_lost = moscow.contest(w.adversary_capability, w.enabled_with_us * (held + from_us(w)), p.decisiveness)
    expected = treaty_stands(w) * budgets.protection(w.commitment_belief[N], w.exclusion_belief[N], w.level[i])
    prize = moscow.prize(p.prize, g.years[t].hostility, p.hostility_reference, w.proximity[i], w.nearest)
    success = moscow.weighed(expected, helped_lost, alone_lost)
    return moscow.hazard(p.challenge_rate, prize, success, p.challenge_cost, p.challenge_noise)


@turn
def sum_up(board: Board) -> None:
    """The chance of any challenge."""
    w = game(board).w
    w.challenge_risk = scene.of_any(w.hazard)
