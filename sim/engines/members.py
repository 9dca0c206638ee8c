"""A member's turn in every scene: its own numbers, what everybody can see, and the rules.

``sim.engines.agents`` makes Mesa agents of these classes. A member that decides otherwise is a subclass that replaces
one of the decisions: ``want``, ``vote``, ``give_support``, ``use_loan`` or ``help``.
"""

from __future__ import annotations

from sim import chance
from sim.data import MEMBERS
from sim.engines import alone, turns
from sim.engines.situation import MEMBER_START, Situation
from sim.engines.turns import Shared
from sim.rules.reactions import REACTIONS

__all__ = ["MemberTurns", "UnitedStatesTurns"]

FOLLOW = list(REACTIONS).index("follow")


class MemberTurns:
    """A government with its budget, its beliefs and its forces.

    Attributes:
        code, index: three letters, and the place among the members.
        in_alliance: whether it has joined. ally: 1 for members but the United States, else 0.
        gdp, debt: constant 2015 US$ bn; over GDP.
        commitment_belief, exclusion_belief: that the US stands by its word; that it excludes those below the line.
        collective_taste, national_taste: for security that is shared, and its own.
        allied_spillin, us_spillin, threat: what protects and threatens it, over GDP.
        uses_clause, room, room_used: the escape clause; how much the share may rise; what was spent under the clause.
        loan, drawn, price: granted this year and so far; the price of defence.
        wanted_share, defence_share, spending, pledge: shares of GDP; US$ bn.
        stock, capability: equipment; forces in spending equivalents.
        protection, expected_protection: promised at the tier reached; as it expects it.
        protected: whether a treaty in force promises at least half.
        support_share: given to a partner under attack, over GDP.
        hazard: the chance of being challenged this year.
        luck: this year's normals: growth, commitment, exclusion, budget.
    """

    code: str
    index: int
    now: Situation
    luck: list[float]
    armed: bool
    in_alliance: bool
    ally: float
    covered: float  # 1 for all whom US forces protect, 0 for the United States itself
    gdp: float
    growth: float
    debt: float
    commitment: float  # log odds
    commitment_mean: float
    commitment_belief: float
    exclusion: float
    exclusion_mean: float
    exclusion_belief: float
    collective_taste: float
    national_taste: float
    proximity: float
    population: float
    thinning: float
    allied_spillin: float
    us_spillin: float
    threat: float
    reaction: int
    uses_clause: bool
    clause_flag: int
    loan_flag: int
    allotment: float
    advantage: float
    grant: float
    base_share: float
    first_share: float
    room: float
    room_used: float
    loan: float
    drawn: float
    price: float
    pledge: float
    wanted_share: float
    defence_share: float
    spending: float
    shares: list[float]  # year by year, the last is the latest
    spendings: list[float]
    stock: float
    capability: float
    protection: float
    expected_protection: float
    protected: bool
    support_share: float
    factor: float  # on the support that is wanted
    given: float  # the part of the alliance's support: support_share, 0 outside
    hazard: float

    # slots, because a year looks a hundred of them up for every member
    __slots__ = ("code", "factor", "index", "luck", "now", "shares", "spendings", *MEMBER_START)

    def begin(self, code: str, now: Situation) -> None:
        """The start year; the attributes stand as in ``MEMBER_START``."""
        self.code, self.index, self.now, self.factor = code, MEMBERS.index(code), now, 1.0
        begun = now.begun
        (
            self.in_alliance, self.ally, self.covered, self.armed, self.gdp, self.growth, self.debt,
            self.population, self.proximity, self.commitment, self.commitment_mean, self.commitment_belief,
            self.exclusion, self.exclusion_mean, self.exclusion_belief, self.collective_taste, self.national_taste,
            self.thinning, self.allied_spillin, self.us_spillin, self.threat, self.reaction, self.clause_flag,
            self.uses_clause, self.base_share, self.room, self.room_used, self.loan_flag, self.allotment,
            self.advantage, self.grant, self.loan, self.drawn, self.price, self.pledge, self.first_share,
            self.wanted_share, self.defence_share, self.spending, self.stock, self.capability, self.protection,
            self.expected_protection, self.protected, self.support_share, self.given, self.hazard,
        ) = begun.members[self.index]  # fmt: skip
        self.shares, self.spendings = begun.shares[self.index][:], begun.spending[self.index][:]

    # Decisions

    def want(self) -> float:
        """The share of GDP that the member wants: of every tier's best one the best (Eqs. 1, 2 and 5)."""
        now = self.now
        return turns.want(
            self.reaction, self.allied_spillin, self.us_spillin, self.threat, self.collective_taste,
            self.national_taste, self.price, self.defence_share, self.pledge, self._followed(), self.commitment_belief,
            self.exclusion_belief, self.shares[-3], now.measure, now.offer,
        )  # fmt: skip

    def vote(self) -> float:
        """The share that parliament votes (Eq. 6)."""
        return turns.vote(self.defence_share, self.wanted_share, self.pledge, self.luck[3], self.room, self.now.votes)

    def give_support(self) -> float:
        """The share of GDP for a partner under attack."""
        now = self.now
        others = now.support_before - self.given * self.gdp if self.in_alliance else 0.0
        return turns.give(self.support_share, self.gdp, self.thinning, self.proximity, others, self.factor, now.giving)

    def use_loan(self) -> float:
        """The loan that the member asks the EU for, in constant 2015 US$ bn."""
        p = self.now.parameters
        return alone.ask_loan(
            self.loan_flag, self.allotment, float(p.loan_years), self.drawn, p.loan_appetite, self.wanted_share,
            self.pledge, self.defence_share, self.gdp, self.advantage,
        )  # fmt: skip

    def help(self) -> bool:
        """Whether the member comes to the aid of an ally that is challenged."""
        willing = alone.solidarity(self.now.parameters.solidarity, self.proximity)
        return alone.comes(willing, self.now.uniforms(chance.ALLY, self.index)[0])

    # What follows from them, scene by scene

    def grow(self, mean: float, spread: float, balance: float, shared: Shared) -> None:
        """Scene 1: GDP and debt."""
        self.growth, self.gdp, self.debt = turns.grow(
            self.gdp, self.debt, self.defence_share - self.first_share, self.room_used, mean, spread, balance,
            self.luck[0], shared,
        )  # fmt: skip

    def listen(self, shared: Shared) -> None:
        """Scene 2: two beliefs after this year's words and last year's acts."""
        _, own, other, _ = self.luck
        self.commitment, self.exclusion, self.commitment_belief, self.exclusion_belief = turns.listen(
            self.commitment, self.commitment_mean, own, self.exclusion, self.exclusion_mean, other, shared
        )

    def find_room(self, clause_open: bool, shared: Shared) -> None:
        """Scene 4: the escape clause, if it is open to the member, and by how much the share may rise."""
        self.uses_clause, self.room = turns.find_room(
            clause_open, self.clause_flag, self.uses_clause, self.wanted_share, self.pledge, self.defence_share,
            self.debt, self.base_share, shared,
        )  # fmt: skip

    def borrow(self, granted: float) -> None:
        """Scene 4: a loan granted, and the price of defence with it."""
        self.loan = granted
        self.drawn += granted
        self.price = alone.loan_price(self.grant, granted, self.spending) if granted > 0.0 else 1.0

    def weigh(self, shared: Shared) -> None:
        """Scene 5: what protects and what threatens (Eqs. 3 and 4)."""
        self.thinning, self.allied_spillin, self.us_spillin, self.threat = turns.weigh(
            self.gdp, self.proximity, self.in_alliance, self.ally * self.capability, self.now.from_us * self.covered,
            shared,
        )  # fmt: skip

    def budget(self, shared: Shared) -> None:
        """Scene 5 in one: ``weigh``, ``want``, ``vote`` and ``spend`` of a member that replaces none of them."""
        now = self.now
        (
            self.thinning, self.allied_spillin, self.us_spillin, self.threat, self.wanted_share, voted,
            self.protection, self.expected_protection, self.protected, self.room_used,
        ) = turns.budget(
            self.gdp, self.proximity, self.in_alliance, self.ally * self.capability, now.from_us * self.covered,
            self.reaction, self.collective_taste, self.national_taste, self.price, self.defence_share, self.pledge,
            self._followed(), self.commitment_belief, self.exclusion_belief, self.shares[-3], self.luck[3], self.room,
            self.armed, now.treaty * self.ally, self.uses_clause, self.base_share, now.clause_ceiling, now.measure,
            now.offer, shared, now.votes,
        )  # fmt: skip
        self._enact(voted)

    def spend(self) -> None:
        """Scene 5: the budget as voted, and the protection that the member has reached with it."""
        now = self.now
        earlier = self.shares[-3]
        self._enact(self.vote() if self.armed else 0.0)
        self.protection, self.expected_protection, self.protected, self.room_used = turns.cover(
            self.defence_share, self.pledge, earlier, self.commitment_belief, self.exclusion_belief,
            now.treaty * self.ally, self.uses_clause, self.base_share, now.clause_ceiling, now.measure, now.offer,
        )  # fmt: skip

    def build(self, lead_time: int, equipment_share: float, depreciation: float) -> None:
        """Scene 6: what was paid for ``lead_time`` years ago arrives."""
        self.stock, self.capability = turns.build(
            self.stock, self.spendings[-1 - lead_time], self.spending, 0.0, equipment_share, depreciation
        )

    def lose(self) -> None:
        """Scene 8: a challenge that the adversary has won."""
        p = self.now.parameters
        self.gdp *= 1.0 - p.loss_gdp
        self.capability *= 1.0 - p.loss_capability
        self.stock *= 1.0 - p.loss_capability

    def _followed(self) -> float:
        return self.now.followed(self.index) if self.reaction == FOLLOW else 0.0

    def _enact(self, share: float) -> None:
        self.defence_share = share
        self.spending = spending = share * self.gdp
        self.shares.append(share)
        self.spendings.append(spending)


class UnitedStatesTurns(MemberTurns):
    """The member that protects the others: no guarantee covers it, and the policy in force rules its support."""

    __slots__ = ()

    def give_support(self) -> float:
        """As any member's, times the factor of the policy in force."""
        self.factor = self.now.policy.support
        return super().give_support()
