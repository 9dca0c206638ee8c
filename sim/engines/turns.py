"""One actor's turn in each scene, in one compiled call.

Each only puts together the rules that the loops of ``sim.scenes`` apply to every member in that scene, in the same
order, so the last bit agrees with the batch engine. Arguments are the actor's own numbers under the names of the rules;
``shared`` is what the scene tells all of them alike, ``offer`` the tiers of the policy in force: row 0 what each asks
for, row 1 what it promises.
"""

from __future__ import annotations

import math
from collections.abc import Callable
from typing import Any, TypeVar, cast

import numpy as np
from numpy.typing import NDArray

from sim import chance
from sim.compiled import COMPILED, alone, kernel, logistic
from sim.rules import brussels, budgets, demand, economy, forces, moscow, reactions, statements
from sim.world import dot

__all__ = [
    "Shared", "budget", "build", "cover", "draw", "find_room", "give", "grow", "hazard", "listen", "share", "speak",
    "total", "vote", "want", "weigh",
]  # fmt: skip

F = TypeVar("F", bound=Callable[..., Any])
Shared = NDArray[np.float64]
Table = NDArray[np.float64]
KINDS = {"float": "float64", "int": "int64", "bool": "boolean", "Shared": "float64[::1]", "Table": "float64[:, ::1]"}
_dispatchers: list[Any] = []  # they own the compiled code


def turn(function: F) -> F:
    """Compiled at once, for the types that the annotations name.

    Without numba's choice among overloads and without letting go of the interpreter's lock, which take longer than a
    rule: a year of 32 members has three hundred calls.
    """
    if not COMPILED:
        return function
    compiled: Any = alone(function)
    compiled.targetoptions["nogil"] = False
    kinds = [KINDS[kind] for name, kind in compiled.py_func.__annotations__.items() if name != "return"]
    compiled.compile(f"({', '.join(kinds)})")
    _dispatchers.append(compiled)
    (overload,) = compiled.overloads.values()
    return cast(F, getattr(overload, "entry_point", compiled))


def share(*numbers: float) -> Shared:
    """What all are told alike; without a compiler plain numbers, which divide and compare as the rules expect."""
    return np.array(numbers) if COMPILED else numbers  # type: ignore[return-value]


@turn
def total(x: Shared, y: Shared) -> float:
    """Sum of products over the members, in the order of the batch engine."""
    return float(dot(x, y))


@turn
def draw(seed: int, replicate: int, year: int, normals: Table) -> tuple[float, float, float]:
    """A year's normals of all actors, into ``normals`` (4, n+1); returns common growth and the world's two uniforms."""
    chance.fill_normals(seed, replicate, year, normals)
    first, second, third, fourth = chance.block(seed, replicate, chance.WORLD, year, 0)
    common, _ = chance.normals(first, second)
    return common, chance.uniform(third), chance.uniform(fourth)


@turn
def grow(
    gdp: float, debt: float, extra: float, room_used: float, mean: float, spread: float, balance: float, own: float,
    shared: Shared,
) -> tuple[float, float, float]:  # fmt: skip
    """Scene 1: growth, GDP and debt of a member."""
    common, common_share, inflation, financed = shared[0], shared[1], shared[2], shared[3]
    grown = economy.growth(mean, spread, common_share, common, own)
    return grown, gdp * (1.0 + grown), economy.debt(debt, grown, inflation, balance, extra, room_used, financed)


@turn
def speak(
    seed: int, replicate: int, year: int, script: float, script_x: float, rate: float, tone: float,
    conditionality: float, noise: float,
) -> tuple[float, float]:  # fmt: skip
    """Scene 2: authority times tones of the year's statements, the script's and up to four others, one a slot."""
    said, said_x = script, script_x
    for slot in range(chance.SLOTS):
        first, second, third, fourth = chance.block(seed, replicate, chance.STATEMENT, year, slot)
        if statements.is_made(rate, chance.uniform(first)):
            authority = statements.authority(chance.uniform(second))
            one, other = chance.normals(third, fourth)
            said += authority * statements.tone(tone, noise, one)
            said_x += authority * statements.tone(conditionality, noise, other)
    return said, said_x


@turn
def listen(
    commitment: float, commitment_mean: float, own: float, exclusion: float, exclusion_mean: float, other: float,
    shared: Shared,
) -> tuple[float, float, float, float]:  # fmt: skip
    """Scene 2: the log odds of two beliefs and the beliefs themselves."""
    tone, act, conditionality, act_x = shared[0], shared[1], shared[2], shared[3]
    reversion, word_weight, act_weight, noise = shared[4], shared[5], shared[6], shared[7]
    stands = statements.belief(commitment, commitment_mean, reversion, tone, word_weight, act, act_weight, noise, own)
    excludes = statements.belief(
        exclusion, exclusion_mean, reversion, conditionality, word_weight, act_x, act_weight, noise, other
    )
    return stands, excludes, logistic(stands), logistic(excludes)


@turn
def find_room(
    clause_open: bool, flag: int, active: bool, wanted: float, pledge: float, share: float, debt: float, base: float,
    shared: Shared,
) -> tuple[bool, float]:  # fmt: skip
    """Scene 4: whether the escape clause is used, and the room in the budget."""
    room, drag, cost, ceiling, absorption = shared[0], shared[1], shared[2], shared[3], shared[4]
    ordinary = brussels.ordinary_room(room, drag, debt)
    if not clause_open:
        return False, brussels.fiscal_room(ordinary, 0.0, absorption)
    used = brussels.activates(flag, active, brussels.gap(wanted, pledge, share), ordinary, cost, debt)
    extra = brussels.clause_room(used, base, ceiling, share)
    return used, brussels.fiscal_room(ordinary, extra, absorption)


@kernel
def weighing(
    gdp: float, proximity: float, inside: bool, own: float, from_us: float, shared: Shared
) -> tuple[float, float, float, float]:
    """Scene 5: thinning, spill-in from the allies and from the US, and threat, per GDP."""
    protected_gdp, exponent, allies, allied_weight = shared[0], shared[1], shared[2], shared[3]
    hostility, ratio, outside = shared[4], shared[5], shared[6]
    thinning = budgets.thinning(gdp, protected_gdp, exponent)
    per_gdp = thinning / gdp * (1.0 if inside else outside)
    from_allies = budgets.spillin(per_gdp, allied_weight, allies - own)
    return thinning, from_allies, budgets.spillin(per_gdp, 1.0, from_us), budgets.threat(hostility, proximity, ratio)


@kernel
def wanting(
    reaction: int, allies: float, us: float, threat: float, collective: float, national: float, price: float,
    share: float, pledge: float, followed: float, commitment: float, exclusion: float, earlier: float,
    measure: int, offer: Table,
) -> float:  # fmt: skip
    """Scene 5: the share that a member wants; of every tier's best one the best, the higher one on a tie."""
    low, best, wanted, tiers = 0.0, 0.0, share, offer.shape[1]
    for tier in range(tiers):
        high = math.inf
        if tier + 1 < tiers:
            high = budgets.line(measure, float(offer[0, tier + 1]), pledge, earlier)
        expected = budgets.protection(commitment, exclusion, float(offer[1, tier]))
        found, utility = reactions.wanted(
            reaction, low, high, allies, expected * us, threat, collective, national, price, share, pledge, followed
        )
        if tier == 0 or utility >= best:
            best, wanted = utility, found
        low = high
    return wanted


@kernel
def voting(share: float, wanted: float, pledge: float, normal: float, room: float, shared: Shared) -> float:
    """Scene 5: the share that parliament votes."""
    speed, pull, noise, cut = shared[0], shared[1], shared[2], shared[3]
    return budgets.vote(share, wanted, pledge, speed, pull, noise * normal, cut, room)


@kernel
def covering(
    share: float, pledge: float, earlier: float, commitment: float, exclusion: float, covered: float, clause: bool,
    base: float, ceiling: float, measure: int, offer: Table,
) -> tuple[float, float, bool, float]:  # fmt: skip
    """Scene 5: protection of the tier reached, the protection expected, whether protected, room used."""
    level = float(offer[1, 0])
    for tier in range(1, offer.shape[1]):
        if budgets.reaches(share, budgets.line(measure, float(offer[0, tier]), pledge, earlier)):
            level = float(offer[1, tier])
    expected = covered * budgets.protection(commitment, exclusion, level)
    used = budgets.room_used(clause, share, base, ceiling)
    return level, expected, budgets.is_protected(covered, level) == 1, used


weigh, want, vote, cover = turn(weighing), turn(wanting), turn(voting), turn(covering)


@turn
def budget(
    gdp: float, proximity: float, inside: bool, own: float, from_us: float, reaction: int, collective: float,
    national: float, price: float, share: float, pledge: float, followed: float, commitment: float, exclusion: float,
    earlier: float, normal: float, room: float, armed: bool, covered: float, clause: bool, base: float, ceiling: float,
    measure: int, offer: Table, weighed: Shared, votes: Shared,
) -> tuple[float, float, float, float, float, float, float, float, bool, float]:  # fmt: skip
    """Scene 5: the four steps above in one, for a member that decides as all do."""
    thinning, allies, us, threat = weighing(gdp, proximity, inside, own, from_us, weighed)
    wanted = wanting(
        reaction, allies, us, threat, collective, national, price, share, pledge, followed, commitment, exclusion,
        earlier, measure, offer,
    )  # fmt: skip
    voted = voting(share, wanted, pledge, normal, room, votes) if armed else 0.0
    level, expected, protected, used = covering(
        voted, pledge, earlier, commitment, exclusion, covered, clause, base, ceiling, measure, offer
    )
    return thinning, allies, us, threat, wanted, voted, level, expected, protected, used


@turn
def give(
    given: float, gdp: float, thinning: float, proximity: float, others: float, factor: float, shared: Shared
) -> float:
    """Scene 5: support share for a partner under attack; ``factor`` is the US policy's."""
    near, own, allied_weight, speed = shared[0], shared[1], shared[2], shared[3]
    spillin = budgets.spillin(thinning / gdp, allied_weight, others)
    wanted = demand.best_response(1.0, spillin, near * proximity, own) * factor
    return budgets.support(given, wanted, speed)


@turn
def build(
    stock: float, paid: float, spending: float, losses: float, equipment_share: float, depreciation: float
) -> tuple[float, float]:
    """Scenes 6 and 7: stock and capability."""
    left = forces.stock(stock, depreciation, equipment_share, paid, losses)
    return left, forces.capability(spending, left, equipment_share, depreciation)


@turn
def hazard(capability: float, thinning: float, proximity: float, level: float, shared: Shared) -> float:
    """Scene 7: the chance that the adversary challenges one ally."""
    covered, allies, from_us, attack, with_us, without_us = (
        shared[0], shared[1], shared[2], shared[3], shared[4], shared[5]
    )  # fmt: skip
    commitment, exclusion, nearest, hostility, allied_weight = shared[6], shared[7], shared[8], shared[9], shared[10]
    decisiveness, value, reference = shared[11], shared[12], shared[13]
    rate, cost, noise = shared[14], shared[15], shared[16]
    held = capability / thinning + allied_weight * (allies - capability)
    alone_lost = moscow.contest(attack, without_us * held, decisiveness)
    helped_lost = moscow.contest(attack, with_us * (held + from_us), decisiveness)
    expected = covered * budgets.protection(commitment, exclusion, level)
    prize = moscow.prize(value, hostility, reference, proximity, nearest)
    return moscow.hazard(rate, prize, moscow.weighed(expected, helped_lost, alone_lost), cost, noise)
