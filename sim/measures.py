"""From the state of the world to what is reported; definitions in docs/model.md, "Measures"."""

from __future__ import annotations

import math

import numpy as np
from numpy.typing import NDArray

from sim.compiled import kernel, log, narrow
from sim.rules import budgets
from sim.rules.demand import best_response
from sim.world import MEMORY, UNITED_STATES, Game, N, Record, allied_forces, dot, us_forces, us_part

__all__ = ["COUNTS", "LEVELS", "MEMBER", "exploitation_slope", "measure_members", "measure_year", "spearman"]

Floats = NDArray[np.float64]

# columns of the yearly table that are real numbers, in their order
LEVELS = (
    "allied_share", "european_share", "us_spending", "european_spending", "us_gdp_share", "exploitation_rank",
    "exploitation_slope", "concordance", "free_riding_index", "europe_with_us", "europe_without_us",
    "enabler_ratio", "posture", "commitment_belief", "exclusion_belief", "total_support", "loans", "challenge_risk",
)  # fmt: skip
# and those that are counts, codes and flags
COUNTS = (
    "members", "members_at_2", "members_at_3_5", "members_at_5", "protected_members", "treaty_status", "us_policy",
    "attempt", "de_facto_exit", "challenge", "target", "us_came", "lost",
)  # fmt: skip
# per member
MEMBER = (
    "gdp", "defence_share", "spending", "capability", "commitment_belief", "exclusion_belief", "expected_protection",
    "protected", "wanted_share", "support_share", "loan", "room_used", "price", "debt", "hazard", "protection",
)  # fmt: skip


@kernel
def measure_year(g: Game, t: int, levels: Floats, counts: NDArray[np.int16]) -> None:
    """One row of the yearly table into ``levels`` and ``counts``; grievance goes back into the world."""
    w = g.w
    burden(g, t, levels)
    order(g, t, levels)
    held, from_us = allied_forces(w), us_forces(w)
    levels[9] = w.enabled_with_us * (held + from_us) / w.adversary_capability
    levels[10] = w.enabled_without_us * held / w.adversary_capability
    levels[11], levels[12], levels[13] = w.enablers, w.posture, w.trust
    levels[14] = dot(w.allied_gdp, w.exclusion_belief) / w.protected_gdp
    levels[15], levels[16], levels[17] = w.total_support, w.loans, w.challenge_risk
    count(w, counts)
    counts[5], counts[6], counts[7], counts[8] = w.status, w.policy, w.attempt, w.de_facto
    counts[9], counts[10], counts[11], counts[12] = w.challenge, w.target, w.us_came, w.lost


@kernel
def burden(g: Game, t: int, levels: Floats) -> None:
    """Shares of GDP, who spends how much, grievance, free riding."""
    w, us, spent = g.w, UNITED_STATES, g.path[MEMORY + t].spending
    wealth, european = dot(w.ally, w.gdp), dot(w.ally, spent)
    income, spending = wealth + w.member[us] * w.gdp[us], european + w.member[us] * spent[us]
    w.grievance = us_part(spent[us], spending) - w.gdp[us] / income
    levels[0], levels[1] = spending / income, european / wealth
    levels[2], levels[3], levels[4] = spent[us], european, w.gdp[us] / income
    on_their_own = alone(g)
    levels[8] = european / on_their_own if on_their_own > 0.0 else 0.0


@kernel
def order(g: Game, t: int, levels: Floats) -> None:
    """Who bears more, the large or the small, and whether burdens follow benefits."""
    w, spent = g.w, g.path[MEMORY + t].spending
    levels[5] = spearman(w.gdp, w.share, w.member, w.rank, w.other_rank, w.rounded)
    levels[6] = exploitation_slope(w.gdp, w.share, w.member, w.one, w.two, w.scratch)
    benefits(w, g.s.population)
    levels[7] = spearman(w.benefit, spent, w.member, w.rank, w.other_rank, w.rounded)


@kernel
def count(w: Record, counts: NDArray[np.int16]) -> None:
    """Members, those at 2, 3.5 and 5 % of GDP to two decimals of a per cent, and those that are protected."""
    members, two, three_and_a_half, five, protected = 0, 0, 0, 0, 0
    for i in range(N):
        member, share = w.member[i] > 0.0, w.share[i]
        members += member
        two += member & budgets.reaches(share, 0.02)
        three_and_a_half += member & budgets.reaches(share, 0.035)
        five += member & budgets.reaches(share, 0.05)
        protected += w.protected[i]
    counts[0], counts[1], counts[2], counts[3], counts[4] = members, two, three_and_a_half, five, protected


@kernel
def alone(g: Game) -> float:
    """What the European allies would spend with no ally at all, under this year's threat."""
    w, armed = g.w, g.s.armed
    for i in range(N):
        share = best_response(1.0, -w.threat[i], w.collective[i], w.national[i])
        w.scratch[i] = share * w.ally[i] if armed[i] else 0.0
    return dot(w.scratch, w.gdp)


@kernel
def spearman(
    x: Floats, y: Floats, weight: Floats, one: NDArray[np.int32], two: NDArray[np.int32], kept: NDArray[np.float32]
) -> float:
    """Spearman's rank correlation over members with weight 1, not 0; ties by mean ranks, 0 if one does not vary.

    ``one``, ``two`` and ``kept`` are scratch of shape (n,). Sums of whole numbers are exact in any order.
    """
    ranks(x, weight, one, kept)
    ranks(y, weight, two, kept)
    both, first, second = 0, 0, 0
    for i in range(N):
        both += one[i] * two[i]
        first += one[i] * one[i]
        second += two[i] * two[i]
    variances = float(first) * float(second)
    return both / math.sqrt(variances) if variances > 0.0 else 0.0


@kernel
def ranks(x: Floats, weight: Floats, out: NDArray[np.int32], kept: NDArray[np.float32]) -> None:
    """Twice the ranks among the members with weight 1, ties by mean ranks, less their mean; 0 for weight 0.

    Rounded to 32 bits twice as many compare at once; where none become equal their order is that of the numbers.
    """
    for i in range(N):
        kept[i] = x[i] if weight[i] > 0.0 else math.nan  # neither above nor below anybody
    for i in range(N):
        out[i] = 0
    for j in range(0, N, 4):  # four at a time, so that the counts are read and written seldom
        a, b, c, d = kept[j], kept[j + 1], kept[j + 2], kept[j + 3]
        for i in range(N):
            value = kept[i]
            two = narrow(narrow(a < value) + narrow(b < value))
            four = narrow(two + narrow(narrow(c < value) + narrow(d < value)))
            out[i] = narrow(out[i] + four)
    pairs, members = 0, 0
    for i in range(N):
        pairs += int(out[i])
        members += weight[i] > 0.0
    if 2 * pairs == members * (members - 1):
        for i in range(N):
            out[i] = 2 * out[i] - (members - 1) if weight[i] > 0.0 else 0
    else:
        halve_ties(x, weight, out)


@kernel
def halve_ties(x: Floats, weight: Floats, out: NDArray[np.int32]) -> None:
    """The same where some are equal, or nearly: each stands in the middle of those that it equals."""
    for i in range(N):
        value, below, above = x[i], 0, 0
        for j in range(N):
            below += (x[j] < value) & (weight[j] > 0.0)
            above += (x[j] > value) & (weight[j] > 0.0)
        out[i] = below - above if weight[i] > 0.0 else 0


@kernel
def exploitation_slope(gdp: Floats, share: Floats, weight: Floats, one: Floats, two: Floats, used: Floats) -> float:
    """Least-squares slope of ln share on ln GDP over members that spend anything (Olson & Zeckhauser 1966).

    ``one``, ``two`` and ``used`` are scratch of shape (n,).
    """
    for i in range(N):
        used[i] = weight[i] if share[i] > 0.0 else 0.0
    for i in range(N):
        one[i] = log(gdp[i])
    for i in range(N):
        two[i] = log(share[i] if share[i] > 0.0 else 1.0)
    count = max(1.0, dot(used, used))
    mean_one, mean_two = dot(one, used) / count, dot(two, used) / count
    for i in range(N):
        one[i] = used[i] * (one[i] - mean_one)
        two[i] = used[i] * (two[i] - mean_two)
    variance = dot(one, one)
    return dot(one, two) / variance if variance > 0.0 else 0.0


@kernel
def benefits(w: Record, population: Floats) -> None:
    """Each member's part of what defence protects (after Sandler & Forbes 1980), into ``w.benefit``.

    Three times the mean of its shares of allied GDP, population and GDP exposed to the adversary.
    """
    for i in range(N):
        w.one[i] = budgets.exposure(w.gdp[i], w.proximity[i])
    income, people, exposed = dot(w.member, w.gdp), dot(w.member, population), dot(w.member, w.one)
    per_income, per_head, per_exposed = 1.0 / income, 1.0 / people, 1.0 / exposed
    for i in range(N):
        w.benefit[i] = w.gdp[i] * per_income + population[i] * per_head + w.one[i] * per_exposed


@kernel
def measure_members(g: Game, t: int, out: Floats) -> None:
    """The members' table for one year into ``out`` of shape (len(MEMBER), n)."""
    w, spent = g.w, g.path[MEMORY + t].spending
    for i in range(N):
        out[0, i], out[1, i], out[2, i], out[3, i] = w.gdp[i], w.share[i], spent[i], w.capability[i]
        out[4, i], out[5, i], out[6, i] = w.commitment_belief[i], w.exclusion_belief[i], w.expected[i]
        out[7, i], out[8, i], out[9, i] = float(w.protected[i]), w.wanted[i], w.support[i]
        out[10, i], out[11, i], out[12, i] = w.loan[i], w.room_used[i], w.price[i]
        out[13, i], out[14, i], out[15, i] = w.debt[i], w.hazard[i], w.level[i]
