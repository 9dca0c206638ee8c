"""The turn of the European Union. ``sim.engines.agents`` makes a Mesa agent of this class."""

from __future__ import annotations

from collections.abc import Sequence

from sim.engines import turns
from sim.engines.board import attributes
from sim.engines.decisions import YES_OR_NO, Deciding, decision
from sim.engines.members import MemberTurns
from sim.engines.situation import Situation
from sim.rules import brussels

__all__ = ["EuropeanUnionTurns"]


class EuropeanUnionTurns(Deciding):
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
        self.now = now

    @decision(YES_OR_NO)
    def open_clause(self, trust_falls: bool) -> bool:
        """Whether the escape clause opens this year, if it was never open."""
        return self.now.year == self.now.parameters.clause_opens or trust_falls

    @decision(YES_OR_NO)
    def open_loans(self, trust_falls: bool) -> bool:
        """Whether it starts to lend this year, if it never did."""
        return self.now.year == self.now.parameters.loan_opens or trust_falls

    def fund(self, members: Sequence[MemberTurns]) -> None:
        """Scene 4: the clause, the room in everybody's budget, loans."""
        now, p = self.now, self.now.parameters
        falls = turns.brussels.trust_falls(now.board, now.t)
        clause_opened, loans_opened = self.clause_opened, self.loans_opened
        if not clause_opened and self.open_clause(falls):
            self.clause_opened = clause_opened = now.year
        if not loans_opened and self.open_loans(falls):
            self.loans_opened = loans_opened = now.year
        clause_open = brussels.is_open(clause_opened, now.year, p.clause_years)
        for member in members:
            member.find_room(clause_open)
        loans_open = brussels.is_open(loans_opened, now.year, p.loan_years)
        if loans_open or self.loans > 0.0:  # the year after the last one brings prices back
            self.lend(members, loans_open)

    def lend(self, members: Sequence[MemberTurns], is_open: bool) -> None:
        """Grants pro rata of what is asked; never more than what is left of the envelope."""
        in_eu = self.now.given.in_eu
        asked = [member.use_loan() if is_open and in_eu[member.index] else 0.0 for member in members]
        everything, lent = 0.0, 0.0
        for one in asked:
            everything += one
        part = brussels.pro_rata(everything, self.envelope)
        for member, one in zip(members, asked, strict=True):
            granted = one * part
            member.borrow(granted)
            lent += granted
        self.loans, self.envelope = lent, max(0.0, self.envelope - lent)


FIELDS = ("clause_opened", "loans_opened", "envelope", "loans")
attributes(EuropeanUnionTurns, "now.state", {name: name for name in FIELDS}, at=0)
