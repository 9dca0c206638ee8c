"""The state of one run as plain records, and the world that a run starts from.

Every record is one row of a NumPy structured array, so that compiled and plain Python read and write the same fields by
name: ``w.gdp[i]``, ``p.thinning``; `sim.engines.plain` puts objects with these fields in their place. Members stand in
the alphabetical order of their codes, the adversary behind them; ``t`` counts years from the start, which is 0. Money
is in constant 2015 US$ bn. Flags are 0 or 1.
"""

from __future__ import annotations

from typing import Any, NamedTuple

import numpy as np
from numpy.typing import NDArray

from sim.chance import COLUMNS
from sim.compiled import four_sums, kernel, log, logistic, rule
from sim.data import MEMBERS
from sim.rules import brussels, budgets, forces, moscow, washington
from sim.rules.demand import taste
from sim.rules.reactions import REACTIONS
from sim.scenario.parameters import Parameters

__all__ = [
    "MEMORY", "MOST_TIERS", "N", "PARAMETERS", "PATH", "POLICY", "SETUP", "UNITED_STATES", "WORLD", "YEAR", "Game",
    "allied_forces", "dot", "gather", "start", "treaty_stands", "us_forces", "us_part", "weigh_burdens",
    "weigh_gdp",
]  # fmt: skip

N = len(MEMBERS)
UNITED_STATES = MEMBERS.index("USA")
MEMORY = 10  # years before the start that lead times may reach back to
MOST_TIERS = 8
RULES = len(REACTIONS)

Record = Any  # one row of a structured array
Shapes = dict[tuple[int, ...], str]


def _record(shapes: Shapes, whole: Shapes | None = None, **others: Shapes) -> np.dtype[Any]:
    """A record type from names by shape: ``shapes`` of real numbers, ``whole`` of codes, counts and flags."""
    fields: list[tuple[str, Any, tuple[int, ...]]] = []
    for kind, by_shape in (("int64", whole or {}), ("float64", shapes), *others.items()):
        for shape, names in by_shape.items():
            fields += [(name, kind, shape) for name in names.split()]
    return np.dtype((np.record, fields))


# the numbers of the model, one record a run
PARAMETERS = np.dtype(
    (np.record, [(k, "i8" if f.annotation is int else "f8") for k, f in Parameters.model_fields.items()])
)

# what a scenario and the figures fix before a run starts
SETUP = _record(
    {
        (): "euro",  # in constant 2015 US$
        (N,): "distance troops population debt support base_share allotment advantage spread",
        # means over the years that tastes are taken from
        (N + 1,): "gdp window_share window_lag window_gap window_gdp window_hostility",
        (N, N): "separation",  # km between capitals
        (MEMORY + 1, N + 1): "shares spending",  # up to the start
    },
    {(N,): "armed border window_member loan_flag clause_flag reaction", (RULES,): "used"},
)

# the same year by year, row t
YEAR = _record(
    {
        (): "hostility war words_commitment words_exclusion",  # words: authority times tone of scripted statements
        (N,): "pledge balance",
        (N + 1,): "growth growth_spread",
    },
    {(): "year script", (N,): "in_alliance in_eu"},
)

# what an administration offers, one record a policy
POLICY = _record(
    {
        (): "posture support tone conditionality resolve goes_alone alpha gamma",
        (MOST_TIERS,): "minimum protection",
    },
    {(): "tiers measure seeks certifies electable"},
)

# what later years look back at, row MEMORY + t
PATH = _record({(): "order", (N,): "share", (N + 1,): "spending"})

# what a year changes
WORLD = _record(
    {
        (): "posture grievance support_factor act_commitment act_exclusion words_commitment words_exclusion "
        "protected_gdp us_weight trust trust_start upkeep enablers enabled_with_us enabled_without_us envelope loans "
        "war aftermath total_support adversary_share adversary_capability adversary_start adversary_collective "
        "adversary_national allied_start nearest challenge_risk allied_income allied_spending european_income "
        "european_spending support_before",
        (N,): "member ally allied_gdp debt share capability collective national proximity thinning support given drawn "
        "grant loan price room room_used wanted allies us threat low high best followed level expected with_us "
        "without_us hazard pledge benefit per_gdp one two scratch",  # the last four for intermediate results
        (N + 1,): "gdp growth stock commitment exclusion commitment_belief exclusion_belief commitment_mean "
        "exclusion_mean",
        (4, COLUMNS): "normals",
        (MOST_TIERS + 1, N): "lines",
    },
    {
        (): "policy is_new status notice_ends attempt de_facto loans_opened clause_opened challenge target us_came "
        "lost",
        (N,): "clause protected",
        (4, COLUMNS): "words",  # of the year's draws
    },
    int32={(N,): "rank other_rank"},  # intermediate results too
    float32={(N,): "rounded"},
)


class Game(NamedTuple):
    """All that one run reads and writes."""

    p: Record  # of PARAMETERS
    s: Record  # of SETUP
    years: NDArray[Any]  # (T+1,) of YEAR
    policies: NDArray[Any]  # of POLICY
    w: Record  # of WORLD
    path: NDArray[Any]  # (MEMORY+T+1,) of PATH
    seed: int
    replicate: int


@kernel
def start(g: Game) -> None:
    """The world of the start year (docs/model.md, "The start")."""
    p, s, w, policy = g.p, g.s, g.w, g.years[0].script
    gather(g, 0)
    for i in range(N):
        w.debt[i], w.support[i] = s.debt[i], s.support[i]
        w.share[i], w.wanted[i] = s.shares[MEMORY, i], s.shares[MEMORY, i]
        w.grant[i] = brussels.grant_equivalent(s.spread[i], p.eu_rate) if s.spread[i] > 0.0 else 0.0
        w.price[i], w.drawn[i], w.loan[i], w.room_used[i], w.clause[i] = 1.0, 0.0, 0.0, 0.0, 0
        w.expected[i], w.hazard[i], w.level[i], w.protected[i] = 0.0, 0.0, 0.0, 0
        w.threat[i] = 0.0
        w.proximity[i] = budgets.proximity(s.distance[i], s.border[i], p.border_discount, p.threat_distance)
    for t in range(MEMORY + 1):
        for i in range(N):
            g.path[t].share[i] = s.shares[t, i]
        for i in range(N + 1):
            g.path[t].spending[i] = s.spending[t, i]
    w.nearest = 0.0
    for i in range(N):
        w.nearest = max(w.nearest, w.proximity[i])
        w.threat[i] = budgets.threat(p.threat_scale * g.years[0].hostility, w.proximity[i], 1.0)
    w.policy, w.is_new, w.status, w.notice_ends, w.attempt, w.de_facto = policy, 0, 0, 0, 0, 0
    w.loans_opened, w.clause_opened, w.challenge, w.target, w.us_came, w.lost = 0, 0, 0, -1, 0, 0
    w.posture, w.support_factor, w.envelope, w.loans = 1.0, g.policies[policy].support, p.loan_envelope * s.euro, 0.0
    w.act_commitment, w.act_exclusion, w.words_commitment, w.words_exclusion = 0.0, 0.0, 0.0, 0.0
    w.aftermath, w.challenge_risk, w.war = 0.0, 0.0, g.years[0].war
    tastes(p, s, w)
    arm(g)
    trust(g)


@kernel
def tastes(p: Record, s: Record, w: Record) -> None:
    """Tastes that make what the window's budgets were heading for best responses (Eq. 2b)."""
    allies, protected = 0.0, 0.0
    for i in range(N):
        if s.window_member[i] and i != UNITED_STATES:
            allies += s.window_share[i] * s.window_gdp[i]
            protected += s.window_gdp[i]
    from_us = p.commitment_start * p.us_protection_value * protected
    for i in range(N):
        member, us = s.window_member[i] == 1, i == UNITED_STATES
        per_gdp = budgets.thinning(s.window_gdp[i], protected, p.thinning) / s.window_gdp[i]
        per_gdp = per_gdp * (1.0 if member else p.partner_spillin)
        own = s.window_share[i] * s.window_gdp[i] if member & (not us) else 0.0
        spillin = budgets.spillin(per_gdp, p.allied_weight, allies - own)
        spillin = spillin + budgets.spillin(per_gdp, 1.0, 0.0 if us else from_us)
        threat = budgets.threat(p.threat_scale * s.window_hostility[i], w.proximity[i], 1.0)
        aim = budgets.heading(
            s.window_share[i], s.window_lag[i], s.window_gap[i], p.adjustment_speed, p.pledge_pull, p.taste_trend
        )
        theta = taste(aim, spillin - threat, p.collective_share)
        w.collective[i], w.national[i] = p.collective_share * theta, (1.0 - p.collective_share) * theta
    theta = taste(s.window_share[N], -p.adversary_hostility, p.collective_share)
    w.adversary_collective, w.adversary_national = p.collective_share * theta, (1.0 - p.collective_share) * theta


@kernel
def arm(g: Game) -> None:
    """Stocks by perpetual inventory, capabilities, what the US weighs, Europe's enablers."""
    p, s, w, e = g.p, g.s, g.w, g.p.equipment_share
    for i in range(N + 1):
        w.gdp[i] = s.gdp[i]
        w.stock[i] = e * s.spending[0, i] / p.depreciation
    for t in range(1, MEMORY + 1):
        ordered = max(0, t - p.lead_time)
        for i in range(N + 1):
            w.stock[i] = forces.stock(w.stock[i], p.depreciation, e, s.spending[ordered, i], 0.0)
    for i in range(N):
        w.capability[i] = forces.capability(s.spending[MEMORY, i], w.stock[i], e, p.depreciation)
    w.adversary_share = s.shares[MEMORY, N]
    rival = forces.capability(s.spending[MEMORY, N], w.stock[N], e, p.depreciation)
    w.adversary_capability = moscow.strength(p.adversary_price_level, rival)
    weigh_gdp(w)
    w.adversary_start = w.adversary_capability / w.protected_gdp
    w.allied_start = dot(w.member, w.capability)
    for i in range(N):
        w.given[i] = w.member[i] * w.support[i]
    w.total_support = dot(w.given, w.gdp)
    weigh_burdens(g, 0)
    w.us_weight = p.us_protection_value * w.protected_gdp / w.capability[UNITED_STATES]
    for i in range(N):
        w.thinning[i] = budgets.thinning(w.gdp[i], w.protected_gdp, p.thinning)
    w.enablers = 1.0 - p.enabler_us_share
    w.upkeep = p.enabler_depreciation * w.enablers / w.european_spending
    for t in range(MEMORY + 1):
        g.path[t].order = p.enabler_depreciation * w.enablers
    w.enabled_with_us = forces.enabled(w.enablers + p.enabler_us_share, p.enabler_weight, p.enabler_power)
    w.enabled_without_us = forces.enabled(w.enablers, p.enabler_weight, p.enabler_power)


@kernel
def trust(g: Game) -> None:
    """Beliefs at the start; troops on the ground add a little (Schelling's tripwire)."""
    p, s, w = g.p, g.s, g.w
    for i in range(N):
        tripwire = p.tripwire * log(1.0 + s.troops[i])
        w.commitment[i] = logit(p.commitment_start) + tripwire
        w.commitment_mean[i] = logit(p.commitment_mean) + tripwire
        w.exclusion[i], w.exclusion_mean[i] = logit(p.exclusion_start), logit(p.exclusion_mean)
    w.commitment[N], w.commitment_mean[N] = logit(p.adversary_commitment), logit(p.adversary_commitment)
    w.exclusion[N], w.exclusion_mean[N] = logit(p.adversary_exclusion), logit(p.adversary_exclusion)
    for i in range(N + 1):
        w.commitment_belief[i], w.exclusion_belief[i] = logistic(w.commitment[i]), logistic(w.exclusion[i])
    w.trust = dot(w.allied_gdp, w.commitment_belief) / w.protected_gdp
    w.trust_start = w.trust


@kernel
def gather(g: Game, t: int) -> None:
    """Who is in the alliance this year, as weights of 1 and 0: ``member``, and ``ally`` for all but the US."""
    w, inside = g.w, g.years[t].in_alliance
    for i in range(N):
        w.member[i] = 1.0 if inside[i] else 0.0
        w.ally[i] = w.member[i] if i != UNITED_STATES else 0.0


@kernel
def weigh_gdp(w: Record) -> None:
    """GDP of the protected allies, one by one and in total."""
    for i in range(N):
        w.allied_gdp[i] = w.ally[i] * w.gdp[i]
    w.protected_gdp = dot(w.ally, w.gdp)


@kernel
def weigh_burdens(g: Game, t: int) -> None:
    """Who earns and who spends how much, and the grievance that the United States has about it next year."""
    w, us, spent = g.w, UNITED_STATES, g.path[MEMORY + t].spending
    w.european_income, w.european_spending = dot(w.ally, w.gdp), dot(w.ally, spent)
    w.allied_income = w.european_income + w.member[us] * w.gdp[us]
    w.allied_spending = w.european_spending + w.member[us] * spent[us]
    w.grievance = us_part(spent[us], w.allied_spending) - w.gdp[us] / w.allied_income


@four_sums(N)
def dot(x: NDArray[np.float64], y: NDArray[np.float64]) -> float:
    """Sum of products over the members, always in the same order: four sums side by side, then those."""
    a, b, c, d = 0.0, 0.0, 0.0, 0.0
    for k in range(N // 4):
        i = 4 * k
        a += x[i] * y[i]
        b += x[i + 1] * y[i + 1]
        c += x[i + 2] * y[i + 2]
        d += x[i + 3] * y[i + 3]
    for i in range(N - N % 4, N):
        a += x[i] * y[i]
    return (a + b) + (c + d)


@kernel
def treaty_stands(w: Record) -> float:
    """1 while the treaty binds the United States, a year's notice included, else 0."""
    return 1.0 if w.status <= washington.LONE_NOTICE else 0.0


@kernel
def allied_forces(w: Record) -> float:
    """Forces of the European allies."""
    return float(dot(w.ally, w.capability))


@kernel
def us_forces(w: Record) -> float:
    """What the United States adds to them."""
    return float(w.us_weight * w.posture * w.capability[UNITED_STATES] * treaty_stands(w))


@rule
def us_part(own: float, total: float) -> float:
    """The US share of the alliance's spending, 0 if nobody spends."""
    return own / total if total > 0.0 else 0.0


@rule
def logit(probability: float) -> float:
    """Log odds."""
    return log(probability / (1.0 - probability))
