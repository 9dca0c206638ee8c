"""A member's turn in every scene: its own numbers, what everybody can see, and the rules.

``sim.engines.agents`` makes Mesa agents of these classes. A member that decides otherwise is a subclass that replaces
one of the decisions: ``want``, ``vote``, ``give_support``, ``use_loan`` or ``help``.
"""

from __future__ import annotations

from sim.data import MEMBERS
from sim.engines import turns
from sim.engines.board import attributes
from sim.engines.decisions import GRANTED, SHARE, YES_OR_NO, Deciding, decision
from sim.engines.situation import Situation
from sim.world import MEMORY

__all__ = ["MEMBER_FIELDS", "MEMBER_FIGURES", "MemberTurns"]

# attribute of a member -> its field in the batch engine's record of the world
MEMBER_FIELDS = {
    "gdp": "gdp", "growth": "growth", "debt": "debt",
    "defence_share": "share", "wanted_share": "wanted", "support_share": "support", "given": "given",
    "drawn": "drawn", "grant": "grant", "loan": "loan", "price": "price", "room": "room", "room_used": "room_used",
    "uses_clause": "clause", "stock": "stock", "capability": "capability",
    "commitment": "commitment", "commitment_mean": "commitment_mean", "commitment_belief": "commitment_belief",
    "exclusion": "exclusion", "exclusion_mean": "exclusion_mean", "exclusion_belief": "exclusion_belief",
    "collective_taste": "collective", "national_taste": "national", "proximity": "proximity", "thinning": "thinning",
    "allied_spillin": "allies", "us_spillin": "us", "threat": "threat", "followed": "followed", "pledge": "pledge",
    "protection": "level", "expected_protection": "expected", "protected": "protected", "hazard": "hazard",
}  # fmt: skip
# and to its field in the record of what is fixed at the start
MEMBER_FIGURES = {
    "armed": "armed", "base_share": "base_share", "allotment": "allotment", "advantage": "advantage",
    "loan_flag": "loan_flag", "clause_flag": "clause_flag", "reaction": "reaction", "population": "population",
}  # fmt: skip
PLACES = {code: place for place, code in enumerate(MEMBERS)}
FLAGS = ("armed", "protected", "uses_clause")


class MemberTurns(Deciding):
    """A government with its budget, its beliefs and its forces.

    Attributes:
        code, index: three letters, and the place among the members.
        in_alliance: whether it is a member; ``in_alliance = False`` makes it leave (``leave``).
        ally: 1 for members but the United States, else 0.
        gdp, debt: constant 2015 US$ bn; over GDP.
        commitment_belief, exclusion_belief: that the US stands by its word; that it excludes those below the line.
        collective_taste, national_taste: for security that is shared, and its own.
        allied_spillin, us_spillin, threat: what protects and threatens it, over GDP.
        followed: the other allies' mean share, for a member that follows them.
        uses_clause, room, room_used: the escape clause; how much the share may rise; what was spent under the clause.
        loan, drawn, price: granted this year and so far; the price of defence.
        wanted_share, defence_share, spending, pledge: shares of GDP; US$ bn.
        shares, spendings: the same year by year from ten years before the start, the last is the latest.
        stock, capability: equipment; forces in spending equivalents.
        protection, expected_protection: promised at the tier reached; as it expects it.
        protected: whether a treaty in force promises at least half.
        support_share: given to a partner under attack, over GDP.
        hazard: the chance of being challenged this year.
        luck: this year's normals: growth, commitment, exclusion, budget.
    """

    SHORTCUTS = {"budget": "want or vote", "support": "give_support"}  # noqa: RUF012

    code: str
    index: int
    now: Situation
    armed: bool
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
    followed: float
    uses_clause: bool
    clause_flag: int
    loan_flag: int
    allotment: float
    advantage: float
    grant: float
    base_share: float
    room: float
    room_used: float
    loan: float
    drawn: float
    price: float
    pledge: float
    wanted_share: float
    defence_share: float
    stock: float
    capability: float
    protection: float
    expected_protection: float
    protected: bool
    support_share: float
    given: float  # the part of the alliance's support: support_share, 0 outside
    hazard: float

    def begin(self, code: str, now: Situation) -> None:
        """Take a place among the members; what it starts from is there."""
        self.code, self.index, self.now = code, PLACES[code], now

    @property
    def luck(self) -> list[float]:
        """This year's normals."""
        return [self.now.state.normals[k, self.index] for k in range(4)]

    @property
    def shares(self) -> list[float]:
        """The defence share year by year."""
        return self.now.history("share", self.index, self.now.voted)

    @property
    def spendings(self) -> list[float]:
        """Spending year by year."""
        return self.now.history("spending", self.index, self.now.voted)

    @property
    def spending(self) -> float:
        """The latest."""
        return float(self.now.path["spending"][MEMORY + self.now.voted, self.index])

    @spending.setter
    def spending(self, value: float) -> None:
        self.now.path["spending"][MEMORY + self.now.voted, self.index] = value

    @property
    def in_alliance(self) -> bool:
        """Whether it is a member."""
        return bool(self.now.state.member[self.index] > 0.0)

    @in_alliance.setter
    def in_alliance(self, value: bool) -> None:
        if value is False and self.in_alliance:
            self.leave()
        elif value is not self.in_alliance:
            words = "allowed: False, for a member; others join in the year of their accession"
            raise ValueError(f"in_alliance of {self.code} in {self.now.year} = {value!r}; {words}")

    @property
    def ally(self) -> float:
        """1 for members but the United States, else 0; follows ``in_alliance``."""
        return float(self.now.state.ally[self.index])

    def leave(self) -> None:
        """Leave the alliance now and for good: from the next scene on its forces and its support count for no other
        member, no pledge binds it, and it is not protected; it still spends, outside.

        ValueError for the United States, which leaves by a notice (``AdministrationTurns.seek_withdrawal``).
        """
        if self.code == "USA":
            raise ValueError("USA cannot leave so; allowed: an administration that seeks withdrawal")
        self.now.part_with(self.index)

    # Decisions

    @decision(SHARE)
    def want(self) -> float:
        """The share of GDP that the member wants: of every tier's best one the best (Eqs. 1, 2 and 5)."""
        return turns.budgets.want(self.now.board, self.index, self.now.t)

    @decision(SHARE)
    def vote(self) -> float:
        """The share that parliament votes (Eq. 6)."""
        return turns.budgets.vote(self.now.board, self.index, self.now.t)

    @decision(SHARE)
    def give_support(self) -> float:
        """The share of GDP for a partner under attack; the policy in force rules that of the United States."""
        return turns.support.give(self.now.board, self.index, self.now.t)

    @decision(GRANTED)
    def use_loan(self) -> float:
        """The loan that the member asks the EU for, in constant 2015 US$ bn."""
        return turns.brussels.ask_loan(self.now.board, self.index, self.now.t)

    @decision(YES_OR_NO)
    def help(self) -> bool:
        """Whether the member comes to the aid of an ally that is challenged."""
        return turns.crisis.helps(self.now.board, self.index, self.now.t)

    # What follows from them, scene by scene

    def grow(self) -> None:
        """Scene 1: GDP and debt."""
        now = self.now
        turns.economy.grow(now.board, self.index, now.t)

    def listen(self) -> None:
        """Scene 2: two beliefs after this year's words and last year's acts."""
        turns.statements.listen(self.now.board, self.index, self.now.t)

    def find_room(self, clause_open: bool) -> None:
        """Scene 4: the escape clause, if it is open, and by how much the share may rise."""
        now = self.now
        turns.brussels.find_room(now.board, self.index, now.t, clause_open)

    def borrow(self, granted: float) -> None:
        """Scene 4: a loan granted, and the price of defence with it."""
        now = self.now
        turns.brussels.borrow(now.board, self.index, now.t, granted)

    def budget(self) -> None:
        """Scene 5 in one: ``weigh``, ``want``, ``vote`` and ``spend`` of a member that replaces none of them."""
        now = self.now
        turns.budgets.budget(now.board, self.index, now.t)

    def weigh(self) -> None:
        """Scene 5: what protects and what threatens (Eqs. 3 and 4), and what is wanted then."""
        turns.budgets.weigh(self.now.board, self.index, self.now.t)
        self.wanted_share = self.want()

    def spend(self) -> None:
        """Scene 5: the budget as voted, and the protection that the member has reached with it."""
        turns.budgets.spend(self.now.board, self.index, self.now.t, self.vote() if self.armed else 0.0)

    def support(self) -> None:
        """Scene 5, second part, in one: ``give_support`` and ``hand_over`` of a member that replaces neither."""
        now = self.now
        turns.support.support(now.board, self.index, now.t)

    def hand_over(self) -> None:
        """Scene 5, second part: support as decided."""
        self.support_share = share = self.give_support()
        self.given = share if self.in_alliance else 0.0

    def build(self) -> None:
        """Scene 6: what was ordered some years ago arrives."""
        now = self.now
        turns.forces.build(now.board, self.index, now.t)

    def lose(self) -> None:
        """Scene 8: a challenge that the adversary has won."""
        turns.crisis.lose(self.now.board, self.index)


attributes(MemberTurns, "now.state", MEMBER_FIELDS, flags=FLAGS)
attributes(MemberTurns, "now.figures", MEMBER_FIGURES, flags=FLAGS)
