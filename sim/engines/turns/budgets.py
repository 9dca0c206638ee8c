"""Scene 5 for one member: it weighs, wants, votes and spends; step by step, or in one."""

from __future__ import annotations

import math

import numpy as np
from numpy.typing import NDArray

from sim.compiled import kernel
from sim.engines.board import Board, game
from sim.engines.turning import turn
from sim.rules import budgets, reactions
from sim.scenes.budgets import followed
from sim.world import MEMORY, UNITED_STATES, Game, allied_forces, treaty_stands, us_forces

__all__ = ["budget", "choosing", "spend", "vote", "want", "weigh"]

Floats = NDArray[np.float64]
FOLLOW = list(reactions.REACTIONS).index("follow")


@kernel
def weighing(g: Game, i: int, t: int) -> None:
    """Thinning, spill-in from the allies and from the US, and threat, per GDP."""
    p, w, y = g.p, g.w, g.years[t]
    w.thinning[i] = budgets.thinning(w.gdp[i], w.protected_gdp, p.thinning)
    w.per_gdp[i] = w.thinning[i] / w.gdp[i]
    per_gdp = w.per_gdp[i] * (1.0 if w.member[i] > 0.0 else p.partner_spillin)
    own = w.ally[i] * w.capability[i]
    w.allies[i] = budgets.spillin(per_gdp, p.allied_weight, allied_forces(w) - own)
    w.us[i] = budgets.spillin(per_gdp, 1.0, us_forces(w) if i != UNITED_STATES else 0.0)
    ratio = w.adversary_capability / w.protected_gdp / w.adversary_start
    w.threat[i] = budgets.threat(p.threat_scale * y.hostility, w.proximity[i], ratio)


@kernel
def choosing(
    reaction: int, allies: float, us: float, threat: float, collective: float, national: float, price: float,
    share: float, pledge: float, followed: float, commitment: float, exclusion: float, earlier: float, measure: int,
    tiers: int, minimum: Floats, promised: Floats,
) -> float:  # fmt: skip
    """The share that somebody wants; of every tier's best one the best, the higher one on a tie."""
    low, best, wanted = 0.0, 0.0, share
    for tier in range(tiers):
        high = math.inf
        if tier + 1 < tiers:
            high = budgets.line(measure, float(minimum[tier + 1]), pledge, earlier)
        from_us = budgets.protection(commitment, exclusion, float(promised[tier])) * us
        found = reactions.wanted(
            reaction, low, high, allies, from_us, threat, collective, national, price, share, pledge, followed
        )
        liked = reactions.liked(reaction, found, allies, from_us, threat, collective, national, price)
        if tier == 0 or liked >= best:
            best, wanted = liked, found
        low = high
    return budgets.wanted_at_most(wanted)


@kernel
def wanting(g: Game, i: int, t: int) -> float:
    """The share that the member wants."""
    s, w, policy = g.s, g.w, g.policies[g.w.policy]
    if s.reaction[i] == FOLLOW:
        w.followed[i] = followed(g, t, i)
    return choosing(
        s.reaction[i], w.allies[i], w.us[i], w.threat[i], w.collective[i], w.national[i], w.price[i], w.share[i],
        w.pledge[i], w.followed[i], w.commitment_belief[i], w.exclusion_belief[i], g.path[MEMORY + t - 3].share[i],
        policy.measure, policy.tiers, policy.minimum, policy.protection,
    )  # fmt: skip


@kernel
def voting(g: Game, i: int) -> float:
    """The share that parliament votes."""
    p, w = g.p, g.w
    surprise = p.budget_noise * w.normals[3, i]
    return budgets.vote(
        w.share[i], w.wanted[i], w.pledge[i], p.adjustment_speed, p.pledge_pull, surprise, p.fiscal_cut, w.room[i]
    )


@kernel
def spending(g: Game, i: int, t: int, share: float) -> None:
    """The budget as voted, the tier reached with it, the protection expected there."""
    p, w, policy = g.p, g.w, g.policies[g.w.policy]
    w.share[i] = share
    g.path[MEMORY + t].share[i], g.path[MEMORY + t].spending[i] = share, share * w.gdp[i]
    w.room_used[i] = budgets.room_used(w.clause[i] == 1, share, g.s.base_share[i], p.clause_ceiling)
    earlier, level = g.path[MEMORY + t - 3].share[i], policy.protection[0]
    for tier in range(1, policy.tiers):
        if budgets.reaches(share, budgets.line(policy.measure, policy.minimum[tier], w.pledge[i], earlier)):
            level = policy.protection[tier]
    covered = treaty_stands(w) * w.ally[i]
    w.level[i] = level
    w.expected[i] = covered * budgets.protection(w.commitment_belief[i], w.exclusion_belief[i], level)
    w.protected[i] = budgets.is_protected(covered, level)


@turn
def weigh(board: Board, i: int, t: int) -> None:
    """What protects and what threatens a member."""
    weighing(game(board), i, t)


@turn
def want(board: Board, i: int, t: int) -> float:
    """The share that it wants."""
    return wanting(game(board), i, t)


@turn
def vote(board: Board, i: int) -> float:
    """The share that its parliament votes."""
    return voting(game(board), i)


@turn
def spend(board: Board, i: int, t: int, share: float) -> None:
    """The budget as voted, and what follows from it."""
    spending(game(board), i, t, share)


@turn
def budget(board: Board, i: int, t: int) -> None:
    """The four in one, for a member that decides as all do."""
    g = game(board)
    weighing(g, i, t)
    g.w.wanted[i] = wanting(g, i, t)
    spending(g, i, t, voting(g, i) if g.s.armed[i] else 0.0)
