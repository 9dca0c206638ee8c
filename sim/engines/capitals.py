"""The turns of Washington, Brussels and Moscow; ``sim.engines.agents`` makes Mesa agents of these classes."""

from __future__ import annotations

from collections.abc import Sequence

from sim import chance
from sim.engines import alone, turns
from sim.engines.members import MemberTurns
from sim.engines.situation import Policy, Situation
from sim.engines.turns import Shared
from sim.rules import washington

__all__ = ["AdministrationTurns", "AdversaryTurns", "CongressTurns", "EuropeanUnionTurns"]

SLOTS = 4  # statements that may be made in a year


class CongressTurns:
    """Whether the law lets the United States leave.

    Attributes:
        favour: the chance that one legislator favours it; senators, representatives: votes for it, when it was asked last.
    """

    now: Situation
    favour: float
    senators: int
    representatives: int

    def begin(self, now: Situation) -> None:
        """The start year: nothing has been asked."""
        self.now = now
        self.favour, self.senators, self.representatives = 0.0, 0, 0

    def consent(self) -> bool:
        """Two thirds of the senators present, or an Act of Congress."""
        now, p = self.now, self.now.parameters
        senate, house, _, _ = now.uniforms(chance.WASHINGTON, 0)
        self.favour = alone.withdrawal_favour(p.withdrawal_support, p.grievance_weight, now.grievance)
        self.senators = alone.votes(p.senators_present, self.favour, p.polarisation, senate)
        self.representatives = alone.votes(washington.REPRESENTATIVES, self.favour, p.polarisation, house)
        return alone.consents(self.senators, p.senators_present, p.act_threshold, self.representatives)


class AdministrationTurns:
    """The President's side: what is said, which policy is in force, the treaty, the forces in Europe.

    Attributes:
        policy: in force, by name. is_new: since this year. support_factor: on support to a partner.
        posture: US forces in Europe over those of the start.
        treaty_status: codes of sim.rules.washington. notice_ends: year, or 0. attempt: to leave, this year's.
        de_facto_exit: out in all but name.
    """

    now: Situation
    in_force: Policy
    is_new: bool
    posture: float
    support_factor: float
    treaty_status: int
    notice_ends: int
    attempt: int
    de_facto_exit: bool

    def begin(self, now: Situation) -> None:
        """The start year."""
        self.now, self.in_force, self.is_new = now, now.policy, False
        self.posture, self.support_factor = 1.0, now.policy.support
        self.treaty_status, self.notice_ends, self.attempt, self.de_facto_exit = 0, 0, 0, False

    @property
    def policy(self) -> str:
        """The policy in force."""
        return self.in_force.name

    # Decisions

    def choose(self) -> str:
        """The policy in force this year: an election's winner in the year after it, else the script's."""
        now = self.now
        begun = now.begun
        if now.year % 4 == 1 and begun.elections:
            luck = now.uniforms(chance.WASHINGTON, 1)[0]
            return begun.policies[alone.elect(begun.prepared.policies, now.grievance, luck)].name
        script = now.given.script
        return begun.policies[script].name if script != begun.years[now.t - 1].script else self.in_force.name

    def seek_withdrawal(self) -> bool:
        """Whether it wants to leave the treaty."""
        return self.in_force.seeks_withdrawal

    def go_alone(self) -> bool:
        """Whether it gives notice without Congress."""
        return self.now.uniforms(chance.WASHINGTON, 0)[2] < self.in_force.goes_alone

    def deploy(self) -> float:
        """Forces in Europe (Eq. 9): towards the policy's posture, above the law's floor where that binds."""
        p, stands = self.now.parameters, self.treaty_status <= washington.LONE_NOTICE
        binds = stands and p.floor_from <= self.now.year <= p.floor_until and not self.in_force.certifies
        target = self.in_force.posture if stands else 0.0
        return alone.posture(self.posture, target, p.drawdown_rate, p.buildup_rate, p.posture_floor, binds)

    def come(self, promised: float) -> bool:
        """Whether it stands by an ally that is challenged and was ``promised`` so much."""
        return alone.comes(self.in_force.resolve * promised, self.now.uniforms(chance.WASHINGTON, 1)[1])

    # What follows from them

    def speak(self) -> None:
        """Scene 2: the script's statements and up to four others, by the policy in force last year."""
        now, policy = self.now, self.in_force
        p, given = now.parameters, now.given
        now.tone, now.conditionality = given.words_commitment, given.words_exclusion
        for slot in range(SLOTS):
            authority, tone, conditionality = alone.say(
                now.seed, now.replicate, now.year, slot, p.statement_rate, policy.tone, policy.conditionality,
                p.statement_noise,
            )  # fmt: skip
            if authority > 0.0:
                now.tone += authority * tone
                now.conditionality += authority * conditionality

    def govern(self, congress: CongressTurns) -> None:
        """Scene 3: the policy, the treaty, the forces, and the acts that others will read."""
        now, p = self.now, self.now.parameters
        before = self.in_force
        chosen = self.choose()
        if chosen != before.name:
            self.in_force = now.begun.policy(chosen)
        self.is_new = self.in_force is not before
        now.adopt(self.in_force)
        self.leave(congress)
        posture = self.deploy()
        change = self.in_force.support - self.support_factor
        now.act_commitment += alone.act(posture - self.posture, p.posture_act, change, p.support_act)
        self.posture = now.posture = posture
        self.support_factor = self.in_force.support
        now.treaty = 1.0 if self.treaty_status <= washington.LONE_NOTICE else 0.0
        self.de_facto_exit = alone.is_de_facto_exit(
            self.treaty_status, self.in_force.best_protection, posture, p.posture_floor
        )

    def leave(self, congress: CongressTurns) -> None:
        """What the administration, Congress and the courts make of the treaty; last year's acts are forgotten."""
        now, p, status = self.now, self.now.parameters, self.treaty_status
        seeks = self.seek_withdrawal()
        self.attempt = washington.NO_ATTEMPT
        if seeks or status in (washington.LAWFUL_NOTICE, washington.LONE_NOTICE):
            asks = seeks and status == washington.IN_FORCE
            consent = asks and congress.consent()
            goes_alone = asks and self.go_alone()
            blocked = seeks and now.uniforms(chance.WASHINGTON, 0)[3] < p.court_block
            self.treaty_status, self.notice_ends, self.attempt = alone.treaty(
                status, now.year, self.notice_ends, seeks, self.is_new, blocked, consent, goes_alone
            )
        noticed = self.attempt in (washington.LAWFUL, washington.ALONE)
        failed = self.attempt == washington.FAILED
        now.act_commitment = -p.notice_act if noticed else (-p.attempt_act if failed else 0.0)
        now.act_exclusion = 0.0


class EuropeanUnionTurns:
    """The instruments of the European Union.

    Attributes:
        clause_opened, loans_opened: years, or 0. envelope: what is left to lend. loans: granted this year. US$ bn.
    """

    now: Situation
    clause_opened: int
    loans_opened: int
    envelope: float
    loans: float

    def begin(self, now: Situation) -> None:
        """The start year: nothing is open."""
        self.now, self.clause_opened, self.loans_opened, self.loans = now, 0, 0, 0.0
        self.envelope = now.begun.envelope

    def open_clause(self, trust_falls: bool) -> bool:
        """Whether the escape clause opens this year, if it was never open."""
        return self.now.year == self.now.parameters.clause_opens or trust_falls

    def open_loans(self, trust_falls: bool) -> bool:
        """Whether it starts to lend this year, if it never did."""
        return self.now.year == self.now.parameters.loan_opens or trust_falls

    def fund(self, members: Sequence[MemberTurns]) -> None:
        """Scene 4: the clause, the room in everybody's budget, loans."""
        now, p = self.now, self.now.parameters
        falls = p.trigger > 0.0 and self._trust_falls(members)
        if not self.clause_opened and self.open_clause(falls):
            self.clause_opened = now.year
        if not self.loans_opened and self.open_loans(falls):
            self.loans_opened = now.year
        clause_open = self.clause_opened > 0 and now.year < self.clause_opened + p.clause_years
        shared = turns.share(p.fiscal_room, p.debt_drag, p.clause_cost, p.clause_ceiling, p.absorption)
        for member, in_eu, pledge in zip(members, now.given.in_eu, now.given.pledge, strict=True):
            member.pledge = pledge
            member.find_room(clause_open and in_eu == 1, shared)
        loans_open = self.loans_opened > 0 and now.year < self.loans_opened + p.loan_years
        if loans_open or self.loans > 0.0:  # the year after the last one brings prices back
            self.lend(members, loans_open)

    def lend(self, members: Sequence[MemberTurns], is_open: bool) -> None:
        """Grants pro rata of what is asked; never more than what is left of the envelope."""
        in_eu = self.now.given.in_eu
        asked = [member.use_loan() if is_open and in_eu[member.index] else 0.0 for member in members]
        everything = 0.0
        for one in asked:
            everything += one
        part = alone.pro_rata(everything, self.envelope)
        self.loans = 0.0
        for member, one in zip(members, asked, strict=True):
            member.borrow(one * part)
            self.loans += member.loan
        self.envelope = max(0.0, self.envelope - self.loans)

    def _trust_falls(self, members: Sequence[MemberTurns]) -> bool:
        """Whether the Union's members in the alliance trust the United States less than the trigger says."""
        given = self.now.given
        trust, income = 0.0, 0.0
        for member in members:
            if given.in_eu[member.index] and member.in_alliance:
                trust += member.gdp * member.commitment_belief
                income += member.gdp
        return trust < self.now.parameters.trigger * income


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
        return alone.best_response(1.0, -threat, self.collective_taste, self.national_taste)

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
        self.defence_share = alone.budget(
            self.defence_share, wanted, p.adjustment_speed, p.budget_noise * self.luck[3]
        )
        self.spending = self.defence_share * self.gdp
        self.spendings.append(self.spending)
        worn = p.war_attrition * war * self.stock + p.support_attrition * now.total_support
        self.stock, built = turns.build(
            self.stock, self.spendings[-1 - p.lead_time], self.spending, worn, p.equipment_share, p.depreciation
        )
        self.capability = p.adversary_price_level * built

    def threaten(self, members: Sequence[MemberTurns]) -> None:
        """Scene 7: what it would gain by a challenge to each ally."""
        now, p = self.now, self.now.parameters
        shared = turns.share(
            now.treaty, now.allied_capability, now.from_us, self.capability, now.enabled_with_us,
            now.enabled_without_us, self.commitment_belief, self.exclusion_belief, now.nearest, now.given.hostility,
            p.allied_weight, p.decisiveness, p.prize, p.hostility_reference, p.challenge_rate, p.challenge_cost,
            p.challenge_noise,
        )  # fmt: skip
        safe = 1.0
        for member in members:
            member.hazard = self.tempt(member, shared) if member.ally > 0.0 else 0.0
            safe *= 1.0 - member.hazard
        self.challenge_risk = 1.0 - safe

    def lose(self) -> None:
        """Scene 8: a challenge that was repelled."""
        self.stock *= 1.0 - self.now.parameters.repelled_loss
