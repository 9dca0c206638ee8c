"""The adversary's turns. ``sim.engines.agents`` makes a Mesa agent of this class."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np

from sim.engines import alone, turns
from sim.engines.members import MemberTurns
from sim.engines.situation import Situation
from sim.engines.turns import Shared

__all__ = ["AdversaryTurns"]


class AdversaryTurns:
    """The adversary: an economy, two beliefs, forces, and a temptation.

    Attributes:
        gdp, defence_share, spending, stock, capability: as a member's; capability at its own prices.
        commitment_belief, exclusion_belief: as a member's.
        collective_taste, national_taste: of its taste for security.
        challenge_risk: the chance that it challenges anybody this year.
        luck: this year's normals: growth, commitment, exclusion, budget.
    """

    now: Situation
    luck: list[float]
    gdp: float
    commitment: float
    commitment_mean: float
    commitment_belief: float
    exclusion: float
    exclusion_mean: float
    exclusion_belief: float
    collective_taste: float
    national_taste: float
    defence_share: float
    spending: float
    spendings: list[float]
    stock: float
    capability: float
    challenge_risk: float

    def begin(self, now: Situation) -> None:
        """The start year."""
        self.now = now
        self.__dict__.update(now.begun.adversary)
        self.spendings, self.challenge_risk = now.begun.spending[-1][:], 0.0

    # Decisions

    def want(self, allied: float) -> float:
        """The share of GDP that it wants against so much ``allied`` capability, without the war's part."""
        now = self.now
        threat = now.parameters.adversary_hostility * allied / now.allied_start
        return alone.respond(1.0, -threat, self.collective_taste, self.national_taste)

    def tempt(self, member: MemberTurns, shared: Shared) -> float:
        """The chance that it challenges this ally (Eqs. 14 and 15)."""
        return turns.hazard(member.capability, member.thinning, member.proximity, member.protection, shared)

    # What follows from them

    def grow(self, common: float, common_share: float) -> None:
        """Scene 1: its GDP."""
        given = self.now.given
        self.gdp *= 1.0 + alone.growth(given.growth[-1], given.growth_spread[-1], common_share, common, self.luck[0])

    def listen(self, shared: Shared) -> None:
        """Scene 2: its two beliefs."""
        _, own, other, _ = self.luck
        self.commitment, self.exclusion, self.commitment_belief, self.exclusion_belief = turns.listen(
            self.commitment, self.commitment_mean, own, self.exclusion, self.exclusion_mean, other, shared
        )

    def arm(self, allied: float) -> None:
        """Scene 7: its budget and its forces, and what war and support to its victim wear down (Eq. 13)."""
        now, p = self.now, self.now.parameters
        war = now.given.war
        wanted = self.want(allied) + p.war_effort * war
        self.defence_share = alone.budget(self.defence_share, wanted, p.adjustment_speed, p.budget_noise * self.luck[3])
        self.spending = self.defence_share * self.gdp
        self.spendings.append(self.spending)
        worn = p.war_attrition * war * self.stock + p.support_attrition * now.total_support
        self.stock, built = turns.build(
            self.stock, self.spendings[-1 - p.lead_time], self.spending, worn, p.equipment_share, p.depreciation
        )
        self.capability = alone.strength(p.adversary_price_level, built)

    def threaten(self, members: Sequence[MemberTurns]) -> None:
        """Scene 7: what it would gain by a challenge to each ally."""
        now, p = self.now, self.now.parameters
        shared = turns.share(
            now.treaty, now.allied_capability, now.from_us, self.capability, now.enabled_with_us,
            now.enabled_without_us, self.commitment_belief, self.exclusion_belief, now.nearest, now.given.hostility,
            p.allied_weight, p.decisiveness, p.prize, p.hostility_reference, p.challenge_rate, p.challenge_cost,
            p.challenge_noise,
        )  # fmt: skip
        for member in members:
            member.hazard = self.tempt(member, shared) if member.ally > 0.0 else 0.0
        self.challenge_risk = alone.of_any(np.array([member.hazard for member in members]))

    def lose(self) -> None:
        """Scene 8: a challenge that was repelled."""
        self.stock *= 1.0 - self.now.parameters.repelled_loss
