"""Scene 7, Moscow: the adversary arms and weighs a challenge to each member."""

from __future__ import annotations

from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

from sim.compiled import kernel
from sim.rules import budgets, forces, moscow
from sim.rules.demand import best_response
from sim.steps import stage
from sim.world import MEMORY, UNITED_STATES, Game, N, Record, allied_forces, treaty_stands, us_forces

__all__ = ["aim", "arm", "sum_up", "tempt_one", "threaten"]


class Chances(NamedTuple):
    """What is the same for all members that may be challenged."""

    allied_weight: float
    allies: float  # their forces, and those of the United States
    us: float
    attack: float
    with_us: float  # the part of the defence that can be used with American enablers, and without
    without_us: float
    decisiveness: float
    treaty: float
    commitment: float  # the adversary's beliefs
    exclusion: float
    prize: float
    hostility: float
    reference: float
    nearest: float
    rate: float
    cost: float
    noise: float


@kernel
def odds(g: Game, t: int, decisiveness: float) -> Chances:
    """They, with the decisiveness of a contest."""
    p, w = g.p, g.w
    return Chances(
        p.allied_weight, allied_forces(w), us_forces(w), w.adversary_capability, w.enabled_with_us,
        w.enabled_without_us, decisiveness, treaty_stands(w), w.commitment_belief[N], w.exclusion_belief[N], p.prize,
        g.years[t].hostility, p.hostility_reference, w.nearest, p.challenge_rate, p.challenge_cost, p.challenge_noise,
    )  # fmt: skip


@kernel
def chances(g: Game, t: int) -> Chances:
    """They, as the parameters have them."""
    return odds(g, t, g.p.decisiveness)


@kernel
def even_chances(g: Game, t: int) -> Chances:
    """They, with the usual decisiveness, which gives a loop without a branch."""
    return odds(g, t, 1.0)


def defend(w: Record, s: Record, c: Chances, i: int) -> None:
    """The forces that defend a member without the United States."""
    w.one[i] = w.capability[i] / w.thinning[i] + c.allied_weight * (c.allies - w.capability[i])


def lose_alone(w: Record, s: Record, c: Chances, i: int) -> None:
    """How likely an attack on it succeeds without the United States (Eq. 14)."""
    w.without_us[i] = moscow.contest(c.attack, c.without_us * w.one[i], c.decisiveness)


def lose_aided(w: Record, s: Record, c: Chances, i: int) -> None:
    """How likely it succeeds with them (Eq. 14)."""
    w.with_us[i] = moscow.contest(c.attack, c.with_us * (w.one[i] + c.us), c.decisiveness)


def tempt(w: Record, s: Record, c: Chances, i: int) -> None:
    """What a challenge promises."""
    prize = moscow.prize(c.prize, c.hostility, c.reference, w.proximity[i], c.nearest)
    expected = c.treaty * budgets.protection(c.commitment, c.exclusion, w.level[i])
    success = moscow.weighed(expected, w.with_us[i], w.without_us[i])
    w.two[i] = moscow.temptation(prize, success, c.cost, c.noise)


def risk(w: Record, s: Record, c: Chances, i: int) -> None:
    """The chance that an ally is challenged (Eq. 15)."""
    hazard = moscow.yielded(c.rate, w.two[i], c.cost, c.noise)
    w.hazard[i] = w.ally[i] * hazard


fight_all, fight_one = stage(chances, defend, lose_alone, lose_aided)
fight_evenly, _ = stage(even_chances, defend, lose_alone, lose_aided)
risk_all, risk_one = stage(chances, tempt, risk)


@kernel
def tempt_one(g: Game, i: int, t: int) -> float:
    """The chance that the adversary challenges one ally."""
    fight_one(g, i, t)
    risk_one(g, i, t)
    return float(g.w.hazard[i])


@kernel
def threaten(g: Game, t: int) -> None:
    """Scene 7: the adversary arms, expects, and weighs a challenge to each member."""
    arm(g, t, aim(g, allied_forces(g.w) + g.w.capability[UNITED_STATES]))
    if g.p.decisiveness == 1.0:
        fight_evenly(g, t)
    else:
        fight_all(g, t)
    risk_all(g, t)
    sum_up(g)


@kernel
def sum_up(g: Game) -> None:
    """The chance of any challenge."""
    g.w.challenge_risk = of_any(g.w.hazard)


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
