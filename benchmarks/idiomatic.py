"""The same model as somebody who knows Mesa would write it from docs/model.md: agents, a DataCollector, ``batch_run``.

Plain Python with ``math`` and Mesa's own random numbers, no numba and none of sim's rules. It reads the figures through
``sim.setup.prepare`` and is the same model in distribution, not draw by draw. Members react as joint producers (the
default rule); all eight scenes, policies with tiers, elections, the treaty, the EU's instruments and crises are there.

Written to be read, but not slow on purpose: sums over allies are taken once a year, not once a member, figures are
plain floats and not NumPy scalars, and nothing is looked up by year.
"""

from __future__ import annotations

import math
from collections.abc import Iterable
from types import SimpleNamespace
from typing import Any, NamedTuple

from mesa import Agent, DataCollector, Model
from mesa.batchrunner import batch_run

from sim.data import MEMBERS
from sim.rules import brussels
from sim.scenario.models import Scenario
from sim.setup import prepare

__all__ = ["AGENT_REPORTERS", "MODEL_REPORTERS", "Alliance", "Figures", "figures", "play"]

AUTHORITY = (1.0, 0.7, 0.4, 0.2)
NEVER, DECIDES, RECORDED = 0, 1, 2
IN_FORCE, NOTICE, LONE_NOTICE, LEFT, LEFT_ALONE = range(5)
NO_ATTEMPT, FAILED, LAWFUL, ALONE = range(4)


class Figures(NamedTuple):
    """What a scenario fixes, as plain Python: read once, shared by all runs."""

    p: SimpleNamespace
    setup: SimpleNamespace
    years: list[SimpleNamespace]
    policies: list[SimpleNamespace]


def figures(scenario: Scenario) -> Figures:
    """Start values of a scenario as plain floats and lists."""
    ready = prepare(scenario)
    return Figures(
        plain(ready.parameters[0]),
        plain(ready.setup[0]),
        [plain(y) for y in ready.years],
        [plain(a) for a in ready.policies],
    )


def plain(record: Any) -> SimpleNamespace:
    """A NumPy record as a namespace of floats, integers and lists."""
    return SimpleNamespace(**{name: record[name].tolist() for name in record.dtype.names})


# Mathematics that several agents use


def logit(x: float) -> float:
    return math.log(x / (1.0 - x))


def logistic(x: float) -> float:
    return 1.0 / (1.0 + math.exp(-x)) if x > -700.0 else 0.0


def clip(x: float, low: float, high: float) -> float:
    return min(high, max(low, x))


def best_response(spillin: float, collective: float, national: float, price: float = 1.0) -> float:
    """Eq. 2 over GDP."""
    income = 1.0 / price
    b = (collective + national) * income - (1.0 - collective) * spillin
    product = 4.0 * national * income * spillin
    root = math.sqrt(max(0.0, b * b + product))
    q = 0.5 * (b + root) if b > 0.0 or product <= 0.0 else 0.5 * product / (root - b)
    return clip(q, 0.0, income)


def utility(share: float, spillin: float, collective: float, national: float, price: float) -> float:
    """Eq. 1 over GDP."""
    total = 0.0
    terms = ((1.0 - collective - national, 1.0 - price * share), (national, share), (collective, share + spillin))
    for weight, value in terms:
        if weight > 0.0:
            if value <= 0.0:
                return -math.inf
            total += weight * math.log(value)
    return total


def taste(share: float, spillin: float, collective_share: float) -> float:
    """Eq. 2b."""
    below = share * (1.0 + collective_share * spillin) + (1.0 - collective_share) * spillin
    if share <= 0.0 or below <= 0.0 or share + spillin <= 0.0:
        return 0.0
    return min(0.5, share * (share + spillin) / below)


def contest(attack: float, defence: float, decisiveness: float) -> float:
    """Eq. 14."""
    if decisiveness == 1.0:
        return attack / (attack + defence)
    return 1.0 / (1.0 + (defence / attack) ** decisiveness)


def mean_ranks(values: list[float]) -> list[float]:
    """Ranks from 1, ties by their mean."""
    by_value = sorted(range(len(values)), key=values.__getitem__)
    ranks = [0.0] * len(values)
    first = 0
    while first < len(values):
        last = first
        while last + 1 < len(values) and values[by_value[last + 1]] == values[by_value[first]]:
            last += 1
        for k in range(first, last + 1):
            ranks[by_value[k]] = 0.5 * (first + last) + 1.0
        first = last + 1
    return ranks


def moments(x: list[float], y: list[float]) -> tuple[float, float, float]:
    """Sums of squares and of products about the means."""
    mean_x, mean_y = sum(x) / len(x), sum(y) / len(y)
    dx, dy = [a - mean_x for a in x], [b - mean_y for b in y]
    return sum(a * a for a in dx), sum(b * b for b in dy), sum(a * b for a, b in zip(dx, dy, strict=True))


def rank_correlation(x: list[float], y: list[float]) -> float:
    """Spearman's, 0 where one does not vary."""
    xx, yy, xy = moments(mean_ranks(x), mean_ranks(y))
    return xy / math.sqrt(xx * yy) if xx * yy > 0.0 else 0.0


class Member(Agent):
    """A member state, the United States too."""

    def __init__(self, model: Alliance, k: int) -> None:
        super().__init__(model)
        p, s = model.p, model.setup
        self.k, self.name, self.is_us = k, MEMBERS[k], MEMBERS[k] == "USA"
        self.armed = s.armed[k]
        self.gdp, self.debt, self.support = s.gdp[k], s.debt[k], s.support[k]
        self.shares = [row[k] for row in s.shares]  # every year's, the last one is today's
        self.spendings = [row[k] for row in s.spending]
        self.first_share = self.share = self.wanted = self.shares[-1]
        self.base = s.base_share[k]
        self.allotment, self.advantage = s.allotment[k], s.advantage[k]
        self.grant = brussels.grant_equivalent(s.spread[k], model.p.eu_rate)
        self.loan_flag, self.clause_flag = s.loan_flag[k], s.clause_flag[k]
        self.proximity = math.exp(-s.distance[k] * (1.0 - p.border_discount * s.border[k]) / p.threat_distance)
        self.price, self.drawn, self.loan, self.room, self.room_used = 1.0, 0.0, 0.0, 0.0, 0.0
        self.clause_active = False
        self.expected, self.hazard, self.level, self.protected, self.threat = 0.0, 0.0, 0.0, False, 0.0
        tripwire = p.tripwire * math.log(1.0 + s.troops[k])
        self.commitment, self.exclusion = logit(p.commitment_start) + tripwire, logit(p.exclusion_start)
        self.commitment_mean, self.exclusion_mean = logit(p.commitment_mean) + tripwire, logit(p.exclusion_mean)
        self.stock = opening_stock(self.spendings, p)
        self.capability = (1.0 - p.equipment_share) * self.spendings[-1] + p.depreciation * self.stock
        self.believe()
        self.join()

    @property
    def spending(self) -> float:
        return self.share * self.gdp

    def join(self) -> None:
        """Who is in this year."""
        self.inside = bool(self.model.now.in_alliance[self.k])
        self.is_ally = self.inside and not self.is_us
        self.in_eu = bool(self.model.now.in_eu[self.k])
        self.pledge = self.model.now.pledge[self.k]

    def acquire_taste(self, allied: float, protected_gdp: float) -> None:
        """Tastes that make the window's share a best response."""
        p, s, k = self.model.p, self.model.setup, self.k
        share, gdp = s.window_share[k], s.window_gdp[k]
        per_gdp = (gdp / protected_gdp) ** p.thinning / gdp
        counted = s.window_member[k] and not self.is_us
        spillin = p.allied_weight * (allied - (share * gdp if counted else 0.0))
        if not self.is_us:
            spillin += p.commitment_start * p.us_protection_value * protected_gdp
        spillin *= per_gdp * (1.0 if s.window_member[k] else p.partner_spillin)
        aim = s.window_lag[k] + (share - s.window_lag[k] - p.pledge_pull * s.window_gap[k]) / p.adjustment_speed
        aim = share + p.taste_trend * (min(2.0 * share, max(0.5 * share, aim)) - share)
        threat = p.threat_scale * s.window_hostility[k] * self.proximity
        theta = taste(aim, spillin - threat, p.collective_share)
        self.collective, self.national = p.collective_share * theta, (1.0 - p.collective_share) * theta

    def grow(self, common: float) -> None:
        """Scene 1."""
        model, p, k = self.model, self.model.p, self.k
        now = model.now
        own = model.random.gauss(0.0, 1.0)
        surprise = math.sqrt(p.common_growth_share) * common + math.sqrt(1.0 - p.common_growth_share) * own
        growth = max(-0.3, now.growth[k] + now.growth_spread[k] * surprise)
        self.gdp *= 1.0 + growth
        risen = max(0.0, self.share - self.first_share)
        deficit = -now.balance[k] + p.debt_financed_share * risen
        deficit += (1.0 - p.debt_financed_share) * min(self.room_used, risen)
        self.debt = max(0.0, self.debt / ((1.0 + growth) * (1.0 + p.inflation)) + deficit)

    def listen(self) -> None:
        """Scene 2."""
        model, p = self.model, self.model.p
        us, m, noise = model.washington, p.belief_reversion, p.belief_noise
        self.commitment += m * (self.commitment_mean - self.commitment) + p.statement_weight * us.words_commitment
        self.commitment += p.act_weight * us.act_commitment + noise * model.random.gauss(0.0, 1.0)
        self.exclusion += m * (self.exclusion_mean - self.exclusion) + p.statement_weight * us.words_exclusion
        self.exclusion += p.act_weight * us.act_exclusion + noise * model.random.gauss(0.0, 1.0)
        self.believe()

    def believe(self) -> None:
        self.commitment_belief, self.exclusion_belief = logistic(self.commitment), logistic(self.exclusion)

    def protection(self, level: float) -> float:
        """Eq. 5."""
        return self.commitment_belief * (1.0 - self.exclusion_belief * (1.0 - level))

    def gap(self) -> float:
        return max(0.0, max(self.wanted, self.pledge) - self.share)

    def use_clause(self, is_open: bool) -> None:
        """Scene 4: the escape clause."""
        p, above = self.model.p, max(0.0, self.debt - 0.6)
        ordinary = p.fiscal_room / (1.0 + p.debt_drag * above)
        extra = 0.0
        if is_open and self.in_eu:
            decides = self.clause_active or self.gap() > ordinary + p.clause_cost * above
            self.clause_active = self.clause_flag == RECORDED or (self.clause_flag == DECIDES and decides)
            if self.clause_active:
                extra = clip(self.base + p.clause_ceiling - self.share, 0.0, p.clause_ceiling)
        else:
            self.clause_active = False
        self.room = min(p.absorption, ordinary + extra)

    def ask_loan(self, is_open: bool) -> float:
        """Scene 4: what it asks for."""
        p = self.model.p
        if not (is_open and self.in_eu) or self.loan_flag == NEVER:
            return 0.0
        if self.loan_flag == RECORDED:
            return max(0.0, min(self.allotment / p.loan_years, self.allotment - self.drawn))
        return p.loan_appetite * self.gap() * self.gdp * self.advantage

    def borrow(self, loan: float) -> None:
        self.loan = loan
        self.drawn += loan
        spent = self.spendings[-1]
        self.price = 1.0 - self.grant * (min(1.0, loan / spent) if spent > 0.0 else 0.0)

    def thin(self) -> None:
        self.thinning = (self.gdp / self.model.protected_gdp) ** self.model.p.thinning

    def lines(self) -> list[float]:
        """The shares at which tiers start, and no end for the last."""
        policy = self.model.washington.policy
        lines = [0.0]
        for minimum in policy.minimum[1 : policy.tiers]:
            if policy.measure == 1:
                minimum += self.shares[-3]
            elif policy.measure == 2:
                minimum *= self.pledge
            lines.append(max(0.0, minimum))
        lines.append(math.inf)
        return lines

    def want(self, allied: float, from_us: float) -> float:
        """Scene 5: the best share over all tiers."""
        model, p, policy = self.model, self.model.p, self.model.washington.policy
        self.thin()
        per_gdp = self.thinning / self.gdp * (1.0 if self.inside else p.partner_spillin)
        allies = per_gdp * p.allied_weight * (allied - (self.capability if self.is_ally else 0.0))
        us = 0.0 if self.is_us else per_gdp * from_us
        self.threat = model.p.threat_scale * model.now.hostility * self.proximity * model.adversary.relative()
        best, wanted = -math.inf, 0.0
        self.tier_lines = self.lines()
        for tier in range(policy.tiers):
            spillin = allies + self.protection(policy.protection[tier]) * us - self.threat
            share = best_response(spillin, self.collective, self.national, self.price)
            share = clip(share, self.tier_lines[tier], self.tier_lines[tier + 1])
            if policy.tiers == 1:
                return share
            liked = utility(share, spillin, self.collective, self.national, self.price)
            if tier == 0 or liked >= best:
                best, wanted = liked, share
        return wanted

    def vote(self, allied: float, from_us: float) -> None:
        """Scene 5: what parliament makes of it, and the protection that follows."""
        model, p = self.model, self.model.p
        self.wanted = self.want(allied, from_us)
        voted = self.share + p.adjustment_speed * (self.wanted - self.share)
        voted += p.pledge_pull * max(0.0, self.pledge - self.share) + p.budget_noise * model.random.gauss(0.0, 1.0)
        voted = clip(min(self.share + self.room, max(self.share - p.fiscal_cut, voted)), 0.0, 0.5)
        self.share = voted if self.armed else 0.0
        self.shares.append(self.share)
        self.spendings.append(self.spending)
        self.room_used = clip(self.share - self.base, 0.0, p.clause_ceiling) if self.clause_active else 0.0
        policy = model.washington.policy
        for tier in range(policy.tiers):
            if self.share >= self.tier_lines[tier]:
                self.level = policy.protection[tier]
        covered = self.is_ally and model.washington.treaty_stands
        self.expected = self.protection(self.level) if covered else 0.0
        self.protected = covered and self.level >= 0.5

    def give(self, total: float, war: float) -> None:
        """Scene 5: support to a partner under attack."""
        p = self.model.p
        others = total - self.support * self.gdp if self.inside else 0.0
        spillin = self.thinning / self.gdp * p.allied_weight * others
        wanted = best_response(spillin, p.support_collective * self.proximity * war, p.support_national * war)
        if self.is_us:
            wanted *= self.model.washington.policy.support
        self.support += p.support_speed * (wanted - self.support)

    def build(self) -> None:
        """Scene 6."""
        p = self.model.p
        paid = self.spendings[-1 - p.lead_time]
        self.stock = max(0.0, (1.0 - p.depreciation) * self.stock + p.equipment_share * paid)
        self.capability = (1.0 - p.equipment_share) * self.spendings[-1] + p.depreciation * self.stock

    def lose(self) -> None:
        p = self.model.p
        self.gdp *= 1.0 - p.loss_gdp
        self.capability *= 1.0 - p.loss_capability
        self.stock *= 1.0 - p.loss_capability


def opening_stock(spendings: list[float], p: SimpleNamespace) -> float:
    """Perpetual inventory over the ten years before the start."""
    stock = p.equipment_share * spendings[0] / p.depreciation
    for t in range(1, len(spendings)):
        stock = (1.0 - p.depreciation) * stock + p.equipment_share * spendings[max(0, t - p.lead_time)]
    return stock


class Adversary(Agent):
    """Scene 7: arms, and weighs a challenge to each member."""

    def __init__(self, model: Alliance) -> None:
        super().__init__(model)
        p, s = model.p, model.setup
        self.gdp, self.share = s.gdp[-1], s.shares[-1][-1]
        self.spendings = [row[-1] for row in s.spending]
        self.stock = opening_stock(self.spendings, p)
        self.capability = p.adversary_price_level * self.force()
        theta = taste(s.window_share[-1], -p.adversary_hostility, p.collective_share)
        self.collective, self.national = p.collective_share * theta, (1.0 - p.collective_share) * theta
        self.commitment = self.commitment_mean = logit(p.adversary_commitment)
        self.exclusion = self.exclusion_mean = logit(p.adversary_exclusion)

    def force(self) -> float:
        p = self.model.p
        return (1.0 - p.equipment_share) * self.spendings[-1] + p.depreciation * self.stock

    def relative(self) -> float:
        return self.capability / self.model.protected_gdp / self.model.adversary_start

    def grow(self, common: float) -> None:
        p, now = self.model.p, self.model.now
        own = self.model.random.gauss(0.0, 1.0)
        surprise = math.sqrt(p.common_growth_share) * common + math.sqrt(1.0 - p.common_growth_share) * own
        self.gdp *= 1.0 + max(-0.3, now.growth[-1] + now.growth_spread[-1] * surprise)

    def listen(self) -> None:
        p, us, random = self.model.p, self.model.washington, self.model.random
        words, acts, m = p.adversary_statement_weight, p.adversary_act_weight, p.belief_reversion
        self.commitment += m * (self.commitment_mean - self.commitment) + words * us.words_commitment
        self.commitment += acts * us.act_commitment + p.belief_noise * random.gauss(0.0, 1.0)
        self.exclusion += m * (self.exclusion_mean - self.exclusion) + words * us.words_exclusion
        self.exclusion += acts * us.act_exclusion + p.belief_noise * random.gauss(0.0, 1.0)

    def arm(self, allied: float) -> None:
        model, p, war = self.model, self.model.p, self.model.now.war
        wanted = best_response(-p.adversary_hostility * allied / model.allied_start, self.collective, self.national)
        moved = p.adjustment_speed * (wanted + p.war_effort * war - self.share)
        self.share = clip(self.share + moved + p.budget_noise * model.random.gauss(0.0, 1.0), 0.0, 0.5)
        self.spendings.append(self.share * self.gdp)
        worn = p.war_attrition * war * self.stock + p.support_attrition * model.total_support
        paid = self.spendings[-1 - p.lead_time]
        self.stock = max(0.0, (1.0 - p.depreciation) * self.stock + p.equipment_share * paid - worn)
        self.capability = p.adversary_price_level * self.force()

    def weigh(self) -> None:
        """Hazards of all members, and the chance of a challenge to one of them."""
        model, p = self.model, self.model.p
        treaty = 1.0 if model.washington.treaty_stands else 0.0
        allied, from_us = model.allied_capability(), model.from_us()
        self.arm(allied + model.us.capability)
        commitment, exclusion = logistic(self.commitment), logistic(self.exclusion)
        worth = p.prize * min(1.0, model.now.hostility / p.hostility_reference)
        safe = 1.0
        for member in model.members:
            member.hazard = 0.0
            if not member.is_ally or worth <= 0.0:
                continue
            held = member.capability / member.thinning + p.allied_weight * (allied - member.capability)
            without = contest(self.capability, model.enabled_without_us * held, p.decisiveness)
            with_us = contest(self.capability, model.enabled_with_us * (held + from_us), p.decisiveness)
            comes = treaty * commitment * (1.0 - exclusion * (1.0 - member.level))
            success = comes * with_us + (1.0 - comes) * without
            prize = worth * member.proximity / model.nearest
            tempted = logistic((prize * success - p.challenge_cost) / p.challenge_noise)
            by_noise = logistic(-p.challenge_cost / p.challenge_noise)
            member.hazard = p.challenge_rate * max(0.0, (tempted - by_noise) / (1.0 - by_noise))
            safe *= 1.0 - member.hazard
        self.challenge_risk = 1.0 - safe


class Washington(Agent):
    """Scenes 2 and 3: administration and Congress."""

    def __init__(self, model: Alliance) -> None:
        super().__init__(model)
        self.number = model.now.script
        self.policy = model.policies[self.number]
        self.status, self.notice_ends, self.attempt, self.de_facto_exit = IN_FORCE, 0, NO_ATTEMPT, False
        self.posture, self.grievance = 1.0, 0.0
        self.act_commitment = self.act_exclusion = self.words_commitment = self.words_exclusion = 0.0

    @property
    def treaty_stands(self) -> bool:
        return self.status <= LONE_NOTICE

    def speak(self) -> None:
        """What is said this year, weighted by who says it."""
        p, now, random, policy = self.model.p, self.model.now, self.model.random, self.policy
        self.words_commitment, self.words_exclusion = now.words_commitment, now.words_exclusion
        for _ in range(4):
            if random.random() < 0.25 * p.statement_rate:
                authority, noise = random.choice(AUTHORITY), p.statement_noise
                self.words_commitment += authority * clip(random.gauss(policy.tone, noise), -1.0, 1.0)
                self.words_exclusion += authority * clip(random.gauss(policy.conditionality, noise), -1.0, 1.0)

    def govern(self) -> None:
        """Scene 3."""
        p, now = self.model.p, self.model.now
        before, earlier = self.number, self.policy
        electable = [k for k, policy in enumerate(self.model.policies) if policy.electable]
        if electable and now.year % 4 == 1:
            weights = [self.appeal(self.model.policies[k]) for k in electable]
            self.number = self.model.random.choices(electable, weights)[0]
        elif now.script != self.model.before.script:
            self.number = now.script
        self.policy = self.model.policies[self.number]
        self.act_commitment = self.act_exclusion = 0.0
        self.leave(self.number != before)
        moved = self.deploy()
        self.act_commitment += p.posture_act * moved + p.support_act * (self.policy.support - earlier.support)
        nobody = self.policy.protection[self.policy.tiers - 1] <= 0.0
        self.de_facto_exit = self.treaty_stands and nobody and self.posture <= p.posture_floor + 1e-12

    def appeal(self, policy: SimpleNamespace) -> float:
        return math.exp(policy.alpha + policy.gamma * self.grievance)

    def deploy(self) -> float:
        """Eq. 9; how much the posture moved."""
        p, year, before = self.model.p, self.model.now.year, self.posture
        target = self.policy.posture if self.treaty_stands else 0.0
        self.posture += clip(target - before, -p.drawdown_rate, p.buildup_rate)
        if self.treaty_stands and p.floor_from <= year <= p.floor_until and not self.policy.certifies:
            self.posture = max(self.posture, min(before, p.posture_floor))
        return self.posture - before

    def leave(self, is_new: bool) -> None:
        """The treaty's status."""
        p, year, random = self.model.p, self.model.now.year, self.model.random
        self.attempt = NO_ATTEMPT
        if self.status in (NOTICE, LONE_NOTICE):
            if not self.policy.seeks:
                self.status = IN_FORCE
            elif year >= self.notice_ends:
                blocked = self.status == LONE_NOTICE and random.random() < p.court_block
                self.status = IN_FORCE if blocked else (LEFT if self.status == NOTICE else LEFT_ALONE)
                self.attempt = FAILED if blocked else NO_ATTEMPT
        elif self.status == IN_FORCE and self.policy.seeks and (is_new or year % 2 == 1):
            self.attempt = LAWFUL if self.congress_consents() else FAILED
            if self.attempt == FAILED and random.random() < self.policy.goes_alone:
                self.attempt = ALONE
            if self.attempt != FAILED:
                self.status, self.notice_ends = (NOTICE if self.attempt == LAWFUL else LONE_NOTICE), year + 1
        cost = {NO_ATTEMPT: 0.0, FAILED: p.attempt_act, LAWFUL: p.notice_act, ALONE: p.notice_act}
        self.act_commitment -= cost[self.attempt]

    def congress_consents(self) -> bool:
        p = self.model.p
        if p.withdrawal_support <= 0.0:
            return False
        favour = logistic(logit(p.withdrawal_support) + p.grievance_weight * self.grievance)
        senators, house = self.votes(p.senators_present, favour), self.votes(435, favour)
        return 3 * senators >= 2 * p.senators_present or (senators >= p.act_threshold and house >= 218)

    def votes(self, present: int, favour: float) -> int:
        """Beta-binomial."""
        random, r = self.model.random, self.model.p.polarisation
        if r > 0.0:
            favour = random.betavariate(favour * (1.0 - r) / r, (1.0 - favour) * (1.0 - r) / r)
        return sum(random.random() < favour for _ in range(present))


class Brussels(Agent):
    """Scene 4: the EU opens its instruments."""

    def __init__(self, model: Alliance) -> None:
        super().__init__(model)
        self.clause_opened = self.loans_opened = 0
        self.envelope, self.loans = model.p.loan_envelope * model.setup.euro, 0.0

    def fund(self) -> None:
        """Both instruments, in the order in which members meet them."""
        p, year = self.model.p, self.model.now.year
        inside = [m for m in self.model.members if m.in_eu and m.inside]
        trust = sum(m.gdp * m.commitment_belief for m in inside)
        falls = trust < p.trigger * sum(m.gdp for m in inside)
        if not self.clause_opened and (year == p.clause_opens or falls):
            self.clause_opened = year
        if not self.loans_opened and (year == p.loan_opens or falls):
            self.loans_opened = year
        clause_open = bool(self.clause_opened) and year < self.clause_opened + p.clause_years
        self.model.members.do("use_clause", clause_open)
        self.loans = 0.0
        if self.loans_opened:
            self.lend(year < self.loans_opened + p.loan_years)

    def lend(self, is_open: bool) -> None:
        asked = [member.ask_loan(is_open) for member in self.model.members]
        total = sum(asked)
        part = min(1.0, self.envelope / total) if total > 0.0 else 1.0
        for member, loan in zip(self.model.members, asked, strict=True):
            member.borrow(loan * part)
        self.loans = total * part
        self.envelope = max(0.0, self.envelope - self.loans)


class Alliance(Model):
    """One run; a step is a year."""

    def __init__(self, figures: Figures, seed: int | None = None, agents: bool = True) -> None:
        super().__init__(seed=seed)
        self.p, self.setup, self.years, self.policies = figures
        self.now = self.before = self.years[0]
        self.members = Member.create_agents(self, len(MEMBERS), list(range(len(MEMBERS))))
        self.us = next(m for m in self.members if m.is_us)
        self.adversary, self.washington, self.brussels = Adversary(self), Washington(self), Brussels(self)
        self.war, self.aftermath = self.now.war, 0.0
        self.challenged = self.us_came = self.lost = False
        self.target = ""
        self.open()
        self.datacollector = DataCollector(MODEL_REPORTERS, AGENT_REPORTERS if agents else None)
        self.datacollector.collect(self)

    def open(self) -> None:
        """What the members' first state fixes for the run."""
        p, s = self.p, self.setup
        window = [
            (s.window_share[m.k], s.window_gdp[m.k]) for m in self.members if s.window_member[m.k] and not m.is_us
        ]
        self.members.do("acquire_taste", sum(q * y for q, y in window), sum(y for _, y in window))
        self.weigh_gdp()
        self.members.do("thin")
        self.nearest = max(m.proximity for m in self.members)
        for member in self.members:
            member.threat = self.p.threat_scale * self.now.hostility * member.proximity
        self.adversary_start = self.adversary.capability / self.protected_gdp
        self.allied_start = sum(m.capability for m in self.members if m.inside)
        self.us_weight = p.us_protection_value * self.protected_gdp / self.us.capability
        self.total_support = self.given()
        self.trust = self.trust_start = self.belief("commitment_belief")
        self.adversary.challenge_risk = 0.0
        self.enablers = 1.0 - p.enabler_us_share
        self.orders = [p.enabler_depreciation * self.enablers] * len(s.shares)
        self.upkeep = self.orders[0] / sum(m.spendings[-1] for m in self.allies)
        self.enable()
        self.washington.grievance = grievance(self)

    def step(self) -> None:
        """The eight scenes; one step more, which plays nothing, so that ``batch_run`` reads the last year too."""
        if self.steps == len(self.years):
            self.running = False
            return
        self.before, self.now = self.now, self.years[self.steps]
        self.members.do("join")
        common = self.random.gauss(0.0, 1.0)
        self.members.do("grow", common)
        self.adversary.grow(common)
        self.weigh_gdp()
        self.washington.speak()
        self.members.do("listen")
        self.adversary.listen()
        self.trust = self.belief("commitment_belief")
        self.washington.govern()
        self.brussels.fund()
        self.members.do("vote", self.allied_capability(), self.from_us())
        self.support_partner()
        self.members.do("build")
        self.deliver()
        self.adversary.weigh()
        self.crisis()
        self.washington.grievance = grievance(self)
        self.datacollector.collect(self)

    @property
    def allies(self) -> list[Member]:
        return [m for m in self.members if m.is_ally]

    def weigh_gdp(self) -> None:
        self.protected_gdp = sum(m.gdp for m in self.members if m.is_ally)

    def allied_capability(self) -> float:
        return sum(m.capability for m in self.members if m.is_ally)

    def from_us(self) -> float:
        us = self.washington
        return self.us_weight * us.posture * self.us.capability if us.treaty_stands else 0.0

    def belief(self, name: str) -> float:
        return sum(m.gdp * getattr(m, name) for m in self.members if m.is_ally) / self.protected_gdp

    def given(self) -> float:
        return sum(m.support * m.gdp for m in self.members if m.inside)

    def support_partner(self) -> None:
        """Scene 5: support, and the enablers that Europe orders."""
        p = self.p
        self.war = min(1.0, self.now.war + self.aftermath)
        self.members.do("give", self.given(), self.war)
        self.total_support = self.given()
        priority = p.enabler_priority * max(0.0, 1.0 - self.trust / self.trust_start) / p.enabler_cost
        self.orders.append((self.upkeep + priority) * sum(m.spending for m in self.allies))

    def deliver(self) -> None:
        """Scene 6: enablers."""
        p = self.p
        self.enablers = (1.0 - p.enabler_depreciation) * self.enablers + self.orders[-1 - p.enabler_lead_time]
        self.enable()

    def enable(self) -> None:
        us = self.washington.posture * self.p.enabler_us_share if self.washington.treaty_stands else 0.0
        self.enabled_with_us, self.enabled_without_us = self.usable(self.enablers + us), self.usable(self.enablers)

    def usable(self, enablers: float) -> float:
        """Eq. 12."""
        o, r, have = self.p.enabler_weight, self.p.enabler_power, min(1.0, enablers)
        if r == 0.0:
            return have**o
        if have <= 0.0:
            return 0.0 if r < 0.0 else (1.0 - o) ** (1.0 / r)
        return ((1.0 - o) + o * have**r) ** (1.0 / r)

    def crisis(self) -> None:
        """Scene 8."""
        self.challenged = self.us_came = self.lost = False
        self.target = ""
        self.aftermath *= 0.5
        if self.random.random() < self.adversary.challenge_risk:
            members = list(self.members)
            self.fight(self.random.choices(members, [m.hazard for m in members])[0])

    def fight(self, target: Member) -> None:
        p, us = self.p, self.washington
        self.challenged, self.target, self.aftermath = True, target.name, 1.0
        promised = target.level if us.treaty_stands else 0.0
        self.us_came = self.random.random() < us.policy.resolve * promised
        allies = [m for m in self.allies if m is not target]
        chances = [p.solidarity + (1.0 - p.solidarity) * m.proximity for m in allies]
        help_ = sum(m.capability for m, c in zip(allies, chances, strict=True) if self.random.random() < c)
        defence = target.capability / target.thinning + p.allied_weight * help_
        if self.us_came:
            defence += self.us_weight * us.posture * self.us.capability
        defence *= self.enabled_with_us if self.us_came else self.enabled_without_us
        self.lost = self.random.random() < contest(self.adversary.capability, defence, p.decisiveness)
        if self.lost:
            target.lose()
        else:
            self.adversary.stock *= 1.0 - p.repelled_loss
        us.act_commitment += 1.0 if self.us_came else -promised
        us.act_exclusion += promised - 1.0 if self.us_came else 1.0 - promised


# The yearly table


def members_of(model: Alliance) -> list[Member]:
    return [m for m in model.members if m.inside]


def ratio(model: Alliance, group: Iterable[Member]) -> float:
    chosen = list(group)
    return sum(m.spendings[-1] for m in chosen) / sum(m.gdp for m in chosen)


def us_gdp_share(model: Alliance) -> float:
    return model.us.gdp / sum(m.gdp for m in members_of(model))


def grievance(model: Alliance) -> float:
    return model.us.spendings[-1] / sum(m.spendings[-1] for m in members_of(model)) - us_gdp_share(model)


def exploitation_rank(model: Alliance) -> float:
    inside = members_of(model)
    return rank_correlation([m.gdp for m in inside], [m.share for m in inside])


def exploitation_slope(model: Alliance) -> float:
    some = [m for m in members_of(model) if m.share > 0.0]
    xx, _, xy = moments([math.log(m.gdp) for m in some], [math.log(m.share) for m in some])
    return xy / xx if xx > 0.0 else 0.0


def concordance(model: Alliance) -> float:
    inside, population = members_of(model), model.setup.population
    income, people = sum(m.gdp for m in inside), sum(population[m.k] for m in inside)
    exposed = sum(m.gdp * m.proximity for m in inside)
    benefit = [m.gdp / income + population[m.k] / people + m.gdp * m.proximity / exposed for m in inside]
    return rank_correlation(benefit, [m.spendings[-1] for m in inside])


def free_riding_index(model: Alliance) -> float:
    armed = [m for m in model.allies if m.armed]
    alone = sum(best_response(-m.threat, m.collective, m.national) * m.gdp for m in armed)
    return sum(m.spendings[-1] for m in model.allies) / alone


def at(line: float) -> Any:
    return lambda model: sum(round(m.share, 4) >= line for m in members_of(model))


MODEL_REPORTERS = {
    "year": lambda model: model.now.year,
    "allied_share": lambda model: ratio(model, members_of(model)),
    "european_share": lambda model: ratio(model, model.allies),
    "us_spending": lambda model: model.us.spendings[-1],
    "european_spending": lambda model: sum(m.spendings[-1] for m in model.allies),
    "us_gdp_share": us_gdp_share,
    "exploitation_rank": exploitation_rank,
    "exploitation_slope": exploitation_slope,
    "concordance": concordance,
    "free_riding_index": free_riding_index,
    "europe_with_us": lambda model: (
        model.enabled_with_us * (model.allied_capability() + model.from_us()) / model.adversary.capability
    ),
    "europe_without_us": lambda model: (
        model.enabled_without_us * model.allied_capability() / model.adversary.capability
    ),
    "enabler_ratio": "enablers",
    "posture": lambda model: model.washington.posture,
    "commitment_belief": lambda model: model.belief("commitment_belief"),
    "exclusion_belief": lambda model: model.belief("exclusion_belief"),
    "total_support": "total_support",
    "loans": lambda model: model.brussels.loans,
    "challenge_risk": lambda model: model.adversary.challenge_risk,
    "members_at_2": at(0.02),
    "members_at_3_5": at(0.035),
    "members_at_5": at(0.05),
    "protected_members": lambda model: sum(m.protected for m in model.members),
    "treaty_status": lambda model: model.washington.status,
    "us_policy": lambda model: model.washington.number,
    "attempt": lambda model: model.washington.attempt,
    "de_facto_exit": lambda model: model.washington.de_facto_exit,
    "challenge": "challenged",
    "target": "target",
    "us_came": "us_came",
    "lost": "lost",
}

AGENT_REPORTERS = {"gdp": "gdp", "defence_share": "share", "capability": "capability"}


def play(figures: Figures, seeds: Iterable[int], agents: bool = True) -> list[dict[str, Any]]:
    """Runs with ``batch_run``, one row a year (and agent, where agents are recorded)."""
    return batch_run(
        Alliance,
        {"figures": [figures], "seed": list(seeds), "agents": [agents]},
        number_processes=1,
        iterations=1,
        max_steps=len(figures.years),
        data_collection_period=1,
        display_progress=False,
    )
