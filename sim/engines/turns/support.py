"""Scene 5, second part, for one member: what it gives to a partner under attack."""

from __future__ import annotations

from sim.compiled import kernel
from sim.engines.board import Board, game
from sim.engines.turning import turn
from sim.rules import budgets, demand
from sim.scenes.budgets import order_enablers
from sim.world import UNITED_STATES, Game, dot

__all__ = ["close", "give", "open_scene", "support"]


@turn
def open_scene(board: Board, t: int) -> float:
    """How much of a war there is; returns the alliance's support at last year's shares."""
    g = game(board)
    g.w.war = min(1.0, g.years[t].war + g.w.aftermath)
    return float(dot(g.w.given, g.w.gdp))


@kernel
def giving(g: Game, i: int, total: float) -> float:
    """Support share for a partner under attack; the policy in force rules that of the United States."""
    p, w = g.p, g.w
    others = w.member[i] * (total - w.given[i] * w.gdp[i])
    spillin = budgets.spillin(w.per_gdp[i], p.allied_weight, others)
    near, own = p.support_collective * w.war, p.support_national * w.war
    wanted = demand.best_response(1.0, spillin, near * w.proximity[i], own)
    if i == UNITED_STATES:
        wanted *= w.support_factor
    return budgets.support(w.support[i], budgets.wanted_at_most(wanted), p.support_speed)


@turn
def give(board: Board, i: int, total: float) -> float:
    """The support share of one member, of which all gave ``total`` last year."""
    return giving(game(board), i, total)


@turn
def support(board: Board, i: int, total: float) -> None:
    """The same as decided and given, for a member that decides as all do."""
    g = game(board)
    g.w.support[i] = giving(g, i, total)
    g.w.given[i] = g.w.member[i] * g.w.support[i]


@turn
def close(board: Board, t: int) -> None:
    """The alliance's support, and the enablers that Europe orders."""
    order_enablers(game(board), t)
