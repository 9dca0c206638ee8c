"""Scene 5, budgets: every member weighs its protection, wants, votes and supports."""

from __future__ import annotations

import math
from collections.abc import Callable
from typing import Any, NamedTuple

import numpy as np

from sim.compiled import kernel
from sim.registry import unrolled
from sim.rules import budgets, reactions
from sim.rules.demand import best_response
from sim.rules.view import View
from sim.steps import stage
from sim.world import MEMORY, UNITED_STATES, Game, N, Record, allied_forces, dot, treaty_stands, us_forces

__all__ = [
    "give_one", "offer_one", "open_support", "order_enablers", "spend_one", "support_partner", "vote", "vote_one",
    "wanted", "weigh_one",
]  # fmt: skip

RULES = len(reactions.REACTIONS)
FOLLOWS = np.array(reactions.FOLLOWS)
CODES = np.arange(RULES)


# Weighing: what protects and what threatens a member, and where its tiers start


class Protection(NamedTuple):
    """What is the same for all members that weigh their protection."""

    protected: float  # GDP of the allies
    thinning: float
    partner_spillin: float
    allied_weight: float
    allies: float  # their forces
    us: float  # what the United States adds
    hostility: float
    ratio: float  # of the adversary's capability over protected GDP, now to the start
    pledge: Any  # (n,), of the year
    earlier: Any  # (n,) shares of three years ago
    tiers: int
    measure: int
    minimum: Any  # of every tier


@kernel
def protection(g: Game, t: int) -> Protection:
    """It, from last year's capabilities and this year's GDP."""
    p, w, y, policy = g.p, g.w, g.years[t], g.policies[g.w.policy]
    return Protection(
        w.protected_gdp, p.thinning, p.partner_spillin, p.allied_weight, allied_forces(w), us_forces(w),
        p.threat_scale * y.hostility, w.adversary_capability / w.protected_gdp / w.adversary_start, y.pledge,
        g.path[MEMORY + t - 3].share, policy.tiers, policy.measure, policy.minimum,
    )  # fmt: skip


def log_part(w: Record, s: Record, c: Protection, i: int) -> None:
    """The logarithm of a member's part of protected GDP: two short loops are quicker than one."""
    w.one[i] = budgets.log_part(w.gdp[i], c.protected)


def thin(w: Record, s: Record, c: Protection, i: int) -> None:
    """Its part of forces that thin as they cover more (Eq. 3)."""
    w.thinning[i] = budgets.thinned(w.one[i], c.thinning)


def spill_in(w: Record, s: Record, c: Protection, i: int) -> None:
    """What protects it, per GDP, from the allies and from the United States (Eq. 3)."""
    w.per_gdp[i] = w.thinning[i] / w.gdp[i]
    per_gdp = w.per_gdp[i] * (1.0 if w.member[i] > 0.0 else c.partner_spillin)
    own = w.ally[i] * w.capability[i]
    w.allies[i] = budgets.spillin(per_gdp, c.allied_weight, c.allies - own)
    w.us[i] = budgets.spillin(per_gdp, 1.0, c.us if i != UNITED_STATES else 0.0)


def threaten(w: Record, s: Record, c: Protection, i: int) -> None:
    """What threatens it, per GDP (Eq. 4)."""
    w.threat[i] = budgets.threat(c.hostility, w.proximity[i], c.ratio)


def pledge(w: Record, s: Record, c: Protection, i: int) -> None:
    """Its pledge of the year, and that the last tier has no upper end."""
    w.pledge[i], w.lines[c.tiers, i] = c.pledge[i], math.inf


def draw_line(w: Record, s: Record, c: Protection, i: int, tier: int) -> None:
    """The share of GDP at which a tier of the policy in force starts for it; the first starts at nothing."""
    line = budgets.line(c.measure, c.minimum[tier], w.pledge[i], c.earlier[i])
    w.lines[tier, i] = line if tier > 0 else 0.0


weigh_all, see = stage(protection, log_part, thin, spill_in, threaten, pledge, draw_line)


@kernel
def weigh_one(g: Game, i: int, t: int) -> None:
    """The same for one member, and what the others spend, if its rule asks for that."""
    see(g, i, t)
    if FOLLOWS[g.s.reaction[i]]:
        g.w.followed[i] = followed(g, t, i)


# Wanting: of every tier's best share the best


@kernel
def want_by(code: int, g: Game) -> None:
    """Every tier's best share in turn; the tier that is liked best decides, the higher one on a tie."""
    reacts, w, policy = g.s.reaction, g.w, g.policies[g.w.policy]
    if policy.tiers == 1:  # no utilities need comparing
        for i in range(N):
            settle(w, i, propose(code, w, i, 0.0, math.inf, policy.protection[0]), reacts[i] == code)
        return
    for tier in range(policy.tiers):
        level = policy.protection[tier]
        for i in range(N):
            w.low[i], w.high[i] = w.lines[tier, i], w.lines[tier + 1, i]
        for i in range(N):
            w.two[i] = propose(code, w, i, w.low[i], w.high[i], level)
        for i in range(N):
            prefer(code, w, i, w.low[i], w.high[i], tier == 0, reacts[i] == code)


@kernel
def want_as(code: int, g: Game, t: int) -> None:
    """The wanted share of those that react by one rule."""
    if FOLLOWS[code]:
        for i in range(N):
            g.w.followed[i] = followed(g, t, i)
    want_by(code, g)


def _rule(k: int) -> Callable[[Game, int], None]:
    """The same of rule number ``k``: a number out of an array, so that it is compiled once and not once a number."""
    return kernel(lambda g, t: want_as(CODES[k], g, t))


# every rule that somebody uses gets loops of its own from the compiler
want = unrolled("g, t", ((f"if g.s.used[{k}]: {{}}(g, t)", _rule(k)) for k in range(RULES)))


@kernel
def wanted(g: Game, i: int, t: int) -> float:
    """The share that one member wants; what it wanted last year stays where it is."""
    w, code, policy, before = g.w, g.s.reaction[i], g.policies[g.w.policy], g.w.wanted[i]
    for tier in range(policy.tiers):
        low, high = w.lines[tier, i], w.lines[tier + 1, i]
        w.two[i] = propose(code, w, i, low, high, policy.protection[tier])
        prefer(code, w, i, low, high, tier == 0, True)
    found, w.wanted[i] = w.wanted[i], before
    return float(found)


@kernel
def view(w: Record, i: int, low: float, high: float) -> View:
    """What the member's rule is told."""
    return View(
        low, high, w.allies[i], w.one[i], w.threat[i], w.collective[i], w.national[i], w.price[i], w.share[i],
        w.pledge[i], w.followed[i],
    )  # fmt: skip


@kernel
def propose(code: int, w: Record, i: int, low: float, high: float, level: float) -> float:
    """The share that a member would want in a tier that promises so much."""
    w.one[i] = budgets.protection(w.commitment_belief[i], w.exclusion_belief[i], level) * w.us[i]
    return reactions.wanted(code, view(w, i, low, high))


@kernel
def prefer(code: int, w: Record, i: int, low: float, high: float, first: bool, asked: bool) -> None:
    """Want what was proposed if it is liked at least as well as the best so far."""
    liked, best = reactions.liked(code, view(w, i, low, high), w.two[i]), w.best[i]
    take = asked & (first | (liked >= best))
    w.best[i] = liked if take else best
    settle(w, i, w.two[i], take)


@kernel
def settle(w: Record, i: int, share: float, take: bool) -> None:
    """Want this share, as far as anybody may, or what was wanted before."""
    before = w.wanted[i]
    w.wanted[i] = budgets.wanted_at_most(share) if take else before


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


# Voting and spending


class Purse(NamedTuple):
    """What is the same for all parliaments and ministries."""

    speed: float
    pull: float
    noise: float
    cut: float
    ceiling: float
    shares: Any  # (n,), of the year, and so is spending
    spending: Any
    treaty: float
    tiers: int
    promised: Any  # at every tier


@kernel
def purse(g: Game, t: int) -> Purse:
    """It."""
    p, now, policy = g.p, g.path[MEMORY + t], g.policies[g.w.policy]
    return Purse(
        p.adjustment_speed, p.pledge_pull, p.budget_noise, p.fiscal_cut, p.clause_ceiling, now.share, now.spending,
        treaty_stands(g.w), policy.tiers, policy.protection,
    )  # fmt: skip


@kernel
def voted(w: Record, s: Record, c: Purse, i: int) -> float:
    """The share that a member's parliament votes (Eq. 6)."""
    share = budgets.vote(
        w.share[i], w.wanted[i], w.pledge[i], c.speed, c.pull, c.noise * w.normals[3, i], c.cut, w.room[i]
    )
    return float(share if s.armed[i] else 0.0)


def decide(w: Record, s: Record, c: Purse, i: int) -> None:
    """The vote becomes its share."""
    w.share[i] = voted(w, s, c, i)


def spend(w: Record, s: Record, c: Purse, i: int) -> None:
    """The budget as voted."""
    c.shares[i] = w.share[i]
    c.spending[i] = w.share[i] * w.gdp[i]


def use_room(w: Record, s: Record, c: Purse, i: int) -> None:
    """What of it is spent under the escape clause."""
    w.room_used[i] = budgets.room_used(w.clause[i] == 1, w.share[i], s.base_share[i], c.ceiling)


def reach(w: Record, s: Record, c: Purse, i: int, tier: int) -> None:
    """A tier, if the share is at its line."""
    level = w.level[i]
    w.level[i] = c.promised[tier] if budgets.reaches(w.share[i], w.lines[tier, i]) else level


def cover(w: Record, s: Record, c: Purse, i: int) -> None:
    """The protection that it expects there (Eq. 5)."""
    covered = c.treaty * w.ally[i]
    expected = budgets.protection(w.commitment_belief[i], w.exclusion_belief[i], w.level[i])
    w.expected[i] = covered * expected
    w.protected[i] = budgets.is_protected(covered, w.level[i])


decide_all, _ = stage(purse, decide)
spend_all, spend_one = stage(purse, spend, use_room, reach, cover)


@kernel
def vote_one(g: Game, i: int, t: int) -> float:
    """The share that one member's parliament votes."""
    return voted(g.w, g.s, purse(g, t), i)


@kernel
def vote(g: Game, t: int) -> None:
    """What every member wants, what its parliament votes, and the protection that it has then."""
    weigh_all(g, t)
    want(g, t)
    decide_all(g, t)
    spend_all(g, t)


# Support to a partner under attack


class War(NamedTuple):
    """What is the same for all that give."""

    total: float  # given at last year's shares
    allied_weight: float
    collective: float
    national: float
    us_factor: float
    speed: float


@kernel
def war(g: Game, t: int) -> War:
    """It."""
    p, w = g.p, g.w
    collective, national = p.support_collective * w.war, p.support_national * w.war
    return War(w.support_before, p.allied_weight, collective, national, w.support_factor, p.support_speed)


def spill_over(w: Record, s: Record, c: War, i: int) -> None:
    """What the others' support is worth to a member."""
    others = w.member[i] * (c.total - w.given[i] * w.gdp[i])
    w.one[i] = budgets.spillin(w.per_gdp[i], c.allied_weight, others)


def respond(w: Record, s: Record, c: War, i: int) -> None:
    """The support share that it wants; the policy in force rules that of the United States (Eq. 18)."""
    share = best_response(1.0, w.one[i], c.collective * w.proximity[i], c.national)
    w.two[i] = share * (c.us_factor if i == UNITED_STATES else 1.0)


def approach(w: Record, s: Record, c: War, i: int) -> None:
    """The share that it gives: part of the way there."""
    w.two[i] = budgets.support(w.support[i], budgets.wanted_at_most(w.two[i]), c.speed)


def give(w: Record, s: Record, c: War, i: int) -> None:
    """Support as decided, of members of the alliance for the alliance."""
    w.support[i] = w.two[i]
    w.given[i] = w.member[i] * w.support[i]


offer_all, offer_one = stage(war, spill_over, respond, approach)
give_all, give_one = stage(war, give)


@kernel
def open_support(g: Game, t: int) -> None:
    """How much of a war there is, and the alliance's support at last year's shares."""
    g.w.war = min(1.0, g.years[t].war + g.w.aftermath)
    g.w.support_before = dot(g.w.given, g.w.gdp)


@kernel
def support_partner(g: Game, t: int) -> None:
    """Scene 5, second part: what each gives to a partner under attack; and the enablers that Europe orders."""
    open_support(g, t)
    offer_all(g, t)
    give_all(g, t)
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
