"""Scene 5, budgets: every member weighs its protection, wants, votes and supports."""

from __future__ import annotations

import math

import numpy as np

from sim.compiled import kernel
from sim.rules import budgets, reactions
from sim.rules.demand import best_response
from sim.world import MEMORY, UNITED_STATES, Game, N, allied_forces, dot, treaty_stands, us_forces

__all__ = ["followed", "order_enablers", "support_partner", "vote"]

CODE = np.arange(len(reactions.REACTIONS))  # as an array, so that the loops are compiled once and not once a number


@kernel
def vote(g: Game, t: int) -> None:
    """What every member wants, what its parliament votes, and the protection that it has then."""
    p, s, w = g.p, g.s, g.w
    weigh_protection(g, t)
    draw_lines(g, t)
    want(g, t)
    speed, pull, noise, cut = p.adjustment_speed, p.pledge_pull, p.budget_noise, p.fiscal_cut
    for i in range(N):
        voted = budgets.vote(
            w.share[i], w.wanted[i], w.pledge[i], speed, pull, noise * w.normals[3, i], cut, w.room[i]
        )
        w.share[i] = voted if s.armed[i] else 0.0
    now, spent, ceiling = g.path[MEMORY + t].share, g.path[MEMORY + t].spending, p.clause_ceiling
    for i in range(N):
        now[i] = w.share[i]
        spent[i] = w.share[i] * w.gdp[i]
    for i in range(N):
        w.room_used[i] = budgets.room_used(w.clause[i] == 1, w.share[i], s.base_share[i], ceiling)
    cover(g)


@kernel
def cover(g: Game) -> None:
    """The tier that each member has reached, and the protection that it expects there."""
    w, policy = g.w, g.policies[g.w.policy]
    treaty = treaty_stands(w)
    for tier in range(policy.tiers):
        promised = policy.protection[tier]
        for i in range(N):
            level = w.level[i]
            w.level[i] = promised if budgets.reaches(w.share[i], w.lines[tier, i]) else level
    for i in range(N):
        covered = treaty * w.ally[i]
        expected = budgets.protection(w.commitment_belief[i], w.exclusion_belief[i], w.level[i])
        w.expected[i] = covered * expected
        w.protected[i] = budgets.is_protected(covered, w.level[i])


@kernel
def weigh_protection(g: Game, t: int) -> None:
    """Spill-in and threat per GDP (Eqs. 3 and 4), from last year's capabilities and this year's GDP."""
    p, w, y, us = g.p, g.w, g.years[t], UNITED_STATES
    allies, from_us = allied_forces(w), us_forces(w)
    protected, exponent, weight, outside = w.protected_gdp, p.thinning, p.allied_weight, p.partner_spillin
    hostility = p.threat_scale * y.hostility
    ratio = w.adversary_capability / protected / w.adversary_start
    for i in range(N):
        w.one[i] = budgets.log_part(w.gdp[i], protected)
    for i in range(N):
        w.thinning[i] = budgets.thinned(w.one[i], exponent)
    for i in range(N):
        w.per_gdp[i] = w.thinning[i] / w.gdp[i]
        per_gdp = w.per_gdp[i] * (1.0 if w.member[i] > 0.0 else outside)
        own = w.ally[i] * w.capability[i]
        w.allies[i] = budgets.spillin(per_gdp, weight, allies - own)
        w.us[i] = budgets.spillin(per_gdp, 1.0, from_us if i != us else 0.0)
    for i in range(N):
        w.threat[i] = budgets.threat(hostility, w.proximity[i], ratio)


@kernel
def draw_lines(g: Game, t: int) -> None:
    """The shares of GDP at which the tiers of the policy in force start for each member."""
    w, y, policy = g.w, g.years[t], g.policies[g.w.policy]
    tiers, measure = policy.tiers, policy.measure
    earlier = g.path[MEMORY + t - 3].share
    for i in range(N):
        w.lines[0, i], w.lines[tiers, i], w.pledge[i] = 0.0, math.inf, y.pledge[i]
    for tier in range(1, tiers):
        minimum = policy.minimum[tier]
        for i in range(N):
            w.lines[tier, i] = budgets.line(measure, minimum, w.pledge[i], earlier[i])


@kernel
def want(g: Game, t: int) -> None:
    """The wanted share of every member; each rule that somebody uses gets a loop of its own from the compiler."""
    used = g.s.used
    if used[0]:
        want_by(CODE[0], g)
    if used[1]:
        want_by(CODE[1], g)
    if used[2]:
        want_by(CODE[2], g)
    if used[3]:
        for i in range(N):
            g.w.followed[i] = followed(g, t, i)
        want_by(CODE[3], g)
    if used[4]:
        want_by(CODE[4], g)
    if used[5]:
        want_by(CODE[5], g)


@kernel
def want_by(code: int, g: Game) -> None:
    """Every tier's best share in turn; the tier that is liked best decides, the higher one on a tie."""
    reacts, w, policy = g.s.reaction, g.w, g.policies[g.w.policy]
    if policy.tiers == 1:
        want_in_one(code, g, policy.protection[0])
        return
    for tier in range(policy.tiers):
        level, first = policy.protection[tier], tier == 0
        for i in range(N):
            w.low[i], w.high[i] = w.lines[tier, i], w.lines[tier + 1, i]
        for i in range(N):
            expected = budgets.protection(w.commitment_belief[i], w.exclusion_belief[i], level)
            w.one[i] = expected * w.us[i]
            w.two[i] = reactions.wanted(
                code, w.low[i], w.high[i], w.allies[i], w.one[i], w.threat[i], w.collective[i], w.national[i],
                w.price[i], w.share[i], w.pledge[i], w.followed[i],
            )  # fmt: skip
        for i in range(N):
            liked = reactions.liked(
                code, w.two[i], w.allies[i], w.one[i], w.threat[i], w.collective[i], w.national[i], w.price[i]
            )
            best, wanted = w.best[i], w.wanted[i]
            take = (reacts[i] == code) & (first | (liked >= best))
            w.best[i] = liked if take else best
            w.wanted[i] = budgets.wanted_at_most(w.two[i]) if take else wanted


@kernel
def want_in_one(code: int, g: Game, level: float) -> None:
    """The same where there is one tier only, so that no utilities need comparing."""
    reacts, w = g.s.reaction, g.w
    for i in range(N):
        expected = budgets.protection(w.commitment_belief[i], w.exclusion_belief[i], level)
        share = reactions.wanted(
            code, 0.0, math.inf, w.allies[i], expected * w.us[i], w.threat[i], w.collective[i], w.national[i],
            w.price[i], w.share[i], w.pledge[i], w.followed[i],
        )  # fmt: skip
        wanted = w.wanted[i]
        w.wanted[i] = budgets.wanted_at_most(share) if reacts[i] == code else wanted


@kernel
def followed(g: Game, t: int, i: int) -> float:
    """The other allies' average share of last year for one member, nearer ones counting more."""
    p, s, y, last = g.p, g.s, g.years[t], g.path[MEMORY + t - 1].share
    total, weights = 0.0, 0.0
    for j in range(N):
        near = budgets.proximity(s.separation[i, j], False, 0.0, p.threat_distance)
        weight = near if y.in_alliance[j] and j != i else 0.0
        total += weight * last[j]
        weights += weight
    return float(total / weights if weights > 0.0 else last[i])


@kernel
def support_partner(g: Game, t: int) -> None:
    """Scene 5, second part: what each gives to a partner under attack; and the enablers that Europe orders."""
    p, w, y, us = g.p, g.w, g.years[t], UNITED_STATES
    w.war = min(1.0, y.war + w.aftermath)
    total = dot(w.given, w.gdp)
    near, own = p.support_collective * w.war, p.support_national * w.war
    weight, speed = p.allied_weight, p.support_speed
    for i in range(N):
        others = w.member[i] * (total - w.given[i] * w.gdp[i])
        w.one[i] = budgets.spillin(w.per_gdp[i], weight, others)
    for i in range(N):
        w.two[i] = best_response(1.0, w.one[i], near * w.proximity[i], own)
    w.two[us] *= w.support_factor
    for i in range(N):
        w.support[i] = budgets.support(w.support[i], budgets.wanted_at_most(w.two[i]), speed)
    for i in range(N):
        w.given[i] = w.member[i] * w.support[i]
    order_enablers(g, t)


@kernel
def order_enablers(g: Game, t: int) -> None:
    """The alliance's support, and the enablers that Europe orders out of what it spends."""
    p, w = g.p, g.w
    w.total_support = dot(w.given, w.gdp)
    spent = g.path[MEMORY + t].spending
    g.path[MEMORY + t].order = budgets.enabler_order(
        w.upkeep, p.enabler_priority, w.trust, w.trust_start, p.enabler_cost, dot(w.ally, spent)
    )
