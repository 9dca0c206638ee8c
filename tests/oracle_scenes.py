"""The oracle's eight scenes (see oracle.py)."""

from __future__ import annotations

import math

import numpy as np
from scipy import stats
from scipy.special import expit, logit

from sim.scenario.models import Policy
from tests.oracle_start import (
    ADVERSARY,
    US,
    M,
    State,
    World,
    demand,
    enemy_force,
    lagged,
    normals,
    tripwire,
    utility,
)

AUTHORITY = (1.0, 0.7, 0.4, 0.2)


def scene1_economy(w: World, x: State, t: int) -> None:
    p = w.p
    expected, spread = w.growth(t)
    u = w.chance.uniforms(t, 1, 0)
    common = normals(u[0], u[1])[0]
    own = np.array([w.chance.member(t, i)[0] for i in range(M + 1)])
    surprise = math.sqrt(p.common_growth_share) * common + math.sqrt(1 - p.common_growth_share) * own
    growth = np.maximum(-0.3, expected + spread * surprise)
    extra = np.maximum(0.0, x.s[t - 1] - x.s[w.t0])
    deficit = -w.balance(t) + p.debt_financed_share * extra + (1 - p.debt_financed_share) * np.minimum(x.room, extra)
    x.gdp = x.gdp * (1 + growth[:M])
    x.enemy_gdp *= 1 + float(growth[M])
    x.debt = np.maximum(0.0, x.debt / ((1 + growth[:M]) * (1 + p.inflation)) + deficit)


def statements(w: World, x: State, t: int) -> list[tuple[float, float, float]]:
    """Everything said in the year: authority, tone, conditionality."""
    said = [(e.authority, e.tone, e.conditionality) for e in w.scenario.statements if e.year == t]
    policy = w.scenario.policies[x.policy]  # last year's still
    for slot in range(4):
        u = w.chance.uniforms(t, 3, slot)
        if u[0] < w.p.statement_rate / 4:
            n = normals(u[2], u[3])
            tones = np.array([policy.tone, policy.conditionality]) + w.p.statement_noise * np.array(n)
            tone, condition = np.clip(tones, -1.0, 1.0)
            said.append((AUTHORITY[math.floor(4 * u[1])], float(tone), float(condition)))
    return said


def scene2_statements(w: World, x: State, t: int) -> None:
    """All 32 hold and update beliefs, the US and countries outside the alliance too."""
    p, said = w.p, statements(w, x, t)
    tone = sum(authority * s for authority, s, _ in said)
    condition = sum(authority * c for authority, _, c in said)
    n = p.belief_noise * np.array([w.chance.member(t, i) for i in range(M + 1)])
    moved = p.statement_weight * tone + p.act_weight * x.act
    moved_x = p.statement_weight * condition + p.act_weight * x.exclusion_act
    x.l = faded(w, x.l, p.commitment_mean, tripwire(w)) + moved + n[:M, 1]
    x.z = faded(w, x.z, p.exclusion_mean) + moved_x + n[:M, 2]
    moved = p.adversary_statement_weight * tone + p.adversary_act_weight * x.act
    moved_x = p.adversary_statement_weight * condition + p.adversary_act_weight * x.exclusion_act
    x.enemy_l = faded(w, x.enemy_l, p.adversary_commitment) + moved + n[M, 1]
    x.enemy_z = faded(w, x.enemy_z, p.adversary_exclusion) + moved_x + n[M, 2]


def faded(w: World, odds, mean: float, extra=0.0):
    """Log odds on their way back to the mean."""
    return odds + w.p.belief_reversion * (logit(mean) + extra - odds)


def policy_of(w: World, x: State, t: int) -> str:
    """The policy in force, by election or by script."""
    policies = list(w.scenario.policies)
    choices = sorted(w.scenario.elections, key=lambda choice: policies.index(choice.policy))
    if choices and (t - 1) % 4 == 0:
        x.elected = True
        weights = np.array([choice.alpha + choice.gamma * x.grievance for choice in choices])
        cumulated = np.cumsum(np.exp(weights - weights.max()))
        u = w.chance.uniforms(t, 2, 1)[0]
        k = int(np.searchsorted(cumulated, u * cumulated[-1], side="right"))
        return choices[min(k, len(choices) - 1)].policy
    if x.elected:
        return x.policy
    latest = max(int(year) for year in w.scenario.script if int(year) <= t)
    return w.scenario.script[str(latest)]


def votes(n: int, chance: float, r: float, u: float) -> int:
    """Yeas among n, beta-binomial, by inversion; of the nays where yeas are the likelier."""
    if chance > 0.5:
        return n - votes_from_below(n, 1.0 - chance, r, u)
    return votes_from_below(n, chance, r, u)


def votes_from_below(n: int, chance: float, r: float, u: float) -> int:
    if chance <= 0.0:
        return 0
    counts = np.arange(n + 1)
    if r == 0.0:
        below = stats.binom.cdf(counts, n, chance)
    else:
        below = stats.betabinom.cdf(counts, n, chance * (1 - r) / r, (1 - chance) * (1 - r) / r)
    return min(int(np.searchsorted(below, u)), n)  # the smallest count with cdf >= u


def notice_or_not(w: World, x: State, t: int, policy: Policy) -> None:
    """Rule 3 of leaving: an attempt."""
    p = w.p
    u = w.chance.uniforms(t, 2, 0)
    chance = float(expit(logit(p.withdrawal_support) + p.grievance_weight * x.grievance))
    senate = votes(p.senators_present, chance, p.polarisation, u[0])
    house = votes(435, chance, p.polarisation, u[1])
    two_thirds = -(-2 * p.senators_present // 3)
    if senate >= two_thirds or (senate >= p.act_threshold and house >= 218):
        x.status, x.attempt, x.notice = 1, 2, t
        x.act -= p.notice_act
    elif u[2] < policy.goes_alone:
        x.status, x.attempt, x.notice = 2, 3, t
        x.act -= p.notice_act
    else:
        x.attempt = 1
        x.act -= p.attempt_act


def leave(w: World, x: State, t: int, policy: Policy, new: bool) -> None:
    ended = False
    if x.status in (1, 2) and not policy.seeks_withdrawal:
        x.status = 0
    elif x.status in (1, 2) and t == x.notice + 1:
        ended = True
        if x.status == 1:
            x.status = 3
        elif w.chance.uniforms(t, 2, 0)[3] < w.p.court_block:
            x.status, x.attempt = 0, 1
            x.act -= w.p.attempt_act
        else:
            x.status = 4
    if x.status == 0 and policy.seeks_withdrawal and (t % 2 == 1 or new) and not ended:
        notice_or_not(w, x, t, policy)


def scene3_washington(w: World, x: State, t: int) -> None:
    p, before = w.p, x.policy
    x.policy = policy_of(w, x, t)
    policy, old = w.scenario.policies[x.policy], w.scenario.policies[before]
    x.act = x.exclusion_act = 0.0
    x.attempt = 0
    leave(w, x, t, policy, x.policy != before)
    h = x.posture
    target = policy.posture if x.status < 3 else 0.0
    new = h + min(max(target - h, -p.drawdown_rate), p.buildup_rate)
    if p.floor_from <= t <= p.floor_until and not policy.certifies and x.status < 3:
        new = max(new, min(h, p.posture_floor))
    x.posture = new
    x.act += p.posture_act * (new - h) + p.support_act * (policy.support - old.support)
    nothing = all(tier.protection == 0.0 for tier in policy.tiers)
    x.exited = int(x.status < 3 and nothing and new <= p.posture_floor)


def scene4_brussels(w: World, x: State, t: int) -> None:
    p, eu = w.p, w.eu(t)
    share = x.s[t - 1]
    gap = np.maximum(0.0, np.maximum(x.wanted, w.pledge(t)) - share)
    indebted = np.maximum(0.0, x.debt - 0.6)
    ordinary = p.fiscal_room / (1 + p.debt_drag * indebted)
    inside = eu & w.alliance(t)
    mistrust = float(np.average(x.beta[inside], weights=x.gdp[inside])) < p.trigger
    x.clause_open = opening(x.clause_open, p.clause_opens, mistrust, t)
    x.loan_open = opening(x.loan_open, p.loan_opens, mistrust, t)
    open_ = x.clause_open is not None and t < x.clause_open + p.clause_years
    decides = gap > ordinary + p.clause_cost * indebted
    wish = (w.clause_flag == 2) | ((w.clause_flag == 1) & (decides | x.using))
    x.using = wish & eu & open_
    room = np.clip(w.base + p.clause_ceiling - share, 0.0, p.clause_ceiling)
    x.rise = np.minimum(p.absorption, ordinary + np.where(x.using, room, 0.0))
    lend(w, x, t, gap)


def opening(already: int | None, scripted: int, mistrust: bool, t: int) -> int | None:
    """The year in which an instrument opened; the scenario allows no scripted year at or before t0."""
    if already is not None:
        return already
    return t if mistrust or t == scripted else None


def lend(w: World, x: State, t: int, gap: np.ndarray) -> None:
    p = w.p
    open_ = x.loan_open is not None and t < x.loan_open + p.loan_years
    recorded = np.minimum(w.allotment / p.loan_years, np.maximum(0.0, w.allotment - x.drawn))
    decided = p.loan_appetite * gap * x.gdp * np.minimum(1.0, w.loan_spread / 0.01)
    asks = np.select([w.loan_flag == 2, w.loan_flag == 1], [recorded, decided], 0.0)
    asks = np.where(w.eu(t) & open_, asks, 0.0)
    left = max(0.0, w.envelope - x.drawn.sum())
    x.loan = asks * (left / asks.sum()) if asks.sum() > left else asks
    x.drawn = x.drawn + x.loan
    x.price = np.ones(M)
    for i in np.flatnonzero(x.q[t - 1] > 0.0):
        x.price[i] = 1.0 - w.ge[i] * min(1.0, x.loan[i] / x.q[t - 1][i])


def spill_in(w: World, x: State, t: int, i: int, protection: float, k: np.ndarray) -> float:
    """n of member i (without the threat) at an expected protection."""
    p, europe = w.p, w.europe(t)
    allies = p.allied_weight * sum(x.capability[j] for j in range(M) if europe[j] and j != i)
    if i == US:
        return k[i] / x.gdp[i] * allies
    treaty = 1.0 if x.status <= 2 else 0.0
    us = protection * w.w_us * x.posture * x.capability[US] * treaty
    part = 1.0 if europe[i] else p.partner_spillin
    return part * k[i] / x.gdp[i] * (allies + us)


def lines(w: World, x: State, t: int, i: int, policy: Policy) -> list[float]:
    """Where the tiers of the policy start for member i, as shares of GDP."""
    z = w.pledge(t)[i]
    measured = {
        "share": lambda m: m,
        "effort": lambda m: x.s[t - 3][i] + m,
        "pledge": lambda m: m * z,
    }[policy.measure]
    return [0.0] + [max(0.0, float(measured(tier.minimum))) for tier in policy.tiers[1:]]


def protection(belief: float, exclusion: float, level: float) -> float:
    """Eq. 5."""
    return belief * (1.0 - exclusion * (1.0 - level))


def best_of_tiers(w: World, x: State, t: int, i: int, policy: Policy, k: np.ndarray) -> float:
    """Wanted share by the tier with the highest utility."""
    rho, rule = w.p.collective_share, w.rule(i)
    collective = w.theta[i] if rule == "pure-public" else rho * w.theta[i]
    national = 0.0 if rule == "pure-public" else (1 - rho) * w.theta[i]
    starts = lines(w, x, t, i, policy)
    ends = [*starts[1:], math.inf]
    best, wanted = -math.inf, 0.0
    for tier, low, high in zip(policy.tiers, starts, ends, strict=True):
        expected = protection(x.beta[i], x.c[i], tier.protection)
        n = -x.threat[i]
        if rule != "threat-only":
            n += spill_in(w, x, t, i, expected, k)
        q = demand(1.0, n, collective, national, x.price[i])
        q = min(max(q, low), high)
        value = utility(q, n, collective, national, x.price[i])
        if value >= best:
            best, wanted = value, q
    return wanted


def wanted_share(w: World, x: State, t: int, i: int, policy: Policy, k: np.ndarray) -> float:
    rule, last = w.rule(i), x.s[t - 1]
    if rule == "inertia":
        return last[i]
    if rule == "pledge-driven":
        return min(0.5, max((1 - w.p.collective_share) * w.theta[i], w.pledge(t)[i]))
    if rule == "follow":
        others = w.alliance(t) & (np.arange(M) != i)
        weight = np.exp(-w.apart[i] / w.p.threat_distance)
        return float(np.average(last[others], weights=weight[others])) if others.any() else last[i]
    return min(0.5, best_of_tiers(w, x, t, i, policy, k))


def scene5_budgets(w: World, x: State, t: int) -> None:
    p, policy = w.p, w.scenario.policies[x.policy]
    europe, k = w.europe(t), w.thin(x.gdp, w.europe(t))
    x.threat = p.threat_scale * w.hostility(t) * w.prox * (x.enemy_capability / x.gdp[europe].sum()) / w.enemy_r0
    x.wanted = np.array([wanted_share(w, x, t, i, policy, k) for i in range(M)])
    last, pledge = x.s[t - 1], w.pledge(t)
    noise = np.array([w.chance.member(t, i)[3] for i in range(M)])
    voted = last + p.adjustment_speed * (x.wanted - last) + p.pledge_pull * np.maximum(0.0, pledge - last)
    voted = np.clip(voted + p.budget_noise * noise, last - p.fiscal_cut, last + x.rise)
    share = np.where(w.armed, np.clip(voted, 0.0, 0.5), 0.0)
    x.s[t], x.q[t] = share, share * x.gdp
    x.room = np.where(x.using, np.clip(share - w.base, 0.0, p.clause_ceiling), 0.0)
    treaty = 1.0 if x.status <= 2 else 0.0
    for i in range(M):
        reached = [v.protection for v, line in zip(policy.tiers, lines(w, x, t, i, policy), strict=True)
                   if line <= share[i] + 0.00005]  # fmt: skip
        x.tier[i] = reached[-1]
        x.expected[i] = protection(x.beta[i], x.c[i], x.tier[i]) * treaty if europe[i] else 0.0
    x.protected = (europe & (x.tier >= 0.5)) * treaty
    help_partner(w, x, t, policy, k)
    order_enablers(w, x, t)


def help_partner(w: World, x: State, t: int, policy: Policy, k: np.ndarray) -> None:
    """Support to a partner under attack; what the others gave last year spills in, at this year's GDP."""
    p, givers, inside = w.p, w.alliance(t - 1), w.alliance(t)
    war = min(1.0, w.war(t) + x.aftermath)
    before = x.support * x.gdp
    x.support = x.support.copy()
    for i in range(M):
        others = sum(before[j] for j in range(M) if givers[j] and j != i) if inside[i] else 0.0
        spill = k[i] * p.allied_weight * others
        wanted = demand(x.gdp[i], spill, p.support_collective * w.prox[i] * war, p.support_national * war)
        wanted = wanted / x.gdp[i] * (policy.support if i == US else 1.0)
        x.support[i] += p.support_speed * (min(0.5, wanted) - x.support[i])
    x.support_money = x.support * x.gdp


def order_enablers(w: World, x: State, t: int) -> None:
    p, europe = w.p, w.europe(t)
    x.trust, x.doubt = (float(np.average(b[europe], weights=x.gdp[europe])) for b in (x.beta, x.c))
    part = w.maintenance + p.enabler_priority * max(0.0, 1.0 - x.trust / w.beta0) / p.enabler_cost
    x.orders[t] = part * x.q[t][europe].sum()


def scene6_forces(w: World, x: State, t: int) -> None:
    p = w.p
    arrived = lagged(x.q, t - p.lead_time, w.t0)
    x.stock = (1 - p.depreciation) * x.stock + p.equipment_share * arrived
    x.capability = (1 - p.equipment_share) * x.q[t] + p.depreciation * x.stock
    order = x.orders.get(t - p.enabler_lead_time, w.steady_order)
    x.enabler = (1 - p.enabler_depreciation) * x.enabler + order


def phi(w: World, x: State, a: float) -> float:
    p = w.p
    ready = min(1.0, x.enabler + a * x.posture * p.enabler_us_share * (x.status <= 2))
    if p.enabler_power == 0.0:
        return ready**p.enabler_weight
    inner = (1 - p.enabler_weight) + p.enabler_weight * ready**p.enabler_power
    return inner ** (1.0 / p.enabler_power)


def us_force(w: World, x: State, a: float) -> float:
    return a * w.w_us * x.posture * x.capability[US] * (x.status <= 2)


def defended(w: World, x: State, t: int, i: int, a: float) -> float:
    """Q_i(a)."""
    europe, k = w.europe(t), w.thin(x.gdp, w.europe(t))
    allies = w.p.allied_weight * sum(x.capability[j] for j in range(M) if europe[j] and j != i)
    return phi(w, x, a) * (x.capability[i] / k[i] + allies + us_force(w, x, a))


def wins(w: World, x: State, q: float) -> float:
    """Eq. 14, by the ratio of forces."""
    if q <= 0.0:
        return 1.0
    return float(expit(w.p.decisiveness * math.log(x.enemy_capability / q)))


def arm_adversary(w: World, x: State, t: int) -> None:
    p, rho = w.p, w.p.collective_share
    ratio = x.capability[w.alliance(t)].sum() / w.alliance_c0
    wanted = demand(1.0, -p.adversary_hostility * ratio, rho * w.enemy_theta, (1 - rho) * w.enemy_theta)
    wanted = min(0.5, wanted) + p.war_effort * w.war(t)
    last = x.enemy_share[t - 1]
    noise = p.budget_noise * w.chance.member(t, ADVERSARY)[3]
    x.enemy_share[t] = min(max(last + p.adjustment_speed * (wanted - last) + noise, 0.0), 0.5)
    x.enemy_q[t] = x.enemy_share[t] * x.enemy_gdp
    kept = 1 - p.depreciation - p.war_attrition * w.war(t)
    arrived = p.equipment_share * lagged(x.enemy_q, t - p.lead_time, w.t0)
    lost = p.support_attrition * x.support_money[w.alliance(t)].sum()
    x.enemy_stock = max(0.0, kept * x.enemy_stock + arrived - lost)
    x.enemy_capability = enemy_force(w, x.enemy_q[t], x.enemy_stock)


def scene7_moscow(w: World, x: State, t: int) -> None:
    arm_adversary(w, x, t)
    p, europe, tau = w.p, w.europe(t), w.hostility(t)
    treaty = 1.0 if x.status <= 2 else 0.0
    x.hazard = np.zeros(M)
    for i in np.flatnonzero(europe & (tau * p.prize > 0.0)):
        worth = p.prize * min(1.0, tau / p.hostility_reference)
        worth *= math.exp(-(w.d[i] - w.d.min()) / p.threat_distance)
        us = protection(expit(x.enemy_l), expit(x.enemy_z), x.tier[i]) * treaty
        alone, together = (wins(w, x, defended(w, x, t, i, a)) for a in (0.0, 1.0))
        success = us * together + (1 - us) * alone
        noise = expit(-p.challenge_cost / p.challenge_noise)
        tempted = expit((worth * success - p.challenge_cost) / p.challenge_noise)
        x.hazard[i] = p.challenge_rate * max(0.0, (tempted - noise) / (1 - noise))
    x.risk = 1.0 - float(np.prod(1.0 - x.hazard))
    u = w.chance.uniforms(t, 1, 0)
    x.target = -1
    if u[2] < x.risk:
        reached = np.cumsum(x.hazard) >= u[3] * x.hazard.sum()
        x.target = int(np.flatnonzero(europe & reached)[0])


def scene8_crisis(w: World, x: State, t: int) -> None:
    x.came = x.lost = 0
    x.aftermath /= 2
    if x.target < 0:
        return
    p, i, policy = w.p, x.target, w.scenario.policies[x.policy]
    x.aftermath = 1.0
    u, v = w.chance.uniforms(t, 2, 1), x.tier[i] * (x.status <= 2)
    x.came = int(u[1] < policy.resolve * v)
    helped = 0.0
    for j in np.flatnonzero(w.europe(t)):
        loyal = p.solidarity + (1 - p.solidarity) * w.prox[j]
        if j != i and w.chance.uniforms(t, 4, int(j))[0] < loyal:
            helped += x.capability[j]
    k = w.thin(x.gdp, w.europe(t))
    own = x.capability[i] / k[i] + p.allied_weight * helped + us_force(w, x, x.came)
    x.lost = int(u[2] < wins(w, x, phi(w, x, x.came) * own))
    if x.lost:
        x.gdp[i] *= 1 - p.loss_gdp
        x.capability[i] *= 1 - p.loss_capability
        x.stock[i] *= 1 - p.loss_capability
    else:
        x.enemy_stock *= 1 - p.repelled_loss
    x.act += 1.0 if x.came else -v
    x.exclusion_act += -(1 - v) if x.came else 1 - v


SCENES = (
    scene1_economy, scene2_statements, scene3_washington, scene4_brussels, scene5_budgets, scene6_forces,
    scene7_moscow, scene8_crisis,
)  # fmt: skip
