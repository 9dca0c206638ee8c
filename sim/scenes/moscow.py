"""Scene 7, Moscow: the adversary arms and weighs a challenge to each member."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from sim.compiled import kernel
from sim.rules import budgets, forces, moscow
from sim.rules.demand import best_response
from sim.world import MEMORY, UNITED_STATES, Game, N, Record, allied_forces, treaty_stands, us_forces

__all__ = ["aim", "arm", "of_any", "threaten"]


@kernel
def threaten(g: Game, t: int) -> None:
    """Scene 7: the adversary arms, expects, and weighs a challenge to each member."""
    p, w, y, us = g.p, g.w, g.years[t], UNITED_STATES
    treaty, allies, from_us = treaty_stands(w), allied_forces(w), us_forces(w)
    arm(g, t, aim(g, allies + w.capability[us]))
    weight = p.allied_weight
    for i in range(N):
        w.one[i] = w.capability[i] / w.thinning[i] + weight * (allies - w.capability[i])
    if p.decisiveness == 1.0:  # a loop of its own from the compiler, without a branch
        contest(w, from_us, 1.0)
    else:
        contest(w, from_us, p.decisiveness)
    commitment, exclusion = w.commitment_belief[N], w.exclusion_belief[N]
    hostility, reference, nearest, value = y.hostility, p.hostility_reference, w.nearest, p.prize
    rate, cost, noise = p.challenge_rate, p.challenge_cost, p.challenge_noise
    for i in range(N):
        prize = moscow.prize(value, hostility, reference, w.proximity[i], nearest)
        expected = treaty * budgets.protection(commitment, exclusion, w.level[i])
        success = moscow.weighed(expected, w.with_us[i], w.without_us[i])
        w.two[i] = moscow.temptation(prize, success, cost, noise)
    for i in range(N):
        hazard = moscow.yielded(rate, w.two[i], cost, noise)
        w.hazard[i] = w.ally[i] * hazard
    w.challenge_risk = of_any(w.hazard)


@kernel
def of_any(hazards: NDArray[np.float64]) -> float:
    """The chance that one of them at least comes true; four products side by side, which a processor overlaps."""
    a, b, c, d = 1.0, 1.0, 1.0, 1.0
    for k in range(N // 4):
        i = 4 * k
        a *= 1.0 - hazards[i]
        b *= 1.0 - hazards[i + 1]
        c *= 1.0 - hazards[i + 2]
        d *= 1.0 - hazards[i + 3]
    for i in range(N - N % 4, N):
        a *= 1.0 - hazards[i]
    return 1.0 - (a * b) * (c * d)


@kernel
def contest(w: Record, from_us: float, decisiveness: float) -> None:
    """How likely an attack on each member, whose defenders stand in ``w.one``, succeeds with the US and without."""
    attack, with_us, without_us = w.adversary_capability, w.enabled_with_us, w.enabled_without_us
    for i in range(N):
        w.without_us[i] = moscow.contest(attack, without_us * w.one[i], decisiveness)
    for i in range(N):
        w.with_us[i] = moscow.contest(attack, with_us * (w.one[i] + from_us), decisiveness)


@kernel
def aim(g: Game, allied: float) -> float:
    """The share that the adversary wants against so much ``allied`` capability, mostly its income's (Eq. 13)."""
    threat = g.p.adversary_hostility * allied / g.w.allied_start
    wanted = best_response(1.0, -threat, g.w.adversary_collective, g.w.adversary_national)
    return budgets.wanted_at_most(wanted)


@kernel
def arm(g: Game, t: int, wanted: float) -> None:
    """The adversary's budget, the war's part on top, and what war and support to its victim wear down (Eq. 13)."""
    p, w, y = g.p, g.w, g.years[t]
    w.adversary_share = moscow.budget(
        w.adversary_share, wanted + p.war_effort * y.war, p.adjustment_speed, p.budget_noise * w.normals[3, N]
    )
    g.path[MEMORY + t].spending[N] = w.adversary_share * w.gdp[N]
    worn = p.war_attrition * y.war * w.stock[N] + p.support_attrition * w.total_support
    paid = g.path[MEMORY + t - p.lead_time].spending[N]
    w.stock[N] = forces.stock(w.stock[N], p.depreciation, p.equipment_share, paid, worn)
    capability = forces.capability(g.path[MEMORY + t].spending[N], w.stock[N], p.equipment_share, p.depreciation)
    w.adversary_capability = moscow.strength(p.adversary_price_level, capability)
