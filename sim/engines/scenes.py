"""The scenes in which everybody has a turn, for agents: members in alphabetical order, each on what all knew before.

What a scene adds up over the alliance is summed in the order of the batch engine.
"""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np

from sim.engines import alone, turns
from sim.engines.members import MemberTurns
from sim.engines.moscow import AdversaryTurns
from sim.engines.situation import Situation
from sim.engines.washington import AdministrationTurns
from sim.world import N

__all__ = ["budgets", "draw", "economy", "forces", "moscow", "statements", "support"]

Members = Sequence[MemberTurns]


def draw(now: Situation, members: Members, adversary: AdversaryTurns) -> tuple[float, float, float]:
    """Everybody's luck of the year; returns the world's: common growth, challenge, target."""
    normals = np.empty((4, N + 1))
    drawn = turns.draw(now.seed, now.replicate, now.year, normals)
    *own, adversary.luck = normals.T.tolist()
    for member, luck in zip(members, own, strict=True):
        member.luck = luck
    return drawn


def economy(now: Situation, members: Members, adversary: AdversaryTurns, common: float) -> None:
    """Scene 1: nobody decides; what everybody earns, and who is in the alliance."""
    p, given = now.parameters, now.given
    shared = turns.share(common, p.common_growth_share, p.inflation, p.debt_financed_share)
    for member, mean, spread, balance in zip(members, given.growth, given.growth_spread, given.balance, strict=False):
        member.grow(mean, spread, balance, shared)
    adversary.grow(common, p.common_growth_share)
    if given.in_alliance != now.begun.years[now.t - 1].in_alliance:
        for member, inside, ally in zip(members, given.in_alliance, given.ally.tolist(), strict=True):
            member.in_alliance, member.ally = inside == 1, ally
    now.gdps = np.array([member.gdp for member in members])
    now.protected_gdp = turns.total(given.ally, now.gdps)


def statements(
    now: Situation, members: Members, adversary: AdversaryTurns, administration: AdministrationTurns
) -> None:
    """Scene 2: leaders speak; members and the adversary listen."""
    p = now.parameters
    administration.speak()
    said = now.tone, now.act_commitment, now.conditionality, now.act_exclusion, p.belief_reversion
    shared = turns.share(*said, p.statement_weight, p.act_weight, p.belief_noise)
    for member in members:
        member.listen(shared)
    weights = p.adversary_statement_weight, p.adversary_act_weight
    adversary.listen(turns.share(*said, *weights, p.belief_noise))
    beliefs = np.array([member.commitment_belief for member in members])
    now.trust = turns.total(now.given.ally * now.gdps, beliefs) / now.protected_gdp


def budgets(
    now: Situation, members: Members, united_states: MemberTurns, adversary: AdversaryTurns, all_usual: bool
) -> None:
    """Scene 5: everybody wants, then every parliament votes; ``all_usual`` if nobody replaces a decision."""
    p = now.parameters
    _count_forces(now, members, united_states)
    shared = turns.share(
        now.protected_gdp, p.thinning, now.allied_capability, p.allied_weight, p.threat_scale * now.given.hostility,
        adversary.capability / now.protected_gdp / now.adversary_start, p.partner_spillin,
    )  # fmt: skip
    if all_usual:
        for member in members:
            member.budget(shared)
        return
    for member in members:
        member.weigh(shared)
        member.wanted_share = member.want()
    for member in members:
        member.spend()


def support(now: Situation, members: Members) -> None:
    """Scene 5, second part: support to a partner under attack, and the enablers that Europe orders."""
    p = now.parameters
    now.war = min(1.0, now.given.war + now.aftermath)
    now.support_before = turns.total(now.gifts, now.gdps)
    near, own = p.support_collective * now.war, p.support_national * now.war
    now.giving = turns.share(near, own, p.allied_weight, p.support_speed)
    for member in members:
        member.support_share = share = member.give_support()
        member.given = share if member.in_alliance else 0.0
    now.gifts = np.array([member.given for member in members])
    now.total_support = turns.total(now.gifts, now.gdps)
    spent = turns.total(now.given.ally, np.array([member.spending for member in members]))
    now.orders.append(
        alone.order_enablers(now.upkeep, p.enabler_priority, now.trust, now.trust_start, p.enabler_cost, spent)
    )


def forces(now: Situation, members: Members) -> None:
    """Scene 6: nobody decides; what was ordered arrives."""
    p = now.parameters
    for member in members:
        member.build(p.lead_time, p.equipment_share, p.depreciation)
    order = now.orders[-1 - p.enabler_lead_time]
    now.enablers = alone.build_enablers(now.enablers, p.enabler_depreciation, order)
    from_us = now.posture * now.treaty * p.enabler_us_share
    now.enabled_with_us = alone.enabled(now.enablers + from_us, p.enabler_weight, p.enabler_power)
    now.enabled_without_us = alone.enabled(now.enablers, p.enabler_weight, p.enabler_power)


def moscow(now: Situation, members: Members, united_states: MemberTurns, adversary: AdversaryTurns) -> None:
    """Scene 7: the adversary arms and weighs a challenge to each ally."""
    _count_forces(now, members, united_states)
    adversary.arm(now.allied_capability + united_states.capability)
    adversary.threaten(members)


def _count_forces(now: Situation, members: Members, united_states: MemberTurns) -> None:
    """Forces of the European allies, and what the United States adds."""
    now.allied_capability = turns.total(now.given.ally, np.array([member.capability for member in members]))
    now.from_us = now.us_weight * now.posture * united_states.capability * now.treaty
