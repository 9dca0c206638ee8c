"""The whole model once more, in plain NumPy, written from docs/model.md alone.

It shares no code with the package but the scenario classes and the data tables. One scene, one function;
members are looped over where that reads like the page. Draws, demand and the start are in oracle_start.py,
the scenes in oracle_scenes.py; here are the measures and the run.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from scipy import stats
from scipy.special import expit

from sim.scenario.models import Scenario
from tests.oracle_scenes import SCENES, phi, us_force
from tests.oracle_start import US, Chance, State, World, beginning, demand, us_shares

MEMBER_NAMES = (
    "gdp", "defence_share", "spending", "capability", "commitment_belief", "exclusion_belief",
    "expected_protection", "protected", "wanted_share", "support_share", "loan", "room_used", "price",
    "debt", "hazard", "protection",
)  # fmt: skip


@dataclass
class Trace:
    """A run: rows are years from the start year on."""

    members: dict[str, np.ndarray]
    years: dict[str, np.ndarray]
    states: dict[str, np.ndarray]


def member_measures(x: State, t: int) -> dict[str, np.ndarray]:
    values = (
        x.gdp, x.s[t], x.q[t], x.capability, x.beta, x.c, x.expected, x.protected, x.wanted, x.support,
        x.loan, x.room, x.price, x.debt, x.hazard, x.tier,
    )  # fmt: skip
    return {name: np.array(value, float) for name, value in zip(MEMBER_NAMES, values, strict=True)}


def rank_correlation(a: np.ndarray, b: np.ndarray) -> float:
    """Spearman's, 0 where one of them does not vary."""
    if np.ptp(a) == 0.0 or np.ptp(b) == 0.0:
        return 0.0
    return float(stats.spearmanr(a, b).statistic)


def exploitation_slope(gdp: np.ndarray, share: np.ndarray) -> float:
    some = share > 0.0
    if some.sum() < 2:
        return 0.0
    return float(stats.linregress(np.log(gdp[some]), np.log(share[some])).slope)


def concordance(w: World, x: State, t: int) -> float:
    inside = w.alliance(t)
    benefits = [x.gdp, w.population, x.gdp * w.prox]
    benefit = np.mean([part[inside] / part[inside].sum() for part in benefits], axis=0)
    return rank_correlation(benefit, x.q[t][inside])


def free_riding_index(w: World, x: State, t: int) -> float:
    """At the end-of-year GDP, tastes split by rho whatever the member's rule."""
    rho, alone, spent = w.p.collective_share, 0.0, 0.0
    for i in np.flatnonzero(w.europe(t) & w.armed):
        tastes = rho * w.theta[i], (1 - rho) * w.theta[i]
        alone += demand(x.gdp[i], -x.threat[i] * x.gdp[i], *tastes)
        spent += x.q[t][i]
    return spent / alone if alone > 0.0 else 0.0


def europe_over_adversary(w: World, x: State, t: int, a: float) -> float:
    force = x.capability[w.europe(t)].sum() + us_force(w, x, a)
    return phi(w, x, a) * force / x.enemy_capability


def year_measures(w: World, x: State, t: int) -> dict[str, float]:
    a, e = w.alliance(t), w.europe(t)
    q, s, y = x.q[t], x.s[t], x.gdp
    rounded = np.round(s[a], 4)
    spending, gdp = us_shares(w, x, t)
    x.grievance = spending - gdp
    return {
        "allied_share": q[a].sum() / y[a].sum(),
        "european_share": q[e].sum() / y[e].sum(),
        "members": a.sum(),
        "members_at_2": (rounded >= 0.02).sum(),
        "members_at_3_5": (rounded >= 0.035).sum(),
        "members_at_5": (rounded >= 0.05).sum(),
        "us_spending": q[US],
        "european_spending": q[e].sum(),
        "us_gdp_share": gdp,
        "us_spending_share": spending,
        "grievance": x.grievance,
        "exploitation_rank": rank_correlation(y[a], s[a]),
        "exploitation_slope": exploitation_slope(y[a], s[a]),
        "concordance": concordance(w, x, t),
        "free_riding_index": free_riding_index(w, x, t),
        "europe_with_us": europe_over_adversary(w, x, t, 1.0),
        "europe_without_us": europe_over_adversary(w, x, t, 0.0),
        "enabler_ratio": x.enabler,
        "posture": x.posture,
        "commitment_belief": x.trust,
        "exclusion_belief": x.doubt,
        "total_support": x.support_money[a].sum(),
        "loans": x.loan.sum(),
        "challenge_risk": x.risk,
        "protected_members": x.protected.sum(),
        "treaty_status": x.status,
        "us_policy": list(w.scenario.policies).index(x.policy),
        "challenge": x.target >= 0,
        "target": x.target,
        "us_came": x.came,
        "lost": x.lost,
        "de_facto_exit": x.exited,
        "attempt": x.attempt,
    }


def year_states(w: World, x: State, t: int) -> dict[str, float | np.ndarray]:
    """The adversary's and other figures that are no measures; good for finding where two runs part."""
    return {
        "adversary_gdp": x.enemy_gdp,
        "adversary_share": x.enemy_share[t],
        "adversary_capability": x.enemy_capability,
        "adversary_stock": x.enemy_stock,
        "adversary_commitment": float(expit(x.enemy_l)),
        "adversary_exclusion": float(expit(x.enemy_z)),
        "order": x.orders.get(t, w.steady_order),
        "act": x.act,
        "exclusion_act": x.exclusion_act,
        "aftermath": x.aftermath,
        "hostility": w.hostility(t),
        "war": w.war(t),
        "stock": x.stock.copy(),
        "rise": x.rise.copy(),
        "threat": x.threat.copy(),
        "taste": w.theta.copy(),
    }


def stacked(rows: list[dict]) -> dict[str, np.ndarray]:
    return {name: np.array([row[name] for row in rows], dtype=float) for name in rows[0]}


def simulate(scenario: Scenario, seed: int, replicate: int = 0) -> Trace:
    """One run, from the start year to the end."""
    w = World(scenario, scenario.parameters, scenario.start, Chance(seed, replicate))
    x = beginning(w)
    rows = [(member_measures(x, w.t0), year_measures(w, x, w.t0), year_states(w, x, w.t0))]
    for t in range(w.t0 + 1, scenario.end + 1):
        for scene in SCENES:
            scene(w, x, t)
        rows.append((member_measures(x, t), year_measures(w, x, t), year_states(w, x, t)))
    return Trace(*(stacked(list(part)) for part in zip(*rows, strict=True)))
