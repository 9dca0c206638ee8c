"""The rules of ``sim.rules`` for one actor, compiled to be called from Python and kept on disk.

An agent's turn in a scene is one of these calls. Each only puts together the rules that the loops of ``sim.scenes``
apply to every member in that scene, in the same order, so the last bit agrees with the batch engine. Arguments are
plain numbers under the names of the rules; arrays are a policy's tiers, or all members in a sum over the alliance.
"""

from __future__ import annotations

import math
from typing import Any

import numpy as np
from numpy.typing import NDArray

from sim import chance, world
from sim.compiled import alone, logistic
from sim.rules import brussels, budgets, crisis, demand, economy, forces, moscow, reactions, statements, washington
from sim.world import Game

__all__ = ["best_response"]  # the rest is for the agents of this package

Floats = NDArray[np.float64]

# Rules that are a turn by themselves

best_response = alone(demand.best_response)
act = alone(washington.act)
build_enablers = alone(forces.delivered)
comes = alone(crisis.comes)
consents = alone(washington.consents)
contest = alone(moscow.contest)
elect = alone(washington.elect)
enabled = alone(forces.enabled)
growth = alone(economy.growth)
is_de_facto_exit = alone(washington.is_de_facto_exit)
lesson = alone(crisis.lesson)
loan_price = alone(brussels.loan_price)
order_enablers = alone(budgets.enabler_order)
posture = alone(washington.posture)
pro_rata = alone(brussels.pro_rata)
solidarity = alone(crisis.solidarity)
treaty = alone(washington.treaty)
vote = alone(budgets.vote)
votes = alone(washington.votes)
withdrawal_favour = alone(washington.withdrawal_favour)


# The start, sums and luck


@alone
def start(
    parameters: NDArray[Any], setup: NDArray[Any], years: NDArray[Any], policies: NDArray[Any], begun: NDArray[Any],
    path: NDArray[Any],
) -> None:  # fmt: skip
    """The world of the start year, into ``begun`` (one record of WORLD) and ``path``."""
    world.start(Game(parameters[0], setup[0], years, policies, begun[0], path, 0, 0))


@alone
def total(x: Floats, y: Floats) -> float:
    """Sum of products over the members, in the order of the batch engine."""
    return float(world.dot(x, y))


@alone
def draw(seed: int, replicate: int, year: int, normals: Floats) -> tuple[float, float, float]:
    """A year's normals of all actors, into ``normals`` (4, n+1); the common growth and the two uniforms of the world."""
    chance.fill_normals(seed, replicate, year, normals)
    first, second, third, fourth = chance.block(seed, replicate, chance.WORLD, year, 0)
    common, _ = chance.normals(first, second)
    return common, chance.uniform(third), chance.uniform(fourth)


@alone
def uniforms(seed: int, replicate: int, stream: int, year: int, actor: int) -> tuple[float, float, float, float]:
    """The four words of one stream for one actor in a year, as uniforms."""
    first, second, third, fourth = chance.block(seed, replicate, stream, year, actor)
    return chance.uniform(first), chance.uniform(second), chance.uniform(third), chance.uniform(fourth)


# Scenes 1 and 2


@alone
def grow(
    gdp: float, debt: float, extra: float, room_used: float, mean: float, spread: float, balance: float, own: float,
    common: float, common_share: float, inflation: float, financed: float,
) -> tuple[float, float, float]:  # fmt: skip
    """A member's growth, GDP and debt (scene 1)."""
    grown = economy.growth(mean, spread, common_share, common, own)
    return grown, gdp * (1.0 + grown), economy.debt(debt, grown, inflation, balance, extra, room_used, financed)


@alone
def say(
    seed: int, replicate: int, year: int, slot: int, rate: float, tone: float, conditionality: float, noise: float
) -> tuple[float, float, float]:
    """Authority and tones of one slot's statement (scene 2); authority 0 if none is made."""
    first, second, third, fourth = chance.block(seed, replicate, chance.STATEMENT, year, slot)
    if not statements.is_made(rate, chance.uniform(first)):
        return 0.0, 0.0, 0.0
    one, other = chance.normals(third, fourth)
    authority = statements.authority(chance.uniform(second))
    return authority, statements.tone(tone, noise, one), statements.tone(conditionality, noise, other)


@alone
def listen(
    commitment: float, commitment_mean: float, own: float, exclusion: float, exclusion_mean: float, other: float,
    tone: float, act: float, conditionality: float, act_x: float, reversion: float, word_weight: float,
    act_weight: float, noise: float,
) -> tuple[float, float, float, float]:  # fmt: skip
    """The log odds of two beliefs and the beliefs themselves (scene 2)."""
    stands = statements.belief(
        commitment, commitment_mean, reversion, tone, word_weight, act, act_weight, noise, own
    )
    excludes = statements.belief(
        exclusion, exclusion_mean, reversion, conditionality, word_weight, act_x, act_weight, noise, other
    )
    return stands, excludes, logistic(stands), logistic(excludes)


# Scenes 4 to 6


@alone
def find_room(
    clause_open: bool, flag: int, active: bool, wanted: float, pledge: float, share: float, debt: float, base: float,
    room: float, drag: float, cost: float, ceiling: float, absorption: float,
) -> tuple[bool, float]:  # fmt: skip
    """Whether the escape clause is used, and the room in the budget (scene 4)."""
    ordinary = brussels.ordinary_room(room, drag, debt)
    if not clause_open:
        return False, brussels.fiscal_room(ordinary, 0.0, absorption)
    used = brussels.activates(flag, active, brussels.gap(wanted, pledge, share), ordinary, cost, debt)
    extra = brussels.clause_room(used, base, ceiling, share)
    return used, brussels.fiscal_room(ordinary, extra, absorption)


@alone
def ask_loan(
    flag: int, allotment: float, years: float, drawn: float, appetite: float, wanted: float, pledge: float,
    share: float, gdp: float, advantage: float,
) -> float:  # fmt: skip
    """The loan that a member asks for (scene 4)."""
    gap = brussels.gap(wanted, pledge, share)
    return brussels.asks(flag, allotment, years, drawn, appetite, gap, gdp, advantage)


@alone
def weigh(
    gdp: float, proximity: float, inside: float, allied: float, from_us: float, protected_gdp: float, exponent: float,
    allied_weight: float, hostility: float, ratio: float,
) -> tuple[float, float, float, float]:  # fmt: skip
    """Thinning, spill-in from the allies and from the US, and threat, per GDP (scene 5)."""
    thinning = budgets.thinning(gdp, protected_gdp, exponent)
    per_gdp = thinning / gdp * inside
    allies, us = budgets.spillin(per_gdp, allied_weight, allied), budgets.spillin(per_gdp, 1.0, from_us)
    return thinning, allies, us, budgets.threat(hostility, proximity, ratio)


@alone
def want(
    reaction: int, allies: float, us: float, threat: float, collective: float, national: float, price: float,
    share: float, pledge: float, followed: float, commitment: float, exclusion: float, earlier: float,
    tiers: int, measure: int, minimum: Floats, protection: Floats,
) -> float:  # fmt: skip
    """The share that a member wants: of every tier's best one the best, the higher one on a tie (scene 5)."""
    low, best, wanted = 0.0, 0.0, share
    for tier in range(tiers):
        high = math.inf
        if tier + 1 < tiers:
            high = budgets.line(measure, float(minimum[tier + 1]), pledge, earlier)
        expected = budgets.protection(commitment, exclusion, float(protection[tier]))
        found, utility = reactions.wanted(
            reaction, low, high, allies, expected * us, threat, collective, national, price, share, pledge, followed
        )
        if tier == 0 or utility >= best:
            best, wanted = utility, found
        low = high
    return wanted


@alone
def follow(me: int, inside: Floats, last: Floats, separation: NDArray[np.float64], decay: float) -> float:
    """The other allies' average share of last year, nearer ones counting more (scene 5)."""
    sum_of_shares, weights = 0.0, 0.0
    for j in range(last.size):
        near = budgets.proximity(float(separation[me, j]), False, 0.0, decay)
        weight = near if inside[j] > 0.0 and j != me else 0.0
        sum_of_shares += weight * float(last[j])
        weights += weight
    return sum_of_shares / weights if weights > 0.0 else float(last[me])


@alone
def cover(
    share: float, pledge: float, earlier: float, commitment: float, exclusion: float, covered: float, clause: bool,
    base: float, ceiling: float, tiers: int, measure: int, minimum: Floats, protection: Floats,
) -> tuple[float, float, int, float]:  # fmt: skip
    """Protection of the tier reached, the protection expected, whether protected, room used (scene 5)."""
    level = float(protection[0])
    for tier in range(1, tiers):
        if share >= budgets.line(measure, float(minimum[tier]), pledge, earlier):
            level = float(protection[tier])
    expected = covered * budgets.protection(commitment, exclusion, level)
    used = budgets.room_used(clause, share, base, ceiling)
    return level, expected, budgets.is_protected(covered, level), used


@alone
def give(
    given: float, gdp: float, thinning: float, allied_weight: float, others: float, collective: float, national: float,
    factor: float, speed: float,
) -> float:  # fmt: skip
    """Support share for a partner under attack; ``factor`` is the US policy's (scene 5)."""
    spillin = budgets.spillin(thinning / gdp, allied_weight, others)
    return budgets.support(given, demand.best_response(1.0, spillin, collective, national) * factor, speed)


@alone
def build(
    stock: float, paid: float, spending: float, losses: float, equipment_share: float, depreciation: float
) -> tuple[float, float]:
    """Stock and capability (scenes 6 and 7)."""
    left = forces.stock(stock, depreciation, equipment_share, paid, losses)
    return left, forces.capability(spending, left, equipment_share, depreciation)


# Scene 7


@alone
def arm(
    share: float, wanted: float, war: float, normal: float, gdp: float, speed: float, noise: float
) -> tuple[float, float]:
    """The adversary's share and spending."""
    voted = moscow.budget(share, wanted + war, speed, noise * normal)
    return voted, voted * gdp


@alone
def hazard(
    capability: float, thinning: float, proximity: float, level: float, covered: float, allied: float, from_us: float,
    attack: float, with_us: float, without_us: float, commitment: float, exclusion: float, nearest: float,
    hostility: float, allied_weight: float, decisiveness: float, value: float, reference: float, rate: float,
    cost: float, noise: float,
) -> float:  # fmt: skip
    """The chance that the adversary challenges one ally."""
    held = capability / thinning + allied_weight * (allied - capability)
    alone_lost = moscow.contest(attack, without_us * held, decisiveness)
    helped_lost = moscow.contest(attack, with_us * (held + from_us), decisiveness)
    expected = covered * budgets.protection(commitment, exclusion, level)
    weighed = moscow.weighed(expected, helped_lost, alone_lost)
    prize = moscow.prize(value, hostility, reference, proximity, nearest)
    return moscow.hazard(rate, prize, weighed, cost, noise)
