"""What is measured of a year."""

from __future__ import annotations

from sim.compiled import kernel
from sim.measures.ranks import Floats, slope, spearman
from sim.measures.register import costly, count, level
from sim.rules import budgets
from sim.rules.demand import best_response
from sim.world import MEMORY, UNITED_STATES, Game, N, Record, allied_forces, dot, us_forces

# Spending


@level
def allied_share(g: Game, t: int) -> float:
    """Spending of all members over their GDP."""
    return g.w.allied_spending / g.w.allied_income


@level
def european_share(g: Game, t: int) -> float:
    """Spending of the allies but the United States over their GDP."""
    return g.w.european_spending / g.w.european_income


@level
def us_spending(g: Game, t: int) -> float:
    """Constant 2015 US$ bn."""
    return g.path[MEMORY + t].spending[UNITED_STATES]


@level
def european_spending(g: Game, t: int) -> float:
    """Of the allies but the United States, constant 2015 US$ bn."""
    return g.w.european_spending


@level
def us_gdp_share(g: Game, t: int) -> float:
    """The United States' part of the members' GDP."""
    return g.w.gdp[UNITED_STATES] / g.w.allied_income


# Who bears more, the large or the small, and whether burdens follow benefits


@costly
def exploitation_rank(g: Game, t: int) -> float:
    """Spearman's rank correlation of GDP and share of GDP."""
    w = g.w
    return spearman(w.gdp, w.share, w.member, w.rank, w.other_rank, w.rounded)


@costly
def exploitation_slope(g: Game, t: int) -> float:
    """The slope of ln share on ln GDP."""
    w = g.w
    return slope(w.gdp, w.share, w.member, w.one, w.two, w.scratch)


@costly
def concordance(g: Game, t: int) -> float:
    """Spearman's rank correlation of benefits and spending."""
    w = g.w
    benefits(w, g.s.population)
    return spearman(w.benefit, g.path[MEMORY + t].spending, w.member, w.rank, w.other_rank, w.rounded)


@costly
def free_riding_index(g: Game, t: int) -> float:
    """Spending of the allies but the United States over what each would spend with no ally at all."""
    alone = autarky_spending(g)
    return g.w.european_spending / alone if alone > 0.0 else 0.0


# Forces, beliefs, support


@level
def europe_with_us(g: Game, t: int) -> float:
    """Usable forces of the allies with those of the United States, over the adversary's."""
    w = g.w
    return w.enabled_with_us * (allied_forces(w) + us_forces(w)) / w.adversary_capability


@level
def europe_without_us(g: Game, t: int) -> float:
    """Usable forces of the allies without those of the United States, over the adversary's."""
    w = g.w
    return w.enabled_without_us * allied_forces(w) / w.adversary_capability


@level
def enabler_ratio(g: Game, t: int) -> float:
    """Europe's own enablers over its need."""
    return g.w.enablers


@level
def posture(g: Game, t: int) -> float:
    """US forces in Europe over those of the start."""
    return g.w.posture


@level
def commitment_belief(g: Game, t: int) -> float:
    """The allies' mean belief in commitment, weighted by GDP."""
    return g.w.trust


@level
def exclusion_belief(g: Game, t: int) -> float:
    """The allies' mean belief in exclusion, weighted by GDP."""
    return dot(g.w.allied_gdp, g.w.exclusion_belief) / g.w.protected_gdp


@level
def total_support(g: Game, t: int) -> float:
    """Given to a partner under attack, constant 2015 US$ bn."""
    return g.w.total_support


@level
def loans(g: Game, t: int) -> float:
    """Granted by the European Union this year, constant 2015 US$ bn."""
    return g.w.loans


@level
def challenge_risk(g: Game, t: int) -> float:
    """The chance that any member is challenged this year."""
    return g.w.challenge_risk


# Counts, codes and flags


@count
def members(g: Game, t: int) -> int:
    """Of the alliance."""
    found = 0
    for i in range(N):
        found += g.w.member[i] > 0.0
    return found


@count
def members_at_2(g: Game, t: int) -> int:
    """At 2 % of GDP or more."""
    return at_least(g.w, 0.02)


@count
def members_at_3_5(g: Game, t: int) -> int:
    """At 3.5 % of GDP or more."""
    return at_least(g.w, 0.035)


@count
def members_at_5(g: Game, t: int) -> int:
    """At 5 % of GDP or more."""
    return at_least(g.w, 0.05)


@count
def protected_members(g: Game, t: int) -> int:
    """To whom a treaty in force promises at least half of full protection."""
    found = 0
    for i in range(N):
        found += g.w.protected[i]
    return found


@count
def treaty_status(g: Game, t: int) -> int:
    """A code of `sim.rules.washington`."""
    return g.w.status


@count
def us_policy(g: Game, t: int) -> int:
    """The policy in force, by its place in the scenario."""
    return g.w.policy


@count
def attempt(g: Game, t: int) -> int:
    """To leave the treaty: a code of `sim.rules.washington`."""
    return g.w.attempt


@count
def de_facto_exit(g: Game, t: int) -> int:
    """1 where the United States is out in all but name."""
    return g.w.de_facto


@count
def challenge(g: Game, t: int) -> int:
    """1 where a member was challenged."""
    return g.w.challenge


@count
def target(g: Game, t: int) -> int:
    """The member that was challenged, by its place; -1 for none."""
    return g.w.target


@count
def us_came(g: Game, t: int) -> int:
    """1 where the United States came to its aid."""
    return g.w.us_came


@count
def lost(g: Game, t: int) -> int:
    """1 where the challenge succeeded."""
    return g.w.lost


# What they are made of


@kernel
def at_least(w: Record, line: float) -> int:
    """Members at a share of GDP or above it, to two decimals of a per cent."""
    found = 0
    for i in range(N):
        found += (w.member[i] > 0.0) & budgets.reaches(w.share[i], line)
    return found


@kernel
def autarky_spending(g: Game) -> float:
    """What the European allies would spend with no ally at all, under this year's threat."""
    w, armed = g.w, g.s.armed
    for i in range(N):
        share = best_response(1.0, -w.threat[i], w.collective[i], w.national[i])
        w.scratch[i] = share * w.ally[i] if armed[i] else 0.0
    return dot(w.scratch, w.gdp)


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
